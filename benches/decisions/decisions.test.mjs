// `node --test benches/decisions/*.test.mjs`: the workloads, the reference model against formulas by hand and a plain one, and
// the package against the reference model.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { WasmTrajectoryBuffer } from '../../pkg/index.js';

import { OperatorType } from '../operators.mjs';
import { adapted } from './adapted.mjs';
import { YARDSTICKS, model, packaged, thompson } from './contenders.mjs';
import { measure, regret } from './measure.mjs';
import { predict } from './model.mjs';
import { plain } from './plain.mjs';
import { normalFrom, randomFrom, shuffled } from './random.mjs';
import { replay, summary } from './replay.mjs';
import { largest, upperConfidence, valueOfInformation } from './rules.mjs';
import { SHIPPED } from './settings.mjs';
import { settingsOf } from './tune.mjs';
import { fromJson, job, toJson, workload } from './workloads.mjs';

const { HashJoin, IndexScan, Join, MergeJoin, Rerank, Result, Scan, VectorDistance } = OperatorType;

const near = (actual, expected, tolerance, what) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual} is not ${expected}`);
const allNear = (actual, expected, tolerance, what) => {
  assert.equal(actual.length, expected.length, what);
  actual.forEach((value, i) => near(value, expected[i], tolerance, `${what} ${i}`));
};

/** Random trajectories under several operators, in few contexts; `spread` of ln baseline and of gains. */
function trajectories(count, { dim = 8, types = 5, contexts = 10, seed = 1, spread = [1, 1] } = {}) {
  const uniform = randomFrom(seed);
  const normal = normalFrom(uniform);
  const integer = (below) => Math.floor(uniform() * below);
  const common = Float32Array.from({ length: dim }, normal);
  const known = Array.from({ length: contexts }, () => ({
    embedding: common.map((value) => value + 0.5 * normal()),
    operator: [Join, HashJoin, MergeJoin, Scan, VectorDistance][integer(5)],
    baselineMs: Math.exp(3 + spread[0] * normal()),
  }));
  return Array.from({ length: count }, () => {
    const context = known[integer(contexts)];
    const type = integer(types);
    const slower = type === 0 ? 1 : Math.exp(spread[1] * normal());
    return { ...context, type, executionMs: context.baselineMs * slower };
  });
}

const here = (trajectory, types = [0, 1, 2, 3, 4]) => ({ ...trajectory, types });

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

test('nothing known: the priors', () => {
  const { mean, sd } = predict([], here({ embedding: [1, 0], operator: Join }, [0, 1]));
  allNear(mean, [0, -0.5], 1e-12, 'mean');
  // Unknown: residual and context, whose variance is 0.5.
  allNear(sd, [0, Math.sqrt(0.5 * (0.2 + 0.2))], 1e-12, 'sd');
});

test('one run: its type is what was measured, and the others move with the grand mean and the context', () => {
  const run = { embedding: [1, 2], operator: Join, type: 1, executionMs: 50, baselineMs: 100 };
  const { mean, sd } = predict([run], here(run, [1, 2]));
  const gain = Math.log(2);
  const grand = (gain - 0.5 * 5) / (1 + 5);
  const residual = gain - (gain + 3 * grand) / (1 + 3);
  const effect = 0.3 * residual; // one cell right here: intra-class correlation times residual
  allNear(mean, [gain, grand + effect], 1e-12, 'mean');
  allNear(sd, [Math.sqrt(0.01), Math.sqrt(0.5 * (0.2 + 0.2 * 0.7))], 1e-12, 'sd');
});

test('two baselines, one type: the slope', () => {
  const runs = [[100, 50], [10000, 1000]].map(([baselineMs, executionMs], i) =>
    ({ embedding: [i, 1 - i, 0], operator: Join, type: 1, baselineMs, executionMs }));
  const half = Math.log(100) / 2; // ln baselines are this far from their mean
  const gains = [Math.log(2), Math.log(10)];
  const slope = (half * (gains[1] - gains[0]) + 0.3 * 40) / (2 * half * half + 40);
  const aside = (gains[1] - gains[0]) / 2 - slope * half; // both are as far from the line through their means
  const variance = (0.5 * 10 + 2 * aside ** 2) / (10 + 1);
  const grand = (gains[0] + gains[1] - 0.5 * 5) / (2 + 5);
  const typeMean = (gains[0] + gains[1] + 3 * grand) / (2 + 3);
  // A third direction: as like as these two are to it, by the kernel at cos = 0.
  const likeness = 1 / (1 + 1 / 0.1) ** 2;
  const residuals = gains.map((gain, i) => gain - typeMean - slope * (i ? half : -half));
  const effect = (likeness * (residuals[0] + residuals[1])) / (2 * likeness + 0.7 / 0.3);
  const local = likeness * ((residuals[0] + residuals[1]) / 2 - effect);
  const left = (0.7 / 0.3) / (2 * likeness + 0.7 / 0.3);
  const { mean, sd } = predict(runs, here({ embedding: [0, 0, 1], operator: Join }, [1]));
  near(mean[0], typeMean + effect + local, 1e-12, 'mean');
  const squares = residuals[0] ** 2 + residuals[1] ** 2;
  const own = (squares + (4 * (squares + 10 * variance)) / 12) / 6 / ((squares + 10 * variance) / 12);
  near(sd[0] ** 2, variance * own * (0.2 + 0.2 * left) * (1 - likeness ** 2) + 0.01 * likeness, 1e-12, 'variance');
});

test('the model is the plain one, written as sums over all trajectories', () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const runs = trajectories(60, { seed });
    const [last] = trajectories(1, { seed: seed + 1000 });
    for (const query of [runs[0], last]) {
      const [found, expected] = [predict, plain].map((each) => each(runs, here(query)));
      allNear(found.mean, expected.mean, 1e-9, `mean, seed ${seed}`);
      allNear(found.sd, expected.sd, 1e-9, `sd, seed ${seed}`);
      near(found.hope, expected.hope, 1e-9, `hope, seed ${seed}`);
    }
  }
});

test('runs of the same are averaged, from the sixth on a new one counts a sixth, and what falls out of the ring does not', () => {
  const run = (executionMs) => ({ embedding: [1, 0], operator: Join, type: 1, executionMs, baselineMs: 100 });
  const gain = (runs, settings) => predict(runs, here(run(1), [1]), settings).mean[0];
  near(gain([run(50), run(25), run(12.5)]), Math.log(2) * 2, 1e-12, 'three runs');
  const eight = [2, 1, 2, 3, 2, 2, 4, 3].map((doublings) => run(100 / 2 ** doublings));
  near(gain(eight), Math.log(2) * ((2 * 5 + 4) / 6 * 5 + 3) / 6, 1e-12, 'eight runs');
  near(gain([run(50), run(25), run(12.5)], { ...SHIPPED, capacity: 2 }), Math.log(2) * 2.5, 1e-12, 'the last two');
  const other = { ...run(50), embedding: [0, 1] };
  near(gain([other, run(25)], { ...SHIPPED, capacity: 1 }), gain([run(25)]), 1e-12, 'only one context left');
});

test('a full ring forgets a sixteenth at a time', () => {
  const runs = trajectories(90, { seed: 3 });
  const found = (list, capacity) => Array.from(predict(list, here(runs[89]), { ...SHIPPED, capacity }).mean);
  // Parts of ⌈50 / 16⌉ = 4: of 90, the first 40 must go, which are whole parts; of 87 the first 37, so 40 do.
  allNear(found(runs, 50), found(runs.slice(40), Infinity), 1e-12, '90 runs, type');
  allNear(found(runs.slice(0, 87), 50), found(runs.slice(40, 87), Infinity), 1e-12, '87 runs, type');
});

test('predictions do not depend on the scale of embeddings, nor on the order of types', () => {
  const runs = trajectories(80);
  const { mean, sd } = predict(runs, here(runs[3]));
  const scaled = runs.map((run) => ({ ...run, embedding: run.embedding.map((value) => 1024 * value) }));
  const large = predict(scaled, here(scaled[3]));
  allNear(large.mean, mean, 1e-9, 'mean, scaled');
  allNear(large.sd, sd, 1e-9, 'sd, scaled');
  const order = [0, 3, 1, 4, 2];
  const renamed = predict(runs.map((run) => ({ ...run, type: order[run.type] })), here(runs[3], order));
  allNear(renamed.mean, mean, 1e-9, 'mean, renamed');
  allNear(renamed.sd, sd, 1e-9, 'sd, renamed');
});

test('rules', () => {
  const types = [0, 7, 8];
  const rank = [0, -1e-6, 1e-6];
  const believed = (mean, sd, hope = 0.8) => ({ mean: Float64Array.from(mean), sd: Float64Array.from(sd), hope });
  const choice = (rule, ...beliefs) => rule(believed(...beliefs), types, SHIPPED, rank);
  assert.equal(largest([1, 3, 3], (value) => value), 1);
  // 0.1 + 0.8 · 0.5 − 0.5 · 0.25 = 0.375
  assert.equal(choice(upperConfidence, [0, 0.1, 0.37], [0, 0.5, 0]), 7);
  assert.equal(choice(upperConfidence, [0, 0.1, 0.38], [0, 0.5, 0]), 8);
  assert.equal(choice(upperConfidence, [0, 0.1, 0.38], [0, 0.5, 0], 0.9), 7);
  assert.equal(choice(upperConfidence, [0, -0.4, -1], [0, 0.5, 0.1]), 0);
  assert.equal(choice(upperConfidence, [0, 0.1, 0.1], [0, 0.5, 0.5]), 8); // a tie, by rank
  // A sure thing is the leader; only a long horizon is worth a try that is slower on average.
  assert.equal(choice(valueOfInformation(1), [0, 0.2, -0.5], [0, 0, 0.5]), 7);
  assert.equal(choice(valueOfInformation(100), [0, 0.2, -0.5], [0, 0, 0.5]), 8);
});

test('a seed gives the same run again, and another seed another one', () => {
  for (const make of [thompson, model(), model(settingsOf({ 'typeMean.draw': 0.1 }))]) {
    const [once, again] = [1, 2].map(() => measure('job odd', make, 1));
    assert.deepEqual(once, again);
    const given = workload('job odd');
    assert.notDeepEqual(replay(given, make(given, 1), 1), replay(given, make(given, 2), 1));
  }
});

test('an adapter that has learned nothing changes nothing', () => {
  const given = workload('job even');
  const seconds = replay(given, model()(given, 3), 3);
  for (const recomputed of [true, false]) {
    const contender = adapted(() => {}, 0.1, recomputed)(given, 3);
    assert.deepEqual(replay(given, contender, 3), seconds);
    contender.free();
  }
});

test('the package predicts what the reference model does', () => {
  const given = workload('job shuffled', 2);
  const uniform = randomFrom(4);
  const types = Array.from({ length: given.types }, (_, type) => type);
  for (const [operators, capacity] of [[[Join], 300], [[Join, HashJoin, Scan, Result], 300], [[Join, HashJoin, IndexScan, VectorDistance], 100]]) {
    const buffer = new WasmTrajectoryBuffer(capacity, given.dim);
    const runs = given.steps.slice(0, 300).map(([, i]) => {
      const operator = operators[Math.floor(uniform() * operators.length)];
      const type = Math.floor(uniform() * (uniform() < 0.5 ? 5 : given.types)); // some often, so that cells repeat
      return { embedding: given.embeddings[i], operator, type, executionMs: given.rows[i][type], baselineMs: given.rows[i][0] };
    });
    for (const run of runs) buffer.record(run.embedding, run.operator, run.type, run.executionMs, run.baselineMs);
    for (const embedding of given.embeddings.filter((_, i) => i % 10 === 0)) {
      for (const operator of new Set([...operators, Rerank])) {
        const { mean } = predict(runs, { embedding, operator, types }, { ...SHIPPED, capacity });
        const found = Array.from(buffer.predict(embedding, operator, types));
        allNear(found, mean, 1e-4, `operator ${operator} of ${operators}, type`);
      }
    }
    buffer.free();
  }
});

test('the package chooses as the reference model does, draws aside', () => {
  const seeds = 200;
  for (let state = 1; state <= 16; state += 1) {
    // Close calls: many runs of few contexts, long and short ones, and two types that were never tried.
    const runs = trajectories(80, { seed: state, types: 4, contexts: 6, spread: [2, 0.3] });
    const context = { embedding: runs[0].embedding, operator: state % 2 === 0 ? HashJoin : runs[0].operator };
    const shares = [packaged(), model()].map((make) => {
      const counts = new Float64Array(6);
      for (let seed = 1; seed <= seeds; seed += 1) {
        const contender = make({ dim: 8, types: counts.length, steps: runs }, seed);
        for (const run of runs) contender.learn(run, run.type, run.executionMs, run.baselineMs);
        counts[contender.choose(context)] += 1 / seeds;
        contender.free?.();
      }
      return counts;
    });
    // Three standard deviations of the difference of two such shares, at most.
    allNear(shares[0], shares[1], 3 * Math.sqrt(0.5 / seeds), `state ${state}, share of type`);
  }
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
