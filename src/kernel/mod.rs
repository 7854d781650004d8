//! The few loops that the library spends its time in: their contracts, and the choice of who runs them.
//!
//! A row is a slice of whole [`Block`]s padded with zeros; two rows that are walked together, as the columns of A are, lie
//! block by block side by side in a slice of [`Pair`]s. All rows of one call have the same number of blocks, and it is even
//! ([`blocks_for`](crate::blocks_for)): some loops take two at a time.
//!
//! [`scalar`] is compiled everywhere; on wasm32 with `simd128`, its twin of that name takes its place. Both add up in the
//! same order: a block gives four values, lane `j` times lane `j` plus lane `j + 4` times lane `j + 4`; each of the four
//! has a sum of its own; and the four sums are added in halves. So the two agree to the last bit, and so does one program
//! in every engine.

pub mod scalar;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub mod simd128;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use scalar as imp;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use simd128 as imp;

use crate::buffer::{Block, Pair};

/// Name of the twin that runs: `"scalar"` or `"simd128"`.
pub const NAME: &str = imp::NAME;

/// Two dot products with one vector, and the vector's own squared norm.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C)]
pub struct Projection {
    /// Dot product with each of the two rows.
    pub dots: [f32; 2],
    /// |x|².
    pub norm2: f32,
}

pinned!(Projection[12] { dots: 0, norm2: 8 });

/// `g = coefficients[0] · rows[0] + coefficients[1] · rows[1] − factor · t`, of which only t lies in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Residual {
    /// Share of each of the two rows.
    pub coefficients: [f32; 2],
    /// Share of t.
    pub factor: f32,
}

/// What two pairs of rows have to do with one vector and with each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cross {
    /// Dot products of the vector with the rows of each pair.
    pub dots: [[f32; 2]; 2],
    /// |g|².
    pub norm2: f32,
    /// Dot product of row `i` of the one pair with row `j` of the other.
    pub between: [[f32; 2]; 2],
}

/// Two vectors made of one that lies in memory: `g_i = g + Σ coefficients[i][k] · row k`, the rows being those of the one
/// pair and then those of the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mixture {
    /// Share of each row in each of the vectors.
    pub coefficients: [[f32; 4]; 2],
}

/// `rows[i] · x` and |x|². With the rows of A this is h = x A, with those of B it is u = B g.
#[inline(never)]
pub fn project(rows: &[Pair], x: &[Block]) -> Projection {
    debug_assert!(rows.len() == x.len() && x.len().is_multiple_of(2));
    imp::project(rows, x)
}

/// [`project`] on two pairs of rows, in one pass, and `copy` becomes `x`: the stores are free, the loop waits for loads.
#[inline(never)]
pub fn project_both(rows: [&[Pair]; 2], x: &[Block], copy: &mut [Block]) -> [Projection; 2] {
    debug_assert!(rows.iter().all(|rows| rows.len() == x.len()) && copy.len() == x.len());
    imp::project_both(rows, x, copy)
}

/// The dot products of two pairs of rows with `g`, those between the pairs, and |g|², in one pass.
#[inline(never)]
pub fn project_cross(rows: [&[Pair]; 2], g: &[Block]) -> Cross {
    debug_assert!(rows.iter().all(|rows| rows.len() == g.len()));
    imp::project_cross(rows, g)
}

/// [`project`], and `copy` becomes `x`: the norm and the copy cost little while the row is in a register.
#[inline(never)]
pub fn project_and_copy(rows: &[Pair], x: &[Block], copy: &mut [Block]) -> Projection {
    debug_assert!(rows.len() == x.len() && copy.len() == x.len() && x.len().is_multiple_of(2));
    imp::project_and_copy(rows, x, copy)
}

/// |x|².
#[inline(never)]
pub fn norm2(x: &[Block]) -> f32 {
    imp::norm2(x)
}

/// `x · y`.
#[inline(never)]
pub fn dot(x: &[Block], y: &[Block]) -> f32 {
    debug_assert!(x.len() == y.len() && x.len().is_multiple_of(2));
    imp::dot(x, y)
}

/// `y = x + Σ scales[i] · rows[i]`, added from left to right.
#[inline(never)]
pub fn expand(rows: &[Pair], scales: [f32; 2], x: &[Block], y: &mut [Block]) {
    debug_assert!(rows.len() == x.len() && y.len() == x.len() && x.len().is_multiple_of(2));
    imp::expand(rows, scales, x, y);
}

/// [`expand`] with two pairs of rows, in one pass.
#[inline(never)]
pub fn expand_both(rows: [&[Pair]; 2], scales: [[f32; 2]; 2], x: &[Block], y: &mut [Block]) {
    debug_assert!(rows.iter().all(|rows| rows.len() == x.len()) && y.len() == x.len());
    imp::expand_both(rows, scales, x, y);
}

/// `rows[i] −= scales[i] · x`.
#[inline(never)]
pub fn rank_one(rows: &mut [Pair], scales: [f32; 2], x: &[Block]) {
    debug_assert!(rows.len() == x.len() && x.len().is_multiple_of(2));
    imp::rank_one(rows, scales, x);
}

/// `rows[i] −= scales[i] · g`, where g is `residual` of the rows as they were and `t`.
#[inline(never)]
pub fn rank_one_residual(rows: &mut [Pair], scales: [f32; 2], residual: Residual, t: &[Block]) {
    debug_assert!(rows.len() == t.len());
    imp::rank_one_residual(rows, scales, residual, t);
}

/// `rows[i][k] −= scales[i][k] · g_i` for two pairs of rows, where the `g_i` are `mixture` of the rows as they were and `g`.
#[inline(never)]
pub fn rank_one_mixture(rows: [&mut [Pair]; 2], scales: [[f32; 2]; 2], mixture: Mixture, g: &[Block]) {
    debug_assert!(rows.iter().all(|rows| rows.len() == g.len()));
    imp::rank_one_mixture(rows, scales, mixture, g);
}

/// `rows[i] = factors[i] · rows[i]`.
#[inline(never)]
pub fn scale(rows: &mut [Pair], factors: [f32; 2]) {
    imp::scale(rows, factors);
}

/// `t = y − t`.
#[inline(never)]
pub fn subtract_from(y: &[Block], t: &mut [Block]) {
    debug_assert!(y.len() == t.len());
    imp::subtract_from(y, t);
}

/// The square root, rounded correctly. (`core` has none; in wasm it is one instruction.)
pub fn sqrt(x: f64) -> f64 {
    imp::sqrt(x)
}

/// How many values are greater than `threshold`.
#[inline(never)]
pub fn count_above(values: &[Block], threshold: f32) -> u32 {
    imp::count_above(values, threshold)
}

/// `[r0·r0, r0·r1, r1·r1]`, with products and sums in `f64`: the products are exact.
#[inline(never)]
pub fn gram(rows: &[Pair]) -> [f64; 3] {
    imp::gram(rows)
}
