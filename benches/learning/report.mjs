// What was found, as text.
import { BACK, MARK, afterChange } from './change.mjs';
import { lossAt } from './checks.mjs';
import { FIRST, shown } from './curve.mjs';
import { OTHER_RATES, RATE } from './rows.mjs';

export const TITLES = {
  ours: `ours, rate ${RATE}`,
  tuned: 'ours, tuned',
  published: 'published',
  sgd: 'SGD',
  adam: 'Adam',
};

/** Two digits of a loss; what is left of rounding is 0. */
export function loss(value) {
  if (value === Infinity) return 'lost';
  if (value < 1e-20) return '0';
  return value < 0.001 ? value.toExponential(1) : value.toPrecision(2);
}

export function aligned(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd()).join('\n');
}

/** The losses of a line at the steps of the table, and its step size unless it is known. */
function cell(row, line, known = false) {
  const losses = shown(row.steps).map((step) => loss(lossAt(line, row, step)).padEnd(7)).join(' ').trimEnd();
  return known ? losses : `${losses.padEnd(23)} (${line.step})`;
}

/** Contenders by rows: losses after a tenth, a third and all of the steps. */
export function table(results) {
  const head = ['', 'steps', ...Object.values(TITLES), 'floor'];
  const lines = results.flatMap((row) => {
    const steps = shown(row.steps).join(' ');
    const all = Object.keys(TITLES).map((name) => cell(row, row.lines[name], name === 'ours'));
    const others = row.name === 'base' ? row.rates.filter(({ step }) => OTHER_RATES.includes(step)) : [];
    return [
      [row.title, steps, ...all, loss(row.floor)],
      ...others.map((line) => [`  ours at rate ${line.step}`, '', cell(row, line, true), ...Array(5).fill('')]),
    ];
  });
  return aligned([head, ...lines]);
}

/** Contenders by rows: losses after the first steps. */
export function firstTable(results) {
  const cells = (row, line) => FIRST.map((step) => loss(lossAt(line, row, step)).padEnd(7)).join(' ').trimEnd();
  const head = ['', ...Object.values(TITLES)];
  return aligned([head, ...results.map((row) => [row.title, ...Object.keys(TITLES).map((name) => cells(row, row.lines[name]))])]);
}

export function changeTable(row) {
  const steps = (value) => (value === Infinity ? `not in ${row.steps / 2}` : String(value));
  const lines = Object.entries(TITLES).map(([name, title]) => {
    const { before, follows, first, again, now, old } = afterChange(row.lines[name], row);
    // Twice as much as nothing learned is no mark.
    return [title, loss(before), BACK * before < 1 ? steps(follows) : '–', steps(first), steps(again), loss(now), loss(old)];
  });
  const head = ['', 'before', `steps to ${BACK}x of it`, `first to ${MARK}`, `again to ${MARK}`, 'new, last', 'old, last'];
  return aligned([head, ...lines]);
}

/** Where SGD or Adam, tuned, is lower than ours. */
export function lostTo(results) {
  const lines = ['ours', 'tuned'].map((own) => {
    const rows = results.flatMap((row) => {
      const rivals = ['sgd', 'adam'].flatMap((name) => {
        const steps = shown(row.steps).filter((step) => lossAt(row.lines[name], row, step) < lossAt(row.lines[own], row, step));
        return steps.length > 0 ? [`${TITLES[name]} (${steps.join(', ')})`] : [];
      });
      return rivals.length > 0 ? [`  ${row.title}: ${rivals.join(', ')}`] : [];
    });
    return [`${TITLES[own]}, is behind, at the steps in brackets, on ${rows.length} of ${results.length} rows`, ...rows].join('\n');
  });
  return lines.join('\n');
}

/** The highest loss on the way of any seed, by the rate of ours. */
export function ratesTable(results) {
  const head = ['', ...results[0].rates.map(({ step }) => String(step))];
  return aligned([head, ...results.map(({ title, rates }) => [title, ...rates.map(({ losses }) => loss(Math.max(...losses.flat())))])]);
}

/** Who diverged on some seeds, which a median does not show. */
export function diverged(results) {
  const found = results.flatMap((row) => Object.entries(row.lines).flatMap(([name, { losses }]) => {
    const count = losses.filter((run) => run.includes(Infinity)).length;
    return count > 0 ? [`${TITLES[name]} on ${count} of ${losses.length} seeds of “${row.title}”`] : [];
  }));
  return `diverged: ${found.join('; ') || 'none'}`;
}

export function verdicts(found) {
  const lines = found.map(({ what, found: value, goal, met }) => [met ? 'pass' : 'FAIL', what, value, goal]);
  const failed = found.filter(({ met }) => !met).length;
  return `${aligned([['', 'check', 'found', 'goal'], ...lines])}\n\nchecks: ${found.length - failed} passed, ${failed} failed`;
}
