//! Numbers of every size: a call learns, or is refused without a trace, and ordinary inputs have finite answers all the time.

use crate::common::{IN_WASM, Inputs, a_of, adapter, b_of, bits};
use ruvector_learning_wasm::{Config, Error, MicroLora, Operator, ScopedLora};
use wasm_bindgen_test::wasm_bindgen_test;

const DIMS: [usize; 4] = [1, 2, 3, 5];
const ALPHAS: [f64; 11] = [1e-38, 1e-30, 1e-20, 1e-10, 1e-4, 0.1, 1.0, 1e4, 1e10, 1e20, 1e30];

/// The smallest number above zero.
const DENORMAL: f32 = f32::from_bits(1);

/// 10ⁿ for all of them that an `f32` can be; in wasm, every third.
fn decades() -> impl Iterator<Item = f64> {
    let exponents = (-38..=38).step_by(if IN_WASM { 3 } else { 1 });
    exponents.map(|exponent| f64::from(format!("1e{exponent}").parse::<f32>().unwrap()))
}

/// The ways to fill a vector with numbers of one size.
const PATTERNS: usize = 6;

fn vector(pattern: usize, dim: usize, size: f64, inputs: &mut Inputs) -> Vec<f32> {
    let mut value = |i: usize| {
        let signed = 2.0 * inputs.uniform() - 1.0;
        let value = match pattern {
            0 => size * signed,
            1 => {
                if i == dim / 2 {
                    size
                } else {
                    1e-38
                }
            } // one huge among tiny ones
            2 => {
                if i.is_multiple_of(2) {
                    size
                } else {
                    -1.0 / size
                }
            } // in turn
            3 => {
                if i == 0 {
                    size
                } else {
                    0.0
                }
            }
            4 => size,
            _ => return if signed > 0.0 { DENORMAL } else { -1e-40 },
        };
        value.clamp(f32::MIN.into(), f32::MAX.into()) as f32
    };
    (0..dim).map(&mut value).collect()
}

/// One step, in one of the ways to take it.
fn step(lora: &mut MicroLora, way: usize, x: &[f32], g: &[f32], reward: f64) -> Result<(), Error> {
    match way {
        0 => {
            lora.forward_array(x).unwrap();
            lora.adapt_array(g)
        }
        1 => lora.train(x, g).map(|loss| assert!(loss.is_finite() && loss >= 0.0, "loss {loss}")),
        _ => lora.reward(x, reward),
    }
}

/// Takes a step; whatever comes of it, everything is finite and works afterwards.
fn check(lora: &mut MicroLora, way: usize, [x, g]: [&[f32]; 2], reward: f64, ordinary: &[f32]) -> bool {
    let (before, count) = (bits(lora), lora.adapt_count());
    let result = step(lora, way, x, g, reward);
    let case = || format!("alpha {:e}, x {x:?}, g {g:?}, reward {reward}, way {way}", lora.config().alpha());
    if result.is_err() {
        assert_eq!((bits(lora), lora.adapt_count()), (before, count), "{}", case());
    }
    let weights = [a_of(lora.factors()), b_of(lora.factors())].concat();
    assert!(weights.iter().all(|value| value.is_finite()) && lora.delta_norm().is_finite(), "{}", case());
    let case = case();
    assert!(lora.forward_array(ordinary).unwrap().iter().all(|y| y.is_finite()), "{case}");
    let predicted = lora.predicted_improvement(ordinary);
    assert!(predicted.as_ref().is_ok_and(|gain| gain.is_finite()), "{predicted:?} after {case}");
    result.is_ok()
}

#[wasm_bindgen_test(unsupported = test)]
fn vectors_of_any_two_sizes_leave_finite_weights_or_no_trace() {
    let mut learned = 0;
    for dim in DIMS {
        for (alpha, rate) in ALPHAS.into_iter().flat_map(|alpha| [0.01, 1.0].map(|rate| (alpha, rate))) {
            let mut inputs = Inputs::new(dim as u64);
            let ordinary = inputs.vector(dim, 1.0);
            let mut lora = adapter(dim, alpha, rate);
            for (x_size, g_size) in decades().flat_map(|x| decades().map(move |g| (x, g))) {
                if inputs.below(64) == 0 {
                    lora.reset(); // what a fresh one does with it may differ from what a spoilt one does
                }
                let [x_pattern, g_pattern, way] = [PATTERNS, PATTERNS, 3].map(|n| inputs.below(n));
                let x = vector(x_pattern, dim, x_size, &mut inputs);
                let g = vector(g_pattern, dim, g_size, &mut inputs);
                learned += usize::from(check(&mut lora, way, [&x, &g], inputs.normal(), &ordinary));
            }
        }
    }
    let least = if IN_WASM { 100_000 / (3 * 3) } else { 100_000 };
    assert!(learned > least, "{learned}"); // most that can be learned from has not been refused
}

