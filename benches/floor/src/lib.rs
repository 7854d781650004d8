//! The calls of the package, looped inside wasm: what they cost with no JavaScript around them.
//!
//! Every loop takes the address that a constructor returned, and how often to make the call. The objects live for ever.

use std::hint::black_box;

use ruvector_learning_wasm::kernels::{self, Mixture, Residual};
use ruvector_learning_wasm::{Block, Config, MicroLora, Operator, Pair, ScopedLora, TrajectoryBuffer, blocks_for};

/// Taught in turn: one reward alone would be learned, and then there is nothing left to adapt.
const REWARDS: [f64; 2] = [0.5, -0.2];

fn keep<T>(object: T) -> *mut T {
    Box::into_raw(Box::new(object))
}

fn config(dim: f64, learning_rate: f64) -> Config {
    Config::new(Some(dim), None, Some(learning_rate)).unwrap()
}

fn operator(op_type: f64) -> Operator {
    Operator::new(black_box(op_type)).unwrap()
}

/// Exports functions of an object at an address.
macro_rules! exports {
    ($($name:ident($object:ident: $type:ty $(, $argument:ident: $kind:ty)*) $(-> $result:ty)? $body:block)*) => {$(
        /// # Safety
        /// The address is one that the type's constructor returned.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(object: *mut $type $(, $argument: $kind)*) $(-> $result)? {
            // SAFETY: as above; and wasm has one thread, so there is no other reference.
            let $object = unsafe { &mut *object };
            $body
        }
    )*};
}

/// What calling into wasm costs by itself.
#[unsafe(no_mangle)]
pub extern "C" fn nothing() {}

#[unsafe(no_mangle)]
pub extern "C" fn micro_new(dim: f64, learning_rate: f64) -> *mut MicroLora {
    keep(MicroLora::new(config(dim, learning_rate)).unwrap())
}

#[unsafe(no_mangle)]
pub extern "C" fn scoped_new(dim: f64, learning_rate: f64) -> *mut ScopedLora {
    keep(ScopedLora::new(config(dim, learning_rate)).unwrap())
}

#[unsafe(no_mangle)]
pub extern "C" fn buffer_new(capacity: f64, dim: f64) -> *mut TrajectoryBuffer {
    keep(TrajectoryBuffer::new(Some(capacity), Some(dim)).unwrap())
}

