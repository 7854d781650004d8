// The result: the run shown, observed, and the seconds of the other seeds; all that the tables and the report are made of.

import { WasmScopedLoRA } from 'ruvector-learning-wasm';
import { readVowpalWabbit } from './contenders.mjs';
import { OPERATOR, replay, secondsOf } from './replay.mjs';
import { measureCalls } from './timing.mjs';
import { Tracking } from './tracking.mjs';

/** `onPass` is called after every pass of every seed. */
export function resultOf(benchmark, args, onPass) {
  const tracking = new Tracking(benchmark, onPass);
  const { passes, buffer } = replay(benchmark, args, tracking);
  const seconds = passes.map(secondsOf);
  const statistics = bufferStatistics(buffer);
  const calls = measureCalls(benchmark, buffer);
  buffer.free();
  return {
    seed: args.seed,
    capacity: args.capacity,
    seconds,
    runs: passes,
    passes: passes.map((runs, i) => ({ seconds: seconds[i], ...countsOf(runs) })),
    points: tracking.points,
    buffer: statistics,
    adapter: tracking.adapter.statistics(),
    calls,
    seeds: [seconds, ...secondsOfOthers(benchmark, args, onPass)],
    totals: benchmark.totals,
    vowpalWabbit: readVowpalWabbit(),
  };
}

function countsOf(runs) {
  const count = (test) => runs.filter(test).length;
  return {
    faster: count((run) => run.executionMs < run.baselineMs),
    slower: count((run) => run.executionMs > run.baselineMs),
    tried: count((run) => run.isNew),
  };
}

/** Seconds per pass of the seeds after the one shown. */
function secondsOfOthers(benchmark, args, onPass) {
  return Array.from({ length: args.seeds - 1 }, (_, i) => {
    const seed = (args.seed + i + 1) % 2 ** 32;
    const { passes, buffer } = replay(benchmark, { ...args, seed }, { endPass: onPass });
    buffer.free();
    return passes.map(secondsOf);
  });
}

function bufferStatistics(buffer) {
  const operator = `operator ${WasmScopedLoRA.scope_name(OPERATOR)}`;
  return {
    'trajectories recorded': Number(buffer.total_count()),
    'held in the ring': buffer.len(),
    'success rate': buffer.success_rate(),
    'mean improvement': buffer.mean_improvement(),
    'variance of the improvement': buffer.variance(),
    'best improvement': buffer.best_improvement(),
    'best attention type (hint set)': buffer.best_attention(),
    'in the ring, over 50 % improvement': buffer.high_quality_count(0.5),
    [`${operator}: in the ring`]: buffer.count_by_operator(OPERATOR),
    [`${operator}: success rate`]: buffer.success_rate_for(OPERATOR),
    [`${operator}: mean improvement`]: buffer.mean_improvement_for(OPERATOR),
    [`${operator}: best attention type`]: buffer.best_attention_for(OPERATOR),
  };
}
