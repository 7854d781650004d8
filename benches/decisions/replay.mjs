// Replays a workload: a contender chooses a type for each query and learns the run time of what it chose.

import { normalFrom, randomFrom } from './random.mjs';

/**
 * Seconds of each pass. A contender has `choose(context, row)`, where only yardsticks look at the row, and
 * `learn(context, type, executionMs, baselineMs)`; a context is `{ embedding, operator }`. It learns run times with the
 * workload's noise, the first ones of a query and type also `cold` times as long, and is charged those without. With
 * `timeOuts`, a run that takes longer than the contender's `limit(context, type, baselineMs)`, or than twice the baseline, is cut off: it is
 * charged the limit and a run of the default, and learned by `learnTimeout`, or as a run as long as the limit.
 */
export function replay({ passes, noise, cold = 1, timeOuts = false, embeddings, rows, steps }, contender, seed) {
  const normal = normalFrom(randomFrom(7919 * seed + 13));
  const seconds = new Float64Array(passes);
  const seen = new Set();
  for (const [pass, index, operator, rowIndex] of steps) {
    const context = { embedding: embeddings[index], operator };
    const row = rows[rowIndex];
    const type = contender.choose(context, row);
    const baselineMs = row[0];
    if (timeOuts && type !== 0) {
      const limitMs = contender.limit?.(context, type, baselineMs) ?? 2 * baselineMs;
      if (row[type] > limitMs) {
        seconds[pass] += (limitMs + baselineMs) / 1000;
        (contender.learnTimeout ?? contender.learn)(context, type, limitMs, baselineMs);
        continue;
      }
    }
    seconds[pass] += row[type] / 1000;
    const key = `${rowIndex} ${type}`;
    const first = !seen.has(key);
    seen.add(key);
    const factor = (noise > 0 ? Math.exp(noise * normal()) : 1) * (first ? cold : 1);
    contender.learn(context, type, row[type] * factor, baselineMs);
  }
  return seconds;
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Seconds per pass over `runs` of one contender: means, their standard error and median, the worst pass of any. */
export function summary(runs) {
  const means = runs.map(mean);
  const overall = mean(means);
  const squares = means.reduce((sum, value) => sum + (value - overall) ** 2, 0);
  const error = Math.sqrt(squares / Math.max(1, runs.length - 1) / runs.length);
  return {
    mean: overall,
    error,
    median: [...means].sort((a, b) => a - b)[Math.floor(runs.length / 2)],
    first: mean(runs.map((run) => run[0])),
    last: mean(runs.map((run) => run.at(-1))),
    worst: Math.max(...runs.map((run) => Math.max(...run))),
  };
}
