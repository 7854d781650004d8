// Seeded random numbers: the same seeds give the same run everywhere.

/** Uniform numbers in [0, 1) from sfc32, by Chris Doty-Humphrey; every pair of integers is a stream of its own. */
export function uniform(seed, stream) {
  let [a, b, c, count] = [seed | 0, stream | 0, 0x5eed, 1];
  const next = () => {
    const sum = (a + b + count) | 0;
    count = (count + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 16; i++) next(); // until the seeds have reached every bit
  return next;
}

/** Standard normal numbers, by Box and Muller. */
export function normal(seed, stream) {
  const next = uniform(seed, stream);
  let spare = null;
  return () => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    const angle = 2 * Math.PI * next();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}
