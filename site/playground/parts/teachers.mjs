// Teachers: maps that an adapter of the panel Adapt is to learn, from inputs and what the teacher makes of them.

/** A wave of length 1 over the features; waves of different frequencies are orthogonal. */
const wave = (dim, frequency) => Float64Array.from({ length: dim }, (_, i) => Math.sqrt(2 / dim) * Math.cos((Math.PI * frequency * (i + 0.5)) / dim));

const normed = (values) => {
  const length = Math.hypot(...values);
  return Float64Array.from(values, (value) => (length > 0 ? value / length : 0));
};

const waves = (dim, strengths) => strengths.map((strength, i) => ({ strength, from: wave(dim, i + 1), to: wave(dim, ((i + 2) % strengths.length) + 2) }));

/** In each, `parts` are what is added to an input x: strength · (x · from) · to. `from` and `to` have length 1. */
export const TEACHERS = {
  two: { name: 'two directions', parts: (dim) => waves(dim, [1.5, 1]) },
  six: { name: 'six directions', parts: (dim) => waves(dim, [1.5, 1.2, 0.9, 0.7, 0.5, 0.3]) },
  turn: { name: 'a turn by 90°', parts: (dim) => turn(wave(dim, 1), wave(dim, 2)) },
  drawn: { name: 'your drawing', parts: (dim, drawing) => [{ strength: 1.5, from: bump(dim), to: drawn(dim, drawing) }] },
};

/** Turns what x has along the first of two directions into the second, and that into the opposite of the first. */
function turn(first, second) {
  const half = Math.SQRT1_2;
  const mixed = (sign) => first.map((value, i) => half * (-value + sign * second[i]));
  return [{ strength: Math.SQRT2, from: first, to: mixed(1) }, { strength: Math.SQRT2, from: second, to: mixed(-1) }];
}

const bump = (dim) => normed(Float64Array.from({ length: dim }, (_, i) => Math.exp(-(((i + 0.5) / dim - 0.5) ** 2) / 0.02)));

/** A drawing of any number of points, stretched over the features. */
const drawn = (dim, drawing) => normed(Float64Array.from({ length: dim }, (_, i) => drawing[Math.floor((i * drawing.length) / dim)]));

export function targetOf(parts, input) {
  const target = Float32Array.from(input);
  for (const { strength, from, to } of parts) {
    let along = 0;
    for (let i = 0; i < input.length; i += 1) along += input[i] * from[i];
    for (let i = 0; i < input.length; i += 1) target[i] += strength * along * to[i];
  }
  return target;
}

/** The teacher's own change as a matrix, [dim, dim], a row for each input feature. */
export function matrixOf(parts, dim) {
  const matrix = new Float32Array(dim * dim);
  for (const { strength, from, to } of parts) {
    for (let i = 0; i < dim; i += 1) for (let j = 0; j < dim; j += 1) matrix[i * dim + j] += strength * from[i] * to[j];
  }
  return matrix;
}

/** The share of the change that the best two directions leave, as an average over inputs. The strengths go down. */
export function leftByTwo(parts) {
  const energy = (some) => some.reduce((sum, { strength }) => sum + strength ** 2, 0);
  return energy(parts.slice(2)) / energy(parts);
}
