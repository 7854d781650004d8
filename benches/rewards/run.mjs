// `npm run bench:rewards`: how well adapters that were taught rewards predict improvements that they were not taught, beside
// the training mean and ridge regression. Prints tables, writes results/rewards.json.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { install, readOptions } from '../command.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const HELP = `npm run bench:rewards -- [options]

  --all     every hint set, not only the summary over them
  --seed N  draws the folds and the order of the examples, 0 to 4294967295 (1)`;

const declared = { all: { type: 'boolean', default: false }, seed: { type: 'string', default: '1' } };
const options = readOptions(HELP, declared, (values) => {
  const seed = Number(values.seed);
  if (!/^\d+$/.test(values.seed) || seed > 2 ** 32 - 1) throw new Error('--seed must be an integer from 0 to 4294967295');
  return { ...values, seed };
});

install(here, '--install-links=false');
// After that, because they import what was installed.
const { default: init } = await import('ruvector-learning-wasm');
const { loadData } = await import('./data.mjs');
const { FOLDS, evaluate } = await import('./evaluate.mjs');
const { limits } = await import('./limits.mjs');
const { ratesTable } = await import('./rates.mjs');
const { fullTable, scores, summaryTable } = await import('./report.mjs');

await init();
const data = loadData();
const { families, targets } = data;
const left = [
  { name: 'families', title: 'Left out by family: queries unlike those learned from', labels: families },
  { name: 'queries', title: 'Left out one by one: most have relatives among those learned from', labels: families.map((_, i) => i) },
];

console.log(`${families.length} queries of ${new Set(families).size} families, ${targets.length} hint sets, ${FOLDS.outer} folds, settings chosen by ${FOLDS.inner} folds within each; seed ${options.seed}`);
console.log('Median (quartiles) over the hint sets.');
const result = { seed: options.seed, folds: FOLDS };
for (const { name, title, labels } of left) {
  const started = performance.now();
  const methods = scores(evaluate(data, labels, options.seed), targets);
  console.log(`\n${title} (${((performance.now() - started) / 1000).toFixed(0)} s)\n\n${summaryTable(methods)}`);
  if (options.all) console.log(`\n${fullTable(methods, targets)}`);
  result[name] = methods;
}

console.log(`\nPrediction less the mean reward of one input, root mean square over 200 inputs\n\n${ratesTable()}`);
console.log(`\nWhere it ends\n\n${limits()}`);

const file = path.join(here, 'results/rewards.json');
mkdirSync(path.dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify(result, null, 1)}\n`);
console.log(`\nwrote ${path.relative(process.cwd(), file)}`);
