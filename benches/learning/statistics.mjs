// Medians.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Element by element, over arrays of one length. */
export const medians = (rows) => rows[0].map((_, i) => median(rows.map((row) => row[i])));
