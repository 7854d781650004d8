//! One adapter against the `f64` reference, over whole histories; its identities and its counters.

use crate::common::{self, EPS, Inputs, Reference, adapter, bits, norm, subtract, widen};
use ruvector_learning_wasm::MicroLora;
use wasm_bindgen_test::wasm_bindgen_test;

fn reference(lora: &MicroLora) -> Reference {
    Reference::new(lora.factors(), lora.config().alpha(), lora.config().learning_rate())
}

/// What a history is made of.
#[derive(Clone, Copy, Debug)]
enum Call {
    Forward,
    Adapt,
    AdaptAgain,
    Reward(f64),
}

/// A step of a reference, which is told what the adapter has become.
type Step = Box<dyn Fn(&mut Reference, &Reference)>;

/// Makes the calls on an adapter, and each of them on a reference that starts from the adapter's factors: what is
/// compared is one step, so its error does not depend on how the history amplifies rounding.
fn check_history(dim: usize, alpha: f64, learning_rate: f64, calls: &[Call], seed: u64) {
    let mut inputs = Inputs::new(seed);
    let mut lora = adapter(dim, alpha, learning_rate);
    let mut x = vec![1.0 / (dim as f32).sqrt(); dim];
    let mut target = x.clone();
    let (mut forwards, mut adapts) = (0, 0);
    for &call in calls {
        let before = reference(&lora);
        let mut expected = before.clone();
        let terms; // size of what the gradient is computed from
        let step: Step;
        match call {
            Call::Forward => {
                x = inputs.vector(dim, 1.0);
                target = inputs.vector(dim, 1.0);
                let y = lora.forward_array(&x).unwrap().to_vec();
                let h: f64 = expected.hidden(&widen(&x)).iter().map(|h| h.abs()).sum();
                let scale = 1.0 + expected.alpha * h * expected.norm();
                for (got, expected) in y.iter().zip(expected.forward(&widen(&x))) {
                    let bound = 4.0 * (dim as f64 + 16.0) * EPS * (scale + expected.abs());
                    assert!((f64::from(*got) - expected).abs() <= bound, "{got} for {expected}");
                }
                forwards += 1;
                continue;
            }
            Call::Adapt | Call::AdaptAgain => {
                let y: Vec<f32> = expected.forward(&widen(&x)).iter().map(|&y| y as f32).collect();
                let gradient = subtract(&y, &target);
                lora.adapt_array(&gradient).unwrap();
                if common::dot(&gradient, &gradient) < 1e-16 {
                    continue; // the target has been reached: nothing to count
                }
                let (x, gradient) = (widen(&x), widen(&gradient));
                terms = norm(&gradient);
                step = Box::new(move |reference, taken| reference.adapt(&x, &gradient, taken));
            }
            Call::Reward(improvement) => {
                lora.adapt_with_reward(improvement).unwrap();
                let x = widen(&x);
                terms = norm(&before.forward(&x)) + 3.0 * norm(&x);
                step = Box::new(move |reference, taken| reference.reward(&x, improvement, taken));
            }
        }
        adapts += 1;
        step(&mut expected, &reference(&lora));
        let (error, bound) =
            (reference(&lora).distance(&expected), before.step_bound(&widen(&x), terms, &expected, adapts));
        if adapts % 256 == 0 && error > bound {
            // A's columns have been made orthogonal, which changes both factors and not their product.
            let mut alone = before.clone();
            step(&mut alone, &before);
            expected = before;
            step(&mut expected, &alone);
            let (got, expected) = (reference(&lora).forward(&widen(&x)), expected.forward(&widen(&x)));
            let difference = norm(&got.iter().zip(&expected).map(|(got, expected)| got - expected).collect::<Vec<_>>());
            assert!(difference <= 1e-4 * norm(&expected), "{call:?} at d = {dim}: {difference:e}");
            continue;
        }
        assert!(error <= bound, "{call:?} at d = {dim}: {error:e} over {bound:e}");
    }
    assert_eq!((lora.forward_count(), lora.adapt_count()), (forwards, adapts));
    let delta = f64::from(lora.delta_norm());
    let expected = reference(&lora).delta_norm();
    assert!((delta - expected).abs() <= 1e-6 * expected + 1e-30, "delta norm {delta} for {expected}");
}

