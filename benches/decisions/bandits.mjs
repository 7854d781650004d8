// Textbook contenders for the worlds. They see the logarithm of a speed-up, or the value, of what they have chosen.

import { normalFrom, randomFrom } from './random.mjs';

/** The position of the first largest value, or of the first with the largest score. */
export function largest(values, score = (value) => value) {
  let [at, best] = [0, -Infinity];
  values.forEach((value, i) => {
    const found = score(value);
    if (found > best) [at, best] = [i, found];
  });
  return at;
}

const outcomeOf = ({ baselineMs }, { ms, value }) => value ?? Math.log(baselineMs / ms);

/** For each key of a context and type what `empty` makes. */
function table(empty) {
  const rows = new Map();
  return (context, type) => {
    const key = `${context.key} ${type}`;
    if (!rows.has(key)) rows.set(key, empty());
    return rows.get(key);
  };
}

/**
 * Independent Thompson sampling: each context and type by itself. Values of 0 and 1: Beta(1, 1) (Chapelle and Li 2011); else normal with
 * unknown mean and variance, normal-inverse-gamma(mean 0, 1 / 10, 1, 0.1).
 */
export function independentThompson({ types, outcomes }, seed) {
  const uniform = randomFrom(seed);
  const normal = normalFrom(uniform);
  const cell = table(() => ({ count: 0, sum: 0, squares: 0 }));
  /** A gamma variate of an integer or half-integer shape, from sums of exponentials. */
  const gamma = (shape) => {
    let sum = shape % 1 ? normal() ** 2 / 2 : 0;
    for (let i = 0; i < Math.floor(shape); i += 1) sum -= Math.log(1 - uniform());
    return sum;
  };
  // A gamma of a large shape is close to normal (Wilson and Hilferty).
  const anyGamma = (shape) => (shape < 40 ? gamma(shape) : shape * (1 - 1 / (9 * shape) + normal() / (3 * Math.sqrt(shape))) ** 3);
  const draw = (context, type) => {
    const { count, sum, squares } = cell(context, type);
    if (outcomes) {
      const [a, b] = [anyGamma(1 + sum), anyGamma(1 + count - sum)];
      return a / (a + b);
    }
    const kappa = 0.1 + count;
    const mean = sum / kappa;
    const rate = 0.1 + Math.max(0, squares - kappa * mean * mean) / 2;
    const variance = rate / anyGamma(1 + count / 2);
    return mean + Math.sqrt(variance / kappa) * normal();
  };
  return {
    choose: (context) => types[largest(types.map((type) => draw(context, type)))],
    learn(context, type, result) {
      const found = cell(context, type);
      const y = outcomeOf(context, result);
      found.count += 1;
      found.sum += y;
      found.squares += y * y;
    },
  };
}

/**
 * LinUCB with one model per type (Li et al. 2010), α = 1, ridge 1. With `keep` below 1, each decision multiplies the weight of all
 * evidence by it, not that of the ridge (Russac, Vernade and Cappé 2019), which is renewed one coordinate a decision.
 */
export const linUcb = (keep = 1) => ({ types, dim }) => {
  const n = dim + 1;
  const models = new Map(types.map((type) => [type, { sum: new Float64Array(n), inverse: identity(n) }]));
  const features = ({ embedding }) => Float64Array.of(1, ...embedding);
  let decisions = 0;
  return {
    choose(context) {
      const x = features(context);
      const scores = types.map((type) => {
        const { inverse, sum } = models.get(type);
        const ix = product(inverse, x);
        return dot(ix, sum) + Math.sqrt(dot(ix, x));
      });
      return types[largest(scores)];
    },
    learn(context, type, result) {
      const x = features(context);
      const y = outcomeOf(context, result);
      if (keep < 1) {
        const axis = new Float64Array(n);
        axis[decisions % n] = Math.sqrt(n * (1 - keep));
        decisions += 1;
        for (const { inverse, sum } of models.values()) {
          for (let i = 0; i < n * n; i += 1) inverse[i] /= keep;
          for (let i = 0; i < n; i += 1) sum[i] *= keep;
          include(inverse, axis);
        }
      }
      const { inverse, sum } = models.get(type);
      include(inverse, x);
      for (let i = 0; i < n; i += 1) sum[i] += y * x[i];
    },
  };
};

const identity = (n) => Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
const dot = (a, b) => {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i] * b[i];
  return sum;
};
const product = (matrix, x) => x.map((_, i) => dot(matrix.subarray(i * x.length, (i + 1) * x.length), x));

/** Makes the inverse of M that of M + x xᵀ (Sherman and Morrison). */
function include(inverse, x) {
  const n = x.length;
  const ix = product(inverse, x);
  const scale = 1 / (1 + dot(ix, x));
  for (let i = 0; i < n; i += 1) for (let j = 0; j < n; j += 1) inverse[i * n + j] -= scale * ix[i] * ix[j];
}

/** ε-greedy with ε = 0.1 and exponential means of weight 0.1. A type that was not tried is tried first. */
export function epsilonGreedy({ types }, seed) {
  const uniform = randomFrom(seed);
  const cell = table(() => ({ mean: Infinity }));
  return {
    choose: (context) => (uniform() < 0.1
      ? types[Math.floor(uniform() * types.length)]
      : types[largest(types, (type) => cell(context, type).mean)]),
    learn(context, type, result) {
      const found = cell(context, type);
      const y = outcomeOf(context, result);
      found.mean = found.mean === Infinity ? y : found.mean + 0.1 * (y - found.mean);
    },
  };
}
