//! The few loops that the library spends its time in, each written once over [`F32x4`].
//!
//! A row is a slice of whole [`Block`]s, padded with zeros. Two rows that are always used together, as the two columns
//! of A are, are stored interleaved, a block of one and a block of the other, in a slice of [`Pair`]s. All rows of one
//! call have the same number of blocks, and it is even ([`blocks_for`](crate::blocks_for)): some loops process two
//! blocks per iteration, since no engine unrolls them.
//!
//! The order of additions in a dot product is fixed, since results are promised bit for bit. Of a block of x and one of y,
//! `x[j] · y[j] + x[j + 4] · y[j + 4]` is added to sum number j, for j from 0 to 3; at the end the four sums are added as
//! [`F32x4::sum`] does.
//!
//! In wasm each loop compiles to one load per vector and row at a constant offset from one pointer per slice, the
//! arithmetic, one store per vector written, an addition per pointer, and a counter.

use bytemuck::{must_cast_mut, must_cast_ref};

use crate::rows::{Block, Pair};
pub use crate::simd::sqrt;
use crate::simd::{Counts, F32x4, F64x2};
use crate::vec2::both;

/// Two dot products with one vector, and the vector's own squared norm.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Projection {
    /// Dot product with each of the two rows.
    pub dots: [f32; 2],
    /// |x|².
    pub norm2: f32,
}

/// How a vector g is computed from two rows and a vector t: `g = coefficients[0] · rows[0] + coefficients[1] · rows[1] −
/// factor · t`. It is computed block by block where it is used, and never stored.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Residual {
    /// Factor of each of the two rows.
    pub coefficients: [f32; 2],
    /// Factor of −t.
    pub factor: f32,
}

/// Dot products of two pairs of rows with a vector g, and with each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cross {
    /// Dot products of g with the rows of each pair.
    pub dots: [[f32; 2]; 2],
    /// |g|².
    pub norm2: f32,
    /// `between[i][j]` is the dot product of row `i` of the first pair with row `j` of the second.
    pub between: [[f32; 2]; 2],
}

/// How two vectors are computed from a vector g and two pairs of rows: `g_i = g + Σ coefficients[i][k] · row k`, where
/// rows 0 and 1 are the first pair and rows 2 and 3 the second. They are computed block by block where they are used,
/// and never stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mixture {
    /// Factor of each row in each of the two vectors.
    pub coefficients: [[f32; 4]; 2],
}

/// Lanes 0 to 3 and 4 to 7 of a block.
type Halves = [F32x4; 2];

// A reference, so that each half is loaded where it is used.
#[inline(always)]
fn load(block: &Block) -> &Halves {
    must_cast_ref(block)
}

#[inline(always)]
fn store(block: &mut Block, halves: Halves) {
    *must_cast_mut(block) = halves;
}

#[inline(always)]
fn each(half: impl Fn(usize) -> F32x4) -> Halves {
    [half(0), half(1)]
}

#[inline(always)]
fn twos<T>(blocks: &[T]) -> &[[T; 2]] {
    blocks.as_chunks().0
}

#[inline(always)]
fn twos_mut<T>(blocks: &mut [T]) -> &mut [[T; 2]] {
    blocks.as_chunks_mut().0
}

/// Adds one block's part of a dot product. Both halves go into one sum: with a sum for each, the loops that compute several
/// dot products would run out of registers.
#[inline(always)]
fn add_product(sum: F32x4, x: &Halves, y: &Halves) -> F32x4 {
    sum + (x[0] * y[0] + x[1] * y[1])
}

/// The sums of a [`Projection`] in the making, four lanes each.
struct Sums {
    dots: [F32x4; 2],
    norm2: F32x4,
}

impl Sums {
    #[inline(always)]
    fn zero() -> Self {
        Self { dots: [F32x4::splat(0.0); 2], norm2: F32x4::splat(0.0) }
    }

    #[inline(always)]
    fn add(&mut self, rows: &Pair, x: &Halves) {
        self.dots[0] = add_product(self.dots[0], load(&rows[0]), x);
        self.dots[1] = add_product(self.dots[1], load(&rows[1]), x);
        self.norm2 = add_product(self.norm2, x, x);
    }

    #[inline(always)]
    fn add_and_copy(&mut self, rows: &Pair, x: &Block, copy: &mut Block) {
        let x = *load(x);
        store(copy, x);
        self.add(rows, &x);
    }

    #[inline(always)]
    fn total(&self) -> Projection {
        Projection { dots: both(self.dots, F32x4::sum), norm2: self.norm2.sum() }
    }
}

/// `rows[i] · x` and |x|². With the columns of A as rows this is h = x A; with the rows of B and g for x it is u = B g.
#[inline(never)]
pub fn project(rows: &[Pair], x: &[Block]) -> Projection {
    debug_assert!(rows.len() == x.len() && x.len().is_multiple_of(2));
    let mut sums = Sums::zero();
    for (rows, x) in rows.iter().zip(x) {
        sums.add(rows, load(x));
    }
    sums.total()
}

