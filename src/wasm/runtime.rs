//! What std would provide: an allocator and a panic handler.

/// Talc: a small general allocator for single-threaded wasm.
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// No input reaches this (the contract tests see to it), so it carries no message.
#[panic_handler]
fn trap(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
