// The held-out loss and the floor, against naive loops and the whole matrices.
import assert from 'node:assert/strict';

import { Matrix, SVD } from 'ml-matrix';

import { bestMap } from './floor.mjs';
import { INPUTS } from './inputs.mjs';
import { near } from './near.mjs';
import { problem } from './problem.mjs';
import { normal } from './random.mjs';
import { BASE } from './rows.mjs';
import { lowRank, teacher } from './teacher.mjs';

const DIM = 24;
const STRENGTHS = [1, 0.8, 0.6, 0.3];
const dimOf = (inputs) => (inputs === 'real embeddings' ? 384 : DIM);
const small = (inputs) => problem({ ...BASE, dim: dimOf(inputs), inputs, strengths: STRENGTHS, steps: 10 }, 7);

/** The d × d matrix of a linear change, row by row from the unit vectors. */
const full = (change, dim) => new Matrix(Array.from({ length: dim }, (_, i) => {
  const unit = new Float64Array(dim);
  unit[i] = 1;
  return Array.from(change(unit));
}));

const rowsOf = (points) => new Matrix(points.map((point) => Array.from(point)));

/** Σ |p (W − D)|² ÷ Σ |p D|², one number at a time. */
function naiveLoss(points, learned, wanted) {
  let [loss, identity] = [0, 0];
  for (const p of points) {
    for (let j = 0; j < wanted.columns; j++) {
      let [error, plain] = [0, 0];
      for (let i = 0; i < wanted.rows; i++) {
        error += p[i] * (learned.get(i, j) - wanted.get(i, j));
        plain += p[i] * wanted.get(i, j);
      }
      loss += error ** 2;
      identity += plain ** 2;
    }
  }
  return loss / identity;
}

function lossIsTheNaiveOne() {
  for (const inputs of Object.keys(INPUTS)) {
    const given = small(inputs);
    const guess = teacher(given.dim, [0.9, 0.4], 8);
    const [found] = given.loss((x) => guess.change(x).map((delta, i) => x[i] + delta));
    near(found, naiveLoss(given.points, full(guess.change, given.dim), full(given.teachers[0].change, given.dim)), 1e-9, inputs);
    near(given.loss((x) => x)[0], 1, 1e-12, 'the identity map’s');
  }
}

function pointsStandForTheInputs() {
  for (const inputs of ['isotropic', 'anisotropic', 'strong mean', 'large scale']) {
    const { draw, points } = INPUTS[inputs](DIM, 9);
    const { change } = teacher(DIM, STRENGTHS, 9);
    const energy = (x) => change(x).reduce((sum, value) => sum + value ** 2, 0);
    const draws = 20_000;
    let sampled = 0;
    for (let i = 0; i < draws; i++) sampled += energy(draw()) / draws;
    near(sampled, points.reduce((sum, point) => sum + energy(point), 0), 0.05, inputs);
  }
}

function svdReconstructs() {
  const next = normal(1, 9);
  const matrix = new Matrix(Array.from({ length: 30 }, () => Array.from({ length: 8 }, next)));
  const { leftSingularVectors: u, diagonalMatrix: s, rightSingularVectors: v } = new SVD(matrix);
  assert.ok(Matrix.sub(u.mmul(s).mmul(v.transpose()), matrix).norm() < 1e-12 * matrix.norm());
  assert.ok(Matrix.sub(v.transpose().mmul(v), Matrix.eye(8)).norm() < 1e-12);
}

/** The floor is what the whole X D leaves behind its two largest singular values. */
function floorIsTheTruncatedSvd() {
  for (const inputs of ['isotropic', 'anisotropic', 'strong mean']) {
    const given = small(inputs);
    const best = bestMap(given.teachers[0], given.trained);
    const [found] = given.loss((x) => best.change(x).map((delta, i) => x[i] + delta));
    const energy = new SVD(rowsOf(given.trained).mmul(full(given.teachers[0].change, DIM))).diagonal.map((value) => value ** 2);
    const sum = (values) => values.reduce((total, value) => total + value, 0);
    near(found, sum(energy.slice(2)) / sum(energy), 1e-9, inputs);
  }
}

/** On the real training inputs, which do not span the space, no map nearby is better. */
function floorIsALowestPoint() {
  const given = small('real embeddings');
  const best = bestMap(given.teachers[0], given.trained);
  const loss = ({ change }) => naiveLoss(given.trained, full(change, given.dim), full(given.teachers[0].change, given.dim));
  const lowest = loss(best);
  const next = normal(2, 9);
  const moved = (rows) => rows.map((row) => row.map((value) => value + 1e-3 * next()));
  for (let i = 0; i < 3; i++) assert.ok(loss(lowRank({ ...best, from: moved(best.from), to: moved(best.to) })) > lowest);
}

/** What is orthogonal to all training inputs, by Gram and Schmidt, stays as it is. */
function floorLeavesTheUnseenAlone() {
  const given = small('real embeddings');
  const best = bestMap(given.teachers[0], given.trained);
  const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
  const basis = [];
  const less = (x) => basis.reduce((rest, column) => rest.map((value, i) => value - dot(rest, column) * column[i]), Array.from(x));
  const length = (x) => Math.sqrt(dot(x, x));
  for (const point of given.trained) {
    const rest = less(less(point)); // twice, against rounding
    if (length(rest) > 1e-5 * length(point)) basis.push(rest.map((value) => value / length(rest)));
  }
  const unseen = less(less(Float64Array.from({ length: given.dim }, normal(6, 9))));
  assert.ok(length(unseen) > 10 && length(best.change(unseen)) < 1e-6 * length(unseen));
}

export const LOSS_CHECKS = [
  ['the loss is that of naive loops', lossIsTheNaiveOne],
  ['the held-out points stand for the inputs', pointsStandForTheInputs],
  ['the SVD reconstructs', svdReconstructs],
  ['the floor is the truncated SVD', floorIsTheTruncatedSvd],
  ['the floor is a lowest point', floorIsALowestPoint],
  ['the floor leaves the unseen alone', floorLeavesTheUnseenAlone],
];
