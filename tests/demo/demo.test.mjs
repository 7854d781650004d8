// The demo as a user runs it: its output, its exit codes. What it promises of its inside: only chosen cells are looked at.
// In one process with the tests of its arithmetic and its report, as every run of the demo writes the same report.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { installDependencies } from '../../examples/job/install.mjs';
import './contenders.mjs';
import './report.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const TOTALS = { default: 181.08, bestSingle: 120.38, oracle: 68.06 };

function demo(...args) {
  const run = spawnSync(process.execPath, ['examples/job/demo.mjs', ...args], { cwd: root, encoding: 'utf8' });
  return { code: run.status, out: run.stdout, error: run.stderr };
}

/** Rows of the table of seconds, as numbers: pass, learned, default, best single, oracle, … */
const passesOf = (out) => [...out.matchAll(/^ +(\d+ +[\d. ]+)$/gm)].map((match) => match[1].trim().split(/ +/).map(Number));

/** The row of this name: mean pass, pass 1, last pass, worst pass. */
function contender(out, name) {
  const [, numbers] = out.match(new RegExp(`^ +${name} +([\\d. ]+)$`, 'm')) ?? assert.fail(`no row ${name}`);
  return numbers.trim().split(/ +/).map(Number);
}

const plain = demo();

test('replays the benchmark, learns, and says what it took', () => {
  const { code, out, error } = plain;
  assert.equal(code, 0, error);
  assert.equal(error, '', 'nothing but the result, and no progress bar, when output is not a terminal');
  assert.doesNotMatch(out, /\x1b/);
  const passes = passesOf(out);
  assert.equal(passes.length, 20);
  for (const [, learned, ...references] of passes) {
    assert.deepEqual(references.slice(0, 3), Object.values(TOTALS));
    assert.ok(learned >= TOTALS.oracle);
  }
  const seconds = passes.map((row) => row[1]);
  const mean = seconds.reduce((sum, value) => sum + value, 0) / 20;
  const run = contender(out, 'this run, seed 1');
  assert.ok(Math.abs(run[0] - mean) < 0.01, `${run[0]} is the mean ${mean}`);
  assert.deepEqual(run.slice(1), [seconds[0], seconds.at(-1), Math.max(...seconds)]);
  const [means, worst] = ['mean', 'worst'].map((which) => contender(out, `seeds 1 to 5, ${which}`));
  run.forEach((value, i) => assert.ok(value <= worst[i] && means[i] <= worst[i]));
  for (const [name, total] of [['default', 181.08], ['best single hint set', 120.38], ['oracle', 68.06]]) {
    assert.deepEqual(contender(out, name), new Array(4).fill(total));
  }
  const parts = ['trajectories recorded', 'operator Join: success rate', 'predicted_improvement', 'first tries', 'recommend, 49 hint sets'];
  for (const part of parts) assert.ok(out.includes(part), part);
});

test('meets its goals, and says so', () => {
  const [goals] = plain.out.match(/^Goals, seeds 1 to 5: .*$/m);
  for (const goal of ['<= 100 s', '<= 185 s', '<= 86 s', '<= 199.2 (1.1 x default) s']) assert.ok(goals.includes(`${goal} met`), goals);
  assert.doesNotMatch(goals, /MISSED/);
});

test('docs/decisions.md states what is printed', () => {
  const [, mean] = plain.out.match(/^ +mean +([\d.]+)/m);
  const printed = new Map([...passesOf(plain.out).map((row) => [String(row[0]), row[1]]), ['mean of 20', Number(mean)]]);
  const readme = readFileSync(path.join(root, 'docs/decisions.md'), 'utf8');
  const stated = [...readme.matchAll(/^\| (\d+|mean of 20) \| (\d+\.\d\d) \|/gm)];
  assert.equal(stated.length, 5);
  for (const [, pass, learned] of stated) assert.equal(Number(learned), printed.get(pass), `docs/decisions.md, pass ${pass}`);
});

