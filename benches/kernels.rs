//! The kernels and the calls made of them, natively (`cargo bench`). The wasm build is what the package ships; this is
//! for comparing one version of a loop with the next.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ruvector_learning_wasm::{Block, Config, MicroLora, kernel};

const DIMS: [usize; 4] = [64, 256, 1024, 4096];

fn row(dim: usize, seed: f32) -> Vec<Block> {
    let lanes = |k: usize| std::array::from_fn(|j| ((k * 8 + j) as f32 * 0.37 + seed).sin());
    (0..dim / 8).map(|k| Block(lanes(k))).collect()
}

fn kernels(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("kernels");
    for dim in DIMS {
        group.throughput(Throughput::Elements(dim as u64));
        let (r0, r1, x) = (row(dim, 0.1), row(dim, 0.2), row(dim, 0.3));
        let (mut y, mut w0, mut w1) = (row(dim, 0.4), row(dim, 0.5), row(dim, 0.6));
        // A zero scale keeps the rows as they are, however often the loop runs.
        let (scales, none) = (black_box([0.1, 0.2]), black_box([0.0, 0.0]));
        group.bench_function(BenchmarkId::new("project", dim), |b| {
            b.iter(|| kernel::project([&r0, &r1], black_box(&x)));
        });
        group.bench_function(BenchmarkId::new("project_and_copy", dim), |b| {
            b.iter(|| kernel::project_and_copy([&r0, &r1], black_box(&x), &mut y));
        });
        group.bench_function(BenchmarkId::new("expand", dim), |b| {
            b.iter(|| kernel::expand([&r0, &r1], scales, black_box(&x), &mut y));
        });
        group.bench_function(BenchmarkId::new("residual", dim), |b| {
            b.iter(|| kernel::residual([&r0, &r1], scales, 0.5, black_box(&x), &mut y));
        });
        group.bench_function(BenchmarkId::new("rank_one", dim), |b| {
            b.iter(|| kernel::rank_one([&mut w0, &mut w1], none, black_box(&x)));
        });
    }
    group.finish();
}

fn adapter(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("adapter");
    for dim in DIMS {
        group.throughput(Throughput::Elements(dim as u64));
        let mut lora = MicroLora::new(Config::new(Some(dim as f64), None, None).unwrap()).unwrap();
        lora.input_mut().fill(0.1);
        group.bench_function(BenchmarkId::new("forward", dim), |b| b.iter(|| lora.forward()));
        group.bench_function(BenchmarkId::new("adapt", dim), |b| b.iter(|| lora.adapt().unwrap()));
        lora.reset();
        lora.input_mut().fill(0.1);
        group.bench_function(BenchmarkId::new("adapt_with_reward", dim), |b| {
            b.iter(|| lora.adapt_with_reward(0.5).unwrap());
        });
    }
    group.finish();
}

criterion_group!(benches, kernels, adapter);
criterion_main!(benches);
