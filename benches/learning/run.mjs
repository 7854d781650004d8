// `npm run bench:learning`: how fast and how far the adapter learns, beside the published package, SGD, Adam and the best rank-2
// map. Prints tables and checks, writes results/.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { install, readOptions } from '../command.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const HELP = `npm run bench:learning -- [options]

  --quick          fewer rows, seeds and rates: half a minute instead of some
  --only PATTERN   only rows whose name or title matches: "base|real"; writes no files
  --readme         writes learning.svg, the plot in docs/learning.md, as well
  --help           this`;

const declared = {
  quick: { type: 'boolean', default: false },
  only: { type: 'string', default: '' },
  readme: { type: 'boolean', default: false },
};
const options = readOptions(HELP, declared, (values) => {
  if (values.readme && (values.quick || values.only)) throw new Error('--readme is for a whole run');
  return { ...values, only: new RegExp(values.only, 'i') };
});

install(here);
// After that, because they import what was installed.
const { ROWS, FULL, QUICK } = await import('./rows.mjs');
const { SELF_CHECKS } = await import('./selfcheck.mjs');
const { measure } = await import('./measure.mjs');
const { checks } = await import('./checks.mjs');
const { changeTable, diverged, firstTable, lostTo, ratesTable, table, verdicts } = await import('./report.mjs');
const { plots } = await import('./plots.mjs');

const progress = (text) => process.stderr.isTTY && process.stderr.write(`\r\x1b[K${text}`);
const started = performance.now();
for (const [name, run] of SELF_CHECKS) {
  progress(`checking: ${name}`);
  run();
}

const how = options.quick ? QUICK : FULL;
const known = ROWS.filter((row) => how.slow || !row.slow);
const rows = known.filter(({ name, title }) => options.only.test(`${name} ${title}`));
if (rows.length === 0) {
  console.error(`--only matches no row; there are ${known.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
const results = rows.map((row, i) => {
  progress(`${row.title} (${i + 1} of ${rows.length})`);
  return measure(row, how);
});
progress('noise floors');
const found = checks(results, how);
progress('');

const version = (file) => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')).version;
const about = {
  engine: `Node ${process.versions.node}`,
  packages: {
    'ruvector-learning-wasm': version('../../pkg/package.json'),
    '@ruvector/learning-wasm': version('./node_modules/peer/package.json'),
  },
};
const packages = Object.entries(about.packages).map((each) => each.join(' ')).join(', ');
console.log(`${about.engine}; ${packages}; ${SELF_CHECKS.length} self-checks passed
held-out loss relative to the identity map’s, medians of ${how.seeds.length} seeds (real embeddings: ${3 * how.seeds.length});
in brackets the step size, tuned on other seeds (SGD’s is multiplied by the mean |x|²)

${table(results)}

the same after 1, 3, 10 and 30 steps

${firstTable(results)}

${lostTo(results)}
${diverged(results)}

highest loss of ours on the way, of any seed, by learning rate
${ratesTable(results)}
`);
const change = results.find(({ teachers }) => teachers > 1);
if (change) console.log(`${change.title}\n${changeTable(change)}\n`);
console.log(verdicts(found));
console.log(`${((performance.now() - started) / 1000).toFixed(0)} s`);

if (options.only.source === '(?:)') {
  const write = (file, text) => {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.log(`wrote ${path.relative(process.cwd(), file)}`);
  };
  // Infinity, a run that was lost, becomes null.
  const rounded = (_, value) => (typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value);
  const result = (name) => path.join(here, 'results', name);
  write(result('learning.json'), `${JSON.stringify({ ...about, how, results, checks: found }, rounded)}\n`);
  const drawn = plots(results, how);
  for (const [name, svg] of Object.entries(drawn)) write(result(`${name}.svg`), svg);
  if (options.readme) write(path.join(here, 'learning.svg'), drawn.summary);
}
