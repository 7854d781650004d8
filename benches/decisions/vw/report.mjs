// Seconds per pass as a table: of what always is known in hindsight, and of policies over their seeds.

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Seconds per pass of a policy that sees the whole row. */
function secondsOf({ passes, rows, steps }, costOf) {
  const seconds = new Array(passes).fill(0);
  for (const [pass, , , row] of steps) seconds[pass] += costOf(rows[row]) / 1000;
  return seconds;
}

/** Rows of the table: `{ name, runs }`, seconds [seeds][passes]. */
export function yardsticks(workload) {
  const perType = Array.from({ length: workload.types }, (_, type) => secondsOf(workload, (row) => row[type]));
  const best = perType.reduce((a, b) => (mean(b) < mean(a) ? b : a));
  return [
    { name: 'default', runs: [perType[0]] },
    { name: 'best single', runs: [best] },
    { name: 'oracle', runs: [secondsOf(workload, (row) => Math.min(...row))] },
  ];
}

/** The columns; each says the mean over the seeds and, where there are several, that of the worst seed. */
const columnsFor = (passes) => ({
  'mean pass': mean,
  'pass 1': (seconds) => seconds[0],
  [`pass ${passes}`]: (seconds) => seconds.at(-1),
  'worst pass': (seconds) => Math.max(...seconds),
});

/** The mean pass over all seeds. */
export const meanPass = (runs) => mean(runs.map(mean));

/** Where a mean pass is between the oracle's, 0, and the default's, 1. */
export function regret(workload, runs) {
  const [most, , least] = yardsticks(workload).map((yardstick) => meanPass(yardstick.runs));
  return (meanPass(runs) - least) / (most - least);
}

export function secondsTable(passes, rows) {
  const columns = columnsFor(passes);
  const cells = ({ runs }) =>
    Object.values(columns).map((column) => {
      const values = runs.map(column);
      return mean(values).toFixed(1) + (runs.length > 1 ? ` / ${Math.max(...values).toFixed(1)}` : '');
    });
  return aligned([['seconds', ...Object.keys(columns)], ...rows.map((row) => [row.name, ...cells(row)])]);
}

/** The first column to the left, the others to the right. */
export function aligned(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const format = (row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ');
  return rows.map((row) => `  ${format(row)}`.trimEnd()).join('\n');
}
