// One learning problem with one seed: the stream to learn from, and the loss on inputs that are not in it.
import { INPUTS } from './inputs.mjs';
import { teacher } from './teacher.mjs';
import { normal } from './random.mjs';

const squares = (values) => values.reduce((sum, value) => sum + value * value, 0);

/**
 * `stream`: steps of an input and its noisy target. `loss(forward)`: for every teacher, the held-out loss relative to the
 * identity map's, against targets without noise. With several teachers each has an equal part of the stream: `taughtBy(step)`.
 */
export function problem({ dim, inputs, strengths, noise, steps, teachers }, seed) {
  const { draw, points, trained } = INPUTS[inputs](dim, seed);
  const maps = Array.from({ length: teachers }, (_, k) => teacher(dim, strengths, seed + 500 * k));
  const deltas = maps.map(({ change }) => points.map(change));
  const energies = deltas.map((rows) => rows.reduce((sum, row) => sum + squares(row), 0));
  const taughtBy = (step) => Math.min(Math.floor((step * teachers) / steps), teachers - 1);

  const next = normal(seed, 4);
  const stream = Array.from({ length: steps }, (_, step) => {
    const teaching = taughtBy(step);
    const x = draw();
    const delta = maps[teaching].change(x);
    const deviation = noise * Math.sqrt(energies[teaching] / dim);
    const target = new Float32Array(dim);
    for (let i = 0; i < dim; i++) target[i] = x[i] + delta[i] + (deviation > 0 ? deviation * next() : 0);
    return { x, target };
  });

  return {
    dim,
    steps,
    teachers: maps,
    trained,
    points,
    taughtBy,
    stream,
    /** E|x|² of the training inputs, for step sizes that do not depend on the scale. */
    inputEnergy: trained.reduce((sum, point) => sum + squares(point), 0),
    loss: (forward) => {
      const sums = deltas.map(() => 0);
      points.forEach((x, n) => {
        const y = forward(x);
        deltas.forEach((rows, k) => {
          const delta = rows[n];
          for (let i = 0; i < dim; i++) sums[k] += (y[i] - x[i] - delta[i]) ** 2;
        });
      });
      return sums.map((sum, k) => sum / energies[k]);
    },
  };
}
