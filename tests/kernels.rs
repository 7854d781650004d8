//! Every kernel, and both of its twins, against `f64` sums at every number of blocks. In wasm this compares `simd128`
//! with `scalar` bit by bit.

mod common;

use common::{EPS, Inputs, blocks, dot, dot_bound, flat};
use ruvector_learning_wasm::kernel::{self, Projection, scalar};
use ruvector_learning_wasm::{Block, LANES};
use wasm_bindgen_test::wasm_bindgen_test;

/// Every count up to a few unrolled iterations, then large ones.
const BLOCK_COUNTS: [usize; 14] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 31, 32, 33, 512];

/// Rows with large and tiny values, and zeros, in every lane.
fn row(inputs: &mut Inputs, count: usize) -> Vec<f32> {
    let magnitudes = [1.0, 1e-3, 1e4, 0.0, -2.0];
    (0..count * LANES).map(|_| (magnitudes[inputs.below(5)] * inputs.normal()) as f32).collect()
}

fn bits(blocks: &[Block]) -> Vec<u32> {
    flat(blocks).iter().map(|value| value.to_bits()).collect()
}

fn projection_bits(projection: Projection) -> [u32; 3] {
    [projection.dots[0], projection.dots[1], projection.norm2].map(f32::to_bits)
}

/// Calls `check` with four random rows for every number of blocks.
fn for_every_length(mut check: impl FnMut([Vec<f32>; 4], &mut Inputs)) {
    for count in BLOCK_COUNTS {
        for seed in 0..4 {
            let mut inputs = Inputs::new(seed + 100 * count as u64);
            let rows = [(); 4].map(|()| row(&mut inputs, count));
            check(rows, &mut inputs);
        }
    }
}

