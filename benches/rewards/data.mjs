// The data of the benchmark: embeddings of queries, their families, and the improvement that each hint set brings them.

import { loadBenchmark } from '../../examples/job/benchmark.mjs';

/** The range to which the package clamps rewards. */
export const REWARDS = { least: -1, most: 2 };

/** baseline / execution − 1, clamped as `adapt_with_reward` clamps it. */
export function improvement(baselineMs, executionMs) {
  return Math.min(REWARDS.most, Math.max(REWARDS.least, baselineMs / executionMs - 1));
}

/** The queries 13a to 13d are one family: the same joins with other filters. */
export const familyOf = (name) => Number.parseInt(name, 10);

/**
 * `embeddings` [queries][dim]; `families` [queries]; `targets`: per hint set its number and `values` [queries].
 * Hint set 0 is the baseline, whose improvement is 0 everywhere: nothing to predict, so it is left out.
 */
export function loadData() {
  const { queries, hintSets, dim } = loadBenchmark();
  const improvements = (h) => queries.map(({ runtimesMs }) => improvement(runtimesMs[0], runtimesMs[h]));
  return {
    dim,
    embeddings: queries.map(({ embedding }) => embedding),
    families: queries.map(({ name }) => familyOf(name)),
    targets: Array.from({ length: hintSets - 1 }, (_, i) => ({ hintSet: i + 1, values: improvements(i + 1) })),
  };
}
