// How alike two embeddings are.

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
