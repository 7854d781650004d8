//! The kernels and the calls made of them, natively (`cargo bench`). The wasm build is what the package ships; this is
//! for comparing one version of a loop with the next.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ruvector_learning_wasm::kernels::{self, Residual};
use ruvector_learning_wasm::{Block, Config, MicroLora, Operator, Pair, ScopedLora, TrajectoryBuffer};

const DIMS: [usize; 4] = [64, 256, 1024, 4096];

fn row(dim: usize, seed: f32) -> Vec<Block> {
    let lanes = |k: usize| std::array::from_fn(|j| ((k * 8 + j) as f32 * 0.37 + seed).sin());
    (0..dim / 8).map(|k| Block(lanes(k))).collect()
}

fn pair(dim: usize, seed: f32) -> Vec<Pair> {
    row(dim, seed).into_iter().zip(row(dim, seed + 0.5)).map(Pair::from).collect()
}

fn kernels(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("kernels");
    for dim in DIMS {
        group.throughput(Throughput::Elements(dim as u64));
        let (a, b, x) = (pair(dim, 0.1), pair(dim, 0.2), row(dim, 0.3));
        let (mut y, mut w) = (row(dim, 0.4), pair(dim, 0.5));
        // Zero scales keep the rows as they are, however often the loop runs.
        let (scales, none) = (black_box([0.1, 0.2]), black_box([0.0, 0.0]));
        let residual = Residual { coefficients: scales, factor: 0.5 };
        let mut bench = |name, kernel: &mut dyn FnMut()| {
            group.bench_function(BenchmarkId::new(name, dim), |bencher| bencher.iter(&mut *kernel));
        };
        bench("project", &mut || _ = black_box(kernels::project(&a, black_box(&x))));
        bench("project_both", &mut || _ = black_box(kernels::project_both([&a, &b], black_box(&x), &mut y)));
        bench("project_cross", &mut || _ = black_box(kernels::project_cross([&a, &b], black_box(&x))));
        bench("project_and_copy", &mut || _ = black_box(kernels::project_and_copy(&a, black_box(&x), &mut y)));
        bench("expand", &mut || kernels::expand(&a, scales, black_box(&x), &mut y));
        bench("expand_both", &mut || kernels::expand_both([&a, &b], [scales; 2], black_box(&x), &mut y));
        bench("rank_one", &mut || kernels::rank_one(&mut w, none, black_box(&x)));
        bench("rank_one_residual", &mut || kernels::rank_one_residual(&mut w, none, residual, black_box(&x)));
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

fn scoped(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("scoped");
    let join = Operator::at(2);
    for dim in DIMS {
        group.throughput(Throughput::Elements(dim as u64));
        let mut scoped = ScopedLora::new(Config::new(Some(dim as f64), None, None).unwrap()).unwrap();
        scoped.input_mut().fill(0.1);
        scoped.adapt_with_reward(join, 0.5).unwrap();
        // One adaptation: the operator and its category both have a share.
        group.bench_function(BenchmarkId::new("forward", dim), |b| b.iter(|| scoped.forward(join).unwrap()));
        group.bench_function(BenchmarkId::new("adapt_with_reward", dim), |b| {
            b.iter(|| scoped.adapt_with_reward(join, 0.5).unwrap());
        });
    }
    group.finish();
}

fn trajectories(criterion: &mut Criterion) {
    let x: Vec<f32> = (0..256).map(|i| (i as f32).sin()).collect();
    let mut buffer = TrajectoryBuffer::new(None, None).unwrap();
    criterion.bench_function("record", |b| b.iter(|| buffer.record(black_box(&x), 2.0, 5.0, 1.5, 3.0).unwrap()));
    criterion.bench_function("high_quality_count at 1000", |b| {
        b.iter(|| black_box(buffer.high_quality_count(black_box(0.5)).unwrap()));
    });
}

criterion_group!(benches, kernels, adapter, scoped, trajectories);
criterion_main!(benches);
