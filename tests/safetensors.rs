//! The npm package's files, read with the reference implementation of safetensors, say bit for bit what the native library
//! has come to by the same calls. `tests/js/fixtures.mjs` writes the files, and says the calls.
#![cfg(not(target_arch = "wasm32"))]

use std::path::Path;

use ruvector_learning_wasm::{Config, Factors, MicroLora, Operator, ScopedLora, TrajectoryBuffer};
use safetensors::{Dtype, SafeTensors};

const DIM: usize = 20;

fn read(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)).unwrap()
}

/// The input or target number `seed`: multiples of an eighth, in [−1, 1].
fn values(seed: usize) -> Vec<f32> {
    (0..DIM).map(|i| (((7 * i + 13 * seed) % 17) as f32 - 8.0) / 8.0).collect()
}

fn config() -> Config {
    Config::new(Some(DIM as f64), Some(0.25), Some(0.5)).unwrap()
}

/// The bits of a tensor of 32-bit floats with this shape.
fn floats(file: &SafeTensors<'_>, name: &str, shape: &[usize]) -> Vec<u32> {
    let tensor = file.tensor(name).unwrap();
    assert_eq!((tensor.dtype(), tensor.shape()), (Dtype::F32, shape), "{name}");
    tensor.data().chunks_exact(4).map(|bytes| u32::from_le_bytes(bytes.try_into().unwrap())).collect()
}

fn integers(file: &SafeTensors<'_>, name: &str, shape: &[usize]) -> Vec<i64> {
    let tensor = file.tensor(name).unwrap();
    assert_eq!((tensor.dtype(), tensor.shape()), (Dtype::I64, shape), "{name}");
    tensor.data().chunks_exact(8).map(|bytes| i64::from_le_bytes(bytes.try_into().unwrap())).collect()
}

/// The factors are under PEFT's keys, in PEFT's shapes.
fn assert_factors(file: &SafeTensors<'_>, module: &str, factors: Factors<'_>) {
    let key = |factor| format!("base_model.model.{module}.lora_{factor}.weight");
    let a: Vec<_> = factors.a(0).chain(factors.a(1)).map(f32::to_bits).collect();
    let b: Vec<_> = factors.b(0).zip(factors.b(1)).flat_map(|(x, y)| [x.to_bits(), y.to_bits()]).collect();
    assert_eq!(floats(file, &key("A"), &[2, DIM]), a, "{module}");
    assert_eq!(floats(file, &key("B"), &[DIM, 2]), b, "{module}");
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

#[test]
fn an_adapter_has_the_factors_of_a_native_run() {
    let mut lora = MicroLora::new(config()).unwrap();
    for i in 0..300 {
        lora.train(&values(i), &values(i + 5)).unwrap();
    }
    let bytes = read("adapter.safetensors");
    let file = SafeTensors::deserialize(&bytes).unwrap();
    assert_factors(&file, "linear", lora.factors());
    assert_eq!(integers(&file, "state.counts", &[1, 2]), [300, 300]);
    assert_eq!(floats(&file, "state.contexts", &[1, DIM]), bits(&values(299)));
    assert_eq!(floats(&file, "state.input", &[DIM]), bits(lora.input()));
    assert_eq!(floats(&file, "state.output", &[DIM]), bits(lora.output()));
    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    let metadata = header.metadata().as_ref().unwrap();
    assert_eq!((metadata["class"].as_str(), metadata["alpha"].as_str()), ("WasmMicroLoRA", "0.25"));
}

#[test]
fn a_set_has_the_factors_of_a_native_run_under_the_names_of_operators_and_categories() {
    let mut scoped = ScopedLora::new(config()).unwrap();
    let operator = |id| Operator::new(f64::from(id)).unwrap();
    for i in 0..60 {
        scoped.train(operator(i % 3), &values(i as usize), &values(i as usize + 5)).unwrap();
    }
    let bytes = read("adapters.safetensors");
    let file = SafeTensors::deserialize(&bytes).unwrap();
    for (id, name, category) in [(0, "Scan", "Scan"), (1, "Filter", "Transform"), (2, "Join", "Join")] {
        assert_factors(&file, &format!("operators.{name}"), scoped.factors(operator(id)).unwrap().unwrap());
        assert_factors(
            &file,
            &format!("categories.{category}"),
            scoped.category_factors(operator(id)).unwrap().unwrap(),
        );
    }
    assert_eq!(file.names().iter().filter(|name| name.contains("lora_A")).count(), 6);
    assert_eq!(integers(&file, "state.context_of", &[4]), [0, 1, 2, 7]);
}

#[test]
fn trajectories_have_the_columns_of_a_native_ring() {
    let mut buffer = TrajectoryBuffer::new(Some(5.0), Some(DIM as f64)).unwrap();
    for i in 0..8_usize {
        let number = i as f64;
        buffer.record(&values(i), number, 3.0 * number, 1.0 + number, 4.0).unwrap();
    }
    let bytes = read("trajectories.safetensors");
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let column = |name| file.tensor(name).unwrap();
    let held: Vec<_> = buffer.iter().collect();
    let embeddings: Vec<_> = held.iter().flat_map(|each| bits(each.embedding)).collect();
    let improvements: Vec<_> = held.iter().map(|each| each.improvement.to_bits()).collect();
    let operators: Vec<_> = held.iter().map(|each| each.operator as u8).collect();
    let attentions: Vec<_> = held.iter().map(|each| each.attention).collect();
    assert_eq!(floats(&file, "embeddings", &[5, DIM]), embeddings);
    assert_eq!(floats(&file, "improvements", &[5]), improvements);
    assert_eq!((column("operators").dtype(), column("operators").data()), (Dtype::U8, &operators[..]));
    assert_eq!((column("attention_types").dtype(), column("attention_types").data()), (Dtype::U8, &attentions[..]));
    let baselines: Vec<_> = held.iter().map(|each| each.baseline_ms.to_bits()).collect();
    assert_eq!(floats(&file, "baselines", &[5]), baselines);
    assert_eq!(integers(&file, "state.counts", &[18, 2])[..8], [8, 3, 1, 1, 1, 1, 1, 1]);
    assert_eq!(integers(&file, "state.draws", &[2]), [0, 0]);
}
