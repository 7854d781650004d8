//! Symmetric 2×2 matrices: the Gram matrices of A and B and the preconditioners made from them, in `f64`.

use crate::buffer::Block;
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
    pub fn of([first, second]: [&[Block]; 2]) -> Self {
        let [p, q] = kernel::project([first, second], first).dots.map(f64::from);
        let r = f64::from(kernel::norm2(second));
        Self { p, q, r, peak: p + r }
    }

    /// [`Gram::of`] to `f64` accuracy, for products in which digits cancel. Slower.
    pub fn exactly_of(rows: [&[Block]; 2]) -> Self {
        let [p, q, r] = kernel::gram(rows);
        Self { p, q, r, peak: p + r }
    }

    /// The Gram matrix after `rows[i] −= scales[i] · x`, where `dots[i] = rows[i] · x` before: O(1).
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
    pub fn is_worn(self) -> bool {
        self.trace() < KEPT_SHARE * self.peak
    }

    /// p + r.
    pub fn trace(self) -> f64 {
        self.p + self.r
    }

    /// The trace of the product with another.
    pub fn trace_of_product(self, other: Self) -> f64 {
        self.p * other.p + 2.0 * self.q * other.q + self.r * other.r
    }

    /// (G + δI)⁻¹ v, closed form. Zero where G + δI is singular: a factor that is zero has no direction to prefer.
    pub fn solve_damped(self, delta: f64, [v, w]: [f64; 2]) -> [f64; 2] {
        let (p, q, r) = (self.p + delta, self.q, self.r + delta);
        let determinant = p * r - q * q;
        if determinant <= 0.0 {
            return [0.0; 2];
        }
        [(r * v - q * w) / determinant, (p * w - q * v) / determinant]
    }
}
