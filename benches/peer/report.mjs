// What the benchmark found: as text, and as plots.
import { readFileSync } from 'node:fs';
import os from 'node:os';

import * as echarts from 'echarts';

import { PREVIOUS_VERSION } from './previous.mjs';
import { CHURN, CURVE, MEMORY_GOAL } from './rows.mjs';

const NAMES = { ours: 'ours', previous: PREVIOUS_VERSION, peer: 'published', javascript: 'JavaScript', loop: 'loop in wasm', floor: 'floor' };

/** Where and with what it was measured. */
export function environment(engine) {
  const version = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version;
  return {
    date: new Date().toISOString().slice(0, 10),
    engine,
    cpu: `${os.cpus()[0].model.trim()}, ${os.cpus().length} cores`,
    system: `${os.type()} ${os.arch()}`,
    packages: {
      'ruvector-learning-wasm': version('../../pkg/package.json'),
      '@ruvector/learning-wasm': version('./node_modules/peer/package.json'),
      mitata: version('./node_modules/mitata/package.json'),
    },
  };
}

const number = (value) => value >= 100 ? value.toFixed(0) : value.toFixed(1);
const spread = ({ median, q1, q3 }) => `${number(median)} (${number(q1)}–${number(q3)})`;

/** A goal of a row: its words, and whether it was reached. */
function judged({ than, faster, longest }, { ratios }) {
  const ratio = ratios[than]?.median;
  if (ratio === undefined) return undefined;
  if (faster) return { text: `at least ${faster}x of ${NAMES[than]}`, found: `${ratio.toFixed(2)}x`, met: ratio >= faster };
  return { text: `at most ${longest} of ${NAMES[than]}’s time`, found: (1 / ratio).toFixed(2), met: 1 / ratio <= longest };
}

const goalsOf = (row) => row.goals.map((goal) => judged(goal, row)).filter(Boolean);

const verdict = ({ text, found, met }) => `${met ? 'met' : 'missed'}: ${found}, ${text}`;

/** Those of the columns that some row has. */
const columnsOf = (rows) => Object.keys(NAMES).filter((column) => rows.some(({ ns }) => ns[column]));

function churnGoal([few, many]) {
  const found = many.ns.ours.median / few.ns.ours.median;
  const text = `at most ${CHURN.longest} times as long with ${many.live} live as with ${few.live}`;
  return { text, found: found.toFixed(2), met: found <= CHURN.longest };
}

function memoryGoal({ ours, peer }) {
  const share = ours.empty / peer.empty;
  return { text: `at most ${MEMORY_GOAL} of published’s memory`, found: share.toFixed(3), met: share <= MEMORY_GOAL };
}

function aligned(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd()).join('\n');
}

/** Medians and quartiles in nanoseconds per call, ratios and goals. */
export function table({ rounds, missing, rows, curve, churn, memory }, { date, engine, cpu, packages }) {
  const columns = columnsOf(rows);
  const ratio = (row, column) => row.ratios[column] ? `${row.ratios[column].median.toFixed(2)}x` : '';
  const share = ({ ratios: { previous } }) => previous ? (1 / previous.median).toFixed(2) : '';
  const shares = columns.includes('previous') ? [{ head: `÷ ${NAMES.previous}`, of: share }] : [];
  const lines = rows.map((row) => [
    row.name,
    ...columns.map((column) => row.ns[column] ? spread(row.ns[column]) : ''),
    ...shares.map(({ of }) => of(row)),
    ratio(row, 'peer'),
    ratio(row, 'javascript'),
    goalsOf(row).map(verdict).join('; '),
  ]);
  const text = [
    `${engine}; ${cpu}; ${date}; ${Object.entries(packages).map((each) => each.join(' ')).join(', ')}`,
    `nanoseconds per call at d = 256, median (quartiles) of ${rounds} interleaved rounds; ÷: our time as a share of that; x: how much faster ours is`,
  ];
  const heads = ['call', ...columns.map((column) => NAMES[column]), ...shares.map(({ head }) => head), NAMES.peer, NAMES.javascript, 'goals'];
  if (lines.length > 0) text.push('', aligned([heads, ...lines]));
  if (churn.length > 0) {
    const columns = columnsOf(churn);
    text.push('', `an adapter freed and a new one made, the oldest of n first, nanoseconds; ${verdict(churnGoal(churn))}`, aligned([
      ['n', ...columns.map((column) => NAMES[column])],
      ...churn.map(({ live, ns }) => [String(live), ...columns.map((column) => spread(ns[column]))]),
    ]));
  }
  if (memory) {
    const bytes = ([column, { empty, learned }]) => `${NAMES[column]} ${number(empty)} new, ${number(learned)} when all operators have learned`;
    text.push('', `bytes per WasmScopedLoRA: ${Object.entries(memory).map(bytes).join('; ')}; ${verdict(memoryGoal(memory))}`);
  }
  for (const name of new Set(curve.map((point) => point.name))) {
    const points = curve.filter((point) => point.name === name);
    const cell = ({ ns, dim }, column) => ns[column] ? (ns[column].median / dim).toFixed(3) : '';
    const shown = columnsOf(points);
    text.push('', `${name}, nanoseconds per dimension`, aligned([
      ['d', ...points.map(({ dim }) => String(dim))],
      ...shown.map((column) => [NAMES[column], ...points.map((point) => cell(point, column))]),
    ]));
  }
  if (missing.length > 0) text.push('', `left out, because the package does not have it: ${missing.join(', ')}`);
  return text.join('\n');
}

