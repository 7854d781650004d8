// Seeded random vectors, and comparisons of numbers.

/** Uniform on [0, 1), by the mulberry32 generator: small, seeded, and nothing like the package's own. */
export function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Standard normal, by Box and Muller. */
export function normal(seed) {
  const next = uniform(seed);
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/** A Float32Array of `dim` normal numbers with this standard deviation. */
export const vector = (dim, next, scale = 1) => Float32Array.from({ length: dim }, () => scale * next());

export const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
export const norm = (a) => Math.sqrt(dot(a, a));
export const minus = (a, b) => a.map((value, i) => value - b[i]);

/** The bits of a Float32Array: unlike its numbers, they tell 0 from -0 and are equal for equal NaNs. */
export const bits = (values) => [...new Uint32Array(Float32Array.from(values).buffer)];
