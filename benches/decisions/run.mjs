// `npm run bench:decisions`: seconds spent while a contender learns which type to choose, beside the best in hindsight.

import { readOptions } from '../command.mjs';
import { LESSONS, RATES, adapted } from './adapted.mjs';
import { epsilonGreedy, independentThompson, linUcb } from './bandits.mjs';
import { YARDSTICKS, inWorlds, packaged, thompson } from './contenders.mjs';
import { growth } from './growth.mjs';
import { measure } from './measure.mjs';
import { contendersTable, groupsTable, table, worldsTable } from './report.mjs';
import { NAMES } from './workloads.mjs';
import { WORLDS, live } from './worlds.mjs';

const HELP = `npm run bench:decisions -- [options]

  --growth        µs of a recommendation, by what the ring holds
  --adapted       recommending from embeddings that a WasmScopedLoRA has adapted (three minutes)
  --seeds N       runs of each contender (20; 10 in the worlds; 6 with --adapted)
  --only PATTERN  only workloads that match: "odd|synthetic 7$"
  --help          this

Without --adapted: some minutes. Workloads: ${NAMES.join(', ')}.
Worlds: ${Object.keys(WORLDS).join(', ')}.`;

const flag = { type: 'boolean', default: false };
const text = { type: 'string' };
const declared = { growth: flag, adapted: flag, seeds: text, only: { ...text, default: '' } };
const options = readOptions(HELP, declared, (values) => {
  const integer = (name) => {
    if (values[name] === undefined) return undefined;
    if (!/^[1-9]\d{0,4}$/.test(values[name])) throw new Error(`--${name} must be an integer from 1 to 99999`);
    return Number(values[name]);
  };
  return { ...values, seeds: integer('seeds'), only: new RegExp(values.only) };
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
  const makers = { ...YARDSTICKS, 'Thompson sampling': thompson, ...own };
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

function adaptation(seeds = 6) {
  const names = chosen(['job', 'job shuffled']);
  const rows = (recomputed, rates) => Object.fromEntries(
    Object.entries(LESSONS).flatMap(([title, lesson]) =>
      rates.map((rate) => [`${title}, rate ${rate}`, adapted(lesson, rate, recomputed)])),
  );
  const groups = [
    { title: '', rows: measured(names, { 'plain embeddings': packaged() }, seeds) },
    { title: 'recomputed', rows: measured(names, rows(true, RATES), seeds) },
    { title: 'as recorded', rows: measured(names, rows(false, [0.1]), seeds) },
  ];
  progress('');
  console.log(`seconds, mean of all passes, ${seeds} seeds\n\n${groupsTable(names, groups)}\n`);
}

if (options.growth) console.log(`${table(growth())}\n`);
else if (options.adapted) adaptation(options.seeds);
else compare(options.seeds);
progress('');
console.log(`${((performance.now() - started) / 1000).toFixed(0)} s`);
