//! JavaScript arrays to and from fixed buffers in wasm memory, one copy each way.

use js_sys::{Float32Array, WebAssembly::Memory};
use wasm_bindgen::prelude::*;

use crate::check;
use crate::wasm::error::{range_error, type_error};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ArrayBuffer, js_name = isView)]
    fn is_view(value: &JsValue) -> bool;

    /// Any array-like or iterable as a new array: runs the caller's getters and iterators, so it may throw anything.
    #[wasm_bindgen(catch, js_namespace = Float32Array, js_name = from)]
    fn floats_from(value: &JsValue) -> Result<Float32Array, JsValue>;

    // Float32Array's own methods, but with what they throw caught: an exception that passed through wasm would leave
    // the object borrowed for ever.
    type Floats;
    #[wasm_bindgen(method, catch)]
    fn set(this: &Floats, source: &JsValue, offset: u32) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn slice(this: &Floats, begin: u32, end: u32) -> Result<Float32Array, JsValue>;
}

/// A view of the whole wasm memory. It goes stale when the memory grows, and is then made again.
pub struct Heap(Floats);

impl Heap {
    pub fn new() -> Self {
        let memory: Memory = wasm_bindgen::memory().unchecked_into();
        Self(Float32Array::new(&memory.buffer()).unchecked_into())
    }

    /// Copies `values` into `buffer`, converted as JavaScript does (a Float64Array or a plain array of numbers is
    /// fine). `buffer` is the whole of a fixed buffer of `owner`, whose length is the one that `values` must have.
    pub fn read(
        &mut self,
        name: &'static str,
        values: &JsValue,
        owner: &'static str,
        buffer: &mut [f32],
    ) -> Result<(), JsValue> {
        let converted;
        let source = if is_view(values) {
            values
        } else {
            converted = floats_from(values).map_err(|_| not_numbers(name))?;
            converted.as_ref()
        };
        let length = source.unchecked_ref::<Float32Array>().length() as usize;
        check::length(name, length, owner, buffer.len()).map_err(range_error)?;
        let offset = index_of(buffer.as_mut_ptr());
        if self.0.set(source, offset).is_err() {
            *self = Self::new();
            self.0.set(source, offset).map_err(|_| not_numbers(name))?;
        }
        Ok(())
    }

    /// A copy of `values` as a new Float32Array.
    pub fn copy_out(&mut self, values: &[f32]) -> Result<Float32Array, JsValue> {
        let begin = index_of(values.as_ptr());
        let end = begin + values.len() as u32;
        self.0.slice(begin, end).or_else(|_| {
            *self = Self::new();
            self.0.slice(begin, end)
        })
    }
}

fn not_numbers(name: &str) -> JsValue {
    type_error(name, "a Float32Array or an array of numbers")
}

/// Position in a Float32Array over the whole memory.
fn index_of(pointer: *const f32) -> u32 {
    pointer as u32 / size_of::<f32>() as u32
}