/** One line that counts the goals. */
export function missed({ rows, churn, memory }) {
  const goals = [...rows.flatMap(goalsOf), ...(churn.length > 0 ? [churnGoal(churn)] : []), ...(memory ? [memoryGoal(memory)] : [])];
  return `\ngoals: ${goals.filter(({ met }) => met).length} met, ${goals.filter(({ met }) => !met).length} missed`;
}

function svg(option, { width, height }) {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({ animation: false, backgroundColor: '#fff', textStyle: { fontFamily: 'sans-serif' }, ...option });
  const text = chart.renderToSVGString();
  chart.dispose();
  return text;
}

const COLOURS = { ours: '#0b6e4f', previous: '#7fbf9f', peer: '#c8553d', javascript: '#e0a526', loop: '#6c9bd1', floor: '#999999' };

/** SVG texts: `calls`, the table as bars, and `curve`, nanoseconds per dimension. */
export function plots({ rows, curve }, { engine, cpu, date }) {
  const subtext = `${engine}; ${cpu}; ${date}`;
  const title = (text) => ({ text, subtext, left: 10, top: 5, textStyle: { fontSize: 15 } });
  const found = {};
  if (rows.length > 0) {
    const shown = rows.toReversed();
    found.calls = svg({
      title: title('Nanoseconds per call at d = 256 (logarithmic; quartiles and ratios are in the table)'),
      legend: { top: 52, itemGap: 24 },
      grid: { left: 200, right: 30, top: 85, bottom: 30 },
      xAxis: { type: 'log', min: 1 },
      yAxis: { type: 'category', data: shown.map(({ name }) => name), axisTick: { show: false } },
      series: columnsOf(rows).toReversed().map((column) => ({
        type: 'bar',
        name: NAMES[column],
        color: COLOURS[column],
        barGap: '0%',
        data: shown.map(({ ns }) => ns[column]?.median ?? null),
      })),
    }, { width: 900, height: 110 + 74 * rows.length });
  }
  if (curve.length > 0) {
    const names = [...new Set(curve.map(({ name }) => name))];
    const width = 320;
    const players = columnsOf(curve);
    found.curve = svg({
      title: [
        title(`Nanoseconds per dimension (the published package cuts vectors above ${CURVE.peerUpTo})`),
        ...names.map((text, i) => ({ text, left: 60 + i * width, top: 85, textStyle: { fontSize: 13 } })),
      ],
      legend: { top: 52, left: 10, itemGap: 24, data: players.map((column) => NAMES[column]) },
      grid: names.map((_, i) => ({ left: 60 + i * width, width: width - 70, top: 115, bottom: 40 })),
      xAxis: names.map((_, i) => ({ type: 'log', gridIndex: i, name: 'd', min: 32, max: 4096, logBase: 2, axisLabel: { fontSize: 10, formatter: String } })),
      yAxis: names.map((_, i) => ({ type: 'value', gridIndex: i, min: 0 })),
      series: names.flatMap((name, i) => players.map((column) => ({
        type: 'line',
        name: NAMES[column],
        color: COLOURS[column],
        xAxisIndex: i,
        yAxisIndex: i,
        data: curve.filter((point) => point.name === name && point.ns[column]).map(({ dim, ns }) => [dim, ns[column].median / dim]),
      }))),
    }, { width: 60 + names.length * width, height: 400 });
  }
  return found;
}
