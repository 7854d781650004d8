// Runs contenders on workloads, over seeds.

import { replay, summary } from './replay.mjs';
import { workload } from './workloads.mjs';

const made = new Map();

/** Worlds are drawn once; only a shuffled one depends on the seed of a run. */
function workloadFor(name, seed) {
  const key = name.endsWith('shuffled') ? `${name} ${seed}` : name;
  if (!made.has(key)) made.set(key, workload(name, seed));
  return made.get(key);
}

/** `summary` of a contender on a workload, over the seeds 1 to `seeds`. */
export function measure(name, make, seeds) {
  const runs = Array.from({ length: seeds }, (_, i) => {
    const given = workloadFor(name, i + 1);
    const contender = make(given, i + 1);
    try {
      return replay(given, contender, i + 1);
    } finally {
      contender.free?.();
    }
  });
  return summary(runs);
}

/** Where a mean pass is between the oracle, 0, and the default, 1. */
export function regret(name, { mean }) {
  const total = (cost) => workloadFor(name, 1).steps.reduce((sum, step) => sum + cost(workloadFor(name, 1).rows[step[3]]), 0);
  const scale = 1000 * workloadFor(name, 1).passes;
  const [least, most] = [total((row) => Math.min(...row)) / scale, total((row) => row[0]) / scale];
  return (mean - least) / (most - least);
}
