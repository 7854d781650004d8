// Does it help to recommend from what a WasmScopedLoRA makes of the embeddings? Contenders that teach one while they choose.

import { WasmScopedLoRA, WasmTrajectoryBuffer } from '../../pkg/index.js';

import { typesOf } from './contenders.mjs';

const ALPHA = 0.1;
export const RATES = [0.03, 0.1, 0.3];

/** Lessons after each run; `run` is what was just run, `queries` all that is known of each query. */
export const LESSONS = {
  'its reward': (adapter, { operator, query, executionMs, baselineMs }) => {
    adapter.forward_array(operator, query.embedding);
    adapter.adapt_with_reward(operator, baselineMs / executionMs - 1);
  },
  'towards queries with its best type, step 0.3': towardsKin(0.3, ({ bestType }) => bestType),
  'towards queries with its best type, step 1': towardsKin(1, ({ bestType }) => bestType),
  'towards queries with its best type in hindsight, step 1': towardsKin(1, ({ row }) => row.indexOf(Math.min(...row))),
};

/** Moves the output by a share of the way to the mean embedding of all queries with the same label. */
function towardsKin(step, labelOf) {
  return (adapter, { operator, query }, queries) => {
    const label = labelOf(query);
    const kin = [...queries.values()].filter((other) => labelOf(other) === label);
    const target = query.embedding.map((value, i) => {
      const mean = kin.reduce((sum, { embedding }) => sum + embedding[i], 0) / kin.length;
      return value + step * (mean - value);
    });
    adapter.train(operator, query.embedding, target);
  };
}

/**
 * The package on adapted embeddings. It records them as they are at the time, as a program would; or `recomputed`: once a pass,
 * all that was recorded is adapted anew, so that runs of a query still count as one context.
 */
export const adapted = (lesson, rate, recomputed) => (workload, seed) => {
  const adapter = new WasmScopedLoRA(workload.dim, ALPHA, rate);
  const buffer = new WasmTrajectoryBuffer(workload.steps.length, workload.dim);
  buffer.set_seed(seed);
  const types = typesOf(workload);
  const queries = new Map(); // by embedding
  const trajectories = [];
  let snapshot = new Map();

  const adaptedOf = ({ embedding, operator }) => {
    if (!recomputed) return adapter.forward_array(operator, embedding);
    if (!snapshot.has(embedding)) snapshot.set(embedding, adapter.forward_array(operator, embedding));
    return snapshot.get(embedding);
  };
  const record = (embedding, { context, type, executionMs, baselineMs }) =>
    buffer.record(embedding, context.operator, type, executionMs, baselineMs);
  const recompute = () => {
    snapshot = new Map();
    buffer.reset();
    buffer.set_seed(seed + trajectories.length); // other draws in each pass
    for (const run of trajectories) record(adaptedOf(run.context), run);
  };
  let current; // the adapted embedding of the choice, which is recorded with it
  return {
    choose(context, row) {
      if (recomputed && trajectories.length > 0 && trajectories.length % workload.embeddings.length === 0) recompute();
      const { embedding } = context;
      if (!queries.has(embedding)) queries.set(embedding, { embedding, row, bestType: 0, bestMs: Infinity });
      current = adaptedOf(context);
      return buffer.recommend(current, context.operator, types);
    },
    learn(context, type, executionMs, baselineMs) {
      const run = { context, type, executionMs, baselineMs };
      trajectories.push(run);
      record(current, run);
      const query = queries.get(context.embedding);
      if (executionMs < query.bestMs) Object.assign(query, { bestType: type, bestMs: executionMs });
      lesson(adapter, { operator: context.operator, query, executionMs, baselineMs }, queries);
    },
    free() {
      adapter.free();
      buffer.free();
    },
  };
};
