// The report: one self-contained HTML file with the curves, the numbers and what they mean.

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { SETTINGS } from './policy.mjs';
import { callsRows, extremeRows, passRows, statisticsRows, trackingRows } from './tables.mjs';

const PATH = new URL('report.html', import.meta.url);
const page = (name) => readFileSync(new URL(`page/${name}`, import.meta.url), 'utf8');
const uplot = (path) => readFileSync(createRequire(import.meta.url).resolve(`uplot/${path}`), 'utf8');

/** Writes examples/job/report.html and returns its path. */
export function writeReport(benchmark, result) {
  const { passCount, seed, passes, points, totals, adapter } = result;
  const last = passes.at(-1).seconds;
  const mean = passes.reduce((sum, pass) => sum + pass.seconds, 0) / passCount;
  const perPass = passRows(result);
  const tracking = trackingRows(result);
  const extremes = extremeRows(result, 5);
  const percent = (value) => `${Math.round(value * 100)} %`;

  const fields = {
    uplotLicence: uplot('LICENSE').trim(),
    uplotCss: uplot('dist/uPlot.min.css'),
    uplotJs: uplot('dist/uPlot.iife.min.js'),
    css: page('page.css'),
    js: page('page.js'),
    // '<' would end the script element inside a string.
    data: JSON.stringify({ passes, points, totals }).replaceAll('<', '\\u003c'),

    queries: benchmark.queries.length,
    hintSets: benchmark.hintSets,
    dim: benchmark.dim,
    passCount,
    seed,
    times: passCount === 1 ? 'once' : `${passCount} times`,
    last: last.toFixed(1),
    mean: mean.toFixed(1),
    default: totals.default.toFixed(1),
    bestSingle: totals.bestSingle.toFixed(1),
    bestSingleHintSet: totals.bestSingleHintSet,
    oracle: totals.oracle.toFixed(1),
    lastVersusDefault: change(last / totals.default - 1),
    meanVersusDefault: change(mean / totals.default - 1),
    parameters: adapter.parameters,
    deltaNorm: adapter.deltaNorm.toFixed(3),
    explore: percent(SETTINGS.explore),
    exploreLater: percent(SETTINGS.explore * SETTINGS.decay),
    affordable: SETTINGS.affordableMs,
    climb: SETTINGS.climb,
    hope: SETTINGS.hope,

    perPass: table(perPass.head, perPass.rows, perPass.foot),
    statistics: table(null, statisticsRows(result)),
    trackingTitle: tracking.title,
    tracking: table(tracking.head, tracking.rows),
    calls: table(null, callsRows(result)),
    gains: extremes.gains.length ? table(extremes.head, extremes.gains) : '<p>None.</p>',
    losses: extremes.losses.length ? table(extremes.head, extremes.losses) : '<p>None.</p>',
  };
  // A function as replacement: the library's code is full of '$'.
  const html = page('page.html').replace(/\{\{(\w+)\}\}/g, (_, name) => {
    if (!(name in fields)) throw new Error(`page.html asks for an unknown field: ${name}`);
    return fields[name];
  });
  writeFileSync(PATH, html);
  return fileURLToPath(PATH);
}

function change(share) {
  const percent = Math.abs(share * 100).toFixed(0);
  return share <= 0 ? `${percent} % below the default` : `${percent} % above the default`;
}

function table(head, rows, foot) {
  const headerCell = (cell, scope) => `<th scope="${scope}">${cell}</th>`;
  const line = ([label, ...cells]) => `<tr>${headerCell(label, 'row')}${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  const header = head ? `<thead><tr>${head.map((cell) => headerCell(cell, 'col')).join('')}</tr></thead>` : '';
  const footer = foot ? `<tfoot>${line(foot)}</tfoot>` : '';
  return `<div class="scroll"><table>${header}<tbody>${rows.map(line).join('\n')}</tbody>${footer}</table></div>`;
}
