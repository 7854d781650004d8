//! Rank-2 LoRA adapters over embedding vectors that learn online.
//!
//! ```text
//! y = x + alpha · x A B        x, y: [d]   A: [d, 2] (down)   B: [2, d] (up)
//! ```
//!
//! [`MicroLora`] is one adapter. [`ScopedLora`] holds one per query operator and one per operator category.
//! [`TrajectoryBuffer`] is a ring buffer of the attention types that were tried and the improvement that each brought,
//! and recommends which to try next. With the feature `bindings`, on wasm32, they are exported to JavaScript as
//! `WasmMicroLoRA`, `WasmScopedLoRA` and `WasmTrajectoryBuffer`. With the feature `safetensors` they can be saved,
//! loaded and merged in Rust; the files are those of JavaScript.
//!
//! ```
//! use ruvector_learning_wasm::{Config, MicroLora};
//!
//! let mut lora = MicroLora::new(Config::default())?;
//! let x = [0.1; 256];
//! assert_eq!(lora.forward_array(&x)?, x); // a new adapter is the identity
//! lora.reward(&x, 0.15)?; // what x led to was 15 % better than the baseline
//! assert!(lora.predicted_improvement(&x)? > 0.0);
//! # Ok::<(), ruvector_learning_wasm::Error>(())
//! ```
#![no_std]
#![deny(missing_docs, unsafe_code)]
#![cfg_attr(
    not(any(feature = "safetensors", all(feature = "bindings", target_arch = "wasm32"))),
    allow(dead_code, reason = "only these features save and load files")
)]

extern crate alloc;
// The cdylib needs a panic handler and an allocator, and std has both. No code here uses std otherwise.
#[cfg(not(any(all(feature = "runtime", target_arch = "wasm32"), target_os = "none")))]
extern crate std;

mod adapter;
mod batch;
mod buffers;
mod check;
mod config;
mod error;
pub mod kernels;
mod merge;
mod micro;
pub mod operators;
mod order;
mod recommend;
mod rng;
mod rows;
mod scoped;
pub mod simd;
mod state;
mod trajectory;
mod vec2;
#[cfg(target_arch = "wasm32")]
#[doc(hidden)]
pub mod wasm;

pub use adapter::Factors;
pub use config::{Config, MAX_DIM};
pub use error::{Argument, Error, FileError};
pub use micro::MicroLora;
pub use operators::{Operator, Operators};
pub use rows::{BLOCK_LEN, Block, Pair, blocks_for};
pub use scoped::ScopedLora;
pub use state::{Merged, Metadata, PeftConfig};
pub use trajectory::{Kind, MAX_CAPACITY, Trajectory, TrajectoryBuffer};
