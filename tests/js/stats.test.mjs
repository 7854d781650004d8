// stats(): plain numbers and texts, equal to what the methods say.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from './module.mjs';
import { normal, vector } from './numbers.mjs';

const DIM = 12;

/** What JSON makes of it is the very same: no bigint, no NaN, no −0, nothing undefined. */
function survivesJson(stats) {
  assert.deepEqual(JSON.parse(JSON.stringify(stats)), stats);
  return stats;
}

test('WasmMicroLoRA', () => {
  const lora = new WasmMicroLoRA(DIM, 0.2, 0.5);
  const said = () => ({
    dim: lora.dim(),
    alpha: lora.alpha(),
    learning_rate: lora.learning_rate(),
    param_count: lora.param_count(),
    adapt_count: Number(lora.adapt_count()),
    forward_count: Number(lora.forward_count()),
    delta_norm: lora.delta_norm(),
  });
  const empty = { dim: DIM, alpha: Math.fround(0.2), learning_rate: 0.5, param_count: 4 * DIM, adapt_count: 0, forward_count: 0, delta_norm: 0 };
  assert.deepEqual(survivesJson(lora.stats()), empty);
  const next = normal(1);
  for (let i = 0; i < 5; i++) lora.train(vector(DIM, next), vector(DIM, next));
  lora.forward();
  lora.set_learning_rate(0.3);
  assert.deepEqual(survivesJson(lora.stats()), said());
  const { adapt_count, forward_count, learning_rate, delta_norm } = lora.stats();
  assert.deepEqual([adapt_count, forward_count, learning_rate], [5, 6, Math.fround(0.3)]);
  assert.ok(delta_norm > 0);
  lora.reset();
  assert.deepEqual(lora.stats(), empty);
});

test('WasmScopedLoRA, of all operators and of one', () => {
  const next = normal(1);
  for (const make of [() => new WasmScopedLoRA(DIM, 0.2, 0.5), () => WasmScopedLoRA.with_operators(['a', 'b', 'c'], ['x', 'y', 'x'], DIM, 0.2, 0.5)]) {
    const scoped = make();
    const of = (op) => ({
      name: scoped.operator_name(op),
      category: scoped.category_name(op),
      adapt_count: Number(scoped.adapt_count(op)),
      forward_count: Number(scoped.forward_count(op)),
      delta_norm: scoped.delta_norm(op),
    });
    const said = () => ({
      dim: scoped.dim(),
      alpha: scoped.alpha(),
      learning_rate: scoped.learning_rate(),
      total_adapt_count: Number(scoped.total_adapt_count()),
      total_forward_count: Number(scoped.total_forward_count()),
      operators: Array.from({ length: scoped.operator_count() }, (_, op) => of(op)),
    });
    const empty = survivesJson(scoped.stats());
    assert.deepEqual(empty, said());
    for (let i = 0; i < 7; i++) scoped.train(i % 3, vector(DIM, next), vector(DIM, next));
    assert.deepEqual(survivesJson(scoped.stats()), said());
    assert.deepEqual(scoped.stats(undefined), said());
    for (let op = 0; op < scoped.operator_count(); op++) assert.deepEqual(survivesJson(scoped.stats(op)), of(op));
    assert.deepEqual(scoped.stats().operators.slice(0, 3).map(({ adapt_count }) => adapt_count), [3, 2, 2]);
    assert.equal(scoped.stats().total_adapt_count, 7);
    scoped.reset_all();
    assert.deepEqual(scoped.stats(), empty);
  }
});

test('WasmTrajectoryBuffer', () => {
  const buffer = new WasmTrajectoryBuffer(3, DIM);
  const said = () => ({
    capacity: 3,
    embedding_dim: DIM,
    total_count: Number(buffer.total_count()),
    success_rate: buffer.success_rate(),
    mean_improvement: buffer.mean_improvement(),
    best_improvement: buffer.best_improvement(),
    best_attention: buffer.best_attention(),
    variance: buffer.variance(),
    len: buffer.len(),
  });
  const empty = survivesJson(buffer.stats());
  assert.deepEqual(empty, said());
  for (let i = 0; i < 5; i++) {
    buffer.record(new Float32Array(DIM), 2, i, 1 + i, 3);
    assert.deepEqual(survivesJson(buffer.stats()), said());
  }
  assert.deepEqual([buffer.stats().len, buffer.stats().total_count], [3, 5]);
  buffer.reset();
  assert.deepEqual(buffer.stats(), empty);
  // Improvements on both sides of 0, and sums that cancel.
  for (const baseline of [1, 0.5, 2, 1]) survivesJson((buffer.record(new Float32Array(DIM), 0, 0, 1, baseline), buffer.stats()));
  assert.deepEqual(buffer.stats(), said());
});

test('each call gives a new object', () => {
  const [lora, scoped, buffer] = [new WasmMicroLoRA(4), new WasmScopedLoRA(4), new WasmTrajectoryBuffer(4, 4)];
  for (const object of [lora, scoped, buffer]) {
    const stats = object.stats();
    const copy = structuredClone(stats);
    for (const key of Object.keys(stats)) stats[key] = null;
    assert.deepEqual(object.stats(), copy);
  }
  scoped.stats().operators.length = 0;
  assert.equal(scoped.stats().operators.length, 17);
});
