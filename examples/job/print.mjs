// The terminal's view of the result: plain aligned text.

import { GOAL_PASSES, MEASURES, goalsOf } from './contenders.mjs';
import { callsRows, contenderRows, metText, passRows, seedsText, statisticsRows, trackingRows } from './tables.mjs';

const MOST_ROWS = 25;

export function printResult(result) {
  const { seconds, totals, vowpalWabbit } = result;
  const step = Math.ceil(seconds.length / MOST_ROWS);
  const { head, rows, foot } = passRows(result.passes, totals);
  const shown = rows.filter((_, i) => i === 0 || (i + 1) % step === 0 || i === rows.length - 1);
  printTable(`Seconds per pass${step > 1 ? ` (one in ${step}; the report has all)` : ''}`, head, [...shown, foot]);
  console.log(`
  default: hint set 0 for every query; best single: hint set ${totals.bestSingleHintSet}, known only in hindsight;
  oracle: the best hint set of each query; faster, slower: queries that beat or missed the default's time;
  new: queries that ran with a hint set for the first time`);

  const contenders = contenderRows(result);
  printTable('Seconds, contender by contender', contenders.head, [...contenders.rows, ...contenders.foot.slice(0, 1)]);
  if (vowpalWabbit && seconds.length === GOAL_PASSES) {
    console.log(`\n  Vowpal Wabbit: ${vowpalWabbit.setting}; measured by npm run bench:decisions:vw, not here`);
  }
  console.log(`\n${goalsLine(result)}`);

  printTable('Trajectory buffer', null, statisticsRows(result));
  const tracking = trackingRows(result);
  printTable(tracking.title, tracking.head, tracking.rows);
  console.log(`\n  ${tracking.note}`);
  printTable('Time per call on this machine (384 numbers per embedding, median)', null, callsRows(result));

  const { operator, adaptations, parameters, deltaNorm } = result.adapter;
  const size = `${parameters} numbers, delta norm ${deltaNorm.toFixed(3)}`;
  console.log(`\nScoped adapter, operator ${operator}: ${adaptations} adaptations of ${size}; it chooses nothing`);
}

/** Each goal in words, and whether the seeds meet it. */
export function goalsLine(result) {
  const { seconds, seeds, totals } = result;
  if (seconds.length !== GOAL_PASSES) return `Goals: they are set for ${GOAL_PASSES} passes; this run has ${seconds.length}`;
  const goals = Object.entries(goalsOf(seeds, totals)).map(([name, goal]) => {
    const limit = name === 'worst' ? `${goal.limit.toFixed(1)} (1.1 x default)` : goal.limit;
    return `${MEASURES[name]} ${goal.found.toFixed(1)} <= ${limit} s ${metText(goal)}`;
  });
  return `Goals, ${seedsText(result)}: ${goals.join('; ')}`;
}

/** The first column to the left, numbers to the right. */
function printTable(title, head, rows) {
  const lines = head ? [head, ...rows] : rows;
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const format = (line) => line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ');
  console.log(`\n${title}\n`);
  for (const line of lines) console.log(`  ${format(line)}`.trimEnd());
}
