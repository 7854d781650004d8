//! The JavaScript classes: check, one call, map the error. No arithmetic here.
//!
//! The doc comments of the exported items address the JavaScript reader: they become the package's `.d.ts`.

mod arrays;
mod error;
mod micro_lora;
#[cfg(feature = "npm")]
mod runtime;
mod scoped_lora;
mod trajectory_buffer;

pub use micro_lora::WasmMicroLoRA;
pub use scoped_lora::WasmScopedLoRA;
pub use trajectory_buffer::WasmTrajectoryBuffer;
