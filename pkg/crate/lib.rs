//! The npm package's wasm file: the JavaScript classes of `ruvector-learning-wasm` without std, and so with an allocator
//! and a panic handler of its own. They are not in the library, where a `no_std` program must be free to bring its own.
#![no_std]
#![cfg(target_arch = "wasm32")]

// Links the exports, which wasm-bindgen finds by itself.
pub use ruvector_learning_wasm as library;

use core::alloc::{GlobalAlloc, Layout};

/// A free list. Not inlined: what runs when an object is made is better small.
struct Allocator(lol_alloc::AssumeSingleThreaded<lol_alloc::FreeListAllocator>);

unsafe impl GlobalAlloc for Allocator {
    #[inline(never)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe { self.0.alloc(layout) }
    }

    #[inline(never)]
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { self.0.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Allocator =
    Allocator(unsafe { lol_alloc::AssumeSingleThreaded::new(lol_alloc::FreeListAllocator::new()) });

/// No input reaches this (the contract tests see to it), so it carries no message.
#[panic_handler]
fn trap(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