test('the demo\'s README states what 20 seeds print', () => {
  const readme = readFileSync(path.join(root, 'examples/job/README.md'), 'utf8');
  const stated = [...readme.matchAll(/^\| (seeds 1 to 20, \w+) \| ([\d. |]+) \|$/gm)].map(([, name, cells]) => [name, cells.split(' | ').map(Number)]);
  assert.equal(stated.length, 2);
  const { out } = demo('--seeds', '20');
  for (const [name, numbers] of stated) assert.deepEqual(numbers, contender(out, name), name);
});

test('one seed gives one result', () => {
  const result = (seed) => demo('--passes', '3', '--seeds', '1', '--seed', seed).out.replace(/^.* [nµ]s$/gm, '');
  assert.equal(result('7'), result('7'));
  assert.notEqual(result('7'), result('8'));
});

test('other seeds, passes and capacities', () => {
  const { out } = demo('--passes', '2', '--seed', '4294967295', '--seeds', '2', '--capacity', '100');
  assert.equal(passesOf(out).length, 2);
  contender(out, 'seeds 4294967295 to 0, worst');
  assert.match(out, /held in the ring +100$/m);
  assert.match(out, /^Goals: they are set for 20 passes; this run has 2$/m);
  assert.doesNotMatch(demo('--passes', '1', '--seeds', '1').out, /^ +seeds 1/m);
});

test('help and bad arguments', () => {
  const help = demo('--help');
  assert.equal(help.code, 0);
  for (const option of ['--passes', '--seed ', '--seeds', '--capacity']) assert.ok(help.out.includes(option), option);
  const numbers = ['--passes 0', '--passes x', '--passes 2.5', '--seed -1', '--seed 4294967296', '--seeds 0', '--capacity 0'];
  for (const args of [...numbers.map((text) => text.split(' ')), ['--seed'], ['--nope'], ['--shuffle'], ['more']]) {
    const { code, out, error } = demo(...args);
    assert.equal(code, 2, args.join(' '));
    assert.equal(out, '');
    assert.match(error, /^demo: .+/);
  }
});

/** The demo's modules, once what they import is there. */
async function modules() {
  installDependencies();
  const { default: init } = await import('../../pkg/index.js');
  await init();
  const loaded = await Promise.all(['benchmark', 'replay', 'tracking'].map((name) => import(`../../examples/job/${name}.mjs`)));
  return Object.assign({}, ...loaded);
}

test('only the default and the chosen cell of a row are looked at', async () => {
  const { loadBenchmark, replay } = await modules();
  const benchmark = loadBenchmark();
  let looked = [];
  const guarded = benchmark.queries.map((query) => ({
    ...query,
    runtimesMs: new Proxy(query.runtimesMs, {
      get(row, cell) {
        looked.push(Number(cell));
        return row[cell];
      },
    }),
  }));
  let runs = 0;
  const observer = {
    chosen: () => assert.deepEqual(looked, [], 'before the choice'),
    ran(query, { hintSet }) {
      assert.deepEqual(looked, [0, hintSet], query.name);
      looked = [];
      runs += 1;
    },
  };
  const { buffer } = replay({ ...benchmark, queries: guarded }, { passes: 3, seed: 1, capacity: 4096 }, observer);
  buffer.free();
  assert.equal(runs, 3 * 113);
});

test('to ask for predictions and to run the adapter changes no choice', async () => {
  const { loadBenchmark, replay, Tracking } = await modules();
  const benchmark = loadBenchmark();
  const choices = (observer) => {
    const { passes, buffer } = replay(benchmark, { passes: 3, seed: 5, capacity: 4096 }, observer);
    buffer.free();
    return passes.flat().map(({ hintSet }) => hintSet);
  };
  assert.deepEqual(choices(new Tracking(benchmark, () => {})), choices());
});
