//! How a refused call throws: the core's errors as RangeErrors, what is no number, array or object as TypeErrors.

use alloc::boxed::Box;

use js_sys::{JsString, RangeError, Reflect, TypeError};
use wasm_bindgen::JsValue;
use wasm_bindgen::convert::ReturnWasmAbi;
use wasm_bindgen::describe::WasmDescribe;

use super::arrays;
use crate::error::{Error, MessagePart, MessageSink};

/// What a call throws.
pub struct Exception(JsValue);

/// A message in the making. JavaScript formats the numbers.
struct Message(JsString);

impl MessageSink for Message {
    fn text(&mut self, text: &str) {
        self.0 = self.0.concat(&JsValue::from_str(text));
    }

    fn number(&mut self, number: f64) {
        self.0 = self.0.concat(&JsValue::from_f64(number));
    }
}

impl From<Box<Error>> for Exception {
    fn from(error: Box<Error>) -> Self {
        Self::from(*error)
    }
}

impl From<Error> for Exception {
    #[cold]
    #[inline(never)]
    fn from(error: Error) -> Self {
        let mut message = Message(JsString::from(""));
        error.write_to(&mut message);
        if error == Error::OutOfMemory {
            message.text(", free() objects that are no longer used");
        }
        let exception = RangeError::new("");
        set(&exception, "message", &message.0);
        Self(exception.into())
    }
}

/// A TypeError that says what an argument must be; `cause` is what the caller's own code threw, or undefined.
#[cold]
#[inline(never)]
pub fn type_error(argument: &str, must_be: &str, cause: &JsValue) -> Exception {
    let exception = TypeError::new(&[argument, " must be ", must_be].concat());
    if !cause.is_undefined() {
        set(&exception, "cause", cause);
    }
    Exception(exception.into())
}

/// Sets a property of a new object, which cannot fail.
pub fn set(object: &JsValue, key: &str, value: &JsValue) {
    let done = Reflect::set(object, &JsValue::from_str(key), value);
    debug_assert_eq!(done, Ok(true));
}

/// What a method returns, or throws.
///
/// wasm-bindgen returns a `Result` as an array of two, which costs a call in V8 some 40 ns. This throws from inside wasm
/// instead: wasm-bindgen asks for the value where the method's object is not borrowed any more. An exception that leaves wasm
/// does not give back the stack of the functions that it leaves, so the snippet does (see `fail`).
pub struct Outcome<T>(Result<T, Exception>);

/// The outcome of `work`.
#[inline(always)]
pub fn attempt<T>(work: impl FnOnce() -> Result<T, Exception>) -> Outcome<T> {
    Outcome(work())
}

impl<T, E: Into<Exception>> From<Result<T, E>> for Outcome<T> {
    #[inline(always)]
    fn from(result: Result<T, E>) -> Self {
        Self(result.map_err(Into::into))
    }
}

impl<T> Outcome<T> {
    /// What is returned or thrown, for callers in Rust, to whom nothing is thrown.
    pub fn into_result(self) -> Result<T, JsValue> {
        self.0.map_err(|Exception(exception)| exception)
    }
}

impl<T: WasmDescribe> WasmDescribe for Outcome<T> {
    fn describe() {
        T::describe();
    }
}

impl<T: ReturnWasmAbi> ReturnWasmAbi for Outcome<T> {
    type Abi = T::Abi;

    #[inline(always)]
    fn return_abi(self) -> T::Abi {
        match self.0 {
            Ok(value) => value.return_abi(),
            Err(Exception(exception)) => throw(exception),
        }
    }
}

#[cold]
#[inline(never)]
fn throw(exception: JsValue) -> ! {
    arrays::connect_snippet(); // a static method may be the first call of all
    arrays::fail(exception);
    unreachable!("fail() throws")
}
