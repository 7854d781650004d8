//! Refused calls of one adapter: typed, worded, and without a trace.

use crate::common::{Inputs, a_of, adapter, b_of, bits};
use ruvector_learning_wasm::{Argument, Config, Error, MicroLora};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test(unsupported = test)]
fn a_refused_call_leaves_everything_as_it_was() {
    let mut inputs = Inputs::new(21);
    let (x, g) = (inputs.vector(16, 1.0), inputs.vector(16, 1.0));
    let with = |index: usize, value: f32| {
        let mut values = g.clone();
        values[index] = value;
        values
    };
    let not_finite = |argument, index, value: f32| {
        move |error: &Error| match *error {
            Error::NotFinite { argument: a, index: i, value: v } => {
                (a, i, v.to_bits()) == (argument, index, value.to_bits())
            }
            _ => false,
        }
    };
    type Check<'a> = Box<dyn Fn(&Error) -> bool + 'a>;
    type Attempt<'a> = Box<dyn Fn(&mut MicroLora) -> Result<(), Error> + 'a>;
    let attempts: Vec<(Attempt<'_>, Check<'_>)> = vec![
        (
            Box::new(|lora| lora.forward_array(&[0.0; 15]).map(drop)),
            Box::new(|error| error.to_string() == "input has 15 values, this adapter has dim 16"),
        ),
        (
            Box::new(|lora| lora.adapt_array(&[0.0; 17])),
            Box::new(|error| error.to_string() == "gradient has 17 values, this adapter has dim 16"),
        ),
        (Box::new(|lora| lora.adapt_array(&with(3, f32::NAN))), Box::new(not_finite(Argument::Gradient, 3, f32::NAN))),
        (
            Box::new(|lora| lora.adapt_array(&with(15, f32::NEG_INFINITY))),
            Box::new(not_finite(Argument::Gradient, 15, f32::NEG_INFINITY)),
        ),
        (
            Box::new(|lora| lora.adapt_array(&[1e30; 16])),
            Box::new(|error| *error == Error::TooLarge { argument: Argument::Gradient }),
        ),
        (
            Box::new(|lora| lora.adapt_with_reward(f64::NAN)),
            Box::new(|error| matches!(error, Error::Number { argument: Argument::Improvement, .. })),
        ),
        (
            Box::new(|lora| lora.predicted_improvement(&with(0, f32::INFINITY)).map(drop)),
            Box::new(not_finite(Argument::Input, 0, f32::INFINITY)),
        ),
    ];
    for (attempt, expected) in attempts {
        let (mut tried, mut left) = (adapter(16, 0.1, 0.1), adapter(16, 0.1, 0.1));
        for lora in [&mut tried, &mut left] {
            lora.forward_array(&x).unwrap();
            lora.adapt_array(&g).unwrap();
            lora.forward_array(&x).unwrap();
        }
        let error = attempt(&mut tried).unwrap_err();
        assert!(expected(&error), "{error}");
        for lora in [&mut tried, &mut left] {
            lora.adapt_array(&g).unwrap();
            lora.adapt_with_reward(0.3).unwrap();
        }
        assert_eq!(bits(&tried), bits(&left), "after {error}");
        assert_eq!(tried.adapt_count(), left.adapt_count());
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn nan_passes_through_a_forward_but_is_not_learned_from() {
    let mut inputs = Inputs::new(22);
    let mut lora = adapter(16, 0.1, 0.1);
    lora.forward_array(&inputs.vector(16, 1.0)).unwrap();
    lora.adapt_array(&inputs.vector(16, 1.0)).unwrap();
    let before = bits(&lora);
    let mut x = inputs.vector(16, 1.0);
    x[9] = f32::NAN;
    assert!(lora.forward_array(&x).unwrap().iter().all(|y| y.is_nan()));
    for error in [lora.adapt_array(&[1.0; 16]).unwrap_err(), lora.adapt_with_reward(0.5).unwrap_err()] {
        assert_eq!(error.to_string(), "input[9] is NaN, it must be finite");
    }
    assert_eq!(bits(&lora), before);
    x[9] = 0.0;
    assert!(lora.forward_array(&x).unwrap().iter().all(|y| y.is_finite()));
    lora.adapt_array(&[1.0; 16]).unwrap();
    assert_eq!(lora.adapt_count(), 2);
}

#[wasm_bindgen_test(unsupported = test)]
fn finite_inputs_of_any_size_leave_finite_weights() {
    let sizes = [1e-38, 1e-30, 1e-20, 1e-12, 1e-8, 1e-4, 1.0, 1e4, 1e12, 1e18, 1e20, 1e30, 1e38];
    for alpha in [1e-30, 1e-4, 0.1, 1e4, 1e30] {
        let mut inputs = Inputs::new(23);
        let mut lora = adapter(8, alpha, 1.0);
        for _ in 0..600 {
            let (x_size, g_size) = (sizes[inputs.below(13)], sizes[inputs.below(13)]);
            let (x, g) = (inputs.vector(8, x_size), inputs.vector(8, g_size));
            if x.iter().chain(&g).any(|value| !value.is_finite()) {
                continue;
            }
            lora.forward_array(&x).unwrap();
            let before = bits(&lora);
            let call = inputs.below(2);
            let result = if call == 0 { lora.adapt_array(&g) } else { lora.adapt_with_reward(inputs.normal()) };
            if result.is_err() {
                assert_eq!(bits(&lora), before);
            }
            let values = [a_of(lora.factors()), b_of(lora.factors())].concat();
            assert!(values.iter().all(|value| value.is_finite()), "alpha {alpha:e}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn numbers_out_of_range_are_refused_with_the_number() {
    let refused = |dim, alpha, rate| Config::new(dim, alpha, rate).unwrap_err().to_string();
    for dim in [0.0, -1.0, 2.5, 4097.0, f64::NAN, f64::INFINITY, 4_294_967_552.0] {
        assert_eq!(refused(Some(dim), None, None), format!("dim must be an integer from 1 to 4096, got {dim}"));
    }
    for alpha in [0.0, -0.1, f64::NAN, f64::INFINITY, 1e39, 1e-60] {
        let message = format!("alpha must be above 0 and finite as a 32-bit float, got {alpha}");
        assert_eq!(refused(None, Some(alpha), None), message);
    }
    for rate in [0.0, -0.1, 1.000_001, f64::NAN, f64::INFINITY, 1e-60] {
        let message = format!("learning_rate must be above 0 as a 32-bit float, and at most 1, got {rate}");
        assert_eq!(refused(None, None, Some(rate)), message);
    }
    let default = Config::new(None, None, None).unwrap();
    assert_eq!((default.dim(), default.alpha(), default.learning_rate()), (256, 0.1, 0.01));
    assert_eq!(MicroLora::new(default).unwrap().param_count(), 1024);
}
