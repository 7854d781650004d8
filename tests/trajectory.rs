//! The trajectory buffer against a plain list, and its statistics against exact sums.

use crate::common::Inputs;
#[cfg(not(target_arch = "wasm32"))]
use ruvector_learning_wasm::Argument;
use ruvector_learning_wasm::{Error, Operator, TrajectoryBuffer};
use wasm_bindgen_test::wasm_bindgen_test;

fn buffer(capacity: usize, dim: usize) -> TrajectoryBuffer {
    TrajectoryBuffer::new(Some(capacity as f64), Some(dim as f64)).unwrap()
}

#[derive(Clone, Debug, PartialEq)]
struct Record {
    embedding: Vec<f32>,
    operator: u8,
    attention: u8,
    improvement: f64,
}

fn assert_holds(buffer: &TrajectoryBuffer, all: &[Record], capacity: usize) {
    let held = &all[all.len().saturating_sub(capacity)..];
    assert_eq!((buffer.len(), buffer.total_count()), (held.len(), all.len() as u64));
    assert_eq!(buffer.is_empty(), all.is_empty());
    assert_eq!(buffer.iter().count(), held.len());
    for (got, expected) in buffer.iter().zip(held) {
        assert_eq!(got.embedding, expected.embedding);
        assert_eq!((got.operator, got.attention), (expected.operator.into(), expected.attention));
        assert_eq!(got.improvement, expected.improvement as f32);
    }
    for threshold in [-2.0, -0.5, 0.0, 0.5, 1.0, f64::INFINITY, f64::NEG_INFINITY] {
        let expected = held.iter().filter(|record| record.improvement as f32 > threshold as f32).count();
        assert_eq!(buffer.high_quality_count(threshold).unwrap(), expected as u32, "above {threshold}");
    }
    for operator in Operator::all() {
        let expected = held.iter().filter(|record| usize::from(record.operator) == operator.id()).count();
        assert_eq!(buffer.count_by_operator(operator), Ok(expected as u32));
    }
    let improvements: Vec<f64> = all.iter().map(|record| record.improvement).collect();
    assert_statistics(buffer, &improvements);
    let best = all.iter().fold(None, |best: Option<&Record>, record| match best {
        Some(best) if best.improvement >= record.improvement => Some(best),
        _ => Some(record),
    });
    assert_eq!(buffer.best_improvement(), best.map_or(0.0, |best| best.improvement));
    assert_eq!(buffer.best_attention(), best.map_or(0, |best| best.attention));
}

/// Sum without rounding errors to speak of (Neumaier 1974).
fn sum(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut lost) = (0.0f64, 0.0);
    for value in values {
        let next = sum + value;
        lost += if sum.abs() >= value.abs() { (sum - next) + value } else { (value - next) + sum };
        sum = next;
    }
    sum + lost
}

fn assert_statistics(buffer: &TrajectoryBuffer, improvements: &[f64]) {
    let n = improvements.len() as f64;
    if improvements.is_empty() {
        assert_eq!((buffer.mean_improvement(), buffer.success_rate(), buffer.variance()), (0.0, 0.0, 0.0));
        return;
    }
    let mean = sum(improvements.iter().copied()) / n;
    let deviation2 = sum(improvements.iter().map(|value| (value - mean).powi(2)));
    let variance = if improvements.len() < 2 { 0.0 } else { deviation2 / (n - 1.0) };
    let close = |got: f64, expected: f64| (got - expected).abs() <= 1e-9 * (1.0 + expected.abs());
    assert!(close(buffer.mean_improvement(), mean), "mean {} for {mean}", buffer.mean_improvement());
    assert!(close(buffer.variance(), variance), "variance {} for {variance}", buffer.variance());
    let successes = improvements.iter().filter(|&&value| value > 0.0).count() as f64;
    assert_eq!(buffer.success_rate(), successes / n);
}

