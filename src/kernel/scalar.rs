//! Plain loops: the meaning of each primitive, and what runs where there is no `simd128`.

#![expect(clippy::needless_range_loop, reason = "lane j of every operand reads like the formula")]

use super::Projection;
use crate::buffer::{Block, LANES};

/// Name of this twin.
pub const NAME: &str = "scalar";

type Lanes = [f32; LANES];

/// Sums of two dot products and a squared norm, lane by lane.
#[derive(Default)]
struct Sums {
    dots: [Lanes; 2],
    norm2: Lanes,
}

impl Sums {
    fn add(&mut self, row0: &Block, row1: &Block, x: &Lanes) {
        for j in 0..LANES {
            self.dots[0][j] += row0.0[j] * x[j];
            self.dots[1][j] += row1.0[j] * x[j];
            self.norm2[j] += x[j] * x[j];
        }
    }

    fn fold(&self) -> Projection {
        Projection { dots: [fold(&self.dots[0]), fold(&self.dots[1])], norm2: fold(&self.norm2) }
    }
}

/// Halves onto halves: 8, 4, 2, 1.
fn fold(lanes: &Lanes) -> f32 {
    let four = |j: usize| lanes[j] + lanes[j + 4];
    (four(0) + four(2)) + (four(1) + four(3))
}

/// See [`super::project`].
pub fn project([row0, row1]: [&[Block]; 2], x: &[Block]) -> Projection {
    let mut sums = Sums::default();
    for ((row0, row1), x) in row0.iter().zip(row1).zip(x) {
        sums.add(row0, row1, &x.0);
    }
    sums.fold()
}

/// See [`super::project_and_copy`].
pub fn project_and_copy([row0, row1]: [&[Block]; 2], x: &[Block], copy: &mut [Block]) -> Projection {
    let mut sums = Sums::default();
    for (((row0, row1), x), copy) in row0.iter().zip(row1).zip(x).zip(copy) {
        sums.add(row0, row1, &x.0);
        *copy = *x;
    }
    sums.fold()
}

/// See [`super::norm2`].
pub fn norm2(x: &[Block]) -> f32 {
    let mut sum = Lanes::default();
    for x in x {
        for j in 0..LANES {
            sum[j] += x.0[j] * x.0[j];
        }
    }
    fold(&sum)
}

/// See [`super::expand`].
pub fn expand<const N: usize>(rows: [&[Block]; N], scales: [f32; N], x: &[Block], y: &mut [Block]) {
    let rows = rows.map(|row| &row[..y.len()]);
    for (k, (x, y)) in x.iter().zip(y).enumerate() {
        for j in 0..LANES {
            let mut value = x.0[j];
            for i in 0..N {
                value += scales[i] * rows[i][k].0[j];
            }
            y.0[j] = value;
        }
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
    let mut sums = Sums::default();
    for (((row0, row1), x), g) in row0.iter().zip(row1).zip(x).zip(g) {
        for j in 0..LANES {
            g.0[j] = scales[0] * row0.0[j] + scales[1] * row1.0[j] - factor * x.0[j];
        }
        sums.add(row0, row1, &g.0);
    }
    sums.fold()
}

/// See [`super::rank_one`].
pub fn rank_one([row0, row1]: [&mut [Block]; 2], scales: [f32; 2], x: &[Block]) {
    for ((row0, row1), x) in row0.iter_mut().zip(row1).zip(x) {
        for j in 0..LANES {
            row0.0[j] -= scales[0] * x.0[j];
            row1.0[j] -= scales[1] * x.0[j];
        }
    }
}

/// See [`super::count_above`].
pub fn count_above(values: &[Block], threshold: f32) -> u32 {
    values.iter().flat_map(|block| block.0).map(|value| u32::from(value > threshold)).sum()
}

/// See [`super::gram`].
pub fn gram([row0, row1]: [&[Block]; 2]) -> [f64; 3] {
    let mut sums = [[0.0; LANES]; 3];
    for (row0, row1) in row0.iter().zip(row1) {
        for j in 0..LANES {
            let (p, q) = (f64::from(row0.0[j]), f64::from(row1.0[j]));
            sums[0][j] += p * p;
            sums[1][j] += p * q;
            sums[2][j] += q * q;
        }
    }
    sums.map(|lanes| lanes.iter().sum())
}