exports! {
    micro_input(lora: MicroLora) -> *mut f32 { lora.input_mut().as_mut_ptr() }
    micro_output(lora: MicroLora) -> *const f32 { lora.output().as_ptr() }
    micro_reset(lora: MicroLora) { lora.reset(); }
    micro_forward(lora: MicroLora, count: u32) {
        for _ in 0..count {
            black_box(&mut *lora).forward();
        }
    }
    micro_adapt(lora: MicroLora, count: u32) {
        for _ in 0..count {
            black_box(&mut *lora).adapt().unwrap();
        }
    }
    micro_reward(lora: MicroLora, count: u32) {
        for i in 0..count {
            black_box(&mut *lora).adapt_with_reward(REWARDS[i as usize % 2]).unwrap();
        }
    }

    scoped_input(lora: ScopedLora) -> *mut f32 { lora.input_mut().as_mut_ptr() }
    scoped_output(lora: ScopedLora) -> *const f32 { lora.output().as_ptr() }
    scoped_reset(lora: ScopedLora) { lora.reset_all(); }
    scoped_forward(lora: ScopedLora, op_type: f64, count: u32) {
        for _ in 0..count {
            black_box(&mut *lora).forward(operator(op_type)).unwrap();
        }
    }
    scoped_adapt(lora: ScopedLora, op_type: f64, count: u32) {
        for _ in 0..count {
            black_box(&mut *lora).adapt(operator(op_type)).unwrap();
        }
    }
    scoped_reward(lora: ScopedLora, op_type: f64, count: u32) {
        for i in 0..count {
            black_box(&mut *lora).adapt_with_reward(operator(op_type), REWARDS[i as usize % 2]).unwrap();
        }
    }

    buffer_embedding(buffer: TrajectoryBuffer) -> *mut f32 { buffer.embedding_mut().as_mut_ptr() }
    buffer_reset(buffer: TrajectoryBuffer) { buffer.reset(); }
    buffer_mean_improvement(buffer: TrajectoryBuffer) -> f64 { buffer.mean_improvement() }
    buffer_record(buffer: TrajectoryBuffer, op_type: f64, attention: f64, execution_ms: f64, baseline_ms: f64, count: u32) {
        for _ in 0..count {
            let buffer = black_box(&mut *buffer);
            buffer.record_embedding(op_type, attention, execution_ms, baseline_ms).unwrap();
        }
    }
    buffer_high_quality_count(buffer: TrajectoryBuffer, threshold: f64, count: u32) -> u32 {
        let mut found = 0;
        for _ in 0..count {
            found = black_box(&mut *buffer).high_quality_count(threshold).unwrap() as u32;
        }
        found
    }

    ring_pass(ring: Ring, count: u32) {
        for _ in 0..count {
            let Ring { rows, x } = black_box(&mut *ring);
            for row in rows.chunks_exact(x.len()) {
                black_box(kernels::dot(row, x));
            }
        }
    }

    kernel_project(k: Kernels, count: u32) { k.run(count, |k| kernels::project(&k.a, &k.x)); }
    kernel_project_both(k: Kernels, count: u32) {
        k.run(count, |k| kernels::project_both([&k.a, &k.b], &k.x, &mut k.y));
    }
    kernel_project_cross(k: Kernels, count: u32) { k.run(count, |k| kernels::project_cross([&k.a, &k.b], &k.x)); }
    kernel_rank_one_mixture(k: Kernels, count: u32) {
        let mixture = Mixture { coefficients: [[0.1, 0.2, 0.3, 0.4]; 2] };
        k.run(count, |k| kernels::rank_one_mixture([&mut k.a, &mut k.b], black_box([[0.0; 2]; 2]), mixture, &k.x));
    }
    kernel_project_and_copy(k: Kernels, count: u32) { k.run(count, |k| kernels::project_and_copy(&k.a, &k.x, &mut k.y)); }
    kernel_norm2(k: Kernels, count: u32) { k.run(count, |k| kernels::norm2(&k.x)); }
    kernel_dot(k: Kernels, count: u32) { k.run(count, |k| kernels::dot(&k.x, &k.y)); }
    kernel_gram(k: Kernels, count: u32) { k.run(count, |k| kernels::gram(&k.a)); }
    kernel_expand(k: Kernels, count: u32) { k.run(count, |k| kernels::expand(&k.a, SCALES, &k.x, &mut k.y)); }
    kernel_expand_both(k: Kernels, count: u32) {
        k.run(count, |k| kernels::expand_both([&k.a, &k.b], [SCALES; 2], &k.x, &mut k.y));
    }
    kernel_rank_one(k: Kernels, count: u32) { k.run(count, |k| kernels::rank_one(&mut k.a, black_box([0.0; 2]), &k.x)); }
    kernel_rank_one_residual(k: Kernels, count: u32) {
        let residual = Residual { coefficients: SCALES, factor: 0.5 };
        k.run(count, |k| kernels::rank_one_residual(&mut k.a, black_box([0.0; 2]), residual, &k.x));
    }
}

const SCALES: [f32; 2] = [0.1, 0.2];

/// Embeddings to be compared with one.
pub struct Ring {
    rows: Vec<Block>,
    x: Vec<Block>,
}

#[unsafe(no_mangle)]
pub extern "C" fn ring_new(capacity: usize, dim: usize) -> *mut Ring {
    let row = |seed: usize| (0..blocks_for(dim)).map(move |k| Block(std::array::from_fn(|j| (k * 8 + j + seed) as f32)));
    keep(Ring { rows: (0..capacity).flat_map(row).collect(), x: row(capacity).collect() })
}

/// Rows for the loops themselves.
pub struct Kernels {
    a: Vec<Pair>,
    b: Vec<Pair>,
    x: Vec<Block>,
    y: Vec<Block>,
}

impl Kernels {
    fn run<T>(&mut self, count: u32, kernel: impl Fn(&mut Self) -> T) {
        for _ in 0..count {
            black_box(kernel(black_box(&mut *self)));
        }
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn kernels_new(dim: usize) -> *mut Kernels {
    let row = |seed: f32| -> Vec<Block> {
        (0..blocks_for(dim)).map(|k| Block(std::array::from_fn(|j| ((k * 8 + j) as f32 * 0.37 + seed).sin()))).collect()
    };
    let pair = |seed: f32| row(seed).into_iter().zip(row(seed + 0.5)).map(Pair::from).collect();
    keep(Kernels { a: pair(0.1), b: pair(0.2), x: row(0.3), y: row(0.5) })
}
