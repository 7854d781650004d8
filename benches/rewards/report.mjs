// What the predictions are worth: scores per hint set, their summary, and both as text.

import { mean, meanAbsoluteError, meanSquaredError, pearson, quantile, spearman } from './statistics.mjs';

/** `{ method, hintSets: [{ hintSet, pearson, spearman, mae, rmse }] }` for every method. */
export function scores(predictions, targets) {
  return [...predictions].map(([method, predicted]) => ({
    method,
    hintSets: targets.map(({ hintSet, values }, t) => ({
      hintSet,
      ...correlations(method, predicted[t], values),
      mae: meanAbsoluteError(predicted[t], values),
      rmse: Math.sqrt(meanSquaredError(predicted[t], values)),
    })),
  }));
}

// A training mean is lower where the examples left out are higher, so its correlation is negative by construction.
const correlations = (method, predicted, values) =>
  method === 'training mean' ? {} : { pearson: pearson(predicted, values), spearman: spearman(predicted, values) };

const number = (value, digits = 3) => (value === undefined || Number.isNaN(value) ? '–' : value.toFixed(digits));

function quartiles(values) {
  if (values.some((value) => value === undefined)) return '–';
  const [low, high] = [0.25, 0.75].map((q) => number(quantile(values, q), 2));
  return `${number(quantile(values, 0.5))} (${low} to ${high})`;
}

/** The summary: median and quartiles over hint sets, and on how many of them the error is below those of the others. */
export function summaryTable(methods) {
  const column = (method, key) => methods.find((each) => each.method === method).hintSets.map((row) => row[key]);
  const better = (method, other) => {
    if (method === other) return '';
    const [ours, theirs] = [column(method, 'rmse'), column(other, 'rmse')];
    return `${ours.filter((value, i) => value < theirs[i]).length} of ${ours.length}`;
  };
  return aligned([
    ['', 'Pearson', 'Spearman', 'MAE', 'RMSE', 'RMSE < mean’s', 'RMSE < ridge’s'],
    ...methods.map(({ method }) => [
      method,
      ...['pearson', 'spearman', 'mae', 'rmse'].map((key) => quartiles(column(method, key))),
      better(method, 'training mean'),
      better(method, 'ridge'),
    ]),
  ]);
}

/** One line per hint set: the mean of what was measured, then Pearson's correlation and RMSE of every method. */
export function fullTable(methods, targets) {
  const short = (method) => method.replace('adapter, ', '').replace('training ', '').split(' ')[0];
  return aligned([
    ['hint set', 'measured', ...methods.flatMap(({ method }) => [`r ${short(method)}`, 'RMSE'])],
    ...targets.map(({ hintSet, values }, t) => [
      String(hintSet),
      number(mean(values)),
      ...methods.flatMap(({ hintSets }) => [number(hintSets[t].pearson), number(hintSets[t].rmse)]),
    ]),
  ]);
}

function aligned(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const format = (row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ');
  return rows.map((row) => `  ${format(row)}`.trimEnd()).join('\n');
}
