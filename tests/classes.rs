//! The JavaScript classes, called from Rust with real JavaScript values: conversions, errors as thrown, memory growth.
//! `tests/js` tests the same classes from JavaScript, on the packed package.
#![cfg(all(target_arch = "wasm32", feature = "wasm"))]

use js_sys::{Array, Error, Float32Array, Float64Array, Object, RangeError, TypeError};
use ruvector_learning_wasm::wasm::{WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

fn lora(dim: f64) -> WasmMicroLoRA {
    WasmMicroLoRA::new(Some(dim), None, Some(0.5)).unwrap()
}

fn floats(values: &[f32]) -> JsValue {
    Float32Array::from(values).into()
}

fn message(error: &JsValue) -> String {
    error.unchecked_ref::<Error>().message().into()
}

#[wasm_bindgen_test]
fn forward_and_adapt_take_and_give_arrays() {
    let mut lora = lora(3.0);
    let output = lora.forward_array(&floats(&[1.0, -2.0, 0.5])).unwrap();
    assert_eq!(output.to_vec(), [1.0, -2.0, 0.5]);
    lora.adapt_array(&floats(&[0.1, 0.0, 0.0])).unwrap();
    let moved = lora.forward_array(&floats(&[1.0, -2.0, 0.5])).unwrap();
    assert!(moved.get_index(0) < 1.0);
    assert_eq!((lora.adapt_count(), lora.forward_count(), lora.dim(), lora.param_count()), (1, 2, 3, 12));
    // What was handed out is a copy.
    assert_eq!(output.to_vec(), [1.0, -2.0, 0.5]);
}

#[wasm_bindgen_test]
fn plain_arrays_and_doubles_are_numbers_too() {
    let mut lora = lora(2.0);
    let plain = Array::of(&[JsValue::from_f64(1.5), JsValue::from_f64(2.5)]);
    let doubles = Float64Array::from(&[1.5, 2.5][..]);
    for values in [plain.as_ref(), doubles.as_ref()] as [&JsValue; 2] {
        assert_eq!(lora.forward_array(values).unwrap().to_vec(), [1.5, 2.5]);
    }
}

#[wasm_bindgen_test]
fn errors_are_typed_and_name_what_is_wrong() {
    let mut lora = lora(2.0);
    let range = |error: JsValue, expected: &str| {
        assert!(error.is_instance_of::<RangeError>());
        assert_eq!(message(&error), expected);
    };
    range(lora.forward_array(&floats(&[1.0])).unwrap_err(), "input has 1 values, this adapter has dim 2");
    range(lora.adapt_array(&floats(&[1.0, f32::NAN])).unwrap_err(), "gradient[1] is NaN, it must be finite");
    range(lora.adapt_with_reward(f64::INFINITY).unwrap_err(), "improvement must be finite, got Infinity");
    range(WasmMicroLoRA::new(Some(2.5), None, None).err().unwrap(), "dim must be an integer from 1 to 4096, got 2.5");
    range(WasmScopedLoRA::scope_name(17.0).unwrap_err(), "op_type must be an integer from 0 to 16, got 17");

    let mut scoped = WasmScopedLoRA::new(Some(2.0), None, None).unwrap();
    for (error, expected) in [
        (lora.forward_array(&JsValue::NULL).unwrap_err(), "input must be a Float32Array or an array of numbers"),
        (lora.forward_array(&Object::new()).unwrap_err(), "input must be a Float32Array or an array of numbers"),
        (lora.adapt_array(&JsValue::UNDEFINED).unwrap_err(), "gradient must be a Float32Array or an array of numbers"),
        (scoped.set_category_fallback(&1.into()).unwrap_err(), "enabled must be a boolean"),
    ] {
        assert!(error.is_instance_of::<TypeError>());
        assert_eq!(message(&error), expected);
    }
    assert_eq!(lora.forward_array(&floats(&[1.0, 2.0])).unwrap().to_vec(), [1.0, 2.0]);
}

#[wasm_bindgen_test]
fn arrays_cross_after_the_memory_has_grown() {
    let mut lora = lora(4.0);
    let x = floats(&[1.0, 2.0, 3.0, 4.0]);
    lora.forward_array(&x).unwrap();
    let pages = core::arch::wasm32::memory_grow(0, 1);
    assert_ne!(pages, usize::MAX);
    assert_eq!(lora.forward_array(&x).unwrap().to_vec(), [1.0, 2.0, 3.0, 4.0]);
    core::arch::wasm32::memory_grow(0, 1);
    lora.adapt_array(&x).unwrap();
    assert_eq!(lora.adapt_count(), 1);
}

#[wasm_bindgen_test]
fn trajectories_are_recorded() {
    let mut buffer = WasmTrajectoryBuffer::new(Some(2.0), Some(2.0)).unwrap();
    for attention in 0..3 {
        buffer.record(&floats(&[1.0, 2.0]), 2.0, f64::from(attention), 50.0, 100.0).unwrap();
    }
    assert_eq!((buffer.len(), buffer.total_count(), buffer.is_empty()), (2, 3, false));
    assert_eq!((buffer.mean_improvement(), buffer.best_attention()), (1.0, 0));
    assert_eq!(buffer.high_quality_count(0.5).unwrap(), 2);
    assert_eq!(buffer.count_by_operator(2.0).unwrap(), 2);
}
