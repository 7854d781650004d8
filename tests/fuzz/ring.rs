//! Calls on a trajectory buffer, beside a plain list.

use crate::common::mixed_model::{Kind, Record, posterior_means};
use crate::values::{Number, Vector};
use arbitrary::Arbitrary;
use ruvector_learning_wasm::{Error, Operator, TrajectoryBuffer};

#[derive(Arbitrary, Debug)]
pub struct Script {
    capacity: Number,
    dim: u8,
    calls: Vec<Call>,
}

#[derive(Arbitrary, Debug)]
enum Call {
    /// What is in range.
    Record {
        x: u8,
        operator: u8,
        attention: u8,
        baseline: i8,
        gain: i8,
        is_timeout: bool,
    },
    Outcome {
        x: u8,
        operator: u8,
        attention: u8,
        value: i8,
    },
    /// A time, the limit of a run that was cut off, or an outcome: then there is no baseline.
    RecordAny {
        x: Vector,
        operator: Number,
        attention: Number,
        value: Number,
        baseline_ms: Option<Number>,
        is_timeout: bool,
    },
    Predict {
        x: Vector,
        operator: u8,
        types: Vec<u8>,
        gains: Option<u8>,
    },
    Recommend {
        x: Vector,
        operator: Number,
        types: Vec<u8>,
    },
    Count(Number),
    Seed(u32),
    Forgetting(Number),
    Reset,
    Reload,
}

/// A run to be recorded: what `record`, `record_timeout` or `record_outcome` gets.
struct Run {
    x: Vec<f32>,
    operator: f64,
    attention: f64,
    kind: Kind,
    /// ms, or the outcome; and ms of the baseline, but for outcomes.
    value: f64,
    baseline: f64,
}

impl Run {
    fn record(&self, buffer: &mut TrajectoryBuffer) -> Result<(), Error> {
        let Self { x, operator, attention, value, baseline, .. } = self;
        match self.kind {
            Kind::Gain => buffer.record(x, *operator, *attention, *value, *baseline),
            Kind::Bound => buffer.record_timeout(x, *operator, *attention, *value, *baseline),
            Kind::Outcome => buffer.record_outcome(x, *operator, *attention, *value),
        }
    }

    /// What a buffer that has accepted it holds.
    fn recorded(self, is_ordinary: bool) -> Recorded {
        let Self { x, operator, attention, kind, value, baseline } = self;
        let (improvement, value) = match kind {
            Kind::Outcome => (value, value),
            _ => (baseline / value - 1.0, (baseline / value).ln()),
        };
        let log_baseline = if kind == Kind::Outcome { 0.0 } else { baseline.ln() };
        let record =
            Record { embedding: x, operator: operator as u8, attention: attention as u8, kind, value, log_baseline };
        Recorded { record, improvement, is_ordinary }
    }
}

/// What was recorded.
struct Recorded {
    record: Record,
    improvement: f64,
    /// Whether the model in `f64` is to be compared with it.
    is_ordinary: bool,
}

