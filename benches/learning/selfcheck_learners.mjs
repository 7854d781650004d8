// The learners' arithmetic, their common start, and the random numbers.
import assert from 'node:assert/strict';

import { Matrix, SVD } from 'ml-matrix';

import { CONTENDERS } from './contenders.mjs';
import { near } from './near.mjs';
import { adam, sgd } from './optimizers.mjs';
import { normal } from './random.mjs';
import { startOfA } from './start.mjs';

const DIM = 24;

function gradientsAreThoseOfTheLoss() {
  const next = normal(3, 9);
  const [x, target] = [0, 1].map(() => Float64Array.from({ length: DIM }, next));
  const learner = sgd(DIM, 0.1, 0);
  learner.parameters.forEach((value, i) => { learner.parameters[i] = value + next(); });
  const loss = () => learner.forward(x).reduce((sum, y, i) => sum + (y - target[i]) ** 2 / 2, 0);
  learner.adapt(learner.forward(x).map((y, i) => y - target[i]));
  learner.parameters.forEach((value, i) => {
    const [above, below] = [1e-5, -1e-5].map((shift) => {
      learner.parameters[i] = value + shift;
      return loss();
    });
    learner.parameters[i] = value;
    near((above - below) / 2e-5, learner.gradients[i], 1e-5 + 1e-7 / Math.abs(learner.gradients[i]), `gradient ${i}`);
  });
}

/** Adam as in the paper's algorithm 1, all sums written out. */
function adamIsThePapers() {
  const learner = adam(DIM, 0.1, 0.01);
  const next = normal(4, 9);
  const history = [];
  let expected = Array.from(learner.parameters);
  for (let t = 1; t <= 20; t++) {
    learner.forward(Float64Array.from({ length: DIM }, next));
    learner.adapt(Float64Array.from({ length: DIM }, next));
    history.push(Array.from(learner.gradients));
    const average = (beta, i, power) => {
      const sum = history.reduce((total, g, k) => total + (1 - beta) * beta ** (t - 1 - k) * g[i] ** power, 0);
      return sum / (1 - beta ** t);
    };
    expected = expected.map((value, i) => value - (0.01 * average(0.9, i, 1)) / (Math.sqrt(average(0.999, i, 2)) + 1e-8));
  }
  expected.forEach((value, i) => near(learner.parameters[i], value, 1e-8, `parameter ${i}`));
}

/** What the first step of ours adds to any output is a multiple of one row, by a share that lies in the span of A's columns. */
function theStartIsThePackages() {
  const next = normal(5, 9);
  const a = startOfA(DIM);
  const span = new SVD(new Matrix([a.subarray(0, DIM), a.subarray(DIM)].map((column) => Array.from(column))).transpose()).leftSingularVectors;
  for (let i = 0; i < 3; i++) {
    const learner = CONTENDERS.ours.make({ dim: DIM }, 1);
    learner.forward(Float32Array.from({ length: DIM }, next));
    learner.adapt(Float32Array.from({ length: DIM }, (_, j) => (j === 0 ? -1 : 0)));
    const share = Matrix.columnVector(Array.from({ length: DIM }, (_, j) => {
      const unit = Float32Array.from({ length: DIM }, (_value, k) => (k === j ? 1 : 0));
      return learner.forward(unit)[0] - unit[0];
    }));
    learner.free();
    const outside = Matrix.sub(share, span.mmul(span.transpose().mmul(share)));
    assert.ok(share.norm() > 1e-3 && outside.norm() < 1e-4 * share.norm(), `${outside.norm()} of ${share.norm()} is outside`);
  }
}

function normalsAreNormal() {
  const [next, other] = [normal(1, 1), normal(2, 1)];
  const count = 100_000;
  const sums = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const [x, y] = [next(), other()];
    [x, x * x - 1, x ** 4 - 3, x * y].forEach((value, k) => { sums[k] += value; });
  }
  // Their standard deviations are √(count · 1, 2, 96, 1).
  [1, 2, 96, 1].forEach((variance, k) => assert.ok(Math.abs(sums[k]) < 5 * Math.sqrt(count * variance), `moment ${k}: ${sums[k] / count}`));
}

export const LEARNER_CHECKS = [
  ['the gradients are those of the loss', gradientsAreThoseOfTheLoss],
  ['Adam is the paper’s', adamIsThePapers],
  ['all start from the package’s A', theStartIsThePackages],
  ['the random numbers are normal', normalsAreNormal],
];
