// A seeded random number generator (splitmix32): the same seed gives the same numbers everywhere.

/** A function that returns numbers in [0, 1); `seed` is an integer from 0 to 2^32 - 1. */
export function randomFrom(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let bits = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
    return ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32;
  };
}
