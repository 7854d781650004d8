// The best rank-2 approximation of a sum of many rank-1 matrices W = Σ scale · left rightᵀ, [dim, dim], which is never built.
//
// A basis of W's column space is grown by block Krylov steps, and the singular vectors inside it are found by one-sided
// Jacobi rotations; the best of them start the next round (thick restart). With few terms the basis is the whole column
// space, and the first round is the textbook way: thin QR, then the SVD of the small core. With many (1000 files have 2000
// terms) a dense core would take minutes, and the rounds need seconds. All in f64 and without Math's transcendentals, so
// that every engine gets the same bits.

/** Vectors that a round starts with, and those it has when it ends. */
const KEPT = 8;
const MOST = 32;
const ROUNDS = 500;

/** The share of energy that a round must still find. */
const GAIN = 1e-12;

/** What is left of a vector beside others, if it is no more than this, is rounding. */
const NOTHING = 1e-13;

const dot = (x, y) => {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
};

/** y += factor · x. */
const add = (y, factor, x) => {
  for (let i = 0; i < y.length; i++) y[i] += factor * x[i];
};

const scaled = (x, factor) => Float64Array.from(x, (value) => factor * value);

const times = (terms, x, from, to) => {
  const y = new Float64Array(x.length);
  for (const term of terms) add(y, term.scale * dot(term[from], x), term[to]);
  return y;
};
const right = (terms, x) => times(terms, x, 'right', 'left');
const left = (terms, x) => times(terms, x, 'left', 'right');

/** What of `x` is beside the orthonormal `basis`, with length 1; undefined if nothing is. */
export function beside(basis, x) {
  const before = Math.sqrt(dot(x, x));
  if (!(before > 0)) return undefined;
  let rest = scaled(x, 1 / before);
  for (let pass = 0; pass < 3; pass++) {
    for (const each of basis) add(rest, -dot(each, rest), each);
    const length = Math.sqrt(dot(rest, rest));
    // Rounding is only small beside what was there at the start.
    if (!(length > (pass === 0 ? NOTHING : 0.5))) return undefined;
    rest = scaled(rest, 1 / length);
  }
  return rest;
}

/** The sum of the squares of W, by the cheaper of two ways. */
function energyOf(terms, dim) {
  let sum = 0;
  if (terms.length < dim) {
    for (const [i, a] of terms.entries()) {
      for (let j = 0; j <= i; j++) {
        const b = terms[j];
        sum += (i === j ? 1 : 2) * a.scale * b.scale * dot(a.left, b.left) * dot(a.right, b.right);
      }
    }
    return sum;
  }
  for (let i = 0; i < dim; i++) {
    const row = new Float64Array(dim);
    for (const { scale, left: l, right: r } of terms) add(row, scale * l[i], r);
    sum += dot(row, row);
  }
  return sum;
}

/** Rotates the vectors of `images`, and those of `basis` alike, until the images are orthogonal; longest first. */
function rotate(basis, images) {
  for (let sweep = 0, turned = true; turned && sweep < 60; sweep++) {
    turned = false;
    for (let p = 0; p < images.length; p++) {
      for (let q = p + 1; q < images.length; q++) {
        const [x, y] = [images[p], images[q]];
        const [xx, yy, xy] = [dot(x, x), dot(y, y), dot(x, y)];
        if (!(Math.abs(xy) > 1e-15 * Math.sqrt(xx) * Math.sqrt(yy))) continue;
        turned = true;
        const zeta = (yy - xx) / (2 * xy);
        const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        const c = 1 / Math.sqrt(1 + t * t);
        for (const [v, w] of [[x, y], [basis[p], basis[q]]]) {
          for (let i = 0; i < v.length; i++) [v[i], w[i]] = [c * (v[i] - t * w[i]), c * (w[i] + t * v[i])];
        }
      }
    }
  }
  const order = images.map((_, i) => i).sort((i, j) => dot(images[j], images[j]) - dot(images[i], images[i]));
  return [basis, images].map((list) => order.map((i) => list[i]));
}

/** A few directions that no structure of W can hide from. */
function directions(dim) {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  return Array.from({ length: KEPT }, () => Float64Array.from({ length: dim }, next));
}

/**
 * `{ vectors, energy }`: up to two `{ size, left, right }` of length 1 such that Σ size · left rightᵀ is the best rank-2
 * approximation of W, and the sum of the squares of W.
 */
export function bestRankTwo(terms, dim) {
  const total = energyOf(terms, dim);
  const parts = terms.reduce((sum, { scale, left: l, right: r }) => sum + scale * scale * dot(l, l) * dot(r, r), 0);
  if (!(total > 1e-24 * parts)) return { vectors: [], energy: 0 }; // they cancel

  let [basis, images] = [[], []];
  const grow = (candidates) => {
    const before = basis.length;
    for (const candidate of candidates) {
      const fresh = beside(basis, candidate);
      if (!fresh) continue;
      basis.push(fresh);
      images.push(left(terms, fresh));
    }
    return images.slice(before);
  };
  const few = terms.length <= MOST;
  let fresh = grow(few ? terms.map((term) => term.left) : directions(dim).map((x) => right(terms, x)));
  let found = 0;
  for (let round = 0; round < ROUNDS; round++) {
    while (!few && fresh.length > 0 && basis.length < MOST) fresh = grow(fresh.map((image) => right(terms, image)));
    [basis, images] = rotate(basis, images);
    const energy = images.slice(0, 2).reduce((sum, image) => sum + dot(image, image), 0);
    if (few || fresh.length === 0 || energy - found <= GAIN * total) break;
    found = energy;
    [basis, images] = [basis.slice(0, KEPT), images.slice(0, KEPT)];
    fresh = images;
  }
  const vectors = images.slice(0, 2).map((image, i) => {
    const size = Math.sqrt(dot(image, image));
    return { size, left: basis[i], right: scaled(image, 1 / size) };
  });
  return { vectors: vectors.filter(({ size }) => size > 0), energy: total };
}
