// What is to be learned: x + x U diag(strengths) Vᵀ, with orthonormal random columns in U and in V.
import { Matrix, QrDecomposition } from 'ml-matrix';

import { normal } from './random.mjs';

/** `change(x)` is the teacher's output less x; U and V are kept as columns. */
export function teacher(dim, strengths, seed) {
  const next = normal(seed, 1);
  const orthonormal = () => {
    const random = new Matrix(dim, strengths.length).apply(function draw(i, j) {
      this.set(i, j, next());
    });
    const { orthogonalMatrix } = new QrDecomposition(random);
    return strengths.map((_, k) => Float64Array.from(orthogonalMatrix.getColumn(k)));
  };
  return lowRank({ from: orthonormal(), strengths, to: orthonormal() });
}

/** The map of these factors: Σ strengths[k] (x · from[k]) to[k]. */
export function lowRank({ from, strengths, to }) {
  const change = (x) => {
    const delta = new Float64Array(x.length);
    from.forEach((column, k) => {
      let share = 0;
      for (let i = 0; i < x.length; i++) share += x[i] * column[i];
      share *= strengths[k];
      for (let i = 0; i < x.length; i++) delta[i] += share * to[k][i];
    });
    return delta;
  };
  return { from, strengths, to, change };
}