fn assert_projection(projection: Projection, [r0, r1]: [&[f32]; 2], x: &[f32]) {
    for (got, row) in [(projection.dots[0], r0), (projection.dots[1], r1), (projection.norm2, x)] {
        let error = (f64::from(got) - dot(row, x)).abs();
        assert!(error <= dot_bound(row, x), "{got} is {error:e} off, bound {:e}", dot_bound(row, x));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn project_matches_the_reference() {
    for_every_length(|[r0, r1, x, _], _| {
        let [b0, b1, bx] = [&r0, &r1, &x].map(|row| blocks(row));
        let projection = kernel::project([&b0, &b1], &bx);
        assert_projection(projection, [&r0, &r1], &x);
        assert_eq!(projection_bits(projection), projection_bits(scalar::project([&b0, &b1], &bx)));

        let mut copy = blocks(&r0);
        let copied = kernel::project_and_copy([&b0, &b1], &bx, &mut copy);
        assert_eq!(projection_bits(copied), projection_bits(projection));
        assert_eq!(bits(&copy), bits(&bx));
        assert_eq!(projection_bits(scalar::project_and_copy([&b0, &b1], &bx, &mut copy)), projection_bits(projection));

        let norm2 = kernel::norm2(&bx);
        assert_eq!(norm2.to_bits(), projection.norm2.to_bits());
        assert_eq!(norm2.to_bits(), scalar::norm2(&bx).to_bits());
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn expand_matches_the_reference() {
    fn check<const N: usize>(rows: [&Vec<f32>; N], x: &[f32], inputs: &mut Inputs) {
        let scales: [f32; N] = std::array::from_fn(|_| inputs.normal() as f32);
        let row_blocks = rows.map(|row| blocks(row));
        let row_slices: [&[Block]; N] = std::array::from_fn(|i| &row_blocks[i][..]);
        let (bx, mut y, mut twin) = (blocks(x), blocks(x), blocks(x));
        kernel::expand(row_slices, scales, &bx, &mut y);
        scalar::expand(row_slices, scales, &bx, &mut twin);
        assert_eq!(bits(&y), bits(&twin));
        for (j, &got) in flat(&y).iter().enumerate() {
            let terms: Vec<f64> =
                rows.iter().zip(scales).map(|(row, scale)| f64::from(scale) * f64::from(row[j])).collect();
            let expected = f64::from(x[j]) + terms.iter().sum::<f64>();
            let magnitude = f64::from(x[j]).abs() + terms.iter().map(|term| term.abs()).sum::<f64>();
            let bound = 2.0 * (N as f64 + 1.0) * EPS * magnitude;
            assert!((f64::from(got) - expected).abs() <= bound, "{got} for {expected}");
        }
    }
    for_every_length(|[r0, r1, r2, x], inputs| {
        check([&r0, &r1], &x, inputs);
        check([&r0, &r1, &r2, &x], &x, inputs);
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn residual_matches_the_reference() {
    for_every_length(|[r0, r1, x, _], inputs| {
        let (scales, factor) = ([inputs.normal() as f32, inputs.normal() as f32], inputs.normal() as f32);
        let [b0, b1, bx] = [&r0, &r1, &x].map(|row| blocks(row));
        let (mut g, mut twin) = (blocks(&x), blocks(&x));
        let projection = kernel::residual([&b0, &b1], scales, factor, &bx, &mut g);
        let twin_projection = scalar::residual([&b0, &b1], scales, factor, &bx, &mut twin);
        assert_eq!(projection_bits(projection), projection_bits(twin_projection));
        assert_eq!(bits(&g), bits(&twin));
        let g = flat(&g);
        for j in 0..g.len() {
            let terms = [(scales[0], r0[j]), (scales[1], r1[j]), (-factor, x[j])]
                .map(|(scale, value)| f64::from(scale) * f64::from(value));
            let magnitude: f64 = terms.iter().map(|term| term.abs()).sum();
            assert!((f64::from(g[j]) - terms.iter().sum::<f64>()).abs() <= 6.0 * EPS * magnitude);
        }
        assert_projection(projection, [&r0, &r1], &g);
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn rank_one_matches_the_reference() {
    for_every_length(|[r0, r1, x, _], inputs| {
        let scales = [inputs.normal() as f32, inputs.normal() as f32];
        let bx = blocks(&x);
        let (mut new0, mut new1) = (blocks(&r0), blocks(&r1));
        let (mut twin0, mut twin1) = (blocks(&r0), blocks(&r1));
        kernel::rank_one([&mut new0, &mut new1], scales, &bx);
        scalar::rank_one([&mut twin0, &mut twin1], scales, &bx);
        for (new, twin, old, scale) in [(new0, twin0, r0, scales[0]), (new1, twin1, r1, scales[1])] {
            assert_eq!(bits(&new), bits(&twin));
            for (j, &got) in flat(&new).iter().enumerate() {
                let (old, product) = (f64::from(old[j]), f64::from(scale) * f64::from(x[j]));
                assert!((f64::from(got) - (old - product)).abs() <= 3.0 * EPS * (old.abs() + product.abs()));
            }
        }
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn count_above_counts() {
    for_every_length(|[values, ..], inputs| {
        let block = blocks(&values);
        for threshold in [0.0, inputs.normal() as f32, f32::NEG_INFINITY, f32::INFINITY] {
            let expected = values.iter().filter(|&&value| value > threshold).count() as u32;
            assert_eq!(kernel::count_above(&block, threshold), expected);
            assert_eq!(scalar::count_above(&block, threshold), expected);
        }
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn gram_is_exact_to_f64_rounding() {
    for_every_length(|[r0, r1, ..], _| {
        let got = kernel::gram([&blocks(&r0), &blocks(&r1)]);
        for (got, [x, y]) in got.iter().zip([[&r0, &r0], [&r0, &r1], [&r1, &r1]]) {
            // The products are exact in f64; sums of n of them in two orders differ by n units of its roundoff.
            let magnitude: f64 = x.iter().zip(y).map(|(&x, &y)| (f64::from(x) * f64::from(y)).abs()).sum();
            assert!((got - dot(x, y)).abs() <= x.len() as f64 * f64::EPSILON * magnitude);
        }
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn the_release_build_runs_the_simd_twin_in_wasm() {
    let expected = if cfg!(target_feature = "simd128") { "simd128" } else { "scalar" };
    assert_eq!(kernel::NAME, expected);
}
