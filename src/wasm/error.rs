//! From `Error` to JavaScript's `RangeError` and `TypeError`.

use js_sys::{Array, JsString};
use wasm_bindgen::prelude::*;

use crate::error::{Error, Piece};

#[wasm_bindgen]
extern "C" {
    // js-sys's constructors take `&str`; a message that JavaScript has joined need not come back into wasm.
    type RangeError;
    #[wasm_bindgen(constructor)]
    fn new(message: &JsString) -> RangeError;
}

/// What a method without a result returns: `undefined`, or the error for the entry file to throw. A `Result` would
/// return two numbers, and V8 makes an array of those: 10 ns a call more.
pub fn outcome(result: Result<(), Error>) -> JsValue {
    match result {
        Ok(()) => JsValue::UNDEFINED,
        Err(error) => range_error(error),
    }
}

/// The `RangeError` for a refused call. JavaScript writes the numbers, which saves the size of `core::fmt`.
#[cold]
#[inline(never)]
pub fn range_error(error: Error) -> JsValue {
    let pieces = Array::new();
    error.pieces(&mut |piece| {
        pieces.push(&match piece {
            Piece::Text(text) => JsValue::from_str(text),
            Piece::Number(number) => JsValue::from_f64(number),
        });
    });
    RangeError::new(&pieces.join("")).into()
}