/// [`project`] on two pairs of rows in one pass, which also copies `x` to `copy`. The copy takes no time, since the
/// loads are what limits this loop.
#[inline(never)]
pub fn project_both([rows, others]: [&[Pair]; 2], x: &[Block], copy: &mut [Block]) -> [Projection; 2] {
    debug_assert!([rows, others].iter().all(|rows| rows.len() == x.len()) && copy.len() == x.len());
    let mut sums = Sums::zero();
    let mut dots = [F32x4::splat(0.0); 2];
    for (((rows, others), x), copy) in rows.iter().zip(others).zip(x).zip(copy) {
        sums.add_and_copy(rows, x, copy);
        let x = load(x);
        dots[0] = add_product(dots[0], load(&others[0]), x);
        dots[1] = add_product(dots[1], load(&others[1]), x);
    }
    let first = sums.total();
    [first, Projection { dots: both(dots, F32x4::sum), ..first }]
}

/// The dot products of two pairs of rows with `g` and between the pairs, and |g|², in one pass.
#[inline(never)]
pub fn project_cross([rows, others]: [&[Pair]; 2], g: &[Block]) -> Cross {
    debug_assert!([rows, others].iter().all(|rows| rows.len() == g.len()));
    let mut sums = Sums::zero();
    let mut dots = [F32x4::splat(0.0); 2];
    let mut between = [[F32x4::splat(0.0); 2]; 2];
    for ((rows, others), g) in rows.iter().zip(others).zip(g) {
        let g = load(g);
        sums.add(rows, g);
        let [r0, r1, r2, r3] = [load(&rows[0]), load(&rows[1]), load(&others[0]), load(&others[1])];
        dots = [add_product(dots[0], r2, g), add_product(dots[1], r3, g)];
        let [[s02, s03], [s12, s13]] = between;
        between = [
            [add_product(s02, r0, r2), add_product(s03, r0, r3)],
            [add_product(s12, r1, r2), add_product(s13, r1, r3)],
        ];
    }
    let Projection { dots: first, norm2 } = sums.total();
    Cross { dots: [first, both(dots, F32x4::sum)], norm2, between: both(between, |pair| both(pair, F32x4::sum)) }
}

/// [`project`], and a copy of `x` to `copy` in the same pass, which takes little time since x is in registers already.
#[inline(never)]
pub fn project_and_copy(rows: &[Pair], x: &[Block], copy: &mut [Block]) -> Projection {
    debug_assert!(rows.len() == x.len() && copy.len() == x.len() && x.len().is_multiple_of(2));
    let mut sums = Sums::zero();
    for ((rows, x), copy) in twos(rows).iter().zip(twos(x)).zip(twos_mut(copy)) {
        sums.add_and_copy(&rows[0], &x[0], &mut copy[0]);
        sums.add_and_copy(&rows[1], &x[1], &mut copy[1]);
    }
    sums.total()
}

/// |x|².
#[inline(never)]
pub fn norm2(x: &[Block]) -> f32 {
    debug_assert!(x.len().is_multiple_of(2));
    let mut sum = F32x4::splat(0.0);
    for x in twos(x) {
        sum = add_product(sum, load(&x[0]), load(&x[0]));
        sum = add_product(sum, load(&x[1]), load(&x[1]));
    }
    sum.sum()
}

/// `x · y`.
#[inline(never)]
pub fn dot(x: &[Block], y: &[Block]) -> f32 {
    debug_assert!(x.len() == y.len() && x.len().is_multiple_of(2));
    let mut sum = F32x4::splat(0.0);
    for (x, y) in twos(x).iter().zip(twos(y)) {
        sum = add_product(sum, load(&x[0]), load(&y[0]));
        sum = add_product(sum, load(&x[1]), load(&y[1]));
    }
    sum.sum()
}

/// `value + scales[0] · rows[0] + scales[1] · rows[1]`.
#[inline(always)]
fn add_rows(value: Halves, rows: &Pair, scales: [F32x4; 2]) -> Halves {
    let rows = [load(&rows[0]), load(&rows[1])];
    each(|half| value[half] + scales[0] * rows[0][half] + scales[1] * rows[1][half])
}

/// `y = x + Σ scales[i] · rows[i]`, added from left to right.
#[inline(never)]
pub fn expand(rows: &[Pair], scales: [f32; 2], x: &[Block], y: &mut [Block]) {
    debug_assert!(rows.len() == x.len() && y.len() == x.len() && x.len().is_multiple_of(2));
    let scales = both(scales, F32x4::splat);
    for ((rows, x), y) in twos(rows).iter().zip(twos(x)).zip(twos_mut(y)) {
        store(&mut y[0], add_rows(*load(&x[0]), &rows[0], scales));
        store(&mut y[1], add_rows(*load(&x[1]), &rows[1], scales));
    }
}

/// [`expand`] with two pairs of rows, in one pass.
#[inline(never)]
pub fn expand_both([rows, others]: [&[Pair]; 2], scales: [[f32; 2]; 2], x: &[Block], y: &mut [Block]) {
    debug_assert!([rows, others].iter().all(|rows| rows.len() == x.len()) && y.len() == x.len());
    let scales = both(scales, |pair| both(pair, F32x4::splat));
    for (((rows, others), x), y) in rows.iter().zip(others).zip(x).zip(y) {
        store(y, add_rows(add_rows(*load(x), rows, scales[0]), others, scales[1]));
    }
}

