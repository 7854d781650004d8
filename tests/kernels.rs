//! Every kernel against `f64` sums, at every number of blocks. That the two arms of the lanes it is written over give the
//! same bits is in `simd.rs`.

use crate::common::{EPS, Inputs, blocks, dot, dot_bound, flat, pairs};
use ruvector_learning_wasm::kernels::{self, Mixture, Projection, Residual};
use ruvector_learning_wasm::{BLOCK_LEN, Block, Pair};
use wasm_bindgen_test::wasm_bindgen_test;

/// Every even count up to a few iterations, then large ones.
const BLOCK_COUNTS: [usize; 11] = [0, 2, 4, 6, 8, 10, 16, 32, 34, 62, 512];

/// Rows with large and tiny values, and zeros, in every lane.
fn row(inputs: &mut Inputs, count: usize) -> Vec<f32> {
    let magnitudes = [1.0, 1e-3, 1e4, 0.0, -2.0];
    (0..count * BLOCK_LEN).map(|_| (magnitudes[inputs.below(5)] * inputs.normal()) as f32).collect()
}

fn bits(blocks: &[Block]) -> Vec<u32> {
    flat(blocks).iter().map(|value| value.to_bits()).collect()
}

/// Row `i` of two.
fn split(pairs: &[Pair], i: usize) -> Vec<Block> {
    pairs.iter().map(|pair| pair[i]).collect()
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
    for_every_length(|[r0, r1, x, r2], _| {
        let (rows, others, x_blocks) = (pairs([&r0, &r1]), pairs([&r2, &r0]), blocks(&x));
        let projection = kernels::project(&rows, &x_blocks);
        assert_projection(projection, [&r0, &r1], &x);
        let expected = projection_bits(projection);
        let mut copy = blocks(&r0);
        let both = kernels::project_both([&rows, &others], &x_blocks, &mut copy).map(projection_bits);
        assert_eq!(both, [expected, projection_bits(kernels::project(&others, &x_blocks))]);
        assert_eq!(bits(&copy), bits(&x_blocks));

        let cross = kernels::project_cross([&rows, &others], &x_blocks);
        assert_eq!(cross.norm2.to_bits(), projection.norm2.to_bits());
        assert_eq!(cross.dots, [projection.dots, kernels::project(&others, &x_blocks).dots]);
        for (got, row) in cross.between.iter().zip([&r0, &r1]) {
            let expected = kernels::project(&others, &blocks(row)).dots;
            assert_eq!(got.map(f32::to_bits), expected.map(f32::to_bits));
        }

        let mut copy = blocks(&r0);
        assert_eq!(projection_bits(kernels::project_and_copy(&rows, &x_blocks, &mut copy)), expected);
        assert_eq!(bits(&copy), bits(&x_blocks));
        assert_eq!(kernels::norm2(&x_blocks).to_bits(), projection.norm2.to_bits());
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn dot_and_copy_match_the_reference() {
    for_every_length(|[x, y, ..], _| {
        let (x_blocks, y_blocks) = (blocks(&x), blocks(&y));
        let got = kernels::dot(&x_blocks, &y_blocks);
        assert!((f64::from(got) - dot(&x, &y)).abs() <= dot_bound(&x, &y));
        let mut copy = y_blocks;
        kernels::copy(&x_blocks, &mut copy);
        assert_eq!(bits(&copy), bits(&x_blocks));
    });
}

/// `Σ scale · value` and the sum of the terms' sizes.
fn combination<const N: usize>(terms: [(f32, f32); N]) -> [f64; 2] {
    let products = terms.map(|(scale, value)| f64::from(scale) * f64::from(value));
    [products.iter().sum(), products.iter().map(|product| product.abs()).sum()]
}

#[wasm_bindgen_test(unsupported = test)]
fn expand_matches_the_reference() {
    for_every_length(|[r0, r1, r2, x], inputs| {
        let [s0, s1, s2, s3] = [(); 4].map(|()| inputs.normal() as f32);
        let (one, two, x_blocks) = (pairs([&r0, &r1]), pairs([&r2, &x]), blocks(&x));
        let mut y = blocks(&r0);
        kernels::expand(&one, [s0, s1], &x_blocks, &mut y);
        for (j, &got) in flat(&y).iter().enumerate() {
            let [expected, magnitude] = combination([(1.0, x[j]), (s0, r0[j]), (s1, r1[j])]);
            assert!((f64::from(got) - expected).abs() <= 6.0 * EPS * magnitude, "{got} for {expected}");
        }
        kernels::expand_both([&one, &two], [[s0, s1], [s2, s3]], &x_blocks, &mut y);
        for (j, &got) in flat(&y).iter().enumerate() {
            let terms = [(1.0, x[j]), (s0, r0[j]), (s1, r1[j]), (s2, r2[j]), (s3, x[j])];
            let [expected, magnitude] = combination(terms);
            assert!((f64::from(got) - expected).abs() <= 10.0 * EPS * magnitude, "{got} for {expected}");
        }
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn rank_one_matches_the_reference() {
    for_every_length(|[r0, r1, x, _], inputs| {
        let scales = [inputs.normal() as f32, inputs.normal() as f32];
        let x_blocks = blocks(&x);
        let mut new = pairs([&r0, &r1]);
        kernels::rank_one(&mut new, scales, &x_blocks);
        for (i, old) in [r0, r1].iter().enumerate() {
            for (j, &got) in flat(&split(&new, i)).iter().enumerate() {
                let [expected, magnitude] = combination([(1.0, old[j]), (-scales[i], x[j])]);
                assert!((f64::from(got) - expected).abs() <= 3.0 * EPS * magnitude);
            }
        }
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn rank_one_residual_matches_the_reference() {
    for_every_length(|[r0, r1, t, _], inputs| {
        let [s0, s1, c0, c1, factor] = [(); 5].map(|()| inputs.normal() as f32);
        let residual = Residual { coefficients: [c0, c1], factor };
        let t_blocks = blocks(&t);
        let mut new = pairs([&r0, &r1]);
        kernels::rank_one_residual(&mut new, [s0, s1], residual, &t_blocks);
        for (i, (old, scale)) in [(&r0, s0), (&r1, s1)].into_iter().enumerate() {
            for (j, &got) in flat(&split(&new, i)).iter().enumerate() {
                let [g, magnitude] = combination([(c0, r0[j]), (c1, r1[j]), (-factor, t[j])]);
                let (old, scale) = (f64::from(old[j]), f64::from(scale));
                let bound = 10.0 * EPS * (old.abs() + scale.abs() * magnitude);
                assert!((f64::from(got) - (old - scale * g)).abs() <= bound);
            }
        }
        // With no share of the rows and all of −t, it is `rank_one`, to the last bit.
        let whole = Residual { coefficients: [0.0; 2], factor: -1.0 };
        let (mut new, mut plain) = (pairs([&r0, &r1]), pairs([&r0, &r1]));
        kernels::rank_one_residual(&mut new, [s0, s1], whole, &t_blocks);
        kernels::rank_one(&mut plain, [s0, s1], &t_blocks);
        assert_eq!(new, plain);
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn rank_one_mixture_matches_the_reference() {
    for_every_length(|[r0, r1, r2, g], inputs| {
        let old = [[&r0, &r1], [&r2, &g]];
        let scales = [[(); 2]; 2].map(|pair| pair.map(|()| inputs.normal() as f32));
        let coefficients = [[(); 4]; 2].map(|four| four.map(|()| inputs.normal() as f32));
        let mixture = Mixture { coefficients };
        let [mut rows, mut others] = old.map(|[p, q]| pairs([p, q]));
        kernels::rank_one_mixture([&mut rows, &mut others], scales, mixture, &blocks(&g));
        for (i, pair) in [rows, others].iter().enumerate() {
            for k in 0..2 {
                for (j, &got) in flat(&split(pair, k)).iter().enumerate() {
                    let terms = [0, 1, 2, 3].map(|n| (coefficients[i][n], old[n / 2][n % 2][j]));
                    let [mixed, size] = combination(terms);
                    let [value, scale, g] = [old[i][k][j], scales[i][k], g[j]].map(f64::from);
                    let bound = 12.0 * EPS * (value.abs() + scale.abs() * (g.abs() + size));
                    assert!((f64::from(got) - (value - scale * (g + mixed))).abs() <= bound);
                }
            }
        }
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn scale_scales() {
    for_every_length(|[r0, r1, ..], inputs| {
        let factors = [inputs.normal() as f32, inputs.normal() as f32];
        let mut rows = pairs([&r0, &r1]);
        kernels::scale(&mut rows, factors);
        for (i, old) in [&r0, &r1].into_iter().enumerate() {
            let expected: Vec<_> = old.iter().map(|value| (factors[i] * value).to_bits()).collect();
            assert_eq!(bits(&split(&rows, i)), expected);
        }
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn subtract_from_subtracts() {
    for_every_length(|[y, t, ..], _| {
        let expected: Vec<_> = y.iter().zip(&t).map(|(y, t)| (y - t).to_bits()).collect();
        let mut difference = blocks(&t);
        kernels::subtract_from(&blocks(&y), &mut difference);
        assert_eq!(bits(&difference), expected);
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn count_above_counts() {
    for_every_length(|[values, ..], inputs| {
        let block = blocks(&values);
        for threshold in [0.0, inputs.normal() as f32, f32::NEG_INFINITY, f32::INFINITY] {
            let expected = values.iter().filter(|&&value| value > threshold).count() as u32;
            assert_eq!(kernels::count_above(&block, threshold), expected);
        }
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn gram_is_right_to_the_rounding_of_f64() {
    for_every_length(|[r0, r1, ..], _| {
        let rows = pairs([&r0, &r1]);
        for (got, [x, y]) in kernels::gram(&rows).iter().zip([[&r0, &r0], [&r0, &r1], [&r1, &r1]]) {
            // The products are exact in f64; sums of n of them in two orders differ by n units of its roundoff.
            let magnitude: f64 = x.iter().zip(y).map(|(&x, &y)| (f64::from(x) * f64::from(y)).abs()).sum();
            assert!((got - dot(x, y)).abs() <= x.len() as f64 * f64::EPSILON * magnitude);
        }
    });
}
