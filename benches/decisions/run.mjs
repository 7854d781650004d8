// `npm run bench:decisions`: seconds spent while a contender learns which type to choose, beside the best in hindsight.

import { readOptions } from '../command.mjs';
import { LESSONS, RATES, adapted } from './adapted.mjs';
import { epsilonGreedy, independentThompson, linUcb } from './bandits.mjs';
import { YARDSTICKS, inWorlds, model, packaged, thompson } from './contenders.mjs';
import { IDEAS } from './ideas.mjs';
import { measure } from './measure.mjs';
import { contendersTable, ideasTable, tuneTables, worldsTable } from './report.mjs';
import { tune } from './tune.mjs';
import { NAMES } from './workloads.mjs';
import { WORLDS, live } from './worlds.mjs';

const HELP = `npm run bench:decisions -- [options]

  --ideas         every idea that was tried, instead of the contenders (seven minutes)
  --tune          the search that chose the constants (three minutes)
  --draws N       settings that it draws (100)
  --adapted       recommending from embeddings that a WasmScopedLoRA has adapted (three minutes)
  --seeds N       runs of each contender (20; 10 in the worlds; 6 with --ideas and --adapted), or the seed of --tune (1)
  --only PATTERN  only workloads that match: "odd|synthetic 7$"
  --help          this

Without --ideas, --tune and --adapted: some minutes. Workloads: ${NAMES.join(', ')}.
Worlds: ${Object.keys(WORLDS).join(', ')}.`;

const flag = { type: 'boolean', default: false };
const text = { type: 'string' };
const declared = { ideas: flag, tune: flag, adapted: flag, draws: text, seeds: text, only: { ...text, default: '' } };
const options = readOptions(HELP, declared, (values) => {
  const integer = (name) => {
    if (values[name] === undefined) return undefined;
    if (!/^[1-9]\d{0,4}$/.test(values[name])) throw new Error(`--${name} must be an integer from 1 to 99999`);
    return Number(values[name]);
  };
  const modes = ['ideas', 'tune', 'adapted'].filter((name) => values[name]);
  if (modes.length > 1) throw new Error(`one of --${modes.join(' and --')} at a time`);
  return { ...values, draws: integer('draws') ?? 100, seeds: integer('seeds'), only: new RegExp(values.only) };
});

const started = performance.now();
const progress = (text) => process.stderr.isTTY && process.stderr.write(`\r\x1b[K${text}`);

function chosen(names) {
  const found = names.filter((name) => options.only.test(name));
  if (found.length === 0) {
    console.error(`--only matches none of these workloads: ${names.join(', ')}`);
    process.exit(2);
  }
  return found;
}

function measured(names, makers, seeds) {
  return Object.entries(makers).map(([name, make]) => ({
    name,
    results: names.map((workload) => {
      progress(`${name}, ${workload}`);
      return measure(workload, make, seeds);
    }),
  }));
}

function compare(seeds = 20) {
  const own = { 'the package': packaged(), 'the package, last 1000 runs': packaged(1000) };
  const makers = { ...YARDSTICKS, 'Thompson sampling': thompson, 'reference model': model(), ...own };
  const names = chosen([...NAMES, ...Object.keys(WORLDS)]);
  for (const name of names.filter((each) => NAMES.includes(each))) {
    const results = Object.fromEntries(measured([name], makers, seeds).map((each) => [each.name, each.results[0]]));
    progress('');
    console.log(`### ${name}, ${seeds} seeds\n\n${contendersTable(results)}\n`);
  }
  compareInWorlds(names.filter((each) => each in WORLDS), options.seeds ?? 10);
}

function compareInWorlds(names, seeds) {
  if (names.length === 0) return;
  const makers = {
    'independent Thompson sampling': independentThompson,
    LinUCB: linUcb(),
    'LinUCB, forgetting': linUcb(0.999),
    'ε-greedy': epsilonGreedy,
    'the package': inWorlds,
  };
  const results = Object.fromEntries(Object.entries(makers).map(([name, make]) => [name, Object.fromEntries(names.map((world) => {
    progress(`${name}, ${world}`);
    const runs = Array.from({ length: seeds }, (_, i) => live(WORLDS[world], make, i + 1));
    const mean = (key) => runs.reduce((sum, run) => sum + run[key], 0) / runs.length;
    return [world, { mean: mean('mean'), optimum: mean('optimum') }];
  }))]));
  progress('');
  console.log(`### worlds: ms, or clicks, per decision (and beside the best in hindsight), ${seeds} seeds\n\n${worldsTable(names, results)}\n`);
}

function ideas(seeds = 6) {
  const names = chosen(NAMES.filter((name) => !/^job (odd|even)$/.test(name)));
  const own = { ...YARDSTICKS, 'Thompson sampling': thompson, 'the model as it is': model() };
  const groups = Object.entries({ '': own, ...IDEAS })
    .map(([title, makers]) => ({ title, rows: measured(names, makers, seeds) }));
  progress('');
  console.log(`seconds, mean of all passes, ${seeds} seeds\n\n${ideasTable(names, groups)}\n`);
}

function adaptation(seeds = 6) {
  const names = chosen(['job', 'job shuffled']);
  const rows = (recomputed, rates) => Object.fromEntries(
    Object.entries(LESSONS).flatMap(([title, lesson]) =>
      rates.map((rate) => [`${title}, rate ${rate}`, adapted(lesson, rate, recomputed)])),
  );
  const groups = [
    { title: '', rows: measured(names, { 'plain embeddings': model() }, seeds) },
    { title: 'recomputed', rows: measured(names, rows(true, RATES), seeds) },
    { title: 'as recorded', rows: measured(names, rows(false, [0.1]), seeds) },
  ];
  progress('');
  console.log(`seconds, mean of all passes, ${seeds} seeds\n\n${ideasTable(names, groups)}\n`);
}

if (options.tune) console.log(`${tuneTables(tune(options.draws, options.seeds ?? 1, progress), options.draws)}\n`);
else if (options.ideas) ideas(options.seeds);
else if (options.adapted) adaptation(options.seeds);
else compare(options.seeds);
progress('');
console.log(`${((performance.now() - started) / 1000).toFixed(0)} s`);
