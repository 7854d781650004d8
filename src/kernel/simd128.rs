//! The `f32x4` twins of `scalar`: same signatures, same order of every addition, so the same bits.

use core::arch::wasm32::{
    f32x4_add, f32x4_extract_lane, f32x4_gt, f32x4_mul, f32x4_splat, f32x4_sub, i32x4_extract_lane, i32x4_splat,
    i32x4_sub, v128,
};

use bytemuck::must_cast;

use super::Projection;
use crate::buffer::Block;

/// Name of this twin.
pub const NAME: &str = "simd128";

/// Lanes 0 to 3 and 4 to 7 of a block.
type Lanes = [v128; 2];

fn load(block: &Block) -> Lanes {
    must_cast(*block)
}

fn store(block: &mut Block, lanes: Lanes) {
    *block = must_cast(lanes);
}

fn splat(value: f32) -> v128 {
    f32x4_splat(value)
}

fn mul_add(sum: v128, x: v128, y: v128) -> v128 {
    f32x4_add(sum, f32x4_mul(x, y))
}

/// Sums of two dot products and a squared norm, lane by lane.
struct Sums {
    dots: [Lanes; 2],
    norm2: Lanes,
}

impl Sums {
    fn new() -> Self {
        let zero = [splat(0.0); 2];
        Self { dots: [zero; 2], norm2: zero }
    }

    fn add(&mut self, row0: Lanes, row1: Lanes, x: Lanes) {
        for half in 0..2 {
            self.dots[0][half] = mul_add(self.dots[0][half], row0[half], x[half]);
            self.dots[1][half] = mul_add(self.dots[1][half], row1[half], x[half]);
            self.norm2[half] = mul_add(self.norm2[half], x[half], x[half]);
        }
    }

    fn fold(&self) -> Projection {
        Projection { dots: [fold(self.dots[0]), fold(self.dots[1])], norm2: fold(self.norm2) }
    }
}

/// Halves onto halves: 8, 4, 2, 1.
fn fold([low, high]: Lanes) -> f32 {
    let four = f32x4_add(low, high);
    (f32x4_extract_lane::<0>(four) + f32x4_extract_lane::<2>(four))
        + (f32x4_extract_lane::<1>(four) + f32x4_extract_lane::<3>(four))
}

/// See [`super::project`].
pub fn project([row0, row1]: [&[Block]; 2], x: &[Block]) -> Projection {
    let mut sums = Sums::new();
    for ((row0, row1), x) in row0.iter().zip(row1).zip(x) {
        sums.add(load(row0), load(row1), load(x));
    }
    sums.fold()
}

/// See [`super::project_and_copy`].
pub fn project_and_copy([row0, row1]: [&[Block]; 2], x: &[Block], copy: &mut [Block]) -> Projection {
    let mut sums = Sums::new();
    for (((row0, row1), x), copy) in row0.iter().zip(row1).zip(x).zip(copy) {
        let x = load(x);
        sums.add(load(row0), load(row1), x);
        store(copy, x);
    }
    sums.fold()
}

/// See [`super::norm2`].
pub fn norm2(x: &[Block]) -> f32 {
    let mut sum = [splat(0.0); 2];
    for x in x {
        let x = load(x);
        for half in 0..2 {
            sum[half] = mul_add(sum[half], x[half], x[half]);
        }
    }
    fold(sum)
}

/// See [`super::expand`].
pub fn expand<const N: usize>(rows: [&[Block]; N], scales: [f32; N], x: &[Block], y: &mut [Block]) {
    let scales = scales.map(splat);
    let rows = rows.map(|row| &row[..y.len()]);
    for (k, (x, y)) in x.iter().zip(y).enumerate() {
        let mut value = load(x);
        for i in 0..N {
            let row = load(&rows[i][k]);
            for half in 0..2 {
                value[half] = mul_add(value[half], scales[i], row[half]);
            }
        }
        store(y, value);
    }
}

/// See [`super::residual`].
pub fn residual(
    [row0, row1]: [&[Block]; 2],
    scales: [f32; 2],
    factor: f32,
    x: &[Block],
    g: &mut [Block],
) -> Projection {
    let scales = scales.map(splat);
    let factor = splat(factor);
    let mut sums = Sums::new();
    for (((row0, row1), x), g) in row0.iter().zip(row1).zip(x).zip(g) {
        let (row0, row1, mut value) = (load(row0), load(row1), load(x));
        for half in 0..2 {
            let expanded = mul_add(f32x4_mul(scales[0], row0[half]), scales[1], row1[half]);
            value[half] = f32x4_sub(expanded, f32x4_mul(factor, value[half]));
        }
        sums.add(row0, row1, value);
        store(g, value);
    }
    sums.fold()
}

/// See [`super::rank_one`].
pub fn rank_one([row0, row1]: [&mut [Block]; 2], scales: [f32; 2], x: &[Block]) {
    let scales = scales.map(splat);
    for ((row0, row1), x) in row0.iter_mut().zip(row1).zip(x) {
        let (mut new0, mut new1, x) = (load(row0), load(row1), load(x));
        for half in 0..2 {
            new0[half] = f32x4_sub(new0[half], f32x4_mul(scales[0], x[half]));
            new1[half] = f32x4_sub(new1[half], f32x4_mul(scales[1], x[half]));
        }
        store(row0, new0);
        store(row1, new1);
    }
}

/// See [`super::count_above`].
pub fn count_above(values: &[Block], threshold: f32) -> u32 {
    let threshold = splat(threshold);
    let mut counts = i32x4_splat(0);
    for block in values {
        for half in load(block) {
            // A true comparison is all ones, which is −1.
            counts = i32x4_sub(counts, f32x4_gt(half, threshold));
        }
    }
    let lanes = [
        i32x4_extract_lane::<0>(counts),
        i32x4_extract_lane::<1>(counts),
        i32x4_extract_lane::<2>(counts),
        i32x4_extract_lane::<3>(counts),
    ];
    lanes.iter().sum::<i32>() as u32
}
