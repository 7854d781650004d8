// Seeded random numbers: uniform ones from the demo's generator, normal ones and orders made of them.

import { randomFrom } from '../../examples/job/random.mjs';

export { randomFrom };

/** Standard normal numbers by Box and Muller, two uniform ones each. */
export const normalFrom = (uniform) => () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

/** 0 to count − 1 in random order (Fisher and Yates). */
export function shuffled(count, uniform) {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i -= 1) {
    const j = Math.floor(uniform() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