pub fn run(script: &Script) {
    let capacity = script.capacity.get();
    if capacity > 300.0 {
        return;
    }
    let dim = usize::from(script.dim) % 20 + 1;
    let Ok(mut buffer) = TrajectoryBuffer::new(Some(capacity), Some(dim as f64)) else { return };
    let mut twin = buffer.clone();
    let capacity = buffer.capacity();
    let mut all: Vec<Recorded> = Vec::new();
    for call in script.calls.iter().take(400) {
        let before = buffer.to_safetensors().unwrap();
        let mut record = |run: Run, is_ordinary: bool| {
            let result = run.record(&mut buffer);
            assert_eq!(run.record(&mut twin).is_ok(), result.is_ok());
            if result.is_ok() {
                all.push(run.recorded(is_ordinary));
            }
            assert!(!is_ordinary || result.is_ok(), "{call:?} was refused: {result:?}");
            result
        };
        let in_range = |x: u8, operator: u8, attention: u8| {
            (Vector::Ordinary(x % 8).get(dim), f64::from(operator % 17), f64::from(attention % 6))
        };
        let result = match call {
            Call::Record { x, operator, attention, baseline, gain, is_timeout } => {
                let baseline = (f64::from(*baseline) / 32.0).exp();
                let value = baseline / (f64::from(*gain) / 64.0).exp();
                let kind = if *is_timeout { Kind::Bound } else { Kind::Gain };
                let (x, operator, attention) = in_range(*x, *operator, *attention);
                record(Run { x, operator, attention, kind, value, baseline }, true)
            }
            Call::Outcome { x, operator, attention, value } => {
                let (x, operator, attention) = in_range(*x, *operator, *attention);
                let value = f64::from(*value) / 16.0;
                record(Run { x, operator, attention, kind: Kind::Outcome, value, baseline: 1.0 }, true)
            }
            Call::RecordAny { x, operator, attention, value, baseline_ms, is_timeout } => {
                let [operator, attention, value] = [operator, attention, value].map(|number| number.get());
                let kind = match (baseline_ms, is_timeout) {
                    (None, _) => Kind::Outcome,
                    (_, true) => Kind::Bound,
                    (_, false) => Kind::Gain,
                };
                let baseline = baseline_ms.as_ref().map_or(1.0, |number| number.get());
                record(Run { x: x.get(dim), operator, attention, kind, value, baseline }, false)
            }
            Call::Predict { x, operator, types, gains } => {
                let (values, count) = (x.get(dim), gains.map_or(types.len(), usize::from));
                let mut found = vec![f32::NAN; count];
                let result = buffer.predict(&values, (*operator).into(), types, &mut found);
                let mut again = vec![f32::NAN; count];
                assert_eq!(twin.predict(&values, (*operator).into(), types, &mut again).is_ok(), result.is_ok());
                if result.is_ok() {
                    assert_eq!(found, again);
                    assert!(found.iter().all(|gain| gain.is_finite()), "{found:?} after {call:?}");
                    // What a full ring has forgotten is forgotten a sixteenth at a time.
                    let start = all.len().saturating_sub(capacity).next_multiple_of(capacity.div_ceil(16));
                    let known = &all[start.min(all.len())..];
                    if x.is_ordinary() && known.iter().all(|recorded| recorded.is_ordinary) {
                        let known: Vec<Record> = known.iter().map(|recorded| recorded.record.clone()).collect();
                        let expected = posterior_means(&known, &values, *operator, types, buffer.forgetting());
                        for (found, expected) in found.iter().zip(expected) {
                            assert!((f64::from(*found) - expected).abs() < 2e-3, "{found}, not {expected}");
                        }
                    }
                }
                assert!(buffer.to_safetensors().unwrap() == before, "{call:?} has left a trace");
                result
            }
            Call::Recommend { x, operator, types } => {
                let (x, operator) = (x.get(dim), operator.get());
                let result = buffer.recommend(&x, operator, types);
                let again = twin.recommend(&x, operator, types);
                if let Ok(attention) = result {
                    assert_eq!(again, Ok(attention));
                    assert!(types.contains(&attention));
                }
                result.map(drop)
            }
            Call::Count(threshold) => {
                let threshold = threshold.get();
                let held = &all[all.len().saturating_sub(capacity)..];
                let expected = held.iter().filter(|held| held.improvement as f32 > threshold as f32).count();
                let found = buffer.high_quality_count(threshold);
                assert!(found.is_err() || found == Ok(expected as u32), "{found:?}, not {expected}");
                found.map(drop)
            }
            Call::Seed(seed) => {
                buffer.set_seed(*seed);
                twin.set_seed(*seed);
                Ok(())
            }
            Call::Forgetting(decisions) => {
                let result = buffer.set_forgetting(decisions.get());
                assert_eq!(twin.set_forgetting(decisions.get()).is_ok(), result.is_ok());
                result
            }
            Call::Reset => {
                buffer.reset();
                twin.reset();
                all.clear();
                Ok(())
            }
            Call::Reload => {
                twin = TrajectoryBuffer::from_safetensors(&before).unwrap();
                Ok(())
            }
        };
        if result.is_err() {
            assert!(buffer.to_safetensors().unwrap() == before, "{call:?} was refused and has left a trace");
        }
        check(&buffer, &all);
    }
    assert!(buffer.to_safetensors().unwrap() == twin.to_safetensors().unwrap(), "what was loaded went another way");
}

/// The buffer holds the last of `all`, and its statistics are those of all of them.
fn check(buffer: &TrajectoryBuffer, all: &[Recorded]) {
    let held = &all[all.len().saturating_sub(buffer.capacity())..];
    assert_eq!((buffer.len(), buffer.total_count()), (held.len(), all.len() as u64));
    assert_eq!(buffer.iter().count(), held.len());
    for (found, Recorded { record, improvement, .. }) in buffer.iter().zip(held) {
        assert_eq!(found.embedding, record.embedding);
        assert_eq!((found.operator, found.attention), (record.operator.into(), record.attention));
        assert_eq!(found.improvement, *improvement as f32);
    }
    for operator in Operator::all() {
        let count = held.iter().filter(|held| usize::from(held.record.operator) == operator.id()).count();
        assert_eq!(buffer.count_by_operator(operator), Ok(count as u32));
    }
    let mut best = (0.0, 0);
    for (i, Recorded { record, improvement, .. }) in all.iter().enumerate() {
        if i == 0 || *improvement > best.0 {
            best = (*improvement, record.attention);
        }
    }
    assert_eq!((buffer.best_improvement(), buffer.best_attention()), best);
    let n = all.len() as f64;
    let successes = all.iter().filter(|recorded| recorded.improvement > 0.0).count() as f64;
    assert_eq!(buffer.success_rate(), if n > 0.0 { successes / n } else { 0.0 });
    let (mean, variance) = (buffer.mean_improvement(), buffer.variance());
    assert!(mean.is_finite() && variance.is_finite() && variance >= 0.0, "mean {mean}, variance {variance}");
    let size = all.iter().map(|recorded| recorded.improvement.abs()).fold(1.0, f64::max);
    if n > 0.0 {
        let exact = all.iter().map(|recorded| recorded.improvement).sum::<f64>() / n;
        assert!((mean - exact).abs() <= 1e-9 * size, "mean {mean} for {exact}");
        let squares: f64 = all.iter().map(|recorded| (recorded.improvement - exact).powi(2)).sum();
        let exact = if n > 1.0 { squares / (n - 1.0) } else { 0.0 };
        assert!((variance - exact).abs() <= 1e-9 * size * size, "variance {variance} for {exact}");
    }
}
