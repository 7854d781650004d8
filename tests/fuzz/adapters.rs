//! Calls on one adapter, and on a set.

use crate::common::files::Raw;
use crate::common::{self, EPS, Inputs, Reference, a_of, b_of, norm, subtract, widen};
use crate::values::{Number, Vector};
use arbitrary::Arbitrary;
use ruvector_learning_wasm::{BLOCK_LEN, Block, Config, Error, Factors, MicroLora, Operator, ScopedLora, blocks_for};

/// Most calls of a script: fewer than the 256 steps after which A's columns are made orthogonal.
const MOST_CALLS: usize = 200;

#[derive(Arbitrary, Debug)]
pub struct Script {
    is_set: bool,
    dim: u8,
    settings: Settings,
    calls: Vec<(u8, Call)>,
}

#[derive(Arbitrary, Debug)]
enum Settings {
    Ordinary { alpha: u8, learning_rate: u8 },
    Any { alpha: Number, learning_rate: Number },
}

#[derive(Arbitrary, Debug)]
enum Call {
    Forward(Vector),
    ForwardRows {
        seed: u8,
        rows: u8,
        y: u8,
    },
    /// Against the gradient towards a target.
    AdaptTo(Vector),
    Adapt(Vector),
    /// Against what the input buffer holds.
    AdaptInput,
    AdaptWithReward(Number),
    Train(Vector, Vector),
    Reward(Vector, Number),
    Predict(Vector),
    LearningRate(Number),
    FreezeA(bool),
    Fallback(bool),
    Reset,
    ResetAll,
    Reload,
}

/// One adapter, or a set.
#[derive(Clone)]
enum Adapters {
    One(MicroLora),
    Set(ScopedLora),
}

/// The same call of either.
macro_rules! both {
    ($self:expr, $method:ident, $operator:expr $(, $argument:expr)*) => {
        match $self {
            Adapters::One(lora) => lora.$method($($argument),*),
            Adapters::Set(set) => set.$method($operator $(, $argument)*),
        }
    };
}

impl Adapters {
    fn new(is_set: bool, config: Config) -> Self {
        if is_set { Self::Set(ScopedLora::new(config).unwrap()) } else { Self::One(MicroLora::new(config).unwrap()) }
    }

    fn save(&self) -> Vec<u8> {
        match self {
            Self::One(lora) => lora.to_safetensors(),
            Self::Set(set) => set.to_safetensors(),
        }
        .unwrap()
    }

    fn reloaded(&self) -> Self {
        let bytes = self.save();
        let loaded = match self {
            Self::One(_) => Self::One(MicroLora::from_safetensors(&bytes, None).unwrap()),
            Self::Set(_) => Self::Set(ScopedLora::from_safetensors(&bytes, None).unwrap()),
        };
        assert_eq!(loaded.save(), bytes, "a file is saved as another one");
        loaded
    }

    fn config(&self) -> &Config {
        match self {
            Self::One(lora) => lora.config(),
            Self::Set(set) => set.config(),
        }
    }

    /// The factors of the operator's own adapter and of its category's.
    fn factors(&self, operator: Operator) -> [Option<Factors<'_>>; 2] {
        match self {
            Self::One(lora) => [Some(lora.factors()), None],
            Self::Set(set) => [set.factors(operator).unwrap(), set.category_factors(operator).unwrap()],
        }
    }

    fn references(&self, operator: Operator) -> [Option<Reference>; 2] {
        let (alpha, rate) = (self.config().alpha(), self.config().learning_rate());
        self.factors(operator).map(|factors| factors.map(|factors| Reference::new(factors, alpha, rate)))
    }

    fn counts(&self, operator: Operator) -> [u64; 2] {
        match self {
            Self::One(lora) => [lora.adapt_count(), lora.forward_count()],
            Self::Set(set) => [set.adapt_count(operator).unwrap(), set.forward_count(operator).unwrap()],
        }
    }

    fn output(&self) -> Vec<f32> {
        match self {
            Self::One(lora) => lora.output().into(),
            Self::Set(set) => set.output().into(),
        }
    }

    fn input(&self) -> Vec<f32> {
        match self {
            Self::One(lora) => lora.input().into(),
            Self::Set(set) => set.input().into(),
        }
    }

    fn forward(&mut self, operator: Operator, x: &[f32]) -> Result<(), Error> {
        both!(self, forward_array, operator, x).map(drop)
    }

