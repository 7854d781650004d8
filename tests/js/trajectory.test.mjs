// The trajectory buffer against a plain JavaScript model, and its statistics against exact sums.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { check, fc } from './checked.mjs';
import { WasmTrajectoryBuffer } from './module.mjs';
import { uniform } from './numbers.mjs';

/** Keeps every record, and computes everything from them. */
class Model {
  constructor(capacity) {
    Object.assign(this, { capacity, all: [] });
  }

  record(op, attention, executionMs, baselineMs) {
    this.all.push({ op, attention, improvement: baselineMs / executionMs - 1 });
  }

  get held() {
    return this.all.slice(-this.capacity);
  }

  /** Everything that the buffer can be asked; `thresholds` and operators are asked one by one. */
  answers(thresholds) {
    const { all, held } = this;
    const improvements = all.map(({ improvement }) => improvement);
    const count = all.length;
    const mean = count === 0 ? 0 : exactSum(improvements) / count;
    const best = all.reduce((winner, record) => (record.improvement > winner.improvement ? record : winner), all[0]);
    return {
      total_count: BigInt(count),
      len: held.length,
      is_empty: count === 0,
      success_rate: count === 0 ? 0 : improvements.filter((value) => value > 0).length / count,
      mean_improvement: mean,
      best_improvement: best?.improvement ?? 0,
      best_attention: best?.attention ?? 0,
      variance: count < 2 ? 0 : exactSum(improvements.map((value) => (value - mean) ** 2)) / (count - 1),
      high_quality_count: thresholds.map((threshold) => held.filter((record) => isAbove(record, threshold)).length),
      count_by_operator: Array.from({ length: 17 }, (_, op) => held.filter((record) => record.op === op).length),
      ...this.#byOperator(),
    };
  }

  #byOperator() {
    const of = Array.from({ length: 17 }, (_, op) => this.all.filter((record) => record.op === op));
    const best = (records) => records.reduce((winner, record) => (record.improvement > winner.improvement ? record : winner), records[0]);
    return {
      success_rate_for: of.map((records) => (records.length === 0 ? 0 : records.filter(({ improvement }) => improvement > 0).length / records.length)),
      best_attention_for: of.map((records) => best(records)?.attention ?? 0),
      mean_improvement_for: of.map((records) => (records.length === 0 ? 0 : exactSum(records.map(({ improvement }) => improvement)) / records.length)),
    };
  }
}

/** The ring keeps 32-bit improvements. */
const isAbove = ({ improvement }, threshold) => Math.fround(improvement) > Math.fround(threshold);

/** Neumaier's compensated sum. */
function exactSum(values) {
  let [sum, lost] = [0, 0];
  for (const value of values) {
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}

const ROUNDED = ['mean_improvement', 'variance'];

function agrees(buffer, model, thresholds = [-2, -1, 0, 0.5, 1, 10]) {
  const expected = model.answers(thresholds);
  const near = (name, size) => {
    const [actual, wanted] = [buffer[name](), expected[name]];
    assert.ok(Math.abs(actual - wanted) <= 1e-12 * size, `${name}: ${actual}, not ${wanted}`);
  };
  const sizes = Math.max(0, ...model.all.map(({ improvement }) => Math.abs(improvement)));
  near('mean_improvement', sizes);
  near('variance', sizes * sizes);
  for (const [name, value] of Object.entries(expected)) {
    if (ROUNDED.includes(name)) continue;
    const actual = name === 'high_quality_count' ? thresholds.map((threshold) => buffer.high_quality_count(threshold))
      : Array.isArray(value) ? value.map((_, op) => buffer[name](op))
        : buffer[name]();
    if (name === 'mean_improvement_for') {
      actual.forEach((mean, op) => assert.ok(Math.abs(mean - value[op]) <= 1e-12 * sizes, `${name}(${op}): ${mean}, not ${value[op]}`));
    } else {
      assert.deepEqual(actual, value, name);
    }
  }
}

describe('against the model', () => {
  const record = fc.tuple(
    fc.integer({ min: 0, max: 16 }),
    fc.integer({ min: 0, max: 255 }),
    fc.oneof(fc.constantFrom(1, 2, 10), fc.double({ min: 1e-3, max: 1e5, noNaN: true })),
    fc.oneof(fc.constantFrom(0.5, 1, 2, 15, 20), fc.double({ min: Number.MIN_VALUE, max: 1e5, noNaN: true })),
  );
  const operation = fc.oneof({ weight: 30, arbitrary: record }, { weight: 1, arbitrary: fc.constant('reset') });

  test('any capacity, any history', () => {
    const capacities = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(1, 2, 7, 8, 9));
    const histories = fc.array(operation, { maxLength: 120, size: 'max' });
    check(fc.property(capacities, fc.integer({ min: 1, max: 20 }), histories, (capacity, dim, history) => {
      const buffer = new WasmTrajectoryBuffer(capacity, dim);
      let model = new Model(capacity);
      for (const [i, step] of history.entries()) {
        if (step === 'reset') {
          buffer.reset();
          model = new Model(capacity);
        } else {
          buffer.record(new Float32Array(dim).fill(i), ...step);
          model.record(...step);
        }
        if (i % 7 === 0) agrees(buffer, model);
      }
      agrees(buffer, model);
      buffer.free();
    }), 200);
  });

  test('around the edge of every small ring', () => {
    for (let capacity = 1; capacity <= 34; capacity++) {
      const buffer = new WasmTrajectoryBuffer(capacity, 3);
      const model = new Model(capacity);
      for (let i = 0; i < 3 * capacity + 2; i++) {
        const step = [i % 17, i % 256, 10, 1 + ((i * 7) % 31)];
        buffer.record([i, i, i], ...step);
        model.record(...step);
        agrees(buffer, model);
      }
      buffer.free();
    }
  });

  test('a big ring, wrapped', () => {
    const buffer = new WasmTrajectoryBuffer(5000, 2);
    const model = new Model(5000);
    const next = uniform(1);
    for (let i = 0; i < 12_345; i++) {
      const step = [Math.floor(17 * next()), Math.floor(256 * next()), 1 + 100 * next(), 150 * next()];
      buffer.record([1, 2], ...step);
      model.record(...step);
    }
    agrees(buffer, model);
  });
});

