// The statistics of predictions beside measurements, and of a table's column.

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Linear between the closest ranks; q from 0 to 1. */
export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  const below = Math.floor(position);
  const above = Math.ceil(position);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
}

/** Correlation of two lists; NaN if one of them is constant. */
export function pearson(a, b) {
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i += 1) {
    ab += (a[i] - meanA) * (b[i] - meanB);
    aa += (a[i] - meanA) ** 2;
    bb += (b[i] - meanB) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

/** Ranks from 1; equal values share the mean of theirs. */
export function ranks(values) {
  const order = values.map((_, i) => i).sort((i, j) => values[i] - values[j]);
  const result = new Array(values.length);
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end < order.length && values[order[end]] === values[order[start]]) end += 1;
    for (let k = start; k < end; k += 1) result[order[k]] = (start + 1 + end) / 2;
    start = end;
  }
  return result;
}

export const spearman = (a, b) => pearson(ranks(a), ranks(b));

export const meanAbsoluteError = (predicted, measured) => mean(predicted.map((value, i) => Math.abs(value - measured[i])));

export const meanSquaredError = (predicted, measured) => mean(predicted.map((value, i) => (value - measured[i]) ** 2));
