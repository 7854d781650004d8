//! What the docs call free of allocation allocates nothing, counted by the allocator, natively and in wasm.

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use common::{IN_WASM, Inputs};
use ruvector_learning_wasm::{Config, MicroLora, Operator, ScopedLora, TrajectoryBuffer, blocks_for};
use wasm_bindgen_test::wasm_bindgen_test;

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

#[wasm_bindgen_test(unsupported = test)]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(1)))), 1);
}

#[wasm_bindgen_test(unsupported = test)]
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

#[wasm_bindgen_test(unsupported = test)]
fn hundreds_of_thousands_of_calls_allocate_nothing() {
    let rounds = if IN_WASM { 50_000 } else { 1_000_000 }; // of six calls
    let mut lora = MicroLora::new(Config::new(Some(32.0), None, None).unwrap()).unwrap();
    let mut scoped = ScopedLora::new(*lora.config()).unwrap();
    let operator = Operator::at(2);
    let x = Inputs::new(63).vector(32, 1.0);
    lora.forward_array(&x).unwrap();
    scoped.forward_array(operator, &x).unwrap();
    scoped.adapt_with_reward(operator, 0.1).unwrap();
    let mut sign = 1.0;
    let count = allocations(|| {
        for _ in 0..rounds {
            sign = -sign;
            lora.forward();
            lora.adapt_with_reward(0.2 * sign).unwrap();
            lora.adapt().unwrap();
            scoped.forward(operator).unwrap();
            scoped.adapt_with_reward(operator, 0.2 * sign).unwrap();
            scoped.adapt(operator).unwrap();
        }
    });
    assert_eq!(count, 0);
}

#[wasm_bindgen_test(unsupported = test)]
fn rows_pass_without_allocation_and_as_one_by_one() {
    for dim in [1, 8, 16, 40, 256] {
        let mut inputs = Inputs::new(dim as u64);
        let mut lora = MicroLora::new(Config::new(Some(dim as f64), None, Some(0.5)).unwrap()).unwrap();
        for _ in 0..5 {
            lora.forward_array(&inputs.vector(dim, 1.0)).unwrap();
            lora.adapt_array(&inputs.vector(dim, 1.0)).unwrap();
        }
        let mut one_by_one = lora.clone();
        let rows: Vec<_> = (0..3).map(|_| inputs.vector(dim, 1.0)).collect();
        let x: Vec<_> = rows.iter().flat_map(|row| padded(row)).collect();
        let mut y = x.clone();
        assert_eq!(allocations(|| lora.forward_rows(&x, &mut y).unwrap()), 0);
        let expected: Vec<_> = rows.iter().flat_map(|row| padded(one_by_one.forward_array(row).unwrap())).collect();
        assert_eq!(y, expected);
        assert_eq!((lora.input(), lora.output()), (one_by_one.input(), one_by_one.output()));
        assert_eq!(lora.forward_count(), one_by_one.forward_count());

        let g = inputs.vector(dim, 1.0);
        for lora in [&mut lora, &mut one_by_one] {
            lora.adapt_array(&g).unwrap(); // at the context of the last row
        }
        assert_eq!(common::bits(&lora), common::bits(&one_by_one));
        lora.forward_rows(&[], &mut []).unwrap();
        lora.forward_rows(&x[1..], &mut y[1..]).unwrap_err();
        lora.forward_rows(&x, &mut y[1..]).unwrap_err();
        assert_eq!(lora.forward_count(), one_by_one.forward_count());
    }
}

/// A row with its padding.
fn padded(values: &[f32]) -> Vec<ruvector_learning_wasm::Block> {
    let mut blocks = common::blocks(values);
    blocks.resize_with(blocks_for(values.len()), || common::blocks(&[0.0])[0]);
    blocks
}

#[wasm_bindgen_test(unsupported = test)]
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

#[wasm_bindgen_test(unsupported = test)]
fn a_buffer_allocates_only_when_made() {
    let x = Inputs::new(62).vector(256, 1.0);
    let mut buffer = TrajectoryBuffer::new(Some(100.0), None).unwrap();
    let count = allocations(|| {
        for i in 0..350 {
            buffer.record(&x, 2.0, 5.0, 1.0, f64::from(i + 1)).unwrap();
            buffer.recommend(&x, 2.0, &[0, 1, 5]).unwrap();
            buffer.predict(&x, 3.0, &[0, 1, 5], &mut [0.0; 3]).unwrap();
        }
        buffer.high_quality_count(0.5).unwrap();
        buffer.reset();
    });
    assert_eq!(count, 0);
}
