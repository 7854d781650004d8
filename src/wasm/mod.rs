//! The JavaScript classes: check, one call, map the error. No arithmetic here.
//!
//! The doc comments of the exported items address the JavaScript reader: they become the package's `.d.ts`.

mod batch;
mod error;
mod micro_lora;
mod scoped_lora;
mod trajectory_buffer;

use crate::buffer::zeroed;
use crate::error::Error;

pub use micro_lora::WasmMicroLoRA;
pub use scoped_lora::{WasmScopedLoRA, no_operator, operator_count};
pub use trajectory_buffer::WasmTrajectoryBuffer;

/// Refuses while there is still someone to tell: wasm-bindgen boxes every new object, and traps if it cannot.
fn room_for<T>() -> Result<(), Error> {
    const BOOKKEEPING: usize = 64;
    let room = zeroed::<u8>(size_of::<T>() + BOOKKEEPING)?;
    core::hint::black_box(&room); // unseen, it would be optimised away
    Ok(())
}