test('an empty buffer, new or reset', () => {
  const buffer = new WasmTrajectoryBuffer(10, 4);
  const empty = () => {
    agrees(buffer, new Model(10));
    assert.deepEqual([buffer.total_count(), buffer.len(), buffer.is_empty()], [0n, 0, true]);
    assert.deepEqual([buffer.success_rate(), buffer.mean_improvement(), buffer.variance()], [0, 0, 0]);
    assert.deepEqual([buffer.best_improvement(), buffer.best_attention(), buffer.high_quality_count(-Infinity)], [0, 0, 0]);
  };
  empty();
  for (let i = 0; i < 25; i++) buffer.record([1, 2, 3, 4], 3, 9, 1, 5);
  assert.equal(buffer.is_empty(), false);
  buffer.reset();
  empty();
});

test('capacity 1 holds the last trajectory; the statistics are over all', () => {
  const buffer = new WasmTrajectoryBuffer(1, 2);
  buffer.record([1, 1], 5, 7, 1, 4);
  buffer.record([1, 1], 6, 8, 2, 1);
  assert.equal(buffer.len(), 1);
  assert.equal(buffer.count_by_operator(5), 0);
  assert.equal(buffer.count_by_operator(6), 1);
  assert.equal(buffer.high_quality_count(0), 0);
  assert.equal(buffer.best_improvement(), 3);
  assert.equal(buffer.best_attention(), 7);
  assert.equal(buffer.success_rate(), 0.5);
  assert.equal(buffer.mean_improvement(), 1.25);
  assert.equal(buffer.variance(), 2 * 1.75 ** 2);
});

test('the earliest of the best names the attention type, and all may be regressions', () => {
  const buffer = new WasmTrajectoryBuffer(3, 1);
  for (const [attention, baseline] of [[4, 5], [5, 8], [6, 8], [7, 2]]) buffer.record([1], 0, attention, 10, baseline);
  assert.equal(buffer.best_attention(), 5);
  assert.equal(buffer.best_improvement(), 0.8 - 1);
  assert.equal(buffer.success_rate(), 0);
  buffer.record([1], 0, 255, 10, 8.000001);
  assert.equal(buffer.best_attention(), 255);
});

test('an improvement of exactly 0 is no success, and the threshold is exclusive', () => {
  const buffer = new WasmTrajectoryBuffer(10, 1);
  buffer.record([1], 0, 1, 2, 2);
  buffer.record([1], 0, 1, 2, 3);
  assert.equal(buffer.success_rate(), 0.5);
  assert.equal(buffer.high_quality_count(0), 1);
  assert.equal(buffer.high_quality_count(0.5), 0);
  assert.equal(buffer.high_quality_count(0.49), 1);
  assert.equal(buffer.high_quality_count(-0.01), 2);
  assert.equal(buffer.high_quality_count(-Infinity), 2);
  assert.equal(buffer.high_quality_count(Infinity), 0);
});

// A sum of squares would lose all digits of the variance here; Welford's update may not.
for (const [what, offset, spread] of [['small', 0, 1], ['large', 1e6, 1], ['very large', 1e7, 0.5]]) {
  test(`200,000 records around a ${what} improvement`, () => {
    const buffer = new WasmTrajectoryBuffer(100, 1);
    const next = uniform(offset + 1);
    const improvements = [];
    for (let i = 0; i < 200_000; i++) {
      const baseline = 1 + offset + spread * next();
      buffer.record([1], 0, 0, 1, baseline);
      improvements.push(baseline / 1 - 1);
    }
    const mean = exactSum(improvements) / improvements.length;
    const variance = exactSum(improvements.map((value) => (value - mean) ** 2)) / (improvements.length - 1);
    assert.ok(Math.abs(buffer.mean_improvement() - mean) < 1e-12 * (1 + offset), `${buffer.mean_improvement()} ${mean}`);
    assert.ok(Math.abs(buffer.variance() - variance) < 1e-6 * variance, `${buffer.variance()} ${variance}`);
    assert.equal(buffer.total_count(), 200_000n);
  });
}
