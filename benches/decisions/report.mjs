// What was measured, as Markdown tables.

const number = (value) => value.toFixed(1);
const withError = ({ mean, error }) => (error > 1e-6 ? `${number(mean)} ± ${number(error)}` : number(mean));

export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(3, ...rows.map((row) => row[column].length)));
  const padded = (cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]));
  const line = (cells) => `| ${cells.map(padded).join(' | ')} |`;
  return [line(rows[0]), line(widths.map((width) => '-'.repeat(width))), ...rows.slice(1).map(line)].join('\n');
}

/** Contenders on one workload: `results` are summaries by name. */
export const contendersTable = (results) => table([
  ['seconds a pass', 'mean of all', 'pass 1', 'last pass', 'worst pass'],
  ...Object.entries(results).map(([name, found]) => {
    const { first, last, worst } = found;
    return [name, withError(found), ...[first, last, worst].map(number)];
  }),
]);

/** Contenders in worlds: each mean, and what it is beside the best in hindsight. `results` are means and optima by name and world. */
export const worldsTable = (names, results) => table([
  ['', ...Object.keys(results)],
  ...names.map((name) => [name, ...Object.values(results).map((found) => {
    const { mean, optimum } = found[name];
    return `${mean.toPrecision(3)} (${(mean / optimum).toFixed(2)})`;
  })]),
]);

/** One row per contender: mean pass on each workload; on the first one also the median over the seeds, pass 1 and the worst pass. */
export function groupsTable(names, groups) {
  const cells = (results) => {
    const [{ median, first, worst }] = results;
    return [...results.map(withError), ...[median, first, worst].map(number)];
  };
  return table([
    ['', ...names, ...['median', 'pass 1', 'worst'].map((what) => `${names[0]}, ${what}`)],
    ...groups.flatMap(({ title, rows }) => {
      const named = (name) => (title ? `${title}: ${name}` : name);
      return rows.map(({ name, results }) => [named(name), ...cells(results)]);
    }),
  ]);
}
