//! The npm package's wasm file: the JavaScript classes of `ruvector-learning-wasm` without std, and so with an allocator
//! and a panic handler of its own. They are not in the library, where a `no_std` program must be free to bring its own.
#![no_std]
#![cfg(target_arch = "wasm32")]

// Links the exports, which wasm-bindgen finds by itself.
pub use ruvector_learning_wasm as library;

/// Talc: a small general allocator for single-threaded wasm.
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// No input reaches this (the contract tests see to it), so it carries no message.
#[panic_handler]
fn trap(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
