// Ridge regression with an intercept, in its dual form: there are fewer examples than dimensions.

import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

import { mean } from './statistics.mjs';

/** Relative to the mean eigenvalue of the training examples' Gram matrix. */
export const PENALTIES = [0.001, 0.01, 0.1, 1, 10, 100];

/**
 * Decomposes the inputs of the training examples once. The result, `fit(rewards, penalty)`, is cheap, and returns
 * `predict(i)` for any example i. An input mean is taken off within, so raw and centred embeddings give the same.
 */
export function ridge(inputs, train) {
  const centre = Float64Array.from(inputs[0], (_, j) => mean(train.map((i) => inputs[i][j])));
  const centred = new Matrix(inputs.map((input) => Array.from(input, (value, j) => value - centre[j])));
  const rows = centred.subMatrixRow(train);
  const toTraining = centred.mmul(rows.transpose()); // [examples, training examples]
  const { eigenvectorMatrix, realEigenvalues } = new EigenvalueDecomposition(toTraining.subMatrixRow(train), { assumeSymmetric: true });
  const basis = toTraining.mmul(eigenvectorMatrix);
  const scale = mean(realEigenvalues);

  return (rewards, penalty) => {
    const offset = mean(train.map((i) => rewards[i]));
    const residuals = Matrix.columnVector(train.map((i) => rewards[i] - offset));
    const projected = eigenvectorMatrix.transpose().mmul(residuals).to1DArray();
    const weights = projected.map((value, k) => value / (realEigenvalues[k] + penalty * scale));
    return (i) => offset + weights.reduce((sum, weight, k) => sum + weight * basis.get(i, k), 0);
  };
}
