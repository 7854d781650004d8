// `node --test benches/decisions/*.test.mjs`: the workloads, the yardsticks, and that runs can be repeated. What the package predicts is
// held against the model written a second time in tests/recommend.rs.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { WasmTrajectoryBuffer } from '../../pkg/index.js';

import { OperatorType } from '../operators.mjs';
import { adapted } from './adapted.mjs';
import { epsilonGreedy, independentThompson, linUcb } from './bandits.mjs';
import { YARDSTICKS, inWorlds, packaged, thompson } from './contenders.mjs';
import { measure, regret } from './measure.mjs';
import { randomFrom, shuffled } from './random.mjs';
import { replay, summary } from './replay.mjs';
import { fromJson, job, toJson, workload } from './workloads.mjs';
import { WORLDS, live } from './worlds.mjs';

const { Join } = OperatorType;

const near = (actual, expected, tolerance, what) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual} is not ${expected}`);

test('a workload survives its JSON', () => {
  for (const name of ['job even shuffled', 'synthetic 3']) {
    const given = workload(name, 5);
    assert.deepEqual(fromJson(toJson(given)), given);
    const json = JSON.parse(toJson(given));
    assert.deepEqual(Object.keys(json).sort(), ['dim', 'embeddings', 'name', 'noise', 'passes', 'rows', 'steps', 'types']);
    for (const row of json.rows) assert.ok(row.length === json.types && row.every((ms) => ms > 0));
    for (const embedding of json.embeddings) assert.equal(embedding.length, json.dim);
    assert.ok(json.steps.every(([pass, i, , row]) => pass < json.passes && json.embeddings[i] && json.rows[row]));
  }
});

test('odd and even families are all, and a shuffled pass has every query once', () => {
  assert.equal(job({ families: 'odd' }).rows.length + job({ families: 'even' }).rows.length, job().rows.length);
  const mixed = job({ order: 3 });
  const first = mixed.steps.filter(([pass]) => pass === 0).map(([, i]) => i);
  assert.notDeepEqual(first, job().steps.slice(0, 113).map(([, i]) => i));
  assert.deepEqual(first.sort((a, b) => a - b), job().rows.map((_, i) => i));
  assert.deepEqual(shuffled(9, randomFrom(1)).sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

test('half of the clusters of a synthetic workload change half way, and the baseline never', () => {
  const { rows, steps, embeddings, passes } = workload('synthetic 7');
  assert.equal(rows.length, 2 * embeddings.length);
  const changed = embeddings.map((_, i) => rows[i].some((ms, t) => ms !== rows[i + embeddings.length][t]));
  const share = changed.filter(Boolean).length / changed.length;
  assert.ok(share > 0.3 && share < 0.7, `${share}`);
  embeddings.forEach((_, i) => assert.equal(rows[i][0], rows[i + embeddings.length][0]));
  assert.ok(steps.every(([pass, i, , row]) => row === i + (pass < passes / 2 ? 0 : embeddings.length)));
  assert.equal(workload('synthetic 7 unchanged').rows.length, embeddings.length);
});

test('yardsticks cost what can be added up', () => {
  const given = job({ families: 'odd' });
  const total = (cost) => given.rows.reduce((sum, row) => sum + cost(row), 0) / 1000;
  const last = (make) => replay(given, make(given), 1).at(-1);
  near(last(YARDSTICKS.default), total((row) => row[0]), 1e-9, 'default');
  near(last(YARDSTICKS['oracle: best type of each query']), total((row) => Math.min(...row)), 1e-9, 'oracle');
  const single = Math.min(...given.rows[0].map((_, t) => total((row) => row[t])));
  near(last(YARDSTICKS['best single type, in hindsight']), single, 1e-9, 'best single');
  near(regret('job odd', { mean: total((row) => row[0]) }), 1, 1e-9, 'regret of the default');
  assert.deepEqual(summary([[1, 3], [2, 6]]), { mean: 3, error: 1, median: 4, first: 1.5, last: 4.5, worst: 6 });
});

test('a seed gives the same run again, and another seed another one', () => {
  for (const make of [thompson, packaged()]) {
    const [once, again] = [1, 2].map(() => measure('job odd', make, 1));
    assert.deepEqual(once, again);
    const given = workload('job odd');
    assert.notDeepEqual(replay(given, make(given, 1), 1), replay(given, make(given, 2), 1));
  }
});

test('an adapter that has learned nothing changes nothing', () => {
  const given = workload('job even');
  const seconds = replay(given, packaged()(given, 3), 3);
  const contender = adapted(() => {}, 0.1, false)(given, 3);
  assert.deepEqual(replay(given, contender, 3), seconds);
  contender.free();
});

test('the package chooses by its seed, and one of the types that it was given', () => {
  const given = workload('job odd');
  const [first, again, other] = [1, 1, 2].map((seed) => {
    const contender = packaged()(given, seed);
    const seconds = replay(given, contender, 1);
    contender.free();
    return seconds;
  });
  assert.deepEqual(first, again);
  assert.notDeepEqual(first, other);
  const buffer = new WasmTrajectoryBuffer(10, given.dim);
  for (let i = 0; i < 20; i += 1) assert.ok([5, 9].includes(buffer.recommend(given.embeddings[i], Join, [5, 9])));
  buffer.free();
});

test('worlds can be lived again, and whoever knows the best types pays the optimum', () => {
  const world = WORLDS['bad first run'];
  for (const make of [independentThompson, linUcb(), epsilonGreedy, inWorlds]) assert.deepEqual(live(world, make, 1), live(world, make, 1));
  const best = live(world, () => ({ choose: () => 2, learn: () => {} }), 1);
  near(best.mean, best.optimum + (200 - 50) / world.length, 1e-9, 'mean, with the one bad run');
});
