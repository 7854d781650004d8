//! The few loops that the library spends its time in: their contracts, and the choice of who runs them.
//!
//! Every row is a slice of whole [`Block`]s padded with zeros, and the rows of one call have the same number of blocks.
//! [`scalar`] is compiled everywhere; on wasm32 with `simd128`, its twin of that name takes its
//! place. Both add up in the same order: lane `j` of a sum takes the values `j, j + 8, j + 16, …`, and the eight lanes are
//! then folded in halves. So the two agree to the last bit, and so does one program in every engine.

pub mod scalar;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub mod simd128;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use scalar as imp;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use simd128 as imp;

use crate::buffer::Block;

/// Name of the twin that runs: `"scalar"` or `"simd128"`.
pub const NAME: &str = imp::NAME;

/// Two dot products with one vector, and the vector's own squared norm.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Projection {
    /// Dot product with each of the two rows.
    pub dots: [f32; 2],
    /// |x|².
    pub norm2: f32,
}

/// `x · rows[i]` and |x|². With the rows of A this is h = x A, with those of B it is u = B g.
#[inline(never)]
pub fn project(rows: [&[Block]; 2], x: &[Block]) -> Projection {
    check_rows(x.len(), rows);
    imp::project(rows, x)
}

/// [`project`], and `copy` becomes `x`: the norm and the copy cost nothing while the row is in a register.
#[inline(never)]
pub fn project_and_copy(rows: [&[Block]; 2], x: &[Block], copy: &mut [Block]) -> Projection {
    check_rows(x.len(), rows);
    check_rows(x.len(), [copy]);
    imp::project_and_copy(rows, x, copy)
}

/// |x|².
#[inline(never)]
pub fn norm2(x: &[Block]) -> f32 {
    imp::norm2(x)
}

/// `y = x + Σ scales[i] · rows[i]`, added from left to right.
#[inline(never)]
pub fn expand<const N: usize>(rows: [&[Block]; N], scales: [f32; N], x: &[Block], y: &mut [Block]) {
    check_rows(x.len(), rows);
    check_rows(x.len(), [y]);
    imp::expand(rows, scales, x, y);
}

/// `g = scales[0] · rows[0] + scales[1] · rows[1] − factor · x`, and [`project`] of that g on the same rows.
#[inline(never)]
pub fn residual(rows: [&[Block]; 2], scales: [f32; 2], factor: f32, x: &[Block], g: &mut [Block]) -> Projection {
    check_rows(x.len(), rows);
    check_rows(x.len(), [g]);
    imp::residual(rows, scales, factor, x, g)
}

/// `rows[i] −= scales[i] · x`.
#[inline(never)]
pub fn rank_one(rows: [&mut [Block]; 2], scales: [f32; 2], x: &[Block]) {
    check_rows(x.len(), [&*rows[0], &*rows[1]]);
    imp::rank_one(rows, scales, x);
}

/// How many values are greater than `threshold`.
#[inline(never)]
pub fn count_above(values: &[Block], threshold: f32) -> u32 {
    imp::count_above(values, threshold)
}

/// `[r0·r0, r0·r1, r1·r1]`, products and sums in `f64`. Rarely called, so it has no SIMD twin.
pub use scalar::gram;

/// The rows of one call have the same length; callers see to it.
fn check_rows<const N: usize>(blocks: usize, rows: [&[Block]; N]) {
    debug_assert!(rows.iter().all(|row| row.len() == blocks));
}
