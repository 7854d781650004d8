// The contenders: seconds per pass of this run, of more seeds, of the references and of Vowpal Wabbit, beside the goals.

import { readFileSync } from 'node:fs';

const VOWPAL_WABBIT = new URL('../../benches/decisions/vw/results.json', import.meta.url);

/** For this many passes the goals are set and Vowpal Wabbit was measured. */
export const GOAL_PASSES = 20;

export const MEASURES = { mean: 'mean pass', first: 'pass 1', last: 'last pass', worst: 'worst pass' };

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of one run's seconds per pass. */
export const measuresOf = (seconds) => ({ mean: mean(seconds), first: seconds[0], last: seconds.at(-1), worst: Math.max(...seconds) });

/** The mean and the worst over the seeds, measure by measure; `seeds` holds the seconds per pass of each. */
export function overSeeds(seeds) {
  const all = seeds.map(measuresOf);
  const each = (reduce) => Object.fromEntries(Object.keys(MEASURES).map((name) => [name, reduce(all.map((measures) => measures[name]))]));
  return { mean: each(mean), worst: each((values) => Math.max(...values)) };
}

/**
 * The most seconds that each measure may have, what it has, and whether that is within: in the mean over the seeds, whose runs
 * have GOAL_PASSES passes, but for the worst pass, which is that of all.
 */
export function goalsOf(seeds, totals) {
  const { mean: means, worst } = overSeeds(seeds);
  const found = { ...means, worst: worst.worst };
  const limits = { mean: 100, first: 185, last: 86, worst: 1.1 * totals.default };
  return Object.fromEntries(Object.entries(limits).map(([name, limit]) => [name, { limit, found: found[name], met: found[name] <= limit }]));
}

/** Measured by `npm run bench:decisions:vw`, which this demo does not run: `mean`, `first`, … and `setting`, or null. */
export function readVowpalWabbit(file = VOWPAL_WABBIT) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}
