// The replay: every query of every pass goes through forward, a choice, its measured runtime, and adaptation.

import { WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';
import { Policy } from './policy.mjs';
import { randomFrom } from './random.mjs';
import { track } from './tracking.mjs';

/** Every query of this benchmark joins tables, so all of them are operator 2, Join. */
export const OPERATOR = 2;
const ALPHA = 0.1;
const LEARNING_RATE = 0.2; // a query comes back once per pass, so each reward has to count
const CAPACITY = 1000;

/**
 * `passes`: per pass seconds, counts and how well predictions tracked; `lastRuns`: each query's run of the last pass;
 * `points`: its predicted and measured improvement; `buffer`, `adapter`: their statistics at the end.
 */
export function replay(benchmark, { passes: passCount, seed, noAdapter }, onQuery) {
  const { queries, dim } = benchmark;
  const adapter = new WasmScopedLoRA(dim, ALPHA, LEARNING_RATE);
  const buffer = new WasmTrajectoryBuffer(CAPACITY, dim);
  const policy = new Policy(benchmark, randomFrom(seed));
  const tracking = track(queries.length);
  const passes = [];
  let runs = [];

  for (let pass = 0; pass < passCount; pass += 1) {
    runs = queries.map(({ index, name, embedding, runtimesMs }) => {
      const baselineMs = runtimesMs[0];
      const predicted = adapter.predicted_improvement(OPERATOR, embedding);
      const output = adapter.forward_array(OPERATOR, embedding);
      const known = policy.tried[index].size;
      // What the policy sees of a query. The adapter runs and learns either way.
      const [seen, hoped] = noAdapter ? [embedding, 0] : [output, predicted];
      const hintSet = policy.choose(index, baselineMs, seen, hoped);

      const executionMs = runtimesMs[hintSet]; // "running" the query: the only cell of its row that is looked at
      const improvement = baselineMs / executionMs - 1;
      buffer.record(embedding, OPERATOR, hintSet, executionMs, baselineMs);
      adapter.adapt_with_reward(OPERATOR, improvement);
      policy.learn(index, embedding, OPERATOR, seen, hintSet, executionMs, baselineMs);
      tracking.add(index, predicted, improvement);
      onQuery();
      return { name, hintSet, executionMs, baselineMs, isNew: policy.tried[index].size > known };
    });
    policy.endPass();
    passes.push({ ...summarise(runs), ...tracking.endPass() });
  }
  const statistics = { buffer: bufferStatistics(buffer), adapter: adapterStatistics(adapter) };
  return { passes, lastRuns: runs, points: tracking.points, ...statistics };
}

function summarise(runs) {
  const count = (test) => runs.filter(test).length;
  return {
    seconds: runs.reduce((sum, run) => sum + run.executionMs, 0) / 1000,
    faster: count((run) => run.executionMs < run.baselineMs),
    slower: count((run) => run.executionMs > run.baselineMs),
    tried: count((run) => run.isNew),
  };
}

function bufferStatistics(buffer) {
  return {
    'trajectories recorded': Number(buffer.total_count()),
    'held in the ring': buffer.len(),
    'success rate': buffer.success_rate(),
    'mean improvement': buffer.mean_improvement(),
    'variance of the improvement': buffer.variance(),
    'best improvement': buffer.best_improvement(),
    'best attention type (hint set)': buffer.best_attention(),
    'in the ring, over 50 % improvement': buffer.high_quality_count(0.5),
    'in the ring, operator Join': buffer.count_by_operator(OPERATOR),
  };
}

function adapterStatistics(adapter) {
  return {
    operator: WasmScopedLoRA.scope_name(OPERATOR),
    forwards: Number(adapter.forward_count(OPERATOR)),
    adaptations: Number(adapter.adapt_count(OPERATOR)),
    deltaNorm: adapter.delta_norm(OPERATOR),
    parameters: adapter.param_count(),
  };
}
