// Where the state lies in wasm memory: the `pinned!` lists of src/, which do not compile if they are wrong.
// tests/js/layout.test.mjs holds this list to those.

export const LAYOUT = {
  Object: { size: 120, set: 8 },
  Set: { size: 112, scopes: 0, config: 56, initial: 80, category_fallback: 104 },
  Config: { size: 24, learning_rate: 16, freeze_a: 20 },
  Scopes: { size: 16, operators: 0, categories: 8 },
  Scope: { size: 176, context: 0, weights: 16, known: 104, forward_count: 152, adapt_count: 160 },
  Weights: { size: 88, factors: 0, gram_a: 8, gram_b: 40, steps: 72 },
  Gram: { size: 32, p: 0, q: 8, r: 16, peak: 24 },
  Known: { size: 24, as_of: 0, projection: 8 },
  Projection: { size: 12, dots: 0, norm2: 8 },
  TrajectoryBuffer: { size: 1272, embeddings: 8, tags: 16, improvements: 24, total: 32, next: 88, operators: 92, advisor: 104 },
  Advisor: { size: 1168, history: 0, seed: 128, draws: 132 },
  History: { size: 108, notes: 0 },
  Note: { size: 24, baseline: 0 },
  Totals: { size: 48, count: 0, successes: 8, mean: 16, deviation2: 24, best: 32, best_attention: 40 },
};

/** Values of a block, and what the length of a row is rounded up to (LANES in src/buffer.rs). */
export const LANES = 8;
const ROW = 16;

/** Values of a padded row. */
export const padded = (dim) => ROW * Math.ceil(dim / ROW);
