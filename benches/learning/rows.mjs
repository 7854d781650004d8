// What is measured: each factor varied around one base case, not every combination of them.

/** alpha is 0.1 everywhere. `strengths`: the singular values of the teacher. `noise`: its rms, relative to the teacher's change. */
export const BASE = { dim: 256, inputs: 'isotropic', strengths: [1, 0.5], noise: 0, teachers: 1, steps: 3000, points: 60 };

/** The rate of ours in every row that is not about rates. */
export const RATE = 0.1;

/**
 * `summary`: has a panel in learning.svg. `slow`: left out by --quick. `spread`: so many times as many seeds, because they
 * differ much. Steps grow with d, as the time to learn does.
 */
export const ROWS = [
  { name: 'base', title: 'isotropic, d = 256', summary: true },
  { name: 'anisotropic', title: 'anisotropic (variance 1/j)', inputs: 'anisotropic', slow: true },
  { name: 'strong mean', title: 'strong mean (cosines of 0.8)', inputs: 'strong mean', summary: true },
  { name: 'large scale', title: 'inputs 1000 times as large', inputs: 'large scale', slow: true },
  { name: 'rank 8', title: 'teacher of rank 8', strengths: Array.from({ length: 8 }, (_, k) => 0.85 ** k), summary: true },
  { name: 'noise 0.1', title: 'noise 0.1', noise: 0.1, slow: true },
  { name: 'noise 1', title: 'noise 1', noise: 1, summary: true },
  { name: 'change', title: 'teacher changes half way', teachers: 2, steps: 12000, points: 120, summary: true },
  { name: 'real', title: 'real embeddings, d = 384', inputs: 'real embeddings', dim: 384, spread: 3, summary: true },
  { name: 'd 64', title: 'd = 64', dim: 64, steps: 750 },
  { name: 'd 384', title: 'd = 384', dim: 384, steps: 4500, slow: true },
  { name: 'd 1024', title: 'd = 1024', dim: 1024, steps: 12000, slow: true },
].map((row) => ({ ...BASE, ...row }));

/**
 * How much is run. `rates`: those of ours, at all of which it must not diverge on any row; one of them is its tuned rate. Step
 * sizes are tuned on seeds that are not measured, over every so many-th of a contender's grid.
 */
export const FULL = {
  seeds: [1, 2, 3, 4, 5],
  rates: [0.01, 0.03, 0.1, 0.3, 0.5, 0.7, 0.9, 1],
  tuningSeeds: [101, 102],
  every: 1,
  slow: true,
};
export const QUICK = { seeds: [1, 2, 3], rates: [0.01, 0.1, 0.5, 1], tuningSeeds: [101], every: 2, slow: false };
/** What the base case is shown at beside RATE. */
export const OTHER_RATES = [0.01, 0.5, 1];