/// `rows[i] −= scales[i] · x`.
#[inline(always)]
fn subtract(rows: &mut Pair, scales: [F32x4; 2], x: &Halves) {
    let [row0, row1] = rows;
    let [old0, old1] = [*load(row0), *load(row1)];
    store(row0, each(|half| old0[half] - scales[0] * x[half]));
    store(row1, each(|half| old1[half] - scales[1] * x[half]));
}

/// `rows[i] −= scales[i] · x`.
#[inline(never)]
pub fn rank_one(rows: &mut [Pair], scales: [f32; 2], x: &[Block]) {
    debug_assert!(rows.len() == x.len() && x.len().is_multiple_of(2));
    let scales = both(scales, F32x4::splat);
    for (rows, x) in rows.iter_mut().zip(x) {
        subtract(rows, scales, load(x));
    }
}

/// `rows[i] −= scales[i] · g`, where `residual` computes g from `t` and the rows before the update.
#[inline(never)]
pub fn rank_one_residual(rows: &mut [Pair], scales: [f32; 2], residual: Residual, t: &[Block]) {
    debug_assert!(rows.len() == t.len());
    let scales = both(scales, F32x4::splat);
    let [c0, c1] = both(residual.coefficients, F32x4::splat);
    let factor = F32x4::splat(residual.factor);
    for (rows, t) in rows.iter_mut().zip(t) {
        let ([row0, row1], t) = (&*rows, load(t));
        let (row0, row1) = (load(row0), load(row1));
        let g = each(|half| c0 * row0[half] + c1 * row1[half] - factor * t[half]);
        subtract(rows, scales, &g);
    }
}

/// `pair i, row k −= scales[i][k] · g_i` for two pairs of rows, where `mixture` computes the `g_i` from `g` and the rows
/// before the update.
#[inline(never)]
pub fn rank_one_mixture([rows, others]: [&mut [Pair]; 2], scales: [[f32; 2]; 2], mixture: Mixture, g: &[Block]) {
    debug_assert!(rows.len() == g.len() && others.len() == g.len());
    let [scales0, scales1] = both(scales, |pair| both(pair, F32x4::splat));
    let [[c0, c1, c2, c3], [d0, d1, d2, d3]] = mixture.coefficients;
    let [own0, other0, own1, other1] = [[c0, c1], [c2, c3], [d0, d1], [d2, d3]].map(|pair| both(pair, F32x4::splat));
    for ((rows, others), g) in rows.iter_mut().zip(others).zip(g) {
        let g = *load(g);
        let first = add_rows(add_rows(g, rows, own0), others, other0);
        let second = add_rows(add_rows(g, rows, own1), others, other1);
        subtract(rows, scales0, &first);
        subtract(others, scales1, &second);
    }
}

/// `rows[i] = factors[i] · rows[i]`.
#[inline(never)]
pub fn scale(rows: &mut [Pair], factors: [f32; 2]) {
    let [first, second] = both(factors, F32x4::splat);
    for [row0, row1] in rows {
        let (old0, old1) = (*load(row0), *load(row1));
        store(row0, each(|half| first * old0[half]));
        store(row1, each(|half| second * old1[half]));
    }
}

/// `t = y − t`.
#[inline(never)]
pub fn subtract_from(y: &[Block], t: &mut [Block]) {
    debug_assert!(y.len() == t.len());
    for (y, t) in y.iter().zip(t) {
        let (y, old) = (load(y), *load(t));
        store(t, each(|half| y[half] - old[half]));
    }
}

/// Copies `from` to `to`.
#[inline(never)]
pub fn copy(from: &[Block], to: &mut [Block]) {
    debug_assert!(from.len() == to.len() && from.len().is_multiple_of(2));
    for (from, to) in twos(from).iter().zip(twos_mut(to)) {
        *to = *from;
    }
}

/// How many values are greater than `threshold`.
#[inline(never)]
pub fn count_above(values: &[Block], threshold: f32) -> u32 {
    let threshold = F32x4::splat(threshold);
    let count = |counts: Counts, &[low, high]: &Halves| counts.add_greater(low, threshold).add_greater(high, threshold);
    values.iter().map(load).fold(Counts::zero(), count).sum()
}

/// `[r0·r0, r0·r1, r1·r1]`, computed in `f64`, in which products of `f32` values are exact.
#[inline(never)]
pub fn gram(rows: &[Pair]) -> [f64; 3] {
    let mut sums = [F64x2::zero(); 3];
    for [row0, row1] in rows {
        for half in 0..2 {
            let (p, q) = (load(row0)[half].widen(), load(row1)[half].widen());
            for (x, y) in p.into_iter().zip(q) {
                let [pp, pq, qq] = sums;
                sums = [pp.add_product(x, x), pq.add_product(x, y), qq.add_product(y, y)];
            }
        }
    }
    sums.map(F64x2::sum)
}
