//! What the wasm file exports: with `bindings` the JavaScript classes, one file each, whose doc comments become the package's
//! types; with `runtime` an allocator and a panic handler. Nothing else that is shipped names `wasm_bindgen` or `js_sys`.
//!
//! A method checks, makes one call of the core, and maps the error. That an argument of type `f64` or `bool` is one is checked in
//! the glue, before the call (scripts/glue.mjs); whatever comes as a `JsValue` is checked here.

// A refused call throws from inside wasm (`exception`). With reference types, each would leave a slot of a table used up, and
// the thousandth one would trap.
#[cfg(all(feature = "bindings", target_feature = "reference-types", not(any(doc, doctest))))]
compile_error!("the feature `bindings` needs the flags for wasm32 in this crate's .cargo/config.toml");

#[cfg(feature = "bindings")]
mod arrays;
#[cfg(feature = "bindings")]
mod exception;
#[cfg(feature = "bindings")]
mod host;
#[cfg(feature = "bindings")]
mod lists;
#[cfg(feature = "bindings")]
mod micro;
#[cfg(feature = "bindings")]
mod objects;
#[cfg(feature = "bindings")]
mod operator_type;
#[cfg(feature = "runtime")]
mod runtime;
#[cfg(feature = "bindings")]
mod scoped;
#[cfg(feature = "bindings")]
mod trajectory;
#[cfg(feature = "bindings")]
mod types;

// For tests of the exports themselves: tests/wasm.rs.
#[cfg(feature = "bindings")]
pub use exception::Outcome;
#[cfg(feature = "bindings")]
pub use micro::WasmMicroLoRA;
#[cfg(feature = "bindings")]
pub use operator_type::OperatorType;
#[cfg(feature = "bindings")]
pub use scoped::WasmScopedLoRA;
#[cfg(feature = "bindings")]
pub use trajectory::WasmTrajectoryBuffer;
