// How alike two embeddings are, from their cosine: 1 for the same direction.

/** Rational quadratic kernel with α = 2; on unit vectors 1 − cos is half of the squared distance. */
export const rational = (bandwidth) => (cosine) => 1 / (1 + (1 - cosine) / (2 * bandwidth)) ** 2;

/** Squared exponential kernel, with the same slope at cos = 1. */
export const exponential = (bandwidth) => (cosine) => Math.exp((cosine - 1) / bandwidth);

/** Weight of a neighbour's residual: about the precision of a prediction from it alone. */
export const precision = (likeness, noise) => likeness / (1 - likeness * likeness + noise);

/** A vector of length 1, in 64 bits; one without a direction stays zero. */
export function direction(embedding) {
  const norm = Math.hypot(...embedding);
  return Float64Array.from(embedding, (value) => (norm > 0 ? value / norm : 0));
}

/** Of two directions; those of zeros are alike. */
export const cosine = (a, b) => (dot(a, a) + dot(b, b) === 0 ? 1 : dot(a, b));

function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i] * b[i];
  return sum;
}
