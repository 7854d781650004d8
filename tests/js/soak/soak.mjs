// Objects that live long, and many that live shortly: what `npm run soak` prints and soak.test.mjs checks in small.
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';

import { module, wasm } from '../module.mjs';
import { normal, vector } from '../numbers.mjs';

const DIM = 64;
const bytes = () => wasm.memory.buffer.byteLength;

/** One of each class, a pool of vectors, and what was done to them so far. */
function population() {
  const next = normal(1);
  return {
    lora: new module.WasmMicroLoRA(DIM, 0.1, 0.1),
    scoped: new module.WasmScopedLoRA(DIM, 0.1, 0.1),
    buffer: new module.WasmTrajectoryBuffer(100, 8),
    vectors: Array.from({ length: 64 }, () => vector(DIM, next)),
    short: Array.from({ length: 16 }, () => vector(8, next)),
    output: new Float32Array(DIM),
    done: { adapts: 0, forwards: 0, scopedAdapts: 0, scopedForwards: 0, records: 0 },
  };
}

const OPERATIONS = [
  ({ lora, output, done }, x) => { lora.forward_into(x, output); done.forwards += 1; },
  ({ lora, done }, x, y) => { lora.train(x, y); done.adapts += 1; done.forwards += 1; },
  ({ lora, done }, x, _, i) => { lora.reward(x, (i % 7) / 7 - 0.3); done.adapts += 1; done.forwards += 1; },
  ({ lora, done }, x) => { lora.adapt_array(x); done.adapts += 1; },
  ({ scoped, done }, x, _, i) => { scoped.forward_array(i % 17, x); done.scopedForwards += 1; },
  ({ scoped, done }, x, y, i) => { scoped.train(i % 17, x, y); done.scopedAdapts += 1; done.scopedForwards += 1; },
  ({ scoped, done }, x, _, i) => { scoped.reward(i % 17, x, (i % 5) / 5); done.scopedAdapts += 1; done.scopedForwards += 1; },
  ({ lora, scoped }, x, _, i) => assert.ok(Number.isFinite(lora.predicted_improvement(x) + scoped.predicted_improvement(i % 17, x))),
  ({ buffer, short, done }, x, _, i) => { buffer.record(short[i % 16], i % 17, i % 5, 1 + (i % 50), 20); done.records += 1; },
  // A recommendation takes as long as a hundred of the others.
  ({ buffer, short, lora, scoped }, x, _, i) => (i % 100 === 9 ? assert.ok(buffer.recommend(short[i % 16], i % 17, [0, 1, 2]) <= 2) : assert.ok(Number.isFinite(lora.delta_norm() + scoped.delta_norm(i % 17)))),
];

/**
 * `operations` mixed operations on the same objects. Everything stays finite, counters are exact, and the memory does not grow after the
 * first of twenty blocks. Returns how long the fastest of the last five took as a share of the fastest of the five after the first one.
 */
export function soak(operations) {
  const objects = population();
  const { lora, scoped, buffer, vectors, done } = objects;
  const blocks = 20;
  const times = [];
  let memory;
  for (let block = 0; block < blocks; block++) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < operations / blocks; i++) OPERATIONS[i % OPERATIONS.length](objects, vectors[i % 64], vectors[(i * 7 + block) % 64], i);
    times.push(Number(process.hrtime.bigint() - start));
    memory ??= bytes();
  }
  assert.equal(bytes(), memory, 'the memory has grown after the first block');
  assert.equal(lora.adapt_count(), BigInt(done.adapts));
  assert.equal(lora.forward_count(), BigInt(done.forwards));
  assert.equal(scoped.total_adapt_count(), BigInt(done.scopedAdapts));
  assert.equal(scoped.total_forward_count(), BigInt(done.scopedForwards));
  assert.equal(buffer.total_count(), BigInt(done.records));
  for (const [i, x] of vectors.entries()) {
    for (const y of [lora.forward_array(x), scoped.forward_array(i % 17, x)]) assert.ok(y.every(Number.isFinite));
  }
  assert.ok([buffer.mean_improvement(), buffer.variance(), ...buffer.predict(objects.short[0], 2, [0, 1, 2])].every(Number.isFinite));
  for (const object of [lora, scoped, buffer]) object.free();
  return { memory, ratio: Math.min(...times.slice(-5)) / Math.min(...times.slice(1, 6)) };
}

/** A short life of each class. */
const LIVES = {
  WasmMicroLoRA: () => {
    const lora = new module.WasmMicroLoRA(DIM);
    lora.adapt_with_reward(0.5);
    return lora;
  },
  WasmScopedLoRA: () => {
    const scoped = new module.WasmScopedLoRA(DIM);
    scoped.adapt_with_reward(2, 0.5);
    return scoped;
  },
  WasmTrajectoryBuffer: () => {
    const buffer = new module.WasmTrajectoryBuffer(10, 8);
    buffer.record(new Float32Array(8), 1, 2, 3, 4);
    return buffer;
  },
};
export const lifeNames = Object.keys(LIVES);

/** `count` lives that end with `free()`: bytes that the memory has grown by after the first thousandth. */
export function freedLives(name, count) {
  let before;
  for (let i = 0; i < count; i++) {
    LIVES[name]().free();
    if (i >= count / 1000) before ??= bytes();
  }
  return bytes() - before;
}

/**
 * `count` objects that are dropped without `free()`. With `pause`, the loop lets the event loop turn once in so many lives, which is when
 * what was collected is freed. Returns the bytes that the memory has grown by, and the error where it is full.
 */
export async function droppedLives(name, count, pause, make = LIVES[name]) {
  const before = bytes();
  for (let i = 0; i < count; i++) {
    try {
      make();
    } catch (error) {
      return { grown: bytes() - before, lives: i, error };
    }
    if (pause && i % pause === 0) await turn();
  }
  return { grown: bytes() - before, lives: count };
}

/** Microseconds per new, free, save and load of an adapter of `dim` among `live` others, the best of some rounds. */
export function amongMany(live, dim = 64, repeats = 200) {
  const others = Array.from({ length: live }, () => new module.WasmMicroLoRA(dim));
  const works = {
    'new and free': () => new module.WasmMicroLoRA(dim).free(),
    save: (i) => others[(i * 7919) % live].to_safetensors(),
    load: ((file) => () => module.WasmMicroLoRA.from_safetensors(file).free())(others[0].to_safetensors()),
    forward: ((x) => (i) => others[(i * 7919) % live].forward_array(x))(new Float32Array(dim)),
  };
  const times = {};
  for (const [name, work] of Object.entries(works)) {
    times[name] = Infinity;
    for (let round = 0; round < 15; round++) {
      const start = process.hrtime.bigint();
      for (let i = 0; i < repeats; i++) work(i);
      times[name] = Math.min(times[name], Number(process.hrtime.bigint() - start) / 1000 / repeats);
    }
  }
  for (const object of others) object.free();
  return times;
}
