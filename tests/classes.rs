//! The classes as wasm-bindgen exports them, called from Rust: what they return, errors as they will be thrown, and the
//! buffers that JavaScript copies arrays to and from. `tests/js` tests the whole classes from JavaScript, on the packed
//! package.
#![cfg(all(target_arch = "wasm32", feature = "wasm"))]

use js_sys::{Error, Float32Array, RangeError, WebAssembly::Memory};
use ruvector_learning_wasm::wasm::{WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer, no_operator, operator_count};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

fn lora(dim: f64) -> WasmMicroLoRA {
    WasmMicroLoRA::new(Some(dim), None, Some(0.5)).unwrap()
}

/// A view of a buffer, as JavaScript makes one.
fn view(address: usize, length: u32) -> Float32Array {
    let memory: Memory = wasm_bindgen::memory().unchecked_into();
    Float32Array::new_with_byte_offset_and_length(&memory.buffer(), address as u32, length)
}

fn refused(error: JsValue, expected: &str) {
    assert!(error.is_instance_of::<RangeError>());
    assert_eq!(String::from(error.unchecked_ref::<Error>().message()), expected);
}

#[wasm_bindgen_test]
fn what_javascript_writes_is_what_is_read() {
    let mut lora = lora(3.0);
    view(lora.get_input_ptr(), 3).copy_from(&[1.0, -2.0, 0.5]);
    lora.forward();
    assert_eq!(view(lora.get_output_ptr(), 3).to_vec(), [1.0, -2.0, 0.5]);
    view(lora.staging_ptr(), 3).copy_from(&[0.1, 0.0, 0.0]);
    assert!(lora.adapt_staged().is_undefined());
    lora.forward();
    assert!(view(lora.get_output_ptr(), 3).get_index(0) < 1.0);
    assert_eq!((lora.adapt_count(), lora.forward_count(), lora.dim(), lora.param_count()), (1, 2, 3, 12));

    core::arch::wasm32::memory_grow(0, 1);
    assert_eq!(view(lora.get_input_ptr(), 3).to_vec(), [1.0, -2.0, 0.5]);
}

#[wasm_bindgen_test]
fn errors_are_typed_and_name_what_is_wrong() {
    let mut lora = lora(2.0);
    view(lora.staging_ptr(), 2).copy_from(&[1.0, f32::NAN]);
    refused(lora.adapt_staged(), "gradient[1] is NaN, it must be finite");
    refused(lora.predicted_staged().unwrap_err(), "input[1] is NaN, it must be finite");
    refused(lora.adapt_with_reward(f64::INFINITY), "improvement must be finite, got Infinity");
    refused(WasmMicroLoRA::new(Some(2.5), None, None).err().unwrap(), "dim must be an integer from 1 to 4096, got 2.5");
    refused(no_operator(17.0), "op_type must be an integer from 0 to 16, got 17");
    refused(no_operator(f64::NAN), "op_type must be an integer from 0 to 16, got NaN");
    assert!(no_operator(16.0).is_undefined());
    assert_eq!(operator_count(), 17);
    assert!(lora.adapt().is_undefined());
    assert_eq!(lora.adapt_count(), 0); // the gradient in the input buffer was zero
}

#[wasm_bindgen_test]
fn scopes_are_their_own() {
    let mut scoped = WasmScopedLoRA::new(Some(2.0), None, Some(0.5)).unwrap();
    view(scoped.get_input_ptr(), 2).copy_from(&[1.0, 2.0]);
    assert!(scoped.forward(2).is_undefined());
    assert!(scoped.adapt_with_reward(2, 0.5).is_undefined());
    assert_eq!((scoped.adapt_count(2), scoped.adapt_count(9), scoped.total_adapt_count()), (1, 0, 1));
    assert!(scoped.delta_norm(2) > 0.0);
    assert_eq!(WasmScopedLoRA::scope_name(2).as_string().unwrap(), "Join");
    scoped.reset_scope(2);
    assert_eq!((scoped.forward_count(2), scoped.total_forward_count()), (0, 0));
}

#[wasm_bindgen_test]
fn batches_pass_through_their_buffer() {
    let mut lora = lora(16.0);
    let address = lora.batch_ptr().unwrap();
    assert_eq!(lora.batch_ptr().unwrap(), address);
    view(address, 32).fill(2.0, 0, 32);
    lora.forward_rows(2);
    assert_eq!(view(address + 4 * 16 * 16, 32).to_vec(), [2.0; 32]);
    lora.forward_rows(17); // more than there is room for
    assert_eq!(lora.forward_count(), 2);
}

#[wasm_bindgen_test]
fn trajectories_are_recorded() {
    let mut buffer = WasmTrajectoryBuffer::new(Some(2.0), Some(2.0)).unwrap();
    for attention in 0..3 {
        view(buffer.embedding_ptr(), 2).copy_from(&[1.0, 2.0]);
        assert!(buffer.record_embedding(2.0, f64::from(attention), 50.0, 100.0).is_undefined());
    }
    assert_eq!((buffer.len(), buffer.total_count(), buffer.is_empty()), (2, 3, false));
    assert_eq!((buffer.mean_improvement(), buffer.best_attention()), (1.0, 0));
    assert_eq!(buffer.high_quality_count(0.5).unwrap(), 2);
    assert_eq!(buffer.count_by_operator(2), 2);
    let too_fast = buffer.record_embedding(2.0, 0.0, 0.5, 1e39);
    refused(too_fast, "baseline_ms / execution_ms must be finite as a 32-bit float, got 2e+39");
}
