//! The npm package's wasm file: what `ruvector-learning-wasm` exports to JavaScript, without std, and so with an allocator
//! and a panic handler of its own. They are not in the library, where a `no_std` program must be free to bring its own.
#![no_std]
#![cfg(target_arch = "wasm32")]

use core::alloc::{GlobalAlloc, Layout};

use lol_alloc::{AssumeSingleThreaded, FreeListAllocator};
// Links the exports, which wasm-bindgen finds by itself.
use ruvector_learning_wasm as _;

/// A free list: objects are few and their memory is set aside when they are made, so a small allocator is the best one.
struct Allocator(AssumeSingleThreaded<FreeListAllocator>);

// SAFETY: every call is passed on unchanged. (Once each: inlined everywhere, it would be larger than a large allocator.)
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

// SAFETY: this module is built without threads.
#[global_allocator]
static ALLOCATOR: Allocator = Allocator(unsafe { AssumeSingleThreaded::new(FreeListAllocator::new()) });

/// No input reaches this (the contract tests see to it), so it carries no message.
#[panic_handler]
fn trap(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
