// The catalogue: items with embeddings, and the inputs that an adapter gets of them.

export const EMBEDDING_DIM = 384;

/**
 * Appended to every embedding. What an adapter predicts is the same for x and −x; with a constant it can tell them apart. 0.5 is for
 * embeddings of length 1.
 */
export const CONSTANT = 0.5;

/** Numbers per input of an adapter. */
export const DIM = EMBEDDING_DIM + 1;

/** `items`, their `embeddings` (one Float32Array each) and `inputs` (one flat Float32Array), of the contents of the data files. */
export function catalogue(items, numbers) {
  const flat = new Float32Array(numbers);
  const embeddings = items.map((_, i) => flat.subarray(i * EMBEDDING_DIM, (i + 1) * EMBEDDING_DIM));
  const inputs = new Float32Array(items.length * DIM).fill(CONSTANT);
  embeddings.forEach((embedding, i) => inputs.set(embedding, i * DIM));
  return { items, embeddings, inputs };
}
