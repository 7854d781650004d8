//! All tests by topic, in one program: linking twenty of them, and starting a browser for each, takes longer than they run.
//! Only `allocation` is one of its own, for its allocator.

mod common;

mod adapter;
mod aging;
mod determinism;
mod files;
mod kernels;
mod learning;
mod memory;
mod merging;
mod numerics;
mod peft;
mod recommend;
mod refusals;
mod rewards;
mod safetensors;
mod scaling;
mod scoped;
mod simd;
mod start;
mod trajectory;
mod wasm;
