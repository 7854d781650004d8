// Random numbers that are the same everywhere, for the same seed.
import { randomFrom } from '../../../examples/job/random.mjs';

/** A function that fills arrays with numbers of mean 0 and variance 1 (Box and Muller). */
export function normalFrom(seed) {
  const random = randomFrom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return (length) => Float32Array.from({ length }, normal);
}
