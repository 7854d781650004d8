// What is learned from, and what is measured on: distributions of inputs.
//
// An input distribution has `draw()`, a training input as a new Float32Array, and `points`, held-out inputs whose squared
// errors are summed for the expected one. The error of a linear map depends on the second moment of its inputs alone, so
// for the synthetic ones dim (+ 1) points stand for all inputs there are, without sampling error. `trained`, such points
// for the training inputs, is what the closed form fits.
import { loadBenchmark } from '../../examples/job/benchmark.mjs';
import { normal, uniform } from './random.mjs';

const axis = (dim, j, value) => Float32Array.from({ length: dim }, (_, i) => (i === j ? value : 0));

/** Independent normal coordinates with these deviations, around `mean`. */
function gaussian({ deviations, mean = null, seed }) {
  const next = normal(seed, 2);
  const points = Array.from(deviations, (deviation, j) => axis(deviations.length, j, deviation));
  if (mean) points.push(mean);
  return {
    draw: () => {
      const x = new Float32Array(deviations.length);
      for (let i = 0; i < x.length; i++) x[i] = (mean ? mean[i] : 0) + deviations[i] * next();
      return x;
    },
    points,
    trained: points,
  };
}

const flat = (dim, value) => new Float64Array(dim).fill(value);

/** A vector of this length in a random direction. */
function direction(dim, length, seed) {
  const next = normal(seed, 3);
  const values = Float64Array.from({ length: dim }, next);
  const norm = Math.hypot(...values);
  return Float32Array.from(values, (value) => (value * length) / norm);
}

export const INPUTS = {
  /** Unit variance in every direction. */
  isotropic: (dim, seed) => gaussian({ deviations: flat(dim, 1), seed }),

  /** Variance falls as 1/j over the coordinates j: at d = 256 the first six hold 40 % of it. Its mean is 1. */
  anisotropic: (dim, seed) => {
    const variances = Float64Array.from({ length: dim }, (_, j) => 1 / (j + 1));
    const mean = variances.reduce((sum, value) => sum + value) / dim;
    return gaussian({ deviations: variances.map((value) => Math.sqrt(value / mean)), seed });
  },

  /** Four fifths of the energy lie in the mean, so two inputs have a cosine of 0.8: many embedding models are like that. */
  'strong mean': (dim, seed) => gaussian({ deviations: flat(dim, 1), mean: direction(dim, 2 * Math.sqrt(dim), seed), seed }),

  'large scale': (dim, seed) => gaussian({ deviations: flat(dim, 1000), seed }),

  /** Embeddings of the Join Order Benchmark's queries; a third of the families (the number in 17b) is held out. */
  'real embeddings': (dim, seed) => {
    const { queries } = loadBenchmark();
    const family = ({ name }) => Number.parseInt(name, 10);
    const next = uniform(seed, 2);
    const order = [...new Set(queries.map(family))].map((id) => ({ id, at: next() })).sort((a, b) => a.at - b.at);
    const heldOut = new Set(order.slice(0, Math.round(order.length / 3)).map(({ id }) => id));
    const embeddings = (wanted) => queries.filter((query) => heldOut.has(family(query)) === wanted).map(({ embedding }) => embedding);
    const averaging = (rows) => rows.map((row) => row.map((value) => value / Math.sqrt(rows.length)));
    const training = embeddings(false);
    return {
      draw: () => training[Math.floor(next() * training.length)].slice(),
      points: averaging(embeddings(true)),
      trained: averaging(training),
    };
  },
};