#[wasm_bindgen_test(unsupported = test)]
fn the_ring_holds_the_last_ones() {
    for (capacity, dim) in [(1, 1), (1, 9), (2, 8), (3, 5), (7, 16), (8, 3), (15, 7), (64, 33)] {
        let mut inputs = Inputs::new(capacity as u64);
        let (mut buffer, mut all) = (buffer(capacity, dim), Vec::new());
        assert_holds(&buffer, &all, capacity);
        for _ in 0..3 * capacity + 2 {
            let (operator, attention) = (inputs.below(17) as u8, inputs.below(256) as u8);
            let (execution, baseline) = ([0.25, 0.5, 1.0, 2.0][inputs.below(4)], 0.5 * (1 + inputs.below(6)) as f64);
            let embedding = inputs.vector(dim, 1.0);
            buffer.record(&embedding, operator.into(), attention.into(), execution, baseline).unwrap();
            all.push(Record { embedding, operator, attention, improvement: baseline / execution - 1.0 });
            assert_holds(&buffer, &all, capacity);
        }
        buffer.reset();
        assert_holds(&buffer, &[], capacity);
        buffer.record(&vec![1.0; dim], 3.0, 4.0, 1.0, 1.5).unwrap();
        let record = Record { embedding: vec![1.0; dim], operator: 3, attention: 4, improvement: 0.5 };
        assert_holds(&buffer, &[record], capacity);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn statistics_stay_exact() {
    // Improvements around 10⁶ with a spread of 1 cost a sum of squares twelve digits; Welford's update keeps them.
    for offset in [0.0, 1e6] {
        let mut inputs = Inputs::new(50);
        let (mut buffer, mut improvements) = (buffer(10, 1), Vec::new());
        for _ in 0..100_000 {
            let baseline = 1.0 + offset + inputs.uniform();
            buffer.record(&[1.0], 0.0, 0.0, 1.0, baseline).unwrap();
            improvements.push(baseline - 1.0);
        }
        assert_statistics(&buffer, &improvements);
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn statistics_are_exact_to_1e_6_after_ten_million_records() {
    let (mut buffer, mut inputs) = (buffer(3, 1), Inputs::new(51));
    let (mut squares, mut count) = (Vec::with_capacity(10_000_000), 0);
    for _ in 0..10_000_000 {
        let baseline = 0.5 + 3.0 * inputs.uniform();
        buffer.record(&[1.0], 0.0, 0.0, 1.0, baseline).unwrap();
        squares.push(baseline - 1.0);
        count += 1;
    }
    assert_eq!(buffer.total_count(), count);
    let mean = sum(squares.iter().copied()) / 1e7;
    let variance = sum(squares.iter().map(|value| (value - mean).powi(2))) / (1e7 - 1.0);
    assert!((buffer.mean_improvement() - mean).abs() < 1e-6);
    assert!((buffer.variance() - variance).abs() < 1e-6);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_refused_record_is_as_if_never_made() {
    let (mut tried, mut left) = (buffer(2, 3), buffer(2, 3));
    let good = [1.0, 2.0, 3.0];
    for buffer in [&mut tried, &mut left] {
        for attention in 0..4 {
            buffer.record(&good, 1.0, f64::from(attention), 1.0, 2.0).unwrap();
        }
    }
    let nan = f64::NAN;
    type Arguments<'a> = (&'a [f32], f64, f64, f64, f64);
    let attempts: [(Arguments<'_>, &str); 21] = [
        ((&good[..2], 1.0, 1.0, 1.0, 1.0), "embedding has 2 values, this buffer has dim 3"),
        ((&[1.0, f32::NAN, 2.0], 1.0, 1.0, 1.0, 1.0), "embedding[1] is NaN, it must be finite"),
        ((&[1.0, 2.0, f32::INFINITY], 1.0, 1.0, 1.0, 1.0), "embedding[2] is inf, it must be finite"),
        ((&[1e30, 1.0, 1.0], 1.0, 1.0, 1.0, 1.0), "embedding is too large: its squared norm overflows f32"),
        ((&good, 17.0, 1.0, 1.0, 1.0), "op_type must be an integer from 0 to 16, got 17"),
        ((&good, -1.0, 1.0, 1.0, 1.0), "op_type must be an integer from 0 to 16, got -1"),
        ((&good, nan, 1.0, 1.0, 1.0), "op_type must be an integer from 0 to 16, got NaN"),
        ((&good, 1.0, 256.0, 1.0, 1.0), "attention_type must be an integer from 0 to 255, got 256"),
        ((&good, 1.0, -1.0, 1.0, 1.0), "attention_type must be an integer from 0 to 255, got -1"),
        ((&good, 1.0, 0.5, 1.0, 1.0), "attention_type must be an integer from 0 to 255, got 0.5"),
        ((&good, 1.0, nan, 1.0, 1.0), "attention_type must be an integer from 0 to 255, got NaN"),
        ((&good, 1.0, 1.0, 0.0, 1.0), "execution_ms must be above 0 and finite, got 0"),
        ((&good, 1.0, 1.0, -1.0, 1.0), "execution_ms must be above 0 and finite, got -1"),
        ((&good, 1.0, 1.0, nan, 1.0), "execution_ms must be above 0 and finite, got NaN"),
        ((&good, 1.0, 1.0, f64::INFINITY, 1.0), "execution_ms must be above 0 and finite, got inf"),
        ((&good, 1.0, 1.0, 1.0, 0.0), "baseline_ms must be above 0 and finite, got 0"),
        ((&good, 1.0, 1.0, 1.0, -0.5), "baseline_ms must be above 0 and finite, got -0.5"),
        ((&good, 1.0, 1.0, 1.0, nan), "baseline_ms must be above 0 and finite, got NaN"),
        ((&good, 1.0, 1.0, 1.0, f64::INFINITY), "baseline_ms must be above 0 and finite, got inf"),
        ((&good, 1.0, 1.0, 1e-300, 1.0), "baseline_ms / execution_ms must be finite as a 32-bit float, got "),
        ((&good, 1.0, 1.0, 1e-300, 1e300), "baseline_ms / execution_ms must be finite as a 32-bit float, got inf"),
    ];
    for ((embedding, operator, attention, execution, baseline), message) in attempts {
        let error = tried.record(embedding, operator, attention, execution, baseline).unwrap_err();
        assert!(error.to_string().starts_with(message), "{error}");
    }
    let error = tried.record_timeout(&good, 1.0, 1.0, 1e-300, 1.0).unwrap_err();
    assert!(error.to_string().starts_with("baseline_ms / limit_ms must be finite as a 32-bit float, got "), "{error}");
    for buffer in [&mut tried, &mut left] {
        buffer.record(&[4.0, 5.0, 6.0], 2.0, 9.0, 1.0, 1.5).unwrap();
    }
    assert!(tried.iter().eq(left.iter()));
    assert_eq!(tried.total_count(), left.total_count());
    assert_eq!(tried.variance(), left.variance());
    assert!(tried.high_quality_count(nan).is_err());
}

#[wasm_bindgen_test(unsupported = test)]
fn sizes_out_of_range_are_refused() {
    for capacity in [0.0, -1.0, 1.5, 1_000_001.0, f64::NAN, f64::INFINITY] {
        let message = TrajectoryBuffer::new(Some(capacity), None).unwrap_err().to_string();
        assert_eq!(message, format!("capacity must be an integer from 1 to 1000000, got {capacity}"));
    }
    for dim in [0.0, 4097.0, 2.5, f64::NAN] {
        let message = TrajectoryBuffer::new(None, Some(dim)).unwrap_err().to_string();
        assert_eq!(message, format!("embedding_dim must be an integer from 1 to 4096, got {dim}"));
    }
    let default = TrajectoryBuffer::new(None, None).unwrap();
    assert_eq!((default.capacity(), default.dim()), (1000, 256));
}

#[cfg(target_arch = "wasm32")]
#[wasm_bindgen_test]
fn memory_that_cannot_be_had_is_refused() {
    // 16 GiB: more than a 32-bit address space.
    let error = TrajectoryBuffer::new(Some(1e6), Some(4096.0)).unwrap_err();
    assert_eq!(error, Error::OutOfMemory);
    assert!(TrajectoryBuffer::new(Some(1000.0), Some(4096.0)).is_ok());
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn errors_are_values() {
    let error = TrajectoryBuffer::new(Some(0.0), None).unwrap_err();
    let expected = Error::Number { argument: Argument::Capacity, value: 0.0 };
    assert_eq!(error, expected);
    let _: &dyn std::error::Error = &error;
}
