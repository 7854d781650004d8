//! Symmetric 2×2 matrices: the Gram matrices of A and B and the preconditioners made from them, in `f64`.

use crate::kernels;
use crate::rows::Pair;
use crate::vec2::Vec2;

/// `[[p, q], [q, r]]`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gram {
    p: f64,
    q: f64,
    r: f64,
    /// Largest sum of squares that went into an update since the matrix was computed from the rows: its rounding error
    /// is relative to this, not to what is left.
    peak: f64,
}

/// An updated matrix is worth keeping while its trace is at least this share of the peak.
const KEPT_SHARE: f64 = 0.125;

/// Shares of the squared trace that a determinant has: a quarter if the rows are orthogonal and alike in size.
const LOPSIDED: f64 = 0.0625;
const PARALLEL: f64 = 1e-12;

/// Factors whose squared norms are further apart than this are balanced.
const UNBALANCED: f64 = 1_048_576.0;

impl Gram {
    /// The Gram matrix of two rows, from the rows themselves: O(d).
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

    /// The Gram matrix after `rows[i] −= scales[i] · x`, where `dots[i] = rows[i] · x` before: O(1). `terms` are the squares of
    /// what x is a sum of, and rounded like.
    #[inline(always)]
    pub fn after_rank_one(self, scales: Vec2, dots: Vec2, norm2: f64, terms: f64) -> Self {
        let (Vec2(s, t), Vec2(d, e)) = (scales, dots);
        Self {
            p: self.p - 2.0 * s * d + norm2 * s * s,
            q: self.q - s * e - t * d + norm2 * s * t,
            r: self.r - 2.0 * t * e + norm2 * t * t,
            peak: self.peak.max(self.trace() + terms * scales.dot(scales)),
        }
    }

    /// Whether updates have cancelled so many digits that the matrix should be computed anew.
    #[inline(always)]
    pub fn is_inaccurate(self) -> bool {
        self.trace() < KEPT_SHARE * self.peak
    }

    /// `[share, ratio]` that make two rows orthogonal and roughly alike in size: second −= share · first, then
    /// first /= ratio and second *= ratio. `[0, 1]`, which changes nothing, if the rows are close to that already, or are
    /// parallel, which nothing helps.
    pub fn straightened(self) -> [f64; 2] {
        let (square, determinant) = (self.trace() * self.trace(), self.p * self.r - self.q * self.q);
        if determinant >= LOPSIDED * square || determinant < PARALLEL * square {
            return [0.0, 1.0];
        }
        // |first|⁴ over what |first|² |second|² is once they are orthogonal.
        [self.q / self.p, fourth_root(self.p * self.p / determinant)]
    }

    /// What to divide two rows by, and multiply those of `other` with, if their sizes are far apart. A product does not say
    /// how its parts are sized, and contradictory signals let them drift apart for ever.
    #[inline(always)]
    pub fn balance(self, other: Self) -> f64 {
        let (size, other) = (self.trace(), other.trace());
        let far = size > UNBALANCED * other && other > 0.0 || other > UNBALANCED * size && size > 0.0;
        if far { fourth_root(size / other) } else { 1.0 }
    }

    /// The Gram matrix of rows whose squares are `square` times as large.
    pub fn scaled(self, square: f64) -> Self {
        Self { p: square * self.p, q: square * self.q, r: square * self.r, peak: square * self.peak }
    }

    /// p + r.
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

    /// |v · rows[0]|² + |w · rows[1]|².
    #[inline(always)]
    pub fn sum_of_squares(self, Vec2(v, w): Vec2) -> f64 {
        v * v * self.p + w * w * self.r
    }

    /// The least |g|² that u = B g leaves possible: |u| ≤ ‖B‖ |g|.
    #[inline(always)]
    pub fn least_norm2(self, u: Vec2) -> f64 {
        if self.trace() > 0.0 { u.dot(u) / self.trace() } else { 0.0 }
    }

    /// `factor` · (G + δI)⁻¹ v, closed form and with one division. Zero where G + δI is singular: a factor that is zero has no
    /// direction to prefer.
    #[inline(always)]
    pub fn solve_damped(self, delta: f64, v: Vec2, factor: f64) -> Vec2 {
        let (p, q, r) = (self.p + delta, self.q, self.r + delta);
        let determinant = p * r - q * q;
        let scale = if determinant > 0.0 { factor / determinant } else { 0.0 };
        scale * Vec2(r * v.0 - q * v.1, p * v.1 - q * v.0)
    }
}

/// The fourth root, roughly: a power of two, so that scaling by it rounds nothing.
#[inline(never)]
fn fourth_root(x: f64) -> f64 {
    const BIAS: u64 = 1023;
    let exponent = (x.to_bits() >> 52).wrapping_sub(BIAS) as i64;
    f64::from_bits((((exponent + 2) >> 2) as u64).wrapping_add(BIAS) << 52)
}
