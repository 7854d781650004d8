// Who chooses: the yardsticks, simple Thompson sampling, the reference model and the package.

import init, { WasmTrajectoryBuffer } from '../../pkg/index.js';

import { History } from './history.mjs';
import { exponential } from './kernels.mjs';
import { historyFor, posterior } from './model.mjs';
import { normalFrom, randomFrom } from './random.mjs';
import { largest, upperConfidence } from './rules.mjs';
import { SHIPPED } from './settings.mjs';

await init();

const forget = () => {};
export const typesOf = (workload) => Array.from({ length: workload.types }, (_, type) => type);
const recordIn = (history) => ({ embedding, operator }, type, executionMs, baselineMs) =>
  history.record({ embedding, operator, type, executionMs, baselineMs });
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
  const [spread, noise] = [0.3, 0.03];
  const normal = normalFrom(randomFrom(seed));
  const types = typesOf(workload);
  const history = new History({ kernel: exponential(0.04), limit: 6, newest: 1, merge: false });
  return {
    choose({ embedding, operator }) {
      const here = history.context(embedding, operator);
      const [weight, near, count, sum] = [0, 1, 2, 3].map(() => new Float64Array(types.length));
      for (const { context, type, gain } of history.cells) {
        if (context.operator !== operator) continue;
        const likeness = here.kernels[context.id];
        weight[type] += likeness;
        near[type] += likeness * gain;
        count[type] += 1;
        sum[type] += gain;
      }
      const draws = types.map((type) => {
        if (type === 0) return 0;
        const mean = (sum[type] + spread * Math.sqrt(count[type] + 1) * normal()) / (count[type] + 1);
        const precision = weight[type] / noise + 1;
        return (near[type] / noise + mean + spread * Math.sqrt(precision) * normal()) / precision;
      });
      return types[largest(draws, (value) => value)];
    },
    learn: recordIn(history),
  };
}

/** The reference model with some settings changed; an idea may bring a posterior, a rule or a tie-breaker of its own. */
export const model = (changes = {}, ideas = {}) => (workload, seed) => {
  const { posteriorOf = posterior, rule = upperConfidence, ranks = tieBreaker } = ideas;
  const settings = { ...SHIPPED, ...changes };
  const history = historyFor(settings);
  const normal = normalFrom(randomFrom(seed));
  const types = typesOf(workload);
  const rank = ranks(types, seed);
  return {
    choose({ embedding, operator }) {
      const here = history.context(embedding, operator);
      return rule(posteriorOf(history, here, types, settings, normal), types, settings, rank, normal);
    },
    learn: recordIn(history),
  };
};

/** What untried types differ by, which score alike: nothing that matters otherwise. */
export function tieBreaker(types, seed) {
  const uniform = randomFrom(seed + 0x10000);
  return types.map((type) => (type === 0 ? 0 : 1e-6 * (2 * uniform() - 1)));
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
