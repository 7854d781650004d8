// Rankings: what one would do without an adapter, and what a ranking is worth. Each contender is told one rating at a time, as the
// adapter is: `rate(item, likes)`; `scores()` are of all items.

function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i] * b[i];
  return sum;
}

/** The items that are not in `seen`, best first; equal scores keep the order of the catalogue. */
export function rank(scores, seen) {
  return [...scores.keys()].filter((item) => !seen.has(item)).sort((a, b) => scores[b] - scores[a] || a - b);
}

/** The mean, over the wanted items, of the share of wanted ones among what is ranked no lower; 1 if all are on top. */
export function averagePrecision(ranking, wanted) {
  let [found, sum] = [0, 0];
  ranking.forEach((item, position) => {
    if (!wanted.has(item)) return;
    found += 1;
    sum += found / (position + 1);
  });
  return sum / found;
}

/** Rocchio: the mean of the likes less `weight` times that of the dislikes. With 0 it is the mean of the likes. */
export class Rocchio {
  constructor(embeddings, weight = 0.75) {
    Object.assign(this, { embeddings, weight });
    this.sums = [0, 1].map(() => new Float64Array(embeddings[0].length));
    this.counts = [0, 0];
  }

  rate(item, likes) {
    const sum = this.sums[Number(likes)];
    this.embeddings[item].forEach((value, j) => {
      sum[j] += value;
    });
    this.counts[Number(likes)] += 1;
  }

  scores() {
    const mean = (kind, j) => this.sums[kind][j] / Math.max(this.counts[kind], 1);
    const profile = Float64Array.from(this.sums[0], (_, j) => mean(1, j) - this.weight * mean(0, j));
    return this.embeddings.map((embedding) => dot(embedding, profile));
  }
}

/** Cosines of all items to one, computed once. */
function cosinesOf(embeddings) {
  const known = new Map();
  return (item) => known.get(item) ?? known.set(item, embeddings.map((embedding) => dot(embedding, embeddings[item]))).get(item);
}

const shared = new WeakMap();
const cosines = (embeddings) => shared.get(embeddings) ?? shared.set(embeddings, cosinesOf(embeddings)).get(embeddings);

/** Cosine to the closest like, less that to the closest dislike. Keeps every rating. */
export class Nearest {
  constructor(embeddings) {
    this.cosines = cosines(embeddings);
    this.closest = [0, 1].map(() => new Float64Array(embeddings.length));
  }

  rate(item, likes) {
    const closest = this.closest[Number(likes)];
    this.cosines(item).forEach((cosine, i) => {
      closest[i] = Math.max(closest[i], cosine);
    });
  }

  scores() {
    return this.closest[1].map((cosine, i) => cosine - this.closest[0][i]);
  }
}

/** Kernel ridge regression on all ratings so far: keeps every rating, and solves a system of so many equations. */
export class KernelRidge {
  constructor(embeddings, { sharpness = 4, penalty = 0.3, dislike = -0.25 } = {}) {
    Object.assign(this, { sharpness, penalty, dislike, cosines: cosines(embeddings), count: embeddings.length });
    this.rated = [];
  }

  rate(item, likes) {
    const row = this.cosines(item).map((cosine) => Math.exp(this.sharpness * (cosine - 1)));
    this.rated.push({ item, row, target: likes ? 1 : this.dislike });
  }

  scores() {
    const rows = this.rated.map(({ row }) => row);
    const gram = rows.map((row, i) => this.rated.map(({ item }, j) => row[item] + (i === j ? this.penalty : 0)));
    const weights = solve(gram, this.rated.map(({ target }) => target));
    const scores = new Float64Array(this.count);
    rows.forEach((row, k) => row.forEach((value, i) => {
      scores[i] += weights[k] * value;
    }));
    return scores;
  }
}

/** Solves a symmetric positive definite system by Cholesky's method. */
function solve(matrix, right) {
  const n = right.length;
  const l = matrix.map((row) => [...row]);
  const x = [...right];
  for (let j = 0; j < n; j += 1) {
    for (let k = 0; k < j; k += 1) for (let i = j; i < n; i += 1) l[i][j] -= l[i][k] * l[j][k];
    const pivot = Math.sqrt(l[j][j]);
    for (let i = j; i < n; i += 1) l[i][j] /= pivot;
  }
  for (let i = 0; i < n; i += 1) {
    for (let k = 0; k < i; k += 1) x[i] -= l[i][k] * x[k];
    x[i] /= l[i][i];
  }
  for (let i = n - 1; i >= 0; i -= 1) {
    for (let k = i + 1; k < n; k += 1) x[i] -= l[k][i] * x[k];
    x[i] /= l[i][i];
  }
  return x;
}
