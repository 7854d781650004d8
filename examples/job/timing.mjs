// The stop-watch: nanoseconds per call of the package on this machine.

import { WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';
import { OPERATOR } from './replay.mjs';

const ROUNDS = 15;

/**
 * Median nanoseconds per call, by name. `recommend` and `predict` grow with what the buffer holds, so they are asked of the
 * run's own buffer as it is at the end; the other calls are timed on objects of their own.
 */
export function measureCalls({ queries, hintSets, dim }, filled) {
  const adapter = new WasmScopedLoRA(dim);
  const buffer = new WasmTrajectoryBuffer(1000, dim);
  const embedding = (i) => queries[i % queries.length].embedding;
  const types = Uint8Array.from({ length: hintSets }, (_, hintSet) => hintSet);
  // Past the ten adaptations in which its category has a share; one that has learned nothing would only copy.
  for (let i = 0; i < 20; i += 1) {
    adapter.forward_array(OPERATOR, embedding(i));
    adapter.adapt_with_reward(OPERATOR, 0.5);
  }
  const results = {
    [`recommend, ${hintSets} hint sets`]: median(queries.length, (i) => filled.recommend(embedding(i), OPERATOR, types)),
    [`predict, ${hintSets} hint sets`]: median(queries.length, (i) => filled.predict(embedding(i), OPERATOR, types)),
    record: median(4000, (i) => buffer.record(embedding(i), OPERATOR, i % hintSets, 40, 60)),
    forward_array: median(4000, (i) => adapter.forward_array(OPERATOR, embedding(i))),
    // Alternating rewards: a constant one would be learned, and then there is nothing left to adapt.
    adapt_with_reward: median(4000, (i) => adapter.adapt_with_reward(OPERATOR, i % 2 === 0 ? 0.5 : -0.2)),
    predicted_improvement: median(4000, (i) => adapter.predicted_improvement(OPERATOR, embedding(i))),
  };
  adapter.free();
  buffer.free();
  return results;
}

function median(calls, call) {
  const times = [];
  for (let round = -1; round < ROUNDS; round += 1) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < calls; i += 1) call(i);
    const ns = Number(process.hrtime.bigint() - start) / calls;
    if (round >= 0) times.push(ns); // the first round warms up
  }
  return times.sort((a, b) => a - b)[(ROUNDS - 1) / 2];
}
