//! Every operation on lanes: the scalar arm against plain arithmetic, and the arm that this build runs against the scalar
//! one, bit by bit. The kernels are written once over these, so theirs are the same bits, too.

use crate::common::Inputs;
use bytemuck::cast;
use ruvector_learning_wasm::simd;
use wasm_bindgen_test::wasm_bindgen_test;

/// Numbers of every kind that `f32` has, and how many of them are tried one with the other.
const SPECIAL: [f32; 22] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.1,
    -3.75,
    1e-3,
    1.000_000_1,
    16_777_216.0,
    16_777_217.0,
    1e20,
    -1e20,
    f32::MAX,
    f32::MIN,
    f32::MIN_POSITIVE,
    -f32::MIN_POSITIVE,
    1e-40,
    f32::from_bits(1),
    f32::INFINITY,
    f32::NEG_INFINITY,
    f32::NAN,
    -f32::NAN,
];

/// Two vectors of four lanes: specials in every lane beside each other, and then random ones of many sizes.
fn for_all_lanes(mut check: impl FnMut([f32; 4], [f32; 4])) {
    for (i, x) in SPECIAL.into_iter().enumerate() {
        for y in SPECIAL {
            let mut lanes = [[0.5, -2.0, 3e7, 1e-9], [1.5, 4.0, -3e7, 1e-9]];
            (lanes[0][i % 4], lanes[1][i % 4]) = (x, y);
            check(lanes[0], lanes[1]);
            check([x, y, y, x], [y, y, x, x]);
        }
    }
    let mut inputs = Inputs::new(90);
    for _ in 0..20_000 {
        let mut four = || [(); 4].map(|()| (2f64.powi(inputs.below(60) as i32 - 30) * inputs.normal()) as f32);
        check(four(), four());
    }
}

/// The bits of a number, or `None`: the sign and payload of a NaN are a machine's own.
fn bits(value: f32) -> Option<u32> {
    (!value.is_nan()).then(|| value.to_bits())
}

fn bits64(value: f64) -> Option<u64> {
    (!value.is_nan()).then(|| value.to_bits())
}

/// All that an arm makes of two vectors.
#[derive(Debug, PartialEq)]
struct Answers {
    lanes: [[Option<u32>; 4]; 4],
    sum: Option<u32>,
    /// Sums of f64 lanes: of each half by itself, and of the halves' products added to each other.
    wide: [Option<u64>; 3],
    counts: [u32; 2],
}

macro_rules! answers {
    ($arm:ident, $x:expr, $y:expr) => {{
        use ruvector_learning_wasm::simd::$arm::{Counts, F32x4, F64x2};
        let (x, y): (F32x4, F32x4) = (cast($x), cast($y));
        let lanes = |value: F32x4| cast::<F32x4, [f32; 4]>(value).map(bits);
        let one = F32x4::splat(1.0).widen()[0];
        let [[x0, x1], [y0, y1]] = [x.widen(), y.widen()];
        let wide = [
            F64x2::zero().add_product(x0, one),
            F64x2::zero().add_product(x1, one),
            F64x2::zero().add_product(x0, y0).add_product(x1, y1),
        ];
        Answers {
            lanes: [lanes(x + y), lanes(x - y), lanes(x * y), lanes(F32x4::splat($y[2]))],
            sum: bits(x.sum()),
            wide: wide.map(|sum| bits64(sum.sum())),
            counts: [
                Counts::zero().add_greater(x, y).sum(),
                Counts::zero().add_greater(x, y).add_greater(y, x).add_greater(x, F32x4::splat(0.0)).sum(),
            ],
        }
    }};
}

#[wasm_bindgen_test(unsupported = test)]
fn the_scalar_arm_is_plain_arithmetic() {
    for_all_lanes(|x, y| {
        let each = |f: fn(f32, f32) -> f32| [0, 1, 2, 3].map(|i| bits(f(x[i], y[i])));
        let (wide_x, wide_y) = (x.map(f64::from), y.map(f64::from));
        let products = [0, 1].map(|i| (0.0 + wide_x[i] * wide_y[i]) + wide_x[i + 2] * wide_y[i + 2]);
        let greater = |x: [f32; 4], y: [f32; 4]| x.iter().zip(y).filter(|&(&x, y)| x > y).count() as u32;
        let expected = Answers {
            lanes: [each(|x, y| x + y), each(|x, y| x - y), each(|x, y| x * y), [bits(y[2]); 4]],
            sum: bits((x[0] + x[2]) + (x[1] + x[3])),
            wide: [
                bits64((0.0 + wide_x[0]) + (0.0 + wide_x[1])),
                bits64((0.0 + wide_x[2]) + (0.0 + wide_x[3])),
                bits64(products[0] + products[1]),
            ],
            counts: [greater(x, y), greater(x, y) + greater(y, x) + greater(x, [0.0; 4])],
        };
        assert_eq!(answers!(scalar, x, y), expected, "{x:?} and {y:?}");
    });
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[wasm_bindgen_test]
fn the_simd_arm_gives_the_bits_of_the_scalar_one() {
    for_all_lanes(|x, y| assert_eq!(answers!(simd128, x, y), answers!(scalar, x, y), "{x:?} and {y:?}"));
}

#[wasm_bindgen_test(unsupported = test)]
fn the_square_root_is_rounded_correctly_by_both_arms() {
    let mut inputs = Inputs::new(91);
    let random = (0..50_000).map(|_| 2f64.powi(inputs.below(400) as i32 - 200) * inputs.uniform());
    let special = SPECIAL.into_iter().map(f64::from).chain([f64::MIN_POSITIVE, 5e-324, f64::MAX, 4.0, 2.0]);
    for x in random.chain(special) {
        assert_eq!(bits64(simd::scalar::sqrt(x)), bits64(x.sqrt()), "{x:e}");
        assert_eq!(bits64(simd::sqrt(x)), bits64(x.sqrt()), "{x:e}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_release_build_runs_the_simd_arm_in_wasm() {
    let expected = if cfg!(target_feature = "simd128") { "simd128" } else { "scalar" };
    assert_eq!(simd::NAME, expected);
}
