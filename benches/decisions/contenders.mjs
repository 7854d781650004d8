// Who chooses: the yardsticks, simple Thompson sampling and the package.

import init, { WasmTrajectoryBuffer } from '../../pkg/index.js';

import { largest } from './bandits.mjs';
import { cosine, direction } from './cosine.mjs';
import { normalFrom, randomFrom } from './random.mjs';

await init();

const forget = () => {};
export const typesOf = (workload) => Array.from({ length: workload.types }, (_, type) => type);
const cheapest = (row) => row.indexOf(Math.min(...row));

/** The type with the smallest total, in hindsight. */
function bestSingle(workload) {
  const totals = typesOf(workload).map((type) => workload.steps.reduce((sum, step) => sum + workload.rows[step[3]][type], 0));
  return { choose: () => cheapest(totals), learn: forget };
}

/** What learns nothing: the baseline, and two that know all run times. */
export const YARDSTICKS = {
  default: () => ({ choose: () => 0, learn: forget }),
  'best single type, in hindsight': bestSingle,
  'oracle: best type of each query': () => ({ choose: (_, row) => cheapest(row), learn: forget }),
};

/** Draws the mean of each type and its gain here from normal posteriors; trajectories of the operator weigh by likeness. */
export function thompson(workload, seed) {
  const [spread, noise, bandwidth, limit] = [0.3, 0.03, 0.04, 6];
  const normal = normalFrom(randomFrom(seed));
  const types = typesOf(workload);
  const runs = [];
  return {
    choose({ embedding, operator }) {
      const here = direction(embedding);
      const known = new Map(); // likenesses, by embedding
      const [weight, near, count, sum] = [0, 1, 2, 3].map(() => new Float64Array(types.length));
      for (const run of runs) {
        if (run.operator !== operator) continue;
        if (!known.has(run.embedding)) known.set(run.embedding, Math.exp((cosine(here, run.direction) - 1) / bandwidth));
        const likeness = known.get(run.embedding);
        weight[run.type] += likeness;
        near[run.type] += likeness * run.gain;
        count[run.type] += 1;
        sum[run.type] += run.gain;
      }
      const draws = types.map((type) => {
        if (type === 0) return 0;
        const mean = (sum[type] + spread * Math.sqrt(count[type] + 1) * normal()) / (count[type] + 1);
        const precision = weight[type] / noise + 1;
        return (near[type] / noise + mean + spread * Math.sqrt(precision) * normal()) / precision;
      });
      return types[largest(draws)];
    },
    learn({ embedding, operator }, type, executionMs, baselineMs) {
      const gain = Math.max(-limit, Math.min(limit, Math.log(baselineMs / executionMs)));
      runs.push({ embedding, operator, direction: direction(embedding), type, gain });
    },
  };
}

/** The package itself; the ring holds everything unless told otherwise. */
export const packaged = (capacity) => (workload, seed) => {
  const buffer = new WasmTrajectoryBuffer(capacity ?? workload.steps.length, workload.dim);
  buffer.set_seed(seed);
  const types = typesOf(workload);
  return {
    choose: ({ embedding, operator }) => buffer.recommend(embedding, operator, types),
    learn({ embedding, operator }, type, executionMs, baselineMs) {
      buffer.record(embedding, operator, type, executionMs, baselineMs);
    },
    // Twice the time that is expected, but between the baseline's and twice that.
    limit({ embedding, operator }, type, baselineMs) {
      const expectedMs = baselineMs / Math.exp(buffer.predict(embedding, operator, [type])[0]);
      return Math.min(2 * baselineMs, Math.max(baselineMs, 2 * expectedMs));
    },
    learnTimeout({ embedding, operator }, type, limitMs, baselineMs) {
      buffer.record_timeout(embedding, operator, type, limitMs, baselineMs);
    },
    free: () => buffer.free(),
  };
};

/** The package in a world of `worlds.mjs`. */
export function inWorlds({ types, dim, length }, seed) {
  const buffer = new WasmTrajectoryBuffer(length, dim);
  buffer.set_seed(seed);
  return {
    choose: ({ embedding, operator }) => buffer.recommend(embedding, operator, types),
    learn({ embedding, operator, baselineMs }, type, { ms, value }) {
      if (value === undefined) buffer.record(embedding, operator, type, ms, baselineMs);
      else buffer.record_outcome(embedding, operator, type, value);
    },
    free: () => buffer.free(),
  };
}
