//! What the docs call free of allocation allocates nothing, counted by the allocator.
#![cfg(not(target_arch = "wasm32"))]

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use common::Inputs;
use ruvector_learning_wasm::{Config, MicroLora, Operator, ScopedLora, TrajectoryBuffer};

thread_local!(static ALLOCATIONS: Cell<usize> = const { Cell::new(0) });

struct Counting;

// SAFETY: every call is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(work: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.get();
    work();
    ALLOCATIONS.get() - before
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(1)))), 1);
}

#[test]
fn an_adapter_allocates_only_when_made() {
    let mut inputs = Inputs::new(60);
    let (x, g) = (inputs.vector(256, 1.0), inputs.vector(256, 0.1));
    let mut lora = MicroLora::new(Config::default()).unwrap();
    let count = allocations(|| {
        for _ in 0..1000 {
            lora.input_mut().copy_from_slice(&x);
            lora.forward();
            lora.adapt_with_reward(0.3).unwrap();
            lora.input_mut().copy_from_slice(&g);
            lora.adapt().unwrap();
            lora.adapt_array(&g).unwrap();
            lora.predicted_improvement(&x).unwrap();
            lora.adapt_array(&[f32::NAN; 256]).unwrap_err();
        }
        lora.delta_norm();
        lora.reset();
    });
    assert_eq!(count, 0);
}

#[test]
fn a_scoped_set_allocates_once_per_operator() {
    let mut inputs = Inputs::new(61);
    let (x, g) = (inputs.vector(256, 1.0), inputs.vector(256, 0.1));
    let mut scoped = ScopedLora::new(Config::default()).unwrap();
    let mut round = || {
        for operator in Operator::all() {
            scoped.forward_array(operator, &x).unwrap();
            scoped.adapt_array(operator, &g).unwrap();
            scoped.adapt_with_reward(operator, 0.3).unwrap();
        }
    };
    round();
    assert_eq!(allocations(|| (0..50).for_each(|_| round())), 0);
}

#[test]
fn a_buffer_allocates_only_when_made() {
    let x = Inputs::new(62).vector(256, 1.0);
    let mut buffer = TrajectoryBuffer::new(Some(100.0), None).unwrap();
    let count = allocations(|| {
        for i in 0..350 {
            buffer.record(&x, 2.0, 5.0, 1.0, f64::from(i)).unwrap();
        }
        buffer.high_quality_count(0.5).unwrap();
        buffer.reset();
    });
    assert_eq!(count, 0);
}
