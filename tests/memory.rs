//! The fixed buffers as JavaScript sees them: by address, through views of the memory.
#![cfg(target_arch = "wasm32")]

use js_sys::{Float32Array, WebAssembly::Memory};
use ruvector_learning_wasm::{Config, MicroLora};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

/// A view of `values`, as JavaScript makes one of an address.
fn view(values: &[f32]) -> Float32Array {
    let memory: Memory = wasm_bindgen::memory().unchecked_into();
    Float32Array::new_with_byte_offset_and_length(&memory.buffer(), values.as_ptr() as u32, values.len() as u32)
}

#[wasm_bindgen_test]
fn what_javascript_writes_is_what_is_read() {
    let mut lora = MicroLora::new(Config::new(Some(3.0), None, Some(0.5)).unwrap()).unwrap();
    view(lora.input()).copy_from(&[1.0, -2.0, 0.5]);
    lora.forward();
    assert_eq!(view(lora.output()).to_vec(), [1.0, -2.0, 0.5]);
    view(lora.input()).copy_from(&[0.1, 0.0, 0.0]);
    lora.adapt().unwrap();
    view(lora.input()).copy_from(&[1.0, -2.0, 0.5]);
    lora.forward();
    assert!(view(lora.output()).get_index(0) < 1.0);
}

#[wasm_bindgen_test]
fn addresses_are_aligned_and_outlive_growth() {
    for dim in [1, 3, 8, 17, 256] {
        let mut lora = MicroLora::new(Config::new(Some(f64::from(dim)), None, None).unwrap()).unwrap();
        let addresses = [lora.input().as_ptr(), lora.output().as_ptr()];
        assert!(addresses.iter().all(|address| (*address as usize).is_multiple_of(16)));
        view(lora.input()).fill(0.5, 0, dim);
        core::arch::wasm32::memory_grow(0, 1);
        lora.forward();
        assert_eq!(view(lora.output()).to_vec(), vec![0.5; dim as usize]);
        assert_eq!(addresses, [lora.input().as_ptr(), lora.output().as_ptr()]);
    }
}
