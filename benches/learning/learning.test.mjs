// node --test benches/learning/*.test.mjs
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { install } from '../command.mjs';

install(fileURLToPath(new URL('.', import.meta.url)));
// After that, because they import what was installed.
const { afterChange } = await import('./change.mjs');
const { worst } = await import('./checks.mjs');
const { CONTENDERS } = await import('./contenders.mjs');
const { checkpoints, curve, shown } = await import('./curve.mjs');
const { measure } = await import('./measure.mjs');
const { predictedFloor } = await import('./noise.mjs');
const { plots } = await import('./plots.mjs');
const { problem } = await import('./problem.mjs');
const { aligned, diverged, loss, table } = await import('./report.mjs');
const { BASE, QUICK, ROWS } = await import('./rows.mjs');
const { SELF_CHECKS } = await import('./selfcheck.mjs');
const { tuned } = await import('./tune.mjs');

for (const [name, run] of SELF_CHECKS) test(name, run);

const tiny = { ...BASE, dim: 16, steps: 60, points: 30 };

test('the same seed is the same problem, another seed another one', () => {
  const [first, again, other] = [1, 1, 2].map((seed) => problem({ ...tiny, noise: 0.5 }, seed).stream);
  assert.deepEqual(first, again);
  assert.notDeepEqual(first, other);
});

test('held-out families are in no training input', () => {
  const { points, trained } = problem({ ...tiny, dim: 384, inputs: 'real embeddings' }, 3);
  assert.equal(points.length + trained.length, 113);
  const unit = (rows) => rows.map((row) => row.map((value) => value * Math.sqrt(rows.length)).toString());
  const seen = new Set(unit(trained));
  assert.ok(unit(points).every((row) => !seen.has(row)));
});

test('noise has the power that was asked for', () => {
  const clean = problem({ ...tiny, steps: 2000 }, 4);
  const noisy = problem({ ...tiny, steps: 2000, noise: 0.5 }, 4);
  const power = (pairs) => pairs.reduce((sum, [a, b]) => sum + a.reduce((total, value, i) => total + (value - b[i]) ** 2, 0), 0);
  const noise = power(noisy.stream.map(({ target }, i) => [target, clean.stream[i].target]));
  const change = power(clean.stream.map(({ x, target }) => [target, x]));
  assert.ok(Math.abs(noise / change - 0.25) < 0.02, String(noise / change));
});

test('who diverges is lost from there on', () => {
  const given = problem(tiny, 5);
  const at = checkpoints(60, 6);
  assert.deepEqual(at, [0, 1, 2, 3, 5, 8, 10, 13, 20, 21, 30, 34, 40, 50, 60]);
  assert.ok(shown(60).every((step) => checkpoints(60, 30).includes(step)));
  const losses = curve(CONTENDERS.sgd.make(given, 1e6), given, at);
  assert.equal(losses.length, at.length);
  assert.ok(Math.abs(losses[0][0] - 1) < 1e-12 && losses.at(-1)[0] === Infinity);
});

test('a step size is chosen by the mean log loss', () => {
  // A learner whose error is its step size, after any number of steps.
  const make = (_, step) => ({ forward: (x) => x.map((value) => value * (1 + step)), adapt() {}, free() {} });
  const given = { ...problem(tiny, 6), loss: (forward) => [forward([1])[0] - 1 + 1e-3] };
  const { step, atEnd } = tuned(make, [0.5, 0.1, 0.2], [given]);
  assert.deepEqual([step, atEnd], [0.1, false]);
  assert.equal(tuned(make, [0.1, 0.2], [given]).atEnd, true);
});

test('after a change: how long the new teacher takes, and what is left of the old one', () => {
  const runs = [[[1, 1], [0.05, 1.5], [0.02, 2], [1, 0.09], [1.8, 0.03]]];
  const found = afterChange({ runs }, { at: [0, 10, 20, 30, 40], steps: 40 });
  assert.deepEqual(found, { before: 0.02, follows: 20, first: 10, again: 10, now: 0.03, old: 1.8 });
});

test('the worst loss is found, with its rate and its step', () => {
  const row = { at: [0, 1, 2], steps: 2, teachers: 1, noise: 0, rates: [{ step: 0.1, runs: [[[1], [3], [0.5]]] }] };
  assert.deepEqual(worst(row), { share: 2, loss: 3, bound: 1.5, rate: 0.1, step: 1 });
});

test('the predicted noise floor', () => {
  assert.ok(Math.abs(predictedFloor({ dim: 100, noise: 2 }, 1) - 0.12) < 1e-12);
});

test('a row from end to end: table and plots', () => {
  const row = ROWS.find(({ name }) => name === 'd 64');
  const found = measure({ ...row, name: 'base', summary: true, steps: 300, points: 30 }, { ...QUICK, seeds: [1, 2], every: 4 });
  assert.ok(found.lines.ours.median.at(-1) < 0.6 && found.lines.published.median.at(-1) > 0.9);
  assert.ok(found.lines.tuned.median.at(-1) <= found.lines.ours.median.at(-1));
  const lines = table([found]).split('\n');
  assert.equal(lines.length, 5); // the head, the row and the three other rates
  assert.equal(diverged([found]), 'diverged: none');
  for (const svg of Object.values(plots([found], QUICK))) assert.match(svg, /^<svg [\s\S]*<\/svg>$/);
});

test('numbers and columns', () => {
  assert.deepEqual([Infinity, 1e-30, 0.00012345, 0.0123, 1].map(loss), ['lost', '0', '1.2e-4', '0.012', '1.0']);
  assert.equal(aligned([['a', 'b'], ['long', 'c']]), 'a     b\nlong  c');
});

test('the command explains itself and refuses what it does not know', () => {
  const run = fileURLToPath(new URL('run.mjs', import.meta.url));
  assert.match(execFileSync(process.execPath, [run, '--help'], { encoding: 'utf8' }), /--quick/);
  for (const bad of [['--fast'], ['--readme', '--quick']]) {
    const { status, stderr } = spawnSync(process.execPath, [run, ...bad], { encoding: 'utf8' });
    assert.equal(status, 2);
    assert.match(stderr, /--readme/);
  }
});
