// Noise for differential privacy, and what it is worth.

import { bareFile } from './file.mjs';
import { normalFrom } from './random.mjs';

/**
 * An adapter with the A of `factors` and a random B: added to another with that A, it adds noise that is the same in every direction that
 * A reaches, with standard deviation `deviation` for each number of the map in an orthonormal basis. B is (AᵀA)^(−1/2) times
 * standard normal numbers.
 */
export function noiseFile({ dim, a }, deviation, seed) {
  const next = normalFrom(seed);
  const dot = (i, j) => a.subarray(i * dim, (i + 1) * dim).reduce((sum, value, k) => sum + value * a[j * dim + k], 0);
  const [p, q, r] = inverseRoot(dot(0, 0), dot(0, 1), dot(1, 1));
  const b = new Float32Array(2 * dim);
  for (let j = 0; j < dim; j += 1) {
    const [z0, z1] = [next(), next()];
    b[2 * j] = deviation * (p * z0 + q * z1);
    b[2 * j + 1] = deviation * (q * z0 + r * z1);
  }
  return bareFile({ dim, a, b });
}

/** The inverse square root of [[p, q], [q, r]]: √M = (M + √det I) / √(trace + 2 √det). */
function inverseRoot(p, q, r) {
  const root = Math.sqrt(p * r - q * q);
  const scale = Math.sqrt(p + r + 2 * root);
  const [a, b, d] = [(p + root) / scale, q / scale, (r + root) / scale];
  const determinant = a * d - b * b;
  return [d / determinant, -b / determinant, a / determinant];
}

/** The normal distribution function, to 1e-15 or so: a series near 0, a continued fraction in the tails. */
export function normalBelow(x) {
  if (Math.abs(x) < 3) {
    let [term, sum] = [x, x];
    for (let k = 1; k < 100; k += 1) {
      term *= (x * x) / (2 * k + 1);
      sum += term;
    }
    return 0.5 + sum * Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  }
  let fraction = 0;
  for (let k = 200; k > 0; k -= 1) fraction = k / (Math.abs(x) + fraction);
  const tail = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI) / (Math.abs(x) + fraction);
  return x < 0 ? tail : 1 - tail;
}

/**
 * The ε of (ε, δ) differential privacy after `rounds` rounds with this noise multiplier, where every client takes part in each: a composition
 * of Gaussian mechanisms is one with μ = √rounds / multiplier (Dong, Roth and Su 2022), whose ε is found by halving.
 */
export function epsilonOf(multiplier, rounds, delta = 1e-5) {
  const mu = Math.sqrt(rounds) / multiplier;
  const deltaOf = (epsilon) => {
    const second = normalBelow(-epsilon / mu - mu / 2);
    return normalBelow(-epsilon / mu + mu / 2) - (second === 0 ? 0 : Math.exp(epsilon + Math.log(second)));
  };
  let [low, high] = [0, 1];
  while (deltaOf(high) > delta) high *= 2;
  for (let i = 0; i < 100; i += 1) {
    const middle = (low + high) / 2;
    if (deltaOf(middle) > delta) low = middle;
    else high = middle;
  }
  return high;
}
