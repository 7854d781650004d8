//! Plain loops: the meaning of each primitive, and what runs where there is no `simd128`.

use core::array::from_fn;

use super::{Cross, Mixture, Projection, Residual};
use crate::buffer::{Block, LANES, Pair};

/// Name of this twin.
pub const NAME: &str = "scalar";

/// Sums that a dot product is kept in: half a block.
const SUMS: usize = LANES / 2;

/// A running dot product.
#[derive(Clone, Copy, Default)]
struct Sum([f32; SUMS]);

impl Sum {
    fn add(&mut self, x: &Block, y: &Block) {
        for (j, sum) in self.0.iter_mut().enumerate() {
            *sum += x.0[j] * y.0[j] + x.0[j + SUMS] * y.0[j + SUMS];
        }
    }

    fn fold(self) -> f32 {
        let [p, q, r, s] = self.0;
        (p + r) + (q + s)
    }
}

/// What [`Projection`] is added up in.
#[derive(Default)]
struct Sums {
    dots: [Sum; 2],
    norm2: Sum,
}

impl Sums {
    fn add(&mut self, rows: &Pair, x: &Block) {
        self.dots[0].add(&rows[0], x);
        self.dots[1].add(&rows[1], x);
        self.norm2.add(x, x);
    }

    fn fold(self) -> Projection {
        Projection { dots: self.dots.map(Sum::fold), norm2: self.norm2.fold() }
    }
}

/// See [`super::project`].
pub fn project(rows: &[Pair], x: &[Block]) -> Projection {
    let mut sums = Sums::default();
    for (rows, x) in rows.iter().zip(x) {
        sums.add(rows, x);
    }
    sums.fold()
}

/// See [`super::project_both`].
pub fn project_both(rows: [&[Pair]; 2], x: &[Block], copy: &mut [Block]) -> [Projection; 2] {
    copy.copy_from_slice(x);
    rows.map(|rows| project(rows, x))
}

/// See [`super::project_cross`].
pub fn project_cross([rows, others]: [&[Pair]; 2], g: &[Block]) -> Cross {
    let between = |i: usize, j: usize| {
        let mut sum = Sum::default();
        for (rows, others) in rows.iter().zip(others) {
            sum.add(&rows[i], &others[j]);
        }
        sum.fold()
    };
    let first = project(rows, g);
    Cross {
        dots: [first.dots, project(others, g).dots],
        norm2: first.norm2,
        between: from_fn(|i| from_fn(|j| between(i, j))),
    }
}

/// See [`super::project_and_copy`].
pub fn project_and_copy(rows: &[Pair], x: &[Block], copy: &mut [Block]) -> Projection {
    copy.copy_from_slice(x);
    project(rows, x)
}

/// See [`super::norm2`].
pub fn norm2(x: &[Block]) -> f32 {
    let mut sum = Sum::default();
    for x in x {
        sum.add(x, x);
    }
    sum.fold()
}

/// See [`super::dot`].
pub fn dot(x: &[Block], y: &[Block]) -> f32 {
    let mut sum = Sum::default();
    for (x, y) in x.iter().zip(y) {
        sum.add(x, y);
    }
    sum.fold()
}

/// See [`super::expand`].
pub fn expand(rows: &[Pair], [s0, s1]: [f32; 2], x: &[Block], y: &mut [Block]) {
    for ((rows, x), y) in rows.iter().zip(x).zip(y) {
        y.0 = from_fn(|j| x.0[j] + s0 * rows[0].0[j] + s1 * rows[1].0[j]);
    }
}

/// See [`super::expand_both`].
pub fn expand_both([rows, others]: [&[Pair]; 2], [[s0, s1], [s2, s3]]: [[f32; 2]; 2], x: &[Block], y: &mut [Block]) {
    for (((rows, others), x), y) in rows.iter().zip(others).zip(x).zip(y) {
        y.0 = from_fn(|j| x.0[j] + s0 * rows[0].0[j] + s1 * rows[1].0[j] + s2 * others[0].0[j] + s3 * others[1].0[j]);
    }
}

/// See [`super::rank_one`].
pub fn rank_one(rows: &mut [Pair], scales: [f32; 2], x: &[Block]) {
    for (rows, x) in rows.iter_mut().zip(x) {
        for (row, scale) in rows.iter_mut().zip(scales) {
            row.0 = from_fn(|j| row.0[j] - scale * x.0[j]);
        }
    }
}

/// See [`super::rank_one_residual`].
pub fn rank_one_residual(rows: &mut [Pair], scales: [f32; 2], residual: Residual, t: &[Block]) {
    let Residual { coefficients: [c0, c1], factor } = residual;
    for (rows, t) in rows.iter_mut().zip(t) {
        let [row0, row1] = *rows;
        let g: [f32; LANES] = from_fn(|j| c0 * row0.0[j] + c1 * row1.0[j] - factor * t.0[j]);
        for (row, scale) in rows.iter_mut().zip(scales) {
            row.0 = from_fn(|j| row.0[j] - scale * g[j]);
        }
    }
}

/// See [`super::rank_one_mixture`].
pub fn rank_one_mixture([rows, others]: [&mut [Pair]; 2], scales: [[f32; 2]; 2], mixture: Mixture, g: &[Block]) {
    for ((rows, others), g) in rows.iter_mut().zip(others).zip(g) {
        let ([r0, r1], [r2, r3]) = (*rows, *others);
        for ((rows, scales), [c0, c1, c2, c3]) in [rows, others].into_iter().zip(scales).zip(mixture.coefficients) {
            let mix = |j: usize| g.0[j] + c0 * r0.0[j] + c1 * r1.0[j] + c2 * r2.0[j] + c3 * r3.0[j];
            for (row, scale) in rows.iter_mut().zip(scales) {
                row.0 = from_fn(|j| row.0[j] - scale * mix(j));
            }
        }
    }
}

/// See [`super::scale`].
pub fn scale(rows: &mut [Pair], factors: [f32; 2]) {
    for rows in rows {
        for (row, factor) in rows.iter_mut().zip(factors) {
            row.0 = row.0.map(|value| factor * value);
        }
    }
}

/// See [`super::subtract_from`].
pub fn subtract_from(y: &[Block], t: &mut [Block]) {
    for (y, t) in y.iter().zip(t) {
        t.0 = from_fn(|j| y.0[j] - t.0[j]);
    }
}

/// See [`super::sqrt`].
pub fn sqrt(x: f64) -> f64 {
    libm::sqrt(x)
}

/// See [`super::count_above`].
pub fn count_above(values: &[Block], threshold: f32) -> u32 {
    values.iter().flat_map(|block| block.0).map(|value| u32::from(value > threshold)).sum()
}

/// See [`super::gram`].
pub fn gram(rows: &[Pair]) -> [f64; 3] {
    let mut sums = [[0.0; 2]; 3];
    for [row0, row1] in rows {
        for (j, (&p, &q)) in row0.0.iter().zip(&row1.0).enumerate() {
            let (p, q) = (f64::from(p), f64::from(q));
            sums[0][j % 2] += p * p;
            sums[1][j % 2] += p * q;
            sums[2][j % 2] += q * q;
        }
    }
    sums.map(|[even, odd]| even + odd)
}
