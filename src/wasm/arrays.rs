//! JavaScript arrays to and from fixed buffers in wasm memory, one copy each way.

use core::arch::wasm32::memory_size;
use core::hint::black_box;

use js_sys::{Float32Array, WebAssembly::Memory};
use wasm_bindgen::prelude::*;

use crate::check;
use crate::wasm::error::{range_error, type_error};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ArrayBuffer, js_name = isView)]
    fn is_view(value: &JsValue) -> bool;

    // js-sys's own methods, but with what they throw caught: an exception that passed through wasm would leave the
    // object borrowed for ever. (A revoked Proxy throws in isArray.)
    #[wasm_bindgen(catch, js_namespace = Array, js_name = isArray)]
    fn is_array(value: &JsValue) -> Result<bool, JsValue>;

    #[wasm_bindgen(js_name = Float32Array)]
    type Floats;
    // An Option, because it is converted to a number where that may still throw.
    #[wasm_bindgen(method, getter, catch)]
    fn length(this: &Floats) -> Result<Option<f64>, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn set(this: &Floats, source: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn slice(this: &Floats) -> Result<Float32Array, JsValue>;
}

/// Marks the last value of a buffer that is to be overwritten: a quiet NaN that no arithmetic makes.
const NOT_WRITTEN: u32 = 0x7fe5_a5a5;

/// A Float32Array over one fixed buffer in wasm memory, made at first use and again after the memory has grown.
#[derive(Default)]
pub struct Window {
    view: Option<Floats>,
    /// Size of the memory, in pages, when the view was made.
    pages: usize,
}

impl Window {
    /// Copies `values` into `staging`, converted as JavaScript does (a Float64Array or a plain array of numbers is
    /// fine). `staging` is always the same buffer for this window, has the length that `owner` wants, and holds anything
    /// after an error.
    ///
    /// What `values` says of its own length is not trusted: a view of exactly the buffer refuses what is longer, and the
    /// mark in the last place outlives what is shorter.
    pub fn read(
        &mut self,
        name: &'static str,
        values: &JsValue,
        owner: &'static str,
        staging: &mut [f32],
    ) -> Result<(), JsValue> {
        let length = staging.len();
        staging[length - 1] = f32::from_bits(NOT_WRITTEN);
        // JavaScript writes through this address, which the compiler could not know.
        let pointer = black_box(staging.as_mut_ptr());
        let written = self.call(pointer, length, |view| view.set(values));
        let last = staging[length - 1];
        match written {
            Ok(()) if !last.is_nan() => Ok(()),
            // NaN may be meant, or be all that JavaScript could make of something that is no array.
            Ok(()) if last.to_bits() != NOT_WRITTEN && (is_view(values) || is_array(values) == Ok(true)) => Ok(()),
            _ => self.read_again(name, values, owner, staging),
        }
    }

    /// Finds out why a first attempt failed. A plain array gets another one, through a copy: its getters may have made
    /// the memory grow.
    #[cold]
    fn read_again(
        &mut self,
        name: &'static str,
        values: &JsValue,
        owner: &'static str,
        staging: &mut [f32],
    ) -> Result<(), JsValue> {
        if let Ok(Some(length)) = values.unchecked_ref::<Floats>().length() {
            check::length(name, length as usize, owner, staging.len()).map_err(range_error)?;
            let copy: Floats = Float32Array::new_with_length(staging.len() as u32).unchecked_into();
            if !is_view(values)
                && copy.set(values).is_ok()
                && self.call(black_box(staging.as_mut_ptr()), staging.len(), |view| view.set(&copy)).is_ok()
            {
                return Ok(());
            }
        }
        Err(type_error(name, "a Float32Array or an array of numbers"))
    }

    /// A copy of `buffer` as a new Float32Array. `buffer` is always the same one for this window.
    pub fn copy_out(&mut self, buffer: &[f32]) -> Result<Float32Array, JsValue> {
        self.call(black_box(buffer.as_ptr()), buffer.len(), Floats::slice)
    }

    /// Calls `work` with a view of the buffer, and once more with a new one if it fails: a page that calls
    /// `memory.grow(0)` makes a view stale without growing anything.
    fn call<T>(
        &mut self,
        pointer: *const f32,
        length: usize,
        work: impl Fn(&Floats) -> Result<T, JsValue>,
    ) -> Result<T, JsValue> {
        if let Some(view) = &self.view
            && self.pages == memory_size(0)
            && let Ok(done) = work(view)
        {
            return Ok(done);
        }
        let memory: Memory = wasm_bindgen::memory().unchecked_into();
        let view = Float32Array::new_with_byte_offset_and_length(&memory.buffer(), pointer as u32, length as u32);
        self.pages = memory_size(0);
        work(self.view.insert(view.unchecked_into()))
    }
}
