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

    type TypeError;
    #[wasm_bindgen(constructor)]
    fn new(message: &JsString) -> TypeError;
}

/// The `RangeError` for a refused call. JavaScript writes the numbers, which saves the size of `core::fmt`.
#[cold]
pub fn range_error(error: Error) -> JsValue {
    let pieces = Array::new();
    let Ok(()) = error.pieces(|piece| {
        pieces.push(&match piece {
            Piece::Text(text) => JsValue::from_str(text),
            Piece::Number(number) => JsValue::from_f64(number),
        });
        Ok::<(), core::convert::Infallible>(())
    });
    RangeError::new(&pieces.join("")).into()
}

/// The `TypeError` for an argument of the wrong kind: "`name` must be `allowed`".
#[cold]
pub fn type_error(name: &str, allowed: &str) -> JsValue {
    let pieces = Array::of(&[JsValue::from_str(name), JsValue::from_str(" must be "), JsValue::from_str(allowed)]);
    TypeError::new(&pieces.join("")).into()
}
