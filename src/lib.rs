//! Rank-2 LoRA adapters over embedding vectors that learn online.
//!
//! ```text
//! y = x + alpha · x A B        x, y: [d]   A: [d, 2] (down)   B: [2, d] (up)
//! ```
//!
//! [`MicroLora`] is one adapter; [`ScopedLora`] holds one per query operator and one per operator category;
//! [`TrajectoryBuffer`] is a ring of what was tried and how well it went. With the `wasm` feature, on wasm32, the `wasm`
//! module exports them to JavaScript as `WasmMicroLoRA`, `WasmScopedLoRA` and `WasmTrajectoryBuffer`.
//!
//! ```
//! use ruvector_learning_wasm::{Config, MicroLora};
//!
//! let mut lora = MicroLora::new(Config::default())?;
//! let x = [0.1; 256];
//! assert_eq!(lora.forward_array(&x)?, x); // a new adapter is the identity
//! lora.adapt_with_reward(0.15)?; // what x led to was 15 % better than the baseline
//! assert!(lora.predicted_improvement(&x)? > 0.0);
//! # Ok::<(), ruvector_learning_wasm::Error>(())
//! ```
#![no_std]
#![deny(missing_docs, unsafe_code)]

extern crate alloc;

#[macro_use]
mod pinned;

mod blend;
mod buffer;
mod check;
mod config;
mod error;
mod gram;
pub mod kernel;
mod learner;
mod lora;
mod memory;
pub mod operators;
mod rng;
mod scope;
mod scoped;
mod set;
mod totals;
mod trajectory;
mod two;
#[cfg(all(feature = "wasm", target_arch = "wasm32"))]
pub mod wasm;
mod weights;

pub use buffer::{Block, LANES, Pair, blocks_for};
pub use config::{Config, MAX_DIM};
pub use error::{Argument, Error};
pub use lora::MicroLora;
pub use operators::Operator;
pub use scoped::ScopedLora;
pub use trajectory::{MAX_CAPACITY, Trajectory, TrajectoryBuffer};
pub use weights::Factors;