    fn forward_rows(&mut self, operator: Operator, x: &[Block], y: &mut [Block]) -> Result<(), Error> {
        both!(self, forward_rows, operator, x, y)
    }

    fn adapt(&mut self, operator: Operator, g: &[f32]) -> Result<(), Error> {
        both!(self, adapt_array, operator, g)
    }

    fn adapt_input(&mut self, operator: Operator) -> Result<(), Error> {
        match self {
            Self::One(lora) => lora.adapt(),
            Self::Set(set) => set.adapt(operator),
        }
    }

    fn adapt_with_reward(&mut self, operator: Operator, improvement: f64) -> Result<(), Error> {
        both!(self, adapt_with_reward, operator, improvement)
    }

    fn train(&mut self, operator: Operator, x: &[f32], target: &[f32]) -> Result<f64, Error> {
        both!(self, train, operator, x, target)
    }

    fn reward(&mut self, operator: Operator, x: &[f32], improvement: f64) -> Result<(), Error> {
        both!(self, reward, operator, x, improvement)
    }

    fn predict(&mut self, operator: Operator, x: &[f32]) -> Result<f64, Error> {
        both!(self, predicted_improvement, operator, x)
    }

    fn set_learning_rate(&mut self, rate: f64) -> Result<(), Error> {
        match self {
            Self::One(lora) => lora.set_learning_rate(rate),
            Self::Set(set) => set.set_learning_rate(rate),
        }
    }

    fn freeze_a(&mut self, on: bool) {
        match self {
            Self::One(lora) => lora.freeze_a(on),
            Self::Set(set) => set.freeze_a(on),
        }
    }

    fn reset(&mut self, operator: Operator) {
        match self {
            Self::One(lora) => lora.reset(),
            Self::Set(set) => set.reset_scope(operator).unwrap(),
        }
    }

    fn reset_all(&mut self) {
        match self {
            Self::One(lora) => lora.reset(),
            Self::Set(set) => set.reset_all(),
        }
    }
}

/// What an operator must have come to.
#[derive(Clone)]
struct Expected {
    /// Steps and forward passes.
    counts: [u64; 2],
    x: Vec<f32>,
}

/// What one call is to be compared with.
#[derive(Debug)]
enum Step {
    /// It learns nothing.
    None,
    /// Against the gradient g at the output y for x, from the terms of this size.
    Gradient {
        x: Vec<f32>,
        y: Vec<f64>,
        g: Vec<f32>,
        terms: f64,
    },
    Reward {
        x: Vec<f32>,
        improvement: f64,
    },
}

/// `w` own + (1 − `w`) category.
fn blend([own, category]: [Option<&Reference>; 2], w: f64, x: &[f64]) -> Vec<f64> {
    let output = |reference: Option<&Reference>| reference.map_or(x.to_vec(), |reference| reference.forward(x));
    output(own).iter().zip(output(category)).map(|(own, category)| w * own + (1.0 - w) * category).collect()
}

