// Plain SGD and Adam on the same parametrisation, y = x + alpha · x A B, written here in float64: TensorFlow.js needs about
// 300 µs for such a step in Node, a hundred times as long, and would not fit the tuning into minutes.
import { startOfA } from './start.mjs';

/** A learner of ½|y − target|² that moves A and B by `update(parameters, gradients)`. */
function lowRankLearner(dim, alpha, update) {
  // Two columns of A, two rows of B.
  const parameters = new Float64Array(4 * dim);
  parameters.set(startOfA(dim));
  const gradients = new Float64Array(4 * dim);
  const output = new Float64Array(dim);
  let input;
  let h = [0, 0];

  return {
    parameters,
    gradients,
    forward(x) {
      input = x;
      h = [0, 0];
      for (let i = 0; i < dim; i++) {
        h[0] += x[i] * parameters[i];
        h[1] += x[i] * parameters[dim + i];
      }
      for (let i = 0; i < dim; i++) {
        output[i] = x[i] + alpha * (h[0] * parameters[2 * dim + i] + h[1] * parameters[3 * dim + i]);
      }
      return output;
    },
    adapt(g) {
      const u = [0, 0];
      for (let i = 0; i < dim; i++) {
        u[0] += parameters[2 * dim + i] * g[i];
        u[1] += parameters[3 * dim + i] * g[i];
      }
      for (let i = 0; i < dim; i++) {
        gradients[i] = alpha * input[i] * u[0];
        gradients[dim + i] = alpha * input[i] * u[1];
        gradients[2 * dim + i] = alpha * h[0] * g[i];
        gradients[3 * dim + i] = alpha * h[1] * g[i];
      }
      update(parameters, gradients);
    },
    free() {},
  };
}

export function sgd(dim, alpha, step) {
  return lowRankLearner(dim, alpha, (parameters, gradients) => {
    for (let i = 0; i < parameters.length; i++) parameters[i] -= step * gradients[i];
  });
}

/** Kingma and Ba 2015, with their constants. */
export function adam(dim, alpha, step) {
  const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];
  const first = new Float64Array(4 * dim);
  const second = new Float64Array(4 * dim);
  let [power1, power2] = [1, 1];
  return lowRankLearner(dim, alpha, (parameters, gradients) => {
    power1 *= beta1;
    power2 *= beta2;
    const rate = step / (1 - power1);
    for (let i = 0; i < parameters.length; i++) {
      const g = gradients[i];
      first[i] += (1 - beta1) * (g - first[i]);
      second[i] += (1 - beta2) * (g * g - second[i]);
      parameters[i] -= (rate * first[i]) / (Math.sqrt(second[i] / (1 - power2)) + epsilon);
    }
  });
}
