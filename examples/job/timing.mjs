// The stop-watch: nanoseconds per call of the package on this machine, on objects of its own.

import { WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';
import { OPERATOR } from './replay.mjs';

const ROUNDS = 15;
const CALLS = 4000;

/** Median nanoseconds per call, by name. */
export function measureCalls(queries) {
  const dim = queries[0].embedding.length;
  const adapter = new WasmScopedLoRA(dim);
  const buffer = new WasmTrajectoryBuffer(1000, dim);
  const embedding = (i) => queries[i % queries.length].embedding;
  // Past the ten adaptations in which its category has a share; one that has learned nothing would only copy.
  for (let i = 0; i < 20; i += 1) {
    adapter.forward_array(OPERATOR, embedding(i));
    adapter.adapt_with_reward(OPERATOR, 0.5);
  }
  const results = {
    forward_array: median((i) => adapter.forward_array(OPERATOR, embedding(i))),
    forward: median(() => adapter.forward(OPERATOR)),
    // Alternating rewards: a constant one would be learned, and then there is nothing left to adapt.
    adapt_with_reward: median((i) => adapter.adapt_with_reward(OPERATOR, i % 2 === 0 ? 0.5 : -0.2)),
    record: median((i) => buffer.record(embedding(i), OPERATOR, i % 49, 40, 60)),
  };
  adapter.free();
  buffer.free();
  return results;
}

function median(call) {
  const times = [];
  for (let round = -1; round < ROUNDS; round += 1) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < CALLS; i += 1) call(i);
    const ns = Number(process.hrtime.bigint() - start) / CALLS;
    if (round >= 0) times.push(ns); // the first round warms up
  }
  return times.sort((a, b) => a - b)[(ROUNDS - 1) / 2];
}
