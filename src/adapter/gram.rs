//! Symmetric 2×2 matrices: the Gram matrices of A and B and the preconditioners made from them, in `f64`.

use crate::kernels;
use crate::rows::Pair;
use crate::vec2::Vec2;

/// The Gram matrix `[[p, q], [q, r]]` of two rows: their dot products with themselves and with each other.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gram {
    p: f64,
    q: f64,
    r: f64,
    /// Largest trace, with the squares that an update adds to it, since the matrix was computed from the rows. The rounding
    /// error of the matrix is relative to this, not to the present trace.
    peak: f64,
}

/// If the trace is less than this share of the peak, the rounding error is too large.
const MIN_SHARE_OF_PEAK: f64 = 0.125;

/// Limits on det / trace², which is 1/4 for orthogonal rows of equal norms and 0 for parallel rows. Rows are left as
/// they are from the first limit on, and also below the second, where they count as parallel.
const WELL_CONDITIONED: f64 = 0.0625;
const PARALLEL: f64 = 1e-12;

/// Largest ratio of the squared norms of A and B, either way; beyond it they are rescaled.
const MAX_NORM2_RATIO: f64 = 1_048_576.0;

impl Gram {
    /// The Gram matrix of two rows, computed from the rows: O(d).
    pub fn of(rows: &[Pair]) -> Self {
        let [p, q, r] = kernels::gram(rows);
        Self { p, q, r, peak: p + r }
    }

    /// `[p, q, r, peak]`, for a file.
    pub fn to_state(self) -> [f64; 4] {
        [self.p, self.q, self.r, self.peak]
    }

    /// A matrix as [`Gram::to_state`] gave it.
    pub fn from_state([p, q, r, peak]: [f64; 4]) -> Self {
        Self { p, q, r, peak }
    }

    /// The Gram matrix after the update `rows[i] −= scales[i] · x`: O(1). `dots[i]` is `rows[i] · x` before the update,
    /// and `norm2` is |x|². `terms_norm2` are the squared norms of the vectors that x is a sum of, added up, to which
    /// the rounding error of x is relative; it is |x|² if x is not a sum.
    #[inline(always)]
    pub fn after_rank_one(self, scales: Vec2, dots: Vec2, norm2: f64, terms_norm2: f64) -> Self {
        let (Vec2(s, t), Vec2(d, e)) = (scales, dots);
        Self {
            p: self.p - 2.0 * s * d + norm2 * s * s,
            q: self.q - s * e - t * d + norm2 * s * t,
            r: self.r - 2.0 * t * e + norm2 * t * t,
            peak: self.peak.max(self.trace() + terms_norm2 * scales.dot(scales)),
        }
    }

    /// Whether so many digits have cancelled in updates that the matrix should be recomputed from the rows.
    #[inline(always)]
    pub fn is_inaccurate(self) -> bool {
        self.trace() < MIN_SHARE_OF_PEAK * self.peak
    }

    /// As [`Gram::is_inaccurate`] for the first row, while the second one stays as it is.
    #[inline(always)]
    pub fn is_first_inaccurate(self) -> bool {
        self.p < MIN_SHARE_OF_PEAK * (self.peak - self.r)
    }

    /// `[shear, ratio]`: `rows[1] −= shear · rows[0]` makes the rows orthogonal, and then `rows[0] /= ratio` and
    /// `rows[1] *= ratio` make their norms similar. `[0, 1]`, which changes nothing, if the rows are close to that
    /// already, or if they are parallel and cannot be made orthogonal.
    pub fn orthogonalization(self) -> [f64; 2] {
        let (trace2, determinant) = (self.trace() * self.trace(), self.p * self.r - self.q * self.q);
        if determinant >= WELL_CONDITIONED * trace2 || determinant < PARALLEL * trace2 {
            return [0.0, 1.0];
        }
        // ratio² = |rows[0]| / |rows[1]|, and for orthogonal rows |rows[1]|² = determinant / |rows[0]|².
        [self.q / self.p, fourth_root(self.p * self.p / determinant)]
    }

    /// What to divide A by and multiply B with, where this is the Gram matrix of A and `other` that of B: 1 unless their
    /// norms are far apart. A B fixes only the product, so updates with contradictory targets may let ‖A‖ and ‖B‖
    /// diverge without limit.
    #[inline(always)]
    pub fn balance(self, other: Self) -> f64 {
        let (norm2, other) = (self.trace(), other.trace());
        let far = norm2 > MAX_NORM2_RATIO * other && other > 0.0 || other > MAX_NORM2_RATIO * norm2 && norm2 > 0.0;
        if far { fourth_root(norm2 / other) } else { 1.0 }
    }

    /// The Gram matrix of the rows times the square root of `square`.
    pub fn scaled(self, square: f64) -> Self {
        Self { p: square * self.p, q: square * self.q, r: square * self.r, peak: square * self.peak }
    }

    /// p + r, the sum of the squared norms of the rows.
    #[inline(always)]
    pub fn trace(self) -> f64 {
        self.p + self.r
    }

    /// The trace of the product with another.
    pub fn trace_of_product(self, other: Self) -> f64 {
        self.p * other.p + 2.0 * self.q * other.q + self.r * other.r
    }

    /// G v.
    #[inline(always)]
    pub fn times(self, v: Vec2) -> Vec2 {
        Vec2(Vec2(self.p, self.q).dot(v), Vec2(self.q, self.r).dot(v))
    }

    /// `|v · rows[0]|² + |w · rows[1]|²`.
    #[inline(always)]
    pub fn sum_of_squares(self, Vec2(v, w): Vec2) -> f64 {
        v * v * self.p + w * w * self.r
    }

    /// The smallest |g|² that is possible with u = B g, where this is the Gram matrix of B: |u| ≤ ‖B‖ |g|.
    #[inline(always)]
    pub fn least_norm2(self, u: Vec2) -> f64 {
        if self.trace() > 0.0 { u.dot(u) / self.trace() } else { 0.0 }
    }

    /// `factor` · (G + δI)⁻¹ v in closed form, with one division. Returns 0 if G + δI is singular (to rounding).
    #[inline(always)]
    pub fn solve_damped(self, delta: f64, v: Vec2, factor: f64) -> Vec2 {
        let (p, q, r) = (self.p + delta, self.q, self.r + delta);
        let determinant = p * r - q * q;
        let scale = if determinant > 0.0 { factor / determinant } else { 0.0 };
        scale * Vec2(r * v.0 - q * v.1, p * v.1 - q * v.0)
    }

    /// `factor` · v by the first row alone: (v₀ / |row 0|², 0). Zero where that row is.
    pub fn solve_first(self, v: Vec2, factor: f64) -> Vec2 {
        Vec2(if self.p > 0.0 { factor * v.0 / self.p } else { 0.0 }, 0.0)
    }

    /// |row 0|² and |row 1|².
    pub fn squares(self) -> [f64; 2] {
        [self.p, self.r]
    }

    /// The matrix of two rows that are orthogonal.
    pub fn orthogonal(first: f64, second: f64) -> Self {
        Self { p: first, q: 0.0, r: second, peak: first + second }
    }
}

/// The power of two that is closest to the fourth root of x: scaling by it causes no rounding.
#[inline(never)]
fn fourth_root(x: f64) -> f64 {
    const BIAS: u64 = 1023;
    let exponent = (x.to_bits() >> 52).wrapping_sub(BIAS) as i64;
    f64::from_bits((((exponent + 2) >> 2) as u64).wrapping_add(BIAS) << 52)
}
