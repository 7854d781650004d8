// What all contexts have in common: the mean of each type and the slope over the baseline, by regression shrunk to priors.

import { relation } from './operators.mjs';
import { precision } from './kernels.mjs';

const TYPES = 256; // a type is a byte

/**
 * Type means, slope and the variance around them, as seen from the context `here`: cells of other operators weigh less.
 * `normal` draws slope and grand mean. Sets `weight` and `residual` of each cell.
 */
export function fixedEffects(history, here, settings, normal) {
  const shares = operatorWeights(history, here, settings);
  const weightOf = (context) => shares[relation(here.operator, context.operator)];
  const baseline = baselines(history, here, weightOf, settings);
  for (const cell of history.cells) cell.weight = weightOf(cell.context);
  const sums = sumsByType(history, baseline.mean);
  const { slope: prior, grandMean, typeMean, variance } = settings;

  // The slope is of what is left within the types: long baselines have more to gain, whatever is tried.
  const expected = settings.useSlope ? (sums.xy + prior.mean * prior.strength) / (sums.xx + prior.strength) : 0;
  const left = Math.max(0, sums.yy - 2 * expected * sums.xy + expected * expected * sums.xx);
  const spread = (variance.mean * variance.strength + left) / (variance.strength + Math.max(0, sums.weight - sums.types));
  const drawn = (mean, share, strength) => mean + normal() * Math.sqrt((share * spread) / strength);
  const slope = settings.useSlope ? drawn(expected, prior.draw, sums.xx + prior.strength) : 0;
  const strength = sums.weight + grandMean.strength;
  const overall = drawn((sums.y - slope * sums.x + grandMean.strength * grandMean.mean) / strength, grandMean.draw, strength);
  const means = Float64Array.from(sums.byType.weight, (weight, type) => {
    const known = sums.byType.y[type] - slope * sums.byType.x[type];
    const mean = (known + typeMean.strength * overall) / (weight + typeMean.strength);
    return typeMean.draw > 0 ? drawn(mean, typeMean.draw, weight + typeMean.strength) : mean;
  });

  for (const cell of history.cells) {
    cell.residual = cell.gain - means[cell.type] - slope * (cell.context.logBaseline - baseline.mean);
  }
  const { weight, byType } = sums;
  return { means, slope, variance: spread, longer: baseline.longer, weight, weights: byType.weight, weightOf };
}

/** By relation; the more cells there are of nearer operators, the less others count. */
function operatorWeights(history, here, { related }) {
  const cells = [0, 0, 0];
  for (const { type, context } of history.cells) if (type !== 0) cells[relation(here.operator, context.operator)] += 1;
  return [1, related / (related + cells[0]), related / (related + cells[0] + cells[1])];
}

/** The mean ln baseline of the contexts, and how much `longer` the one here is; if that is unknown, as its neighbours have it. */
function baselines(history, here, weightOf, { noise, baseline: { strength } }) {
  let [weights, sum, near, nearSum] = [0, 0, 0, 0];
  for (const context of history.contexts) {
    if (context.records === 0) continue;
    const weight = weightOf(context);
    const close = weight * precision(here.kernels[context.id], noise);
    weights += weight;
    sum += weight * context.logBaseline;
    near += close;
    nearSum += close * context.logBaseline;
  }
  if (weights === 0) return { mean: 0, longer: 0 };
  const mean = sum / weights;
  return { mean, longer: (nearSum + strength * mean) / (near + strength) - mean };
}

/** Weighted sums of x = ln baseline less its mean, and of y = gain; the products are those around the means of each type. */
function sumsByType({ cells }, meanBaseline) {
  const [weight, x, y] = [0, 1, 2].map(() => new Float64Array(TYPES));
  const sums = { weight: 0, types: 0, x: 0, y: 0, xx: 0, xy: 0, yy: 0, byType: { weight, x, y } };
  for (const { type, context, gain, weight: w } of cells) {
    if (type === 0) continue; // the baseline gains nothing by definition
    const longer = context.logBaseline - meanBaseline;
    weight[type] += w;
    x[type] += w * longer;
    y[type] += w * gain;
    sums.weight += w;
    sums.x += w * longer;
    sums.y += w * gain;
    sums.xx += w * longer * longer;
    sums.xy += w * longer * gain;
    sums.yy += w * gain * gain;
  }
  for (let type = 1; type < TYPES; type += 1) {
    if (weight[type] === 0) continue;
    sums.types += 1;
    sums.xx -= (x[type] * x[type]) / weight[type];
    sums.xy -= (x[type] * y[type]) / weight[type];
    sums.yy -= (y[type] * y[type]) / weight[type];
  }
  return sums;
}
