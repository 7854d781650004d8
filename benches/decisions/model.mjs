// The model behind `recommend`, in 64 bits: what gain, ln(baseline / execution), is to be expected of each type in a context?
//
//   gain = mean of the type + slope · (ln baseline − its mean) + effect of the context + residual of the type near the context

import { contextEffect } from './context_effect.mjs';
import { fixedEffects } from './fixed_effects.mjs';
import { History } from './history.mjs';
import { exponential, precision, rational } from './kernels.mjs';
import { SHIPPED } from './settings.mjs';

const TYPES = 256; // a type is a byte

export function historyFor(settings) {
  const kernel = { rational, exponential }[settings.kernel](settings.bandwidth);
  return new History({ ...settings, kernel });
}

/**
 * Posterior means and standard deviations of the gains of `types` in the context `here` of a history; those of type 0, the
 * baseline, are 0. With `normal`, standard normal numbers, slope and grand mean are drawn from their posteriors instead of
 * being their means. `hope` is for the choice.
 */
export function posterior(history, here, types, settings, normal = () => 0) {
  const fixed = fixedEffects(history, here, settings, normal);
  const context = contextEffect(history, here, fixed, settings);
  const local = residuals(history, here, settings);
  const unknown = settings.residualVariance + settings.contextVariance * context.unknown;
  const mean = new Float64Array(types.length);
  const sd = new Float64Array(types.length);
  types.forEach((type, i) => {
    if (type === 0) return;
    const near = local.nearest[type];
    const residual = near > 0 ? near * (local.sum[type] / local.weight[type] - context.effect) : 0;
    const ownVariance = fixed.variance * typeVariance(local.squares[type], fixed.weights[type], context.variance, settings);
    mean[i] = fixed.means[type] + fixed.slope * fixed.longer + context.effect + residual;
    sd[i] = Math.sqrt(ownVariance * unknown * (1 - near * near) + settings.noise * near);
  });
  return { mean, sd, hope: hope(history, here, fixed, context, settings), fixed, nearest: local.nearest };
}

/** A type's own variance around the fixed effects, as a multiple of the common one. */
function typeVariance(squares, weight, common, { typeVariance: { strength } }) {
  return strength === Infinity ? 1 : (squares / common + strength) / (weight + strength);
}

/**
 * Standard deviations that a choice hopes for: more where much time is at stake, and more where runs go on with few types
 * tried, so that nothing keeps to the baseline for ever.
 */
export function hope(history, here, fixed, { near }, { explore, stakes, impatience }) {
  let [runs, all] = [0, 0];
  for (const context of history.contexts) {
    const weight = fixed.weightOf(context) * context.records;
    runs += weight * here.kernels[context.id];
    all += weight;
  }
  const { elsewhere, runs: more } = impatience;
  const idle = Math.log((runs + elsewhere * all + more) / (near + elsewhere * fixed.weight + more));
  const longer = Math.max(-stakes.most, Math.min(stakes.most, fixed.longer));
  return explore * (1 + stakes.share * longer) * (1 + impatience.share * idle * idle);
}

/** `posterior` from trajectories, oldest first: `{ embedding, operator, type, executionMs, baselineMs }`. */
export function predict(trajectories, { embedding, operator, types }, settings = SHIPPED) {
  const history = historyFor(settings);
  for (const trajectory of trajectories) history.record(trajectory);
  const { mean, sd, hope: hoped } = posterior(history, history.context(embedding, operator), types, settings);
  return { mean, sd, hope: hoped };
}

/** By type: sums of the residuals nearby, how near the nearest one is, from 0 to 1, and the squares of all. */
function residuals({ cells, recorded }, here, { noise, drift, useResidual }) {
  const [sum, weight, nearest, squares] = [0, 1, 2, 3].map(() => new Float64Array(TYPES));
  for (const cell of cells) {
    squares[cell.type] += cell.weight * cell.residual * cell.residual;
    if (!useResidual) continue;
    const likeness = here.kernels[cell.context.id];
    const close = cell.weight * precision(likeness, noise);
    sum[cell.type] += close * cell.residual;
    weight[cell.type] += close;
    const age = (recorded - cell.newest) / 1000;
    nearest[cell.type] = Math.max(nearest[cell.type], (cell.weight * likeness) / (1 + drift * age));
  }
  return { sum, weight, nearest, squares };
}
