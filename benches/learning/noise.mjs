// The noise floor: how far a steady learning rate stays from a teacher whose targets are noisy.
//
// Near the teacher the rule is two normalised LMS filters side by side. With E the error of the map, P onto the columns of A
// and Q onto the rows of B, g = x E − noise, and the preconditioners cancelling the lengths of A and B, one step does
//
//   E ← E − (lr / |x|²) (P xᵀ g + xᵀ g Q)          up to terms of lr², and less the dampings of 1e-3
//
// s² is the variance of an input coordinate, σ² of a noise coordinate, |x|² = d s².
//
// - xᵀ g Q: two output coordinates, each a filter with all d inputs and the step of NLMS, which settles at the excess error
//   σ² lr / (2 − lr) (Slock 1993, "On the convergence behavior of the LMS and the normalized LMS algorithms"; Sayed 2008,
//   "Adaptive Filters", on the excess mean-square error of NLMS). Together 2 σ² lr / (2 − lr).
// - P xᵀ g: d output coordinates, each a filter with the two inputs that P leaves and the step μ = lr / (d s²). LMS settles at
//   μ σ² tr R / 2 (the same sources, for small steps) with tr R = 2 s². Together σ² lr.
//
// (The 2 × 2 block in both is counted in both; it is a share of 2/d.) The noise has d σ² = noise² · the teacher's energy,
// so relative to the identity map's loss:
//
//   noise² / d · (lr + 2 lr / (2 − lr))
import { CONTENDERS } from './contenders.mjs';
import { curve } from './curve.mjs';
import { problem } from './problem.mjs';
import { BASE } from './rows.mjs';

export const predictedFloor = ({ dim, noise }, rate) => (noise ** 2 / dim) * (rate + (2 * rate) / (2 - rate));

/** `length`: steps in units of d / rate, some ten times as long as an error takes to fade. */
export const NOISE_ROWS = [
  { dim: 64, noise: 1, rate: 0.1, length: 20 },
  { dim: 64, noise: 1, rate: 0.5, length: 30 },
  { dim: 64, noise: 1, rate: 1, length: 40 },
  { dim: 64, noise: 0.1, rate: 0.5, length: 40 },
  { dim: 256, noise: 1, rate: 0.1, length: 12, slow: true },
  { dim: 256, noise: 1, rate: 0.5, length: 20, slow: true },
  { dim: 256, noise: 0.1, rate: 0.1, length: 14, slow: true },
];

/** The loss of ours on one stream, the mean over its last two fifths. */
export function measuredFloor({ dim, noise, rate, length }, seed) {
  const steps = Math.round((length * dim) / rate);
  const given = problem({ ...BASE, dim, noise, steps }, seed);
  const at = Array.from({ length: 20 }, (_, k) => Math.round(steps * (0.6 + 0.02 * (k + 1))));
  const learner = CONTENDERS.ours.make(given, rate);
  const losses = curve(learner, given, at);
  learner.free();
  return losses.reduce((sum, [loss]) => sum + loss, 0) / losses.length;
}
