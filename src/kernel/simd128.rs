//! The `f32x4` twins of `scalar`: same signatures, same order of every addition, so the same bits.
//!
//! What each loop should compile to, and does (`wasm-dis` on a build with names): one `v128.load` per vector and row at a
//! constant offset from one pointer per slice, the multiplications and additions, one `v128.store` per vector written, an
//! addition per pointer, and a counter; no calls, no bounds checks, no shuffles (but in `gram`, which is rare).

use core::arch::wasm32::{
    f32x4_add, f32x4_extract_lane, f32x4_gt, f32x4_mul, f32x4_splat, f32x4_sub, f64x2_add, f64x2_extract_lane,
    f64x2_mul, f64x2_promote_low_f32x4, f64x2_splat, f64x2_sqrt, i32x4_extract_lane, i32x4_splat, i32x4_sub,
    i64x2_shuffle, v128,
};

use bytemuck::{must_cast_mut, must_cast_ref};

use super::{Cross, Mixture, Projection, Residual};
use crate::buffer::{Block, Pair};
use crate::two::both;

/// Name of this twin.
pub const NAME: &str = "simd128";

/// Lanes 0 to 3 and 4 to 7 of a block.
type Lanes = [v128; 2];

// Rows have an even number of blocks. Loops that have registers to spare take two at a time, which no engine does by
// itself with all of them.
#[inline(always)]
fn twos<T>(blocks: &[T]) -> &[[T; 2]] {
    blocks.as_chunks().0
}

#[inline(always)]
fn twos_mut<T>(blocks: &mut [T]) -> &mut [[T; 2]] {
    blocks.as_chunks_mut().0
}

// By reference: a half is then loaded where it is used, from a constant offset.
#[inline(always)]
fn load(block: &Block) -> &Lanes {
    must_cast_ref(block)
}

#[inline(always)]
fn store(block: &mut Block, lanes: Lanes) {
    *must_cast_mut(block) = lanes;
}

#[inline(always)]
fn each(vector: impl Fn(usize) -> v128) -> Lanes {
    [vector(0), vector(1)]
}

#[inline(always)]
fn splat(value: f32) -> v128 {
    f32x4_splat(value)
}

#[inline(always)]
fn mul_add(sum: v128, x: v128, y: v128) -> v128 {
    f32x4_add(sum, f32x4_mul(x, y))
}

#[inline(always)]
fn mul_sub(from: v128, x: v128, y: v128) -> v128 {
    f32x4_sub(from, f32x4_mul(x, y))
}

/// Adds one block's share of a dot product. One sum per product, not one per half: twice as many would not stay in
/// registers.
#[inline(always)]
fn add_product(sum: v128, x: &Lanes, y: &Lanes) -> v128 {
    f32x4_add(sum, f32x4_add(f32x4_mul(x[0], y[0]), f32x4_mul(x[1], y[1])))
}

#[inline(always)]
fn fold(sum: v128) -> f32 {
    (f32x4_extract_lane::<0>(sum) + f32x4_extract_lane::<2>(sum))
        + (f32x4_extract_lane::<1>(sum) + f32x4_extract_lane::<3>(sum))
}

/// What [`Projection`] is added up in.
struct Sums {
    dots: [v128; 2],
    norm2: v128,
}

impl Sums {
    #[inline(always)]
    fn new() -> Self {
        Self { dots: [splat(0.0); 2], norm2: splat(0.0) }
    }