fn random_calls(inputs: &mut Inputs, count: usize) -> Vec<Call> {
    (0..count)
        .map(|_| match inputs.below(4) {
            0 => Call::Forward,
            1 => Call::Adapt,
            2 => Call::AdaptAgain,
            _ => Call::Reward(inputs.normal()),
        })
        .collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn seeded_histories_match_the_reference() {
    for seed in 0..60 {
        let mut inputs = Inputs::new(1000 + seed);
        let dim = [1, 2, 3, 5, 8, 9, 31, 64, 256, 384][inputs.below(10)];
        let alpha = [1e-3, 0.1, 1.0, 40.0][inputs.below(4)];
        let learning_rate = [0.01, 0.1, 0.5, 1.0][inputs.below(4)];
        let calls = random_calls(&mut inputs, 80);
        check_history(dim, alpha, learning_rate, &calls, seed);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_long_history_does_not_drift() {
    // Past several recomputations of the Gram matrices.
    let calls = random_calls(&mut Inputs::new(5), 3000);
    check_history(48, 0.1, 0.1, &calls, 5);
}

#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use super::*;
    use proptest::prelude::*;

    fn call() -> impl Strategy<Value = Call> {
        prop_oneof![
            3 => Just(Call::Forward),
            3 => Just(Call::Adapt),
            1 => Just(Call::AdaptAgain),
            2 => (-3.0..4.0).prop_map(Call::Reward),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_history_matches_the_reference(
            dim in 2usize..200, // in one dimension, see `seeded_histories_match_the_reference`
            alpha in prop_oneof![1e-4..1e-2, 0.01..1.0, 1.0..1e3],
            learning_rate in 1e-3..1.0,
            calls in prop::collection::vec(call(), 1..60),
            seed in any::<u64>(),
        ) {
            check_history(dim, alpha, learning_rate, &calls, seed);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_gradients_of_the_reference_are_those_of_finite_differences() {
    // The step preconditions ∂loss/∂A = alpha xᵀ u and ∂loss/∂B = alpha hᵀ g; this is what makes it descend.
    let mut inputs = Inputs::new(7);
    let mut lora = adapter(12, 0.3, 0.5);
    for _ in 0..5 {
        lora.forward_array(&inputs.vector(12, 1.0)).unwrap();
        lora.adapt_array(&inputs.vector(12, 1.0)).unwrap();
    }
    let reference = reference(&lora);
    let (x, target) = (widen(&inputs.vector(12, 1.0)), widen(&inputs.vector(12, 1.0)));
    let loss = |reference: &Reference| -> f64 {
        reference.forward(&x).iter().zip(&target).map(|(y, t)| 0.5 * (y - t).powi(2)).sum()
    };
    let g: Vec<f64> = reference.forward(&x).iter().zip(&target).map(|(y, t)| y - t).collect();
    let (for_a, for_b) = reference.gradients(&x, &g);
    let step = 1e-5;
    for i in 0..2 {
        for j in 0..12 {
            let difference = |shift: &dyn Fn(&mut Reference, f64)| {
                let (mut up, mut down) = (reference.clone(), reference.clone());
                shift(&mut up, step);
                shift(&mut down, -step);
                (loss(&up) - loss(&down)) / (2.0 * step)
            };
            let numeric_a = difference(&|r, by| r.a[i][j] += by);
            let numeric_b = difference(&|r, by| r.b[i][j] += by);
            assert!((numeric_a - for_a[i][j]).abs() < 1e-7, "{numeric_a} for {}", for_a[i][j]);
            assert!((numeric_b - for_b[i][j]).abs() < 1e-7, "{numeric_b} for {}", for_b[i][j]);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_step_lowers_the_error_and_moves_both_factors() {
    let mut inputs = Inputs::new(11);
    let mut lora = adapter(32, 0.1, 0.1);
    for _ in 0..20 {
        let (x, target) = (inputs.vector(32, 1.0), inputs.vector(32, 1.0));
        let y = lora.forward_array(&x).unwrap().to_vec();
        let before = reference(&lora);
        let g = subtract(&y, &target);
        lora.adapt_array(&g).unwrap();
        let (after, (for_a, _)) = (reference(&lora), before.gradients(&widen(&x), &widen(&g)));
        let descent = |new: &[Vec<f64>; 2], old: &[Vec<f64>; 2], gradient: &[Vec<f64>; 2]| -> f64 {
            (0..2)
                .flat_map(|i| (0..32).map(move |j| (i, j)))
                .map(|(i, j)| (new[i][j] - old[i][j]) * gradient[i][j])
                .sum()
        };
        // The first step has u = 0: A's gradient is zero while B is. B then steps from the new A.
        assert!(descent(&after.a, &before.a, &for_a) <= 0.0);
        let error = |at: &Reference| common::squared_distance64(&at.forward(&widen(&x)), &widen(&target));
        assert!(error(&after) < error(&before));
        if lora.adapt_count() > 1 {
            assert!(after.a != before.a);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_new_or_reset_adapter_is_the_identity_to_the_last_bit() {
    for dim in [1, 3, 8, 256, 384, 4096] {
        let mut inputs = Inputs::new(dim as u64);
        let mut lora = adapter(dim, 0.1, 0.1);
        let (start, addresses) = (bits(&lora), (lora.input().as_ptr(), lora.output().as_ptr()));
        let x = inputs.vector(dim, 1.0);
        assert_eq!(lora.forward_array(&x).unwrap(), x);
        assert_eq!(lora.delta_norm(), 0.0);
        lora.adapt_array(&inputs.vector(dim, 1.0)).unwrap();
        lora.adapt_with_reward(0.5).unwrap();
        assert_ne!(bits(&lora), start);
        assert!(lora.delta_norm() > 0.0);

        lora.reset();
        assert_eq!(bits(&lora), start);
        assert_eq!((lora.forward_count(), lora.adapt_count()), (0, 0));
        assert_eq!((lora.input().as_ptr(), lora.output().as_ptr()), addresses);
        assert!(addresses.0.addr() % 16 == 0 && addresses.1.addr() % 16 == 0);

        // From there on it goes the way of a new one.
        let mut fresh = adapter(dim, 0.1, 0.1);
        let g = inputs.vector(dim, 1.0);
        for lora in [&mut lora, &mut fresh] {
            lora.adapt_array(&g).unwrap(); // the context is the unit vector
            lora.forward_array(&x).unwrap();
            lora.adapt_array(&g).unwrap();
        }
        assert_eq!(bits(&lora), bits(&fresh));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_ways_to_pass_a_gradient_are_one() {
    let mut inputs = Inputs::new(3);
    let (mut by_array, mut by_input) = (adapter(40, 0.1, 0.1), adapter(40, 0.1, 0.1));
    for _ in 0..300 {
        let (x, g) = (inputs.vector(40, 1.0), inputs.vector(40, 0.3));
        by_array.forward_array(&x).unwrap();
        by_array.adapt_array(&g).unwrap();
        assert_eq!(by_array.input(), x);
        by_input.input_mut().copy_from_slice(&x);
        by_input.forward();
        by_input.input_mut().copy_from_slice(&g);
        by_input.adapt().unwrap();
    }
    assert_eq!(bits(&by_array), bits(&by_input));
}

#[wasm_bindgen_test(unsupported = test)]
fn too_little_to_learn_from_changes_nothing_and_is_not_counted() {
    let mut inputs = Inputs::new(9);
    let mut lora = adapter(16, 0.1, 0.1);
    let (x, g) = (inputs.vector(16, 1.0), inputs.vector(16, 1.0));
    lora.forward_array(&x).unwrap();
    lora.adapt_array(&g).unwrap();
    let before = bits(&lora);
    lora.adapt_array(&[0.0; 16]).unwrap();
    lora.adapt_array(&[2e-9; 16]).unwrap(); // |g|² = 6.4e-17
    lora.forward_array(&[0.0; 16]).unwrap();
    lora.adapt_array(&g).unwrap();
    lora.adapt_with_reward(0.5).unwrap();
    assert_eq!((bits(&lora), lora.adapt_count()), (before.clone(), 1));

    lora.adapt_array(&[4e-9; 16]).unwrap(); // |g|² = 2.6e-16, but the context is still zero
    assert_eq!((bits(&lora), lora.adapt_count()), (before.clone(), 1));
    lora.forward_array(&x).unwrap();
    lora.adapt_array(&[4e-9; 16]).unwrap();
    assert_eq!(lora.adapt_count(), 2);
}