pub fn run(script: &Script) {
    let dim = usize::from(script.dim) % 40 + 1;
    let config = match script.settings {
        Settings::Ordinary { alpha, learning_rate } => {
            let alpha = [1e-3, 0.1, 1.0, 40.0][usize::from(alpha) % 4];
            let learning_rate = [0.01, 0.1, 0.5, 1.0][usize::from(learning_rate) % 4];
            Config::new(Some(dim as f64), Some(alpha), Some(learning_rate)).unwrap()
        }
        Settings::Any { alpha, learning_rate } => {
            let config = Config::new(Some(dim as f64), Some(alpha.get()), Some(learning_rate.get()));
            let Ok(config) = config else { return };
            config
        }
    };
    // Every call is made on a second object, too, which may have been saved and loaded before.
    let mut adapters = Adapters::new(script.is_set, config);
    let mut twin = adapters.clone();
    let count = if script.is_set { 17 } else { 1 };
    let unit = vec![1.0 / (dim as f32).sqrt(); dim];
    let fresh = Expected { counts: [0; 2], x: unit };
    let mut expected = vec![fresh.clone(); count];
    let ordinary = Inputs::new(1).vector(dim, 1.0);
    let can_be_compared = matches!(script.settings, Settings::Ordinary { .. }) && dim > 1;
    // Whether all that has been learned was from ordinary numbers.
    let mut is_ordinary = can_be_compared;
    let mut fallback = true;

    for (i, (id, call)) in script.calls.iter().take(MOST_CALLS).enumerate() {
        let id = usize::from(*id) % count;
        let operator = Operator::at(id as u16);
        let before = adapters.clone();
        let known = &mut expected[id];
        let counts_before = known.counts;
        let w = if !script.is_set || !fallback { 1.0 } else { known.counts[0].min(10) as f64 / 10.0 };
        let references = before.references(operator);
        let at = |x: &[f32]| blend(references.each_ref().map(Option::as_ref), w, &widen(x));
        let mut step = Step::None;
        let mut output_may_change = false;
        let result = match call {
            Call::Forward(x) => {
                let x = x.get(dim);
                let result = adapters.forward(operator, &x);
                assert_eq!(twin.forward(operator, &x).is_ok(), result.is_ok());
                if result.is_ok() {
                    if is_ordinary && x.iter().all(|x| x.is_finite() && x.abs() < 1e6) {
                        let h: f64 = references
                            .iter()
                            .flatten()
                            .map(|r| {
                                let h: f64 = r.hidden(&widen(&x)).iter().map(|h| h.abs()).sum();
                                r.alpha * h * r.norm()
                            })
                            .sum();
                        let size = norm(&widen(&x)) + h;
                        for (got, expected) in adapters.output().iter().zip(at(&x)) {
                            let bound = 8.0 * (dim as f64 + 16.0) * EPS * (size + expected.abs()) + 1e-36;
                            assert!((f64::from(*got) - expected).abs() <= bound, "{got} for {expected}");
                        }
                    }
                    known.counts[1] += 1;
                    known.x = x;
                }
                result
            }
            Call::ForwardRows { seed, rows, y } => {
                let blocks = blocks_for(dim);
                let rows = usize::from(*rows) % 5;
                let vectors: Vec<_> =
                    (0..rows).map(|row| Inputs::new(u64::from(*seed) + row as u64).vector(dim, 1.0)).collect();
                let zeros = vec![0.0; blocks * BLOCK_LEN - dim];
                let x: Vec<Block> =
                    vectors.iter().flat_map(|vector| common::blocks(&[&vector[..], &zeros].concat())).collect();
                let mut y = vec![Block([0.0; BLOCK_LEN]); if *y < 200 { x.len() } else { usize::from(*y) - 200 }];
                let mut twin_y = y.clone();
                let result = adapters.forward_rows(operator, &x, &mut y);
                assert_eq!(twin.forward_rows(operator, &x, &mut twin_y).is_ok(), result.is_ok());
                assert_eq!(common::flat(&y), common::flat(&twin_y));
                if result.is_ok() {
                    known.counts[1] += rows as u64;
                    vectors.last().into_iter().for_each(|x| known.x = x.clone());
                }
                result
            }
            Call::AdaptTo(_) | Call::Adapt(_) | Call::AdaptInput => {
                let y = at(&known.x);
                let g = match call {
                    Call::AdaptTo(target) => {
                        let y: Vec<f32> = y.iter().map(|&y| y as f32).collect();
                        subtract(&y, &target.get(dim))
                    }
                    Call::Adapt(g) => g.get(dim),
                    _ => adapters.input(),
                };
                let result = match call {
                    Call::AdaptInput => {
                        let result = adapters.adapt_input(operator);
                        assert_eq!(twin.adapt_input(operator).is_ok(), result.is_ok());
                        result
                    }
                    _ => {
                        let result = adapters.adapt(operator, &g);
                        assert_eq!(twin.adapt(operator, &g).is_ok(), result.is_ok());
                        result
                    }
                };
                let terms = norm(&y) + norm(&widen(&g));
                step = Step::Gradient { x: known.x.clone(), y, g, terms };
                result
            }
            Call::AdaptWithReward(improvement) => {
                let improvement = improvement.get();
                let result = adapters.adapt_with_reward(operator, improvement);
                assert_eq!(twin.adapt_with_reward(operator, improvement).is_ok(), result.is_ok());
                step = Step::Reward { x: known.x.clone(), improvement };
                result
            }
            Call::Train(x, target) => {
                output_may_change = true;
                let (x, target) = (x.get(dim), target.get(dim));
                let result = adapters.train(operator, &x, &target);
                assert_eq!(twin.train(operator, &x, &target).is_ok(), result.is_ok());
                if let Ok(loss) = result {
                    assert!(loss.is_finite() && loss >= 0.0, "loss {loss}");
                    let y = at(&x);
                    let narrow: Vec<f32> = y.iter().map(|&y| y as f32).collect();
                    let g = subtract(&narrow, &target);
                    let terms = norm(&y) + norm(&widen(&target));
                    if is_ordinary && terms < 1e6 {
                        let exact = norm(&widen(&g)).powi(2) / dim as f64;
                        assert!(
                            (loss - exact).abs() <= 1e-4 * (terms * terms + exact) + 1e-30,
                            "loss {loss} for {exact}"
                        );
                    }
                    known.counts[1] += 1;
                    known.x = x.clone();
                    step = Step::Gradient { x, y, g, terms };
                }
                result.map(drop)
            }
            Call::Reward(x, improvement) => {
                output_may_change = true;
                let (x, improvement) = (x.get(dim), improvement.get());
                let result = adapters.reward(operator, &x, improvement);
                assert_eq!(twin.reward(operator, &x, improvement).is_ok(), result.is_ok());
                if result.is_ok() {
                    known.counts[1] += 1;
                    known.x = x.clone();
                    step = Step::Reward { x, improvement };
                }
                result
            }
            Call::Predict(x) => {
                let x = x.get(dim);
                let result = adapters.predict(operator, &x);
                assert_eq!(twin.predict(operator, &x).ok(), result.clone().ok());
                if let Ok(predicted) = result
                    && is_ordinary
                {
                    let (x, y) = (widen(&x), at(&x));
                    let x2: f64 = x.iter().map(|x| x * x).sum();
                    let exact = x.iter().zip(&y).map(|(x, y)| x * y).sum::<f64>() / x2 - 1.0;
                    let size: f64 = references.iter().flatten().map(|r| 1.0 + r.alpha * r.norm().powi(2)).sum();
                    if (1e-12..1e12).contains(&x2) {
                        let bound = 8.0 * (dim as f64 + 16.0) * EPS * (1.0 + size);
                        assert!((predicted - exact).abs() <= bound, "predicted {predicted} for {exact}");
                    }
                }
                assert_eq!(adapters.save(), before.save());
                result.map(drop)
            }
            Call::LearningRate(rate) => {
                let result = adapters.set_learning_rate(rate.get());
                assert_eq!(twin.set_learning_rate(rate.get()).is_ok(), result.is_ok());
                if result.is_ok() {
                    is_ordinary &= adapters.config().learning_rate() >= 1e-3;
                }
                result
            }
            Call::FreezeA(on) => {
                [&mut adapters, &mut twin].into_iter().for_each(|adapters| adapters.freeze_a(*on));
                Ok(())
            }
            Call::Fallback(on) => {
                for adapters in [&mut adapters, &mut twin] {
                    if let Adapters::Set(set) = adapters {
                        set.set_category_fallback(*on);
                        fallback = *on;
                    }
                }
                Ok(())
            }
            Call::Reset => {
                [&mut adapters, &mut twin].into_iter().for_each(|adapters| adapters.reset(operator));
                *known = fresh.clone();
                is_ordinary = can_be_compared && (is_ordinary || !script.is_set);
                Ok(())
            }
            Call::ResetAll => {
                [&mut adapters, &mut twin].into_iter().for_each(Adapters::reset_all);
                expected.fill(fresh.clone());
                fallback = true;
                is_ordinary = can_be_compared;
                Ok(())
            }
            Call::Reload => {
                twin = adapters.reloaded();
                Ok(())
            }
        };
        let [after_adapts, after_forwards] = adapters.counts(operator);
        let known = &mut expected[id];
        assert_eq!(after_forwards, known.counts[1], "forward passes after {call:?}");
        if result.is_err() {
            assert_eq!(after_adapts, counts_before[0], "steps after {call:?}");
            // All that a file says, but for its checksum and what is in the output buffer.
            let state = |adapters: &Adapters| {
                let mut raw = Raw::parse(&adapters.save());
                raw.tensor("state.output").bytes.clear();
                raw.text("checksum").clear();
                raw
            };
            let is_unchanged = match output_may_change {
                true => state(&before) == state(&adapters),
                false => before.save() == adapters.save(),
            };
            assert!(is_unchanged, "{call:?} was refused and has left a trace");
        } else {
            let learned = after_adapts.wrapping_sub(known.counts[0]);
            assert!(learned <= 1, "{after_adapts} steps after {call:?}");
            let is_frozen = before.config().is_a_frozen();
            match &step {
                Step::None => assert_eq!(learned, 0, "{call:?} is counted"),
                Step::Gradient { x, g, .. } => {
                    let sizes = [x, g].map(|values| norm(&widen(values)).powi(2));
                    if sizes.iter().any(|&size| size < 0.5e-16) && !matches!(call, Call::Train(..)) {
                        assert_eq!(learned, 0, "{call:?} learned from nothing");
                    }
                    if is_ordinary && sizes.iter().all(|size| (1e-6..1e12).contains(size)) {
                        assert_eq!(learned, 1, "{call:?} is not counted");
                    }
                }
                Step::Reward { x, .. } => {
                    let size = norm(&widen(x)).powi(2);
                    assert!(size >= 0.5e-16 || learned == 0, "{call:?} learned from nothing");
                    assert!(!is_ordinary || !(1e-6..1e12).contains(&size) || learned == 1, "{call:?} is not counted");
                }
            }
            known.counts[0] = after_adapts;
            let was_ordinary = match &step {
                Step::None => true,
                Step::Gradient { x, g, .. } => {
                    let ordinary = |values: &[f32]| (0.01..100.0).contains(&norm(&widen(values)));
                    // A gradient of almost nothing is the difference of what it is computed from.
                    ordinary(x) && ordinary(g) && x.len() == dim
                }
                Step::Reward { x, .. } => (0.01..100.0).contains(&norm(&widen(x))),
            };
            is_ordinary &= was_ordinary;
            if is_ordinary && learned == 1 {
                compare(&step, references, adapters.references(operator), i as u64 + 1, is_frozen);
            }
        }
        for factors in adapters.factors(operator).into_iter().flatten() {
            let values = [a_of(factors), b_of(factors)].concat();
            assert!(values.iter().all(|value| value.is_finite()), "weights after {call:?}");
        }
        let delta = match &adapters {
            Adapters::One(lora) => lora.delta_norm(),
            Adapters::Set(set) => set.delta_norm(operator).unwrap(),
        };
        assert!(delta.is_finite(), "delta norm {delta} after {call:?}");
        let mut asked = adapters.clone();
        let predicted = asked.predict(operator, &ordinary);
        assert!(predicted.as_ref().is_ok_and(|gain| gain.is_finite()), "{predicted:?} after {call:?}");
        asked.forward(operator, &ordinary).unwrap();
        assert!(asked.output().iter().all(|y| y.is_finite()), "output after {call:?}");
    }
    for (id, known) in expected.iter().enumerate() {
        assert_eq!(adapters.counts(Operator::at(id as u16)), known.counts);
    }
    if let Adapters::Set(set) = &adapters {
        let total = |i: usize| expected.iter().map(|known| known.counts[i]).sum::<u64>();
        assert_eq!([set.total_adapt_count(), set.total_forward_count()], [total(0), total(1)]);
    }
    assert!(adapters.save() == twin.save(), "what was loaded went another way");
}

