//! Symmetric 2×2 matrices: the Gram matrices of A and B and the preconditioners made from them, in `f64`.

use crate::buffer::Pair;
use crate::kernel;

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

impl Gram {
    /// The Gram matrix of two rows, from the rows themselves, to `f32` accuracy: O(d).
    pub fn of(rows: &[Pair]) -> Self {
        let [p, q, r] = kernel::gram(rows).map(f64::from);
        Self { p, q, r, peak: p + r }
    }

    /// [`Gram::of`] to `f64` accuracy, for products in which digits cancel. Slower.
    pub fn exactly_of(rows: &[Pair]) -> Self {
        let [p, q, r] = kernel::gram_f64(rows);
        Self { p, q, r, peak: p + r }
    }

    /// The Gram matrix after `rows[i] −= scales[i] · x`, where `dots[i] = rows[i] · x` before: O(1).
    #[inline(always)]
    pub fn after_rank_one(self, scales: [f64; 2], dots: [f64; 2], norm2: f64) -> Self {
        let ([s, t], [d, e]) = (scales, dots);
        Self {
            p: self.p - 2.0 * s * d + norm2 * s * s,
            q: self.q - s * e - t * d + norm2 * s * t,
            r: self.r - 2.0 * t * e + norm2 * t * t,
            peak: self.peak.max(self.trace() + norm2 * (s * s + t * t)),
        }
    }

    /// Whether updates have cancelled so many digits that the matrix should be computed anew.
    #[inline(always)]
    pub fn is_worn(self) -> bool {
        self.trace() < KEPT_SHARE * self.peak
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
    pub fn times(self, [v, w]: [f64; 2]) -> [f64; 2] {
        [self.p * v + self.q * w, self.q * v + self.r * w]
    }

    /// |v · rows[0]|² + |w · rows[1]|².
    pub fn sum_of_squares(self, [v, w]: [f64; 2]) -> f64 {
        v * v * self.p + w * w * self.r
    }

    /// The least |g|² that u = B g leaves possible: |u| ≤ ‖B‖ |g|.
    pub fn least_norm2(self, [v, w]: [f64; 2]) -> f64 {
        if self.trace() > 0.0 { (v * v + w * w) / self.trace() } else { 0.0 }
    }

    /// `numerator` / `denominator` · (G + δI)⁻¹ v, closed form and with one division. Zero where G + δI is singular: a
    /// factor that is zero has no direction to prefer.
    #[inline(always)]
    pub fn solve_damped(self, delta: f64, [v, w]: [f64; 2], numerator: f64, denominator: f64) -> [f64; 2] {
        let (p, q, r) = (self.p + delta, self.q, self.r + delta);
        let determinant = p * r - q * q;
        let scale = if determinant > 0.0 { numerator / (denominator * determinant) } else { 0.0 };
        [scale * (r * v - q * w), scale * (p * w - q * v)]
    }
}