    #[inline(always)]
    fn add(&mut self, rows: &Pair, x: &Lanes) {
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
    fn fold(&self) -> Projection {
        Projection { dots: both(self.dots, fold), norm2: fold(self.norm2) }
    }
}

/// See [`super::project`].
pub fn project(rows: &[Pair], x: &[Block]) -> Projection {
    let mut sums = Sums::new();
    for (rows, x) in rows.iter().zip(x) {
        sums.add(rows, load(x));
    }
    sums.fold()
}

/// See [`super::project_both`].
pub fn project_both([rows, others]: [&[Pair]; 2], x: &[Block], copy: &mut [Block]) -> [Projection; 2] {
    let mut sums = Sums::new();
    let mut dots = [splat(0.0); 2];
    for (((rows, others), x), copy) in rows.iter().zip(others).zip(x).zip(copy) {
        sums.add_and_copy(rows, x, copy);
        let x = load(x);
        dots[0] = add_product(dots[0], load(&others[0]), x);
        dots[1] = add_product(dots[1], load(&others[1]), x);
    }
    let first = sums.fold();
    [first, Projection { dots: both(dots, fold), ..first }]
}

/// See [`super::project_cross`].
pub fn project_cross([rows, others]: [&[Pair]; 2], g: &[Block]) -> Cross {
    let mut sums = Sums::new();
    let mut dots = [splat(0.0); 2];
    let mut between = [[splat(0.0); 2]; 2];
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
    let Projection { dots: first, norm2 } = sums.fold();
    Cross { dots: [first, both(dots, fold)], norm2, between: both(between, |pair| both(pair, fold)) }
}

/// See [`super::project_and_copy`].
pub fn project_and_copy(rows: &[Pair], x: &[Block], copy: &mut [Block]) -> Projection {
    let mut sums = Sums::new();
    for ((rows, x), copy) in twos(rows).iter().zip(twos(x)).zip(twos_mut(copy)) {
        sums.add_and_copy(&rows[0], &x[0], &mut copy[0]);
        sums.add_and_copy(&rows[1], &x[1], &mut copy[1]);
    }
    sums.fold()
}

/// See [`super::norm2`].
pub fn norm2(x: &[Block]) -> f32 {
    fold(x.iter().map(load).fold(splat(0.0), |sum, x| add_product(sum, x, x)))
}

/// See [`super::dot`].
pub fn dot(x: &[Block], y: &[Block]) -> f32 {
    let mut sum = splat(0.0);
    for (x, y) in twos(x).iter().zip(twos(y)) {
        sum = add_product(sum, load(&x[0]), load(&y[0]));
        sum = add_product(sum, load(&x[1]), load(&y[1]));
    }
    fold(sum)
}

/// value + scales[0] · rows[0] + scales[1] · rows[1].
#[inline(always)]
fn add_rows(value: Lanes, rows: &Pair, scales: [v128; 2]) -> Lanes {
    let rows = [load(&rows[0]), load(&rows[1])];
    each(|half| mul_add(mul_add(value[half], scales[0], rows[0][half]), scales[1], rows[1][half]))
}

/// See [`super::expand`].
pub fn expand(rows: &[Pair], scales: [f32; 2], x: &[Block], y: &mut [Block]) {
    let scales = both(scales, splat);
    for ((rows, x), y) in twos(rows).iter().zip(twos(x)).zip(twos_mut(y)) {
        store(&mut y[0], add_rows(*load(&x[0]), &rows[0], scales));
        store(&mut y[1], add_rows(*load(&x[1]), &rows[1], scales));
    }
}

/// See [`super::expand_both`].
pub fn expand_both([rows, others]: [&[Pair]; 2], scales: [[f32; 2]; 2], x: &[Block], y: &mut [Block]) {
    let scales = both(scales, |pair| both(pair, splat));
    for (((rows, others), x), y) in rows.iter().zip(others).zip(x).zip(y) {
        store(y, add_rows(add_rows(*load(x), rows, scales[0]), others, scales[1]));
    }
}

/// rows[i] −= scales[i] · x.
#[inline(always)]
fn subtract(rows: &mut Pair, scales: [v128; 2], x: &Lanes) {
    let [row0, row1] = rows;
    let [old0, old1] = [*load(row0), *load(row1)];
    store(row0, each(|half| mul_sub(old0[half], scales[0], x[half])));
    store(row1, each(|half| mul_sub(old1[half], scales[1], x[half])));
}

/// See [`super::rank_one`].
pub fn rank_one(rows: &mut [Pair], scales: [f32; 2], x: &[Block]) {
    let scales = both(scales, splat);
    for (rows, x) in rows.iter_mut().zip(x) {
        subtract(rows, scales, load(x));
    }
}

/// See [`super::rank_one_residual`].
pub fn rank_one_residual(rows: &mut [Pair], scales: [f32; 2], residual: Residual, t: &[Block]) {
    let scales = both(scales, splat);
    let [c0, c1] = both(residual.coefficients, splat);
    let factor = splat(residual.factor);
    for (rows, t) in rows.iter_mut().zip(t) {
        let ([row0, row1], t) = (&*rows, load(t));
        let (row0, row1) = (load(row0), load(row1));
        let g = each(|half| mul_sub(mul_add(f32x4_mul(c0, row0[half]), c1, row1[half]), factor, t[half]));
        subtract(rows, scales, &g);
    }
}

/// See [`super::rank_one_mixture`].
pub fn rank_one_mixture([rows, others]: [&mut [Pair]; 2], scales: [[f32; 2]; 2], mixture: Mixture, g: &[Block]) {
    let [scales0, scales1] = both(scales, |pair| both(pair, splat));
    let [[c0, c1, c2, c3], [d0, d1, d2, d3]] = mixture.coefficients;
    let [own0, other0, own1, other1] = [[c0, c1], [c2, c3], [d0, d1], [d2, d3]];
    let (own0, other0, own1, other1) = (both(own0, splat), both(other0, splat), both(own1, splat), both(other1, splat));
    for ((rows, others), g) in rows.iter_mut().zip(others).zip(g) {
        let g = *load(g);
        let first = add_rows(add_rows(g, rows, own0), others, other0);
        let second = add_rows(add_rows(g, rows, own1), others, other1);
        subtract(rows, scales0, &first);
        subtract(others, scales1, &second);
    }
}

/// See [`super::scale`].
pub fn scale(rows: &mut [Pair], factors: [f32; 2]) {
    let [first, second] = both(factors, splat);
    for [row0, row1] in rows {
        let (old0, old1) = (*load(row0), *load(row1));
        store(row0, each(|half| f32x4_mul(first, old0[half])));
        store(row1, each(|half| f32x4_mul(second, old1[half])));
    }
}

/// See [`super::subtract_from`].
pub fn subtract_from(y: &[Block], t: &mut [Block]) {
    for (y, t) in y.iter().zip(t) {
        let (y, old) = (load(y), *load(t));
        store(t, each(|half| f32x4_sub(y[half], old[half])));
    }
}

/// See [`super::gram`].
pub fn gram(rows: &[Pair]) -> [f64; 3] {
    let zero = f64x2_splat(0.0);
    let (mut pp, mut pq, mut qq) = (zero, zero, zero);
    let mul_add = |sum, x, y| f64x2_add(sum, f64x2_mul(x, y));
    let vectors = |pair: &Pair| [[load(&pair[0])[0], load(&pair[1])[0]], [load(&pair[0])[1], load(&pair[1])[1]]];
    for [mut p, mut q] in rows.iter().flat_map(vectors) {
        // The lower two values of both, then the upper two.
        for _ in 0..2 {
            let (x, y) = (f64x2_promote_low_f32x4(p), f64x2_promote_low_f32x4(q));
            (pp, pq, qq) = (mul_add(pp, x, x), mul_add(pq, x, y), mul_add(qq, y, y));
            (p, q) = (i64x2_shuffle::<1, 1>(p, p), i64x2_shuffle::<1, 1>(q, q));
        }
    }
    let fold = |sum| f64x2_extract_lane::<0>(sum) + f64x2_extract_lane::<1>(sum);
    [fold(pp), fold(pq), fold(qq)]
}

/// See [`super::sqrt`].
pub fn sqrt(x: f64) -> f64 {
    f64x2_extract_lane::<0>(f64x2_sqrt(f64x2_splat(x)))
}

/// See [`super::count_above`].
pub fn count_above(values: &[Block], threshold: f32) -> u32 {
    let threshold = splat(threshold);
    let mut counts = i32x4_splat(0);
    for block in values {
        let [low, high] = *load(block);
        // A true comparison is all ones, which is −1.
        counts = i32x4_sub(i32x4_sub(counts, f32x4_gt(low, threshold)), f32x4_gt(high, threshold));
    }
    let lanes = [
        i32x4_extract_lane::<0>(counts),
        i32x4_extract_lane::<1>(counts),
        i32x4_extract_lane::<2>(counts),
        i32x4_extract_lane::<3>(counts),
    ];
    lanes.iter().sum::<i32>() as u32
}
