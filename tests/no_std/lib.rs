//! A program without std that uses the library: it brings its own panic handler and allocator, and links.
#![no_std]

use core::alloc::{GlobalAlloc, Layout};
use core::ptr::null_mut;

use ruvector_learning_wasm::{Config, MicroLora};

struct OneArena;

static mut ARENA: [u128; 4096] = [0; 4096];
static mut USED: usize = 0;

// SAFETY: single-threaded; every block is a fresh, 16-byte aligned piece of the arena, and none is given twice.
unsafe impl GlobalAlloc for OneArena {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let blocks = layout.size().div_ceil(16);
        unsafe {
            if layout.align() > 16 || USED + blocks > 4096 {
                return null_mut();
            }
            USED += blocks;
            (&raw mut ARENA).cast::<u128>().add(USED - blocks).cast()
        }
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static ALLOCATOR: OneArena = OneArena;

#[panic_handler]
fn halt(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

/// Improvement expected after `rounds` rewards of 0.5, or NaN if something was refused.
#[unsafe(no_mangle)]
pub extern "C" fn learn(rounds: u32) -> f64 {
    let learned = || {
        let mut lora = MicroLora::new(Config::new(Some(64.0), None, Some(0.1))?)?;
        lora.input_mut().fill(0.5);
        for _ in 0..rounds {
            lora.adapt_with_reward(0.5)?;
        }
        lora.predicted_improvement(&[0.5; 64])
    };
    learned().unwrap_or(f64::NAN)
}
