// An idea that was tried: residuals as a Gaussian process over contexts and types, with a covariance of the types that is
// learned from the contexts where two of them were tried. It takes the place of context effect and local residuals.

import { contextEffect } from './context_effect.mjs';
import { fixedEffects } from './fixed_effects.mjs';
import { hope } from './model.mjs';

const NEAR = 0.15; // least likeness of a context that counts
const CELLS = 30; // so many of the nearest cells at most
const JITTER = 0.05; // share of the variance on the diagonal: a covariance learned pair by pair need not be definite
const TYPES = 256;

/** Like `posterior` of the model; `strength` of the prior of each covariance, `scale` of the standard deviations. */
export const gaussianProcess = ({ strength, scale = 1 }) => (history, here, types, settings, normal) => {
  const fixed = fixedEffects(history, here, settings, normal);
  const context = contextEffect(history, here, fixed, settings);
  const covariance = typeCovariance(history, fixed, context.correlation, strength);
  const likeness = (cell) => here.kernels[cell.context.id];
  const near = history.cells.filter((cell) => cell.type !== 0 && likeness(cell) > NEAR)
    .sort((a, b) => likeness(b) - likeness(a)).slice(0, CELLS);
  const prior = near.map((a) => near.map((b) => a.context.kernels[b.context.id] * covariance(a.type, b.type)));
  const lower = factor(prior, settings.noise * fixed.variance, JITTER * fixed.variance);
  const residuals = solve(lower, near.map((cell) => cell.residual));
  const mean = new Float64Array(types.length);
  const sd = new Float64Array(types.length);
  types.forEach((type, i) => {
    if (type === 0) return;
    const cross = solve(lower, near.map((cell) => likeness(cell) * covariance(type, cell.type)));
    const [explained, variance] = [residuals, cross].map((other) => cross.reduce((sum, value, k) => sum + value * other[k], 0));
    mean[i] = fixed.means[type] + fixed.slope * fixed.longer + explained;
    sd[i] = scale * Math.sqrt(Math.max(settings.noise / 10, covariance(type, type) - variance));
  });
  return { mean, sd, hope: hope(history, here, fixed, context, settings) };
};

/** Of two types: the mean product of their residuals within contexts, shrunk to what all pairs have in common. */
function typeCovariance({ contexts, cells }, { variance }, correlation, strength) {
  const [products, pairs] = [0, 1].map(() => new Float64Array(TYPES * TYPES));
  const byContext = contexts.map(() => []);
  for (const cell of cells) if (cell.type !== 0) byContext[cell.context.id].push(cell);
  for (const together of byContext) {
    for (const a of together) {
      for (const b of together) {
        products[a.type * TYPES + b.type] += a.residual * b.residual;
        pairs[a.type * TYPES + b.type] += 1;
      }
    }
  }
  return (a, b) => {
    const prior = (a === b ? 1 : correlation) * variance;
    return (products[a * TYPES + b] + strength * prior) / (pairs[a * TYPES + b] + strength);
  };
}

/** Cholesky factor of the matrix with `noise` and as much jitter on its diagonal as it takes. */
function factor(matrix, noise, jitter) {
  for (let added = jitter; ; added *= 2) {
    const lower = matrix.map(() => []);
    const fits = matrix.every((row, i) => {
      for (let j = 0; j <= i; j += 1) {
        let value = row[j] + (i === j ? noise + added : 0);
        for (let k = 0; k < j; k += 1) value -= lower[i][k] * lower[j][k];
        if (i === j && value < 1e-6) return false;
        lower[i].push(i === j ? Math.sqrt(value) : value / lower[j][j]);
      }
      return true;
    });
    if (fits) return lower;
  }
}

/** L⁻¹ b. */
function solve(lower, b) {
  const solved = [];
  lower.forEach((row, i) => {
    let value = b[i];
    for (let k = 0; k < i; k += 1) value -= row[k] * solved[k];
    solved.push(value / row[i]);
  });
  return solved;
}
