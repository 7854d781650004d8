// Seeded random numbers: the same seeds give the same data in every process.

import { randomFrom } from '../job/random.mjs';

/** Standard normal numbers, by Box and Muller. */
export function normalFrom(seed) {
  const uniform = randomFrom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** A copy of `list` in an order drawn by Fisher and Yates. */
export function shuffled(list, seed) {
  const uniform = randomFrom(seed);
  const copy = [...list];
  for (let i = copy.length - 1; i > 0; i -= 1) {
    const j = Math.floor(uniform() * (i + 1));
    [copy[i], copy[j]] = [copy[j], copy[i]];
  }
  return copy;
}
