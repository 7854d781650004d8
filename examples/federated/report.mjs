// The page: one file with the plot, the tables and what they mean.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { escapeHtml, table } from '../job/html.mjs';
import { key, plot } from './plot.mjs';
import { columnsOf, faultLines, lossText, shareText, summary } from './table.mjs';

const PATH = new URL('report.html', import.meta.url);
const read = (name) => readFileSync(new URL(name, import.meta.url), 'utf8');

const TASKS = {
  teacher: `a synthetic map of inputs to targets. Every client's targets hold what all clients have in common and something of its own, its inputs lie
around a mean of its own, and its targets are noisy. Held out are examples of all clients, without noise`,
  queries: `how much faster queries of the Join Order Benchmark run under one hint set. Each client has the queries of some families (the same joins
with other constants) and gets their rewards. Held out is query a of every family`,
};

/** Writes examples/federated/report.html and returns its path. */
export function writeReport(result) {
  const { args, rows } = result;
  const columns = columnsOf(rows[0]);
  const last = rows.at(-1);
  const faults = rows.flatMap((row) => faultLines(row).map((line) => [`round ${row.round}`, line.trim()]));
  const tiles = [
    ['merged', lossText(last.loss), `after ${args.rounds} rounds on Flower`],
    ['trained on all data', lossText(last.central), 'which no server sees'],
    ['naive averaging', lossText(last.naive), 'of A and of B'],
    ...(last.alone.length > 0 ? [['best client alone', lossText(Math.min(...last.alone)), 'on its own data']] : []),
  ];
  const fields = {
    css: read('../job/page/page.css') + read('page.css'),
    clients: args.clients,
    kind: args.simulation ? 'in Flower’s simulation' : `each in a supernode of its own${args.tls ? ', over TLS' : ''}`,
    task: TASKS[args.task],
    tiles: tiles.map(([name, value, note]) => `<div><dt>${name}</dt><dd>${value}</dd><dd class="note">${note}</dd></div>`).join('\n'),
    plots: plot(rows, { width: 840, height: 380 }, 'wide') + plot(rows, { width: 320, height: 300 }, 'narrow'),
    key: key(rows[0]),
    table: table(columns.map(([name]) => name), rows.map((row) => columns.map(([, cell]) => cell(row)))),
    dropped: shareText(Math.max(...rows.map((row) => row.dropped))),
    faults: faults.length > 0 ? table(['when', 'what'], faults) : '<p>None: every client answered in every round, and no update was limited.</p>',
    summary: summary(result).slice(3).map(escapeHtml).join(' '),
    command: escapeHtml(commandOf(args)),
  };
  const html = read('page.html').replace(/\{\{(\w+)\}\}/g, (_, name) => {
    if (!Object.hasOwn(fields, name)) throw new Error(`page.html asks for an unknown field: ${name}`);
    return fields[name];
  });
  writeFileSync(PATH, html);
  return fileURLToPath(PATH);
}

function commandOf(args) {
  const said = Object.entries(args).filter(([name, value]) => value && name !== 'keep').map(([name, value]) => (value === true ? `--${name}` : `--${name} ${value}`));
  return `npm run demo:federated -- ${said.join(' ')}`;
}