#[wasm_bindgen_test(unsupported = test)]
fn a_huge_alpha_does_not_spoil_the_buffers_for_later() {
    // alpha · h is too much for f32 here: a new adapter is the identity all the same, and one that has learned may refuse.
    let mut lora = adapter(3, 1e30, 0.5);
    assert_eq!(lora.forward_array(&[1e10; 3]).unwrap(), [1e10; 3]);
    let mut refused = 0;
    for size in [1e10, 1e12, 1e15, 1e18] {
        for _ in 0..4 {
            refused += u32::from(lora.train(&[size; 3], &[-size, size, 0.5 * size]).is_err());
        }
        assert!(lora.predicted_improvement(&[1.0; 3]).unwrap().is_finite());
        lora.train(&[1.0; 3], &[0.5; 3]).unwrap();
        lora.forward_array(&[1.0; 3]).unwrap();
        lora.adapt_array(&[0.5; 3]).unwrap();
    }
    println!("{refused} refused");
}

#[wasm_bindgen_test(unsupported = test)]
fn sets_take_vectors_of_any_size_too() {
    for (dim, alpha) in DIMS.into_iter().flat_map(|dim| ALPHAS.map(|alpha| (dim, alpha))) {
        let config = Config::new(Some(dim as f64), Some(alpha), Some(0.5)).unwrap();
        let mut set = ScopedLora::new(config).unwrap();
        let mut inputs = Inputs::new(dim as u64);
        let ordinary = inputs.vector(dim, 1.0);
        for x_size in decades() {
            for g_size in decades().step_by(3) {
                let operator = Operator::at(inputs.below(17) as u16);
                let [x_pattern, g_pattern, way] = [PATTERNS, PATTERNS, 3].map(|n| inputs.below(n));
                let x = vector(x_pattern, dim, x_size, &mut inputs);
                let g = vector(g_pattern, dim, g_size, &mut inputs);
                set.forward_array(operator, &x).unwrap();
                let factors = |set: &ScopedLora| {
                    [set.factors(operator), set.category_factors(operator)]
                        .map(|factors| factors.unwrap().map(|factors| [a_of(factors), b_of(factors)].concat()))
                };
                let before = (factors(&set), set.total_adapt_count());
                let result = match way {
                    0 => set.adapt_array(operator, &g),
                    1 => set.train(operator, &x, &g).map(|loss| assert!(loss.is_finite())),
                    _ => set.adapt_with_reward(operator, inputs.normal()),
                };
                let case = format!("alpha {alpha:e}, x {x:?}, g {g:?}, way {way}: {result:?}");
                let after = (factors(&set), set.total_adapt_count());
                if result.is_err() {
                    assert_eq!(after, before, "{case}");
                }
                assert!(after.0.iter().flatten().flatten().all(|value| value.is_finite()), "{case}");
                assert!(set.forward_array(operator, &ordinary).unwrap().iter().all(|y| y.is_finite()), "{case}");
                assert!(set.predicted_improvement(operator, &ordinary).is_ok_and(f64::is_finite), "{case}");
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn contradictory_signals_never_overflow() {
    let steps = if IN_WASM { 10_000 } else { 300_000 };
    for (dim, rate) in [1, 2, 3, 4, 8].into_iter().flat_map(|dim| [0.01, 0.1, 0.5, 1.0].map(|rate| (dim, rate))) {
        for kind in 0..5 {
            let mut inputs = Inputs::new(kind);
            let [fixed, always] = [(); 2].map(|()| inputs.vector(dim, 1.0));
            let mut lora = adapter(dim, 0.1, rate);
            for i in 0..steps {
                let x = inputs.vector(dim, 1.0);
                let result = match kind {
                    // One input that is very good and very bad in turn.
                    0 => step(&mut lora, 2, &fixed, &[], if i % 2 == 0 { 2.0 } else { -1.0 }),
                    1 => step(&mut lora, 2, &x, &[], inputs.normal()),
                    // Any input, one input, and any target.
                    2 => step(&mut lora, 1, &x, &inputs.vector(dim, 1.0), 0.0),
                    3 => step(&mut lora, 1, &fixed, &x, 0.0),
                    // A gradient that no step makes smaller.
                    _ => step(&mut lora, 0, &x, &always, 0.0),
                };
                assert_eq!(result, Ok(()), "step {i} of kind {kind}, d = {dim}, rate {rate}");
            }
        }
    }
}
