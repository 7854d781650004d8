// Where every contender starts: the documented A of a new adapter, and B = 0. A's columns are uniform on (−1/√d, 1/√d), one
// after the other, from SplitMix64's stream 0. What the package shows of its A is compared with this in selfcheck.mjs.

const GAMMA = 0x9e3779b97f4a7c15n;
const word = (value) => BigInt.asUintN(64, value);

function mix(value) {
  let z = word((value ^ (value >> 30n)) * 0xbf58476d1ce4e5b9n);
  z = word((z ^ (z >> 27n)) * 0x94d049bb133111ebn);
  return z ^ (z >> 31n);
}

const known = new Map();

/** The two columns of A, one behind the other. */
export function startOfA(dim) {
  if (!known.has(dim)) {
    let state = mix(GAMMA);
    const values = Float64Array.from({ length: 2 * dim }, () => {
      state = word(state + GAMMA);
      return ((Number(mix(state) >> 41n) + 0.5) / 2 ** 22 - 1) / Math.sqrt(dim);
    });
    known.set(dim, values);
  }
  return known.get(dim);
}
