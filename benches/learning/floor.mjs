// The best that rank 2 can do, in closed form: reduced-rank regression (Izenman 1975), for isotropic inputs the truncated
// SVD of the teacher.
//
// With the training inputs as rows of X and the teacher's change D = U S Vᵀ, the W of rank 2 that minimises |X D − X W|² is
// X⁺X D Q Qᵀ, with Q the first two right singular vectors of X D. D has few columns in the coordinates of V.
import { Matrix, SVD } from 'ml-matrix';

import { lowRank } from './teacher.mjs';

const RANK = 2;
const matrix = (rows) => new Matrix(rows.map((row) => Array.from(row)));

/** The map x → x W for training inputs with the second moment of `trained`. */
export function bestMap({ from, strengths, to }, trained) {
  const x = matrix(trained);
  const scaled = matrix(from.map((column, k) => column.map((value) => value * strengths[k]))).transpose();
  const { rightSingularVectors } = new SVD(x.mmul(scaled));
  const kept = Math.min(RANK, strengths.length);
  const q = rightSingularVectors.subMatrix(0, strengths.length - 1, 0, kept - 1);
  const down = seen(x, scaled.mmul(q));
  const up = q.transpose().mmul(matrix(to));
  return lowRank({
    from: Array.from({ length: kept }, (_, k) => Float64Array.from(down.getColumn(k))),
    strengths: Array(kept).fill(1),
    to: Array.from({ length: kept }, (_, k) => Float64Array.from(up.getRow(k))),
  });
}

/** X⁺X times `columns`: what the training inputs have shown of them, which is all if they span the space. */
function seen(x, columns) {
  if (x.rows >= x.columns) return columns;
  const { leftSingularVectors: basis, rank } = new SVD(x.transpose());
  const span = basis.subMatrix(0, x.columns - 1, 0, rank - 1);
  return span.mmul(span.transpose().mmul(columns));
}
