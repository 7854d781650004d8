// The terminal's view of the result: plain aligned text.

import { callsRows, passRows, statisticsRows, trackingRows } from './tables.mjs';

const MOST_ROWS = 25;

export function printResult(result) {
  const step = Math.ceil(result.passCount / MOST_ROWS);
  const { head, rows, foot } = passRows(result);
  const shown = rows.filter((_, i) => i === 0 || (i + 1) % step === 0 || i === rows.length - 1);
  printTable(`Seconds per pass${step > 1 ? ` (one in ${step}; the report has all)` : ''}`, head, [...shown, foot]);

  console.log(`
  default: hint set 0 for every query; best single: hint set ${result.totals.bestSingleHintSet}, known only in hindsight;
  oracle: the best hint set of each query; faster, slower: queries that beat or missed the default's time;
  new: queries that ran with a hint set for the first time`);

  printTable('Trajectory buffer', null, statisticsRows(result));
  const tracking = trackingRows(result);
  printTable(tracking.title, tracking.head, tracking.rows);
  printTable('Time per call on this machine (384 numbers per embedding, median)', null, callsRows(result));

  const { operator, adaptations, parameters, deltaNorm } = result.adapter;
  const size = `${parameters} numbers, delta norm ${deltaNorm.toFixed(3)}`;
  console.log(`\nScoped adapter, operator ${operator}: ${adaptations} adaptations of ${size}`);
}

/** The first column to the left, numbers to the right. */
function printTable(title, head, rows) {
  const lines = head ? [head, ...rows] : rows;
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const format = (line) => line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ');
  console.log(`\n${title}\n`);
  for (const line of lines) console.log(`  ${format(line)}`.trimEnd());
}