/// Compares one step of an adapter, and of its category's, with that of the reference.
fn compare(step: &Step, before: [Option<Reference>; 2], after: [Option<Reference>; 2], steps: u64, is_frozen: bool) {
    for (before, after) in before.into_iter().zip(after) {
        // A set's adapter is made by its first step: what it was made with is not to be seen.
        let (Some(before), Some(after)) = (before, after) else { continue };
        if is_frozen {
            assert_eq!(before.a, after.a, "a frozen A has moved");
            continue;
        }
        let mut expected = before.clone();
        let (x, terms) = match step {
            Step::Gradient { x, y, g, terms } => {
                let x64 = widen(x);
                // Each adapter steps from its own output towards the target that the gradient stands for.
                let own = before.forward(&x64);
                let g: Vec<f64> = own.iter().zip(y).zip(g).map(|((own, y), &g)| own - y + f64::from(g)).collect();
                if norm(&g) < 1e-3 {
                    continue; // too little, or rounding of what it is computed from
                }
                expected.adapt(&x64, &g, &after);
                (x64, terms + norm(&own))
            }
            Step::Reward { x, improvement } => {
                let x = widen(x);
                expected.reward(&x, *improvement, &after);
                let terms = norm(&before.forward(&x)) + 3.0 * norm(&x);
                (x, terms)
            }
            Step::None => continue,
        };
        let (error, bound) = (after.distance(&expected), before.step_bound(&x, terms, &expected, steps));
        assert!(error <= bound, "{step:?}: {error:e} over {bound:e}");
    }
}
