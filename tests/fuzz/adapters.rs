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

impl Settings {
    fn config(&self, dim: usize) -> Result<Config, Error> {
        let (alpha, learning_rate) = match self {
            Self::Ordinary { alpha, learning_rate } => {
                let alpha = [1e-3, 0.1, 1.0, 40.0][usize::from(*alpha) % 4];
                (alpha, [0.01, 0.1, 0.5, 1.0][usize::from(*learning_rate) % 4])
            }
            Self::Any { alpha, learning_rate } => (alpha.get(), learning_rate.get()),
        };
        Config::new(Some(dim as f64), Some(alpha), Some(learning_rate))
    }
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

/// A call's result, and what it is to be compared with if it was accepted.
type Done = (Result<(), Error>, Step);

/// What there was before a call on an operator.
struct Before {
    id: usize,
    operator: Operator,
    adapters: Adapters,
    references: [Option<Reference>; 2],
    counts: [u64; 2],
    /// Of the operator's own adapter, over its category's.
    weight: f64,
}

impl Before {
    /// The output for `x`: weight · own + (1 − weight) · category.
    fn output(&self, x: &[f32]) -> Vec<f64> {
        let x = widen(x);
        let output = |reference: &Option<Reference>| reference.as_ref().map_or(x.clone(), |known| known.forward(&x));
        let [own, category] = self.references.each_ref().map(output);
        own.iter().zip(category).map(|(own, category)| self.weight * own + (1.0 - self.weight) * category).collect()
    }
}

/// What a script is run on, and what is known about it.
struct Run {
    dim: usize,
    adapters: Adapters,
    /// Every call is made on it, too; it may have been saved and loaded before.
    twin: Adapters,
    expected: Vec<Expected>,
    fresh: Expected,
    /// Whether steps are to be compared with the reference, as long as they are ordinary.
    can_be_compared: bool,
    /// Whether all that has been learned was from ordinary numbers.
    is_ordinary: bool,
    fallback: bool,
}

impl Run {
    fn new(script: &Script, dim: usize, config: Config) -> Self {
        let adapters = Adapters::new(script.is_set, config);
        let fresh = Expected { counts: [0; 2], x: vec![1.0 / (dim as f32).sqrt(); dim] };
        let can_be_compared = matches!(script.settings, Settings::Ordinary { .. }) && dim > 1;
        Self {
            dim,
            twin: adapters.clone(),
            adapters,
            expected: vec![fresh.clone(); if script.is_set { 17 } else { 1 }],
            fresh,
            can_be_compared,
            is_ordinary: can_be_compared,
            fallback: true,
        }
    }

    fn before(&self, id: usize) -> Before {
        let operator = Operator::at(id as u16);
        let counts = self.expected[id].counts;
        let is_blended = matches!(self.adapters, Adapters::Set(_)) && self.fallback;
        let weight = if is_blended { counts[0].min(10) as f64 / 10.0 } else { 1.0 };
        Before {
            id,
            operator,
            adapters: self.adapters.clone(),
            references: self.adapters.references(operator),
            counts,
            weight,
        }
    }

    /// A call of both, which answer alike.
    fn both<T: PartialEq + Clone + std::fmt::Debug>(
        &mut self,
        call: impl Fn(&mut Adapters) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let result = call(&mut self.adapters);
        assert_eq!(call(&mut self.twin).ok(), result.clone().ok());
        result
    }

    /// The operator has seen `rows` more inputs, of which `x` was the last.
    fn saw(&mut self, id: usize, rows: usize, x: Vec<f32>) {
        self.expected[id].counts[1] += rows as u64;
        self.expected[id].x = x;
    }

    fn call(&mut self, id: usize, call: &Call, steps: u64) {
        let before = self.before(id);
        let operator = before.operator;
        let (result, step) = match call {
            Call::Forward(x) => self.forward(&before, x.get(self.dim)),
            Call::ForwardRows { seed, rows, y } => self.forward_rows(&before, *seed, usize::from(*rows) % 5, *y),
            Call::AdaptTo(target) => {
                let y: Vec<f32> = before.output(&self.expected[id].x).iter().map(|&y| y as f32).collect();
                let g = subtract(&y, &target.get(self.dim));
                self.adapt(&before, g, true)
            }
            Call::Adapt(g) => self.adapt(&before, g.get(self.dim), true),
            Call::AdaptInput => self.adapt(&before, self.adapters.input(), false),
            Call::AdaptWithReward(improvement) => {
                let improvement = improvement.get();
                let result = self.both(|adapters| adapters.adapt_with_reward(operator, improvement));
                (result, Step::Reward { x: self.expected[id].x.clone(), improvement })
            }
            Call::Train(x, target) => self.train(&before, x.get(self.dim), &target.get(self.dim)),
            Call::Reward(x, improvement) => self.reward(&before, x.get(self.dim), improvement.get()),
            Call::Predict(x) => (self.predict(&before, &x.get(self.dim)), Step::None),
            setting => (self.set(&before, setting), Step::None),
        };
        assert_eq!(self.adapters.counts(operator)[1], self.expected[id].counts[1], "forward passes after {call:?}");
        match result {
            Ok(()) => self.has_learned(before, call, &step, steps),
            Err(_) => self.has_left_no_trace(&before, call),
        }
        self.is_finite(operator, call);
    }

    fn forward(&mut self, before: &Before, x: Vec<f32>) -> Done {
        let result = self.both(|adapters| adapters.forward(before.operator, &x));
        if result.is_ok() {
            if self.is_ordinary && x.iter().all(|x| x.is_finite() && x.abs() < 1e6) {
                let change = |reference: &Reference| {
                    let h: f64 = reference.hidden(&widen(&x)).iter().map(|h| h.abs()).sum();
                    reference.alpha * h * reference.norm()
                };
                let size = norm(&widen(&x)) + before.references.iter().flatten().map(change).sum::<f64>();
                for (got, expected) in self.adapters.output().iter().zip(before.output(&x)) {
                    let bound = 8.0 * (self.dim as f64 + 16.0) * EPS * (size + expected.abs()) + 1e-36;
                    assert!((f64::from(*got) - expected).abs() <= bound, "{got} for {expected}");
                }
            }
            self.saw(before.id, 1, x);
        }
        (result, Step::None)
    }

    /// `y` below 200 gives the output the right length, else `y` − 200 blocks.
    fn forward_rows(&mut self, before: &Before, seed: u8, rows: usize, y: u8) -> Done {
        let vectors: Vec<_> =
            (0..rows).map(|row| Inputs::new(u64::from(seed) + row as u64).vector(self.dim, 1.0)).collect();
        let zeros = vec![0.0; blocks_for(self.dim) * BLOCK_LEN - self.dim];
        let x: Vec<Block> = vectors.iter().flat_map(|vector| common::blocks(&[&vector[..], &zeros].concat())).collect();
        let y = vec![Block([0.0; BLOCK_LEN]); if y < 200 { x.len() } else { usize::from(y) - 200 }];
        let (mut own, mut twins) = (y.clone(), y);
        let result = self.adapters.forward_rows(before.operator, &x, &mut own);
        assert_eq!(self.twin.forward_rows(before.operator, &x, &mut twins).is_ok(), result.is_ok());
        assert_eq!(common::flat(&own), common::flat(&twins));
        if result.is_ok()
            && let Some(last) = vectors.last()
        {
            self.saw(before.id, rows, last.clone());
        }
        (result, Step::None)
    }

    /// Against `g`, which is given as an argument or is what the input buffer holds.
    fn adapt(&mut self, before: &Before, g: Vec<f32>, is_argument: bool) -> Done {
        let operator = before.operator;
        let result = match is_argument {
            true => self.both(|adapters| adapters.adapt(operator, &g)),
            false => self.both(|adapters| adapters.adapt_input(operator)),
        };
        let x = self.expected[before.id].x.clone();
        let y = before.output(&x);
        let terms = norm(&y) + norm(&widen(&g));
        (result, Step::Gradient { x, y, g, terms })
    }

    fn train(&mut self, before: &Before, x: Vec<f32>, target: &[f32]) -> Done {
        let loss = match self.both(|adapters| adapters.train(before.operator, &x, target)) {
            Ok(loss) => loss,
            Err(error) => return (Err(error), Step::None),
        };
        assert!(loss.is_finite() && loss >= 0.0, "loss {loss}");
        let y = before.output(&x);
        let narrow: Vec<f32> = y.iter().map(|&y| y as f32).collect();
        let g = subtract(&narrow, target);
        let terms = norm(&y) + norm(&widen(target));
        if self.is_ordinary && terms < 1e6 {
            let exact = norm(&widen(&g)).powi(2) / self.dim as f64;
            assert!((loss - exact).abs() <= 1e-4 * (terms * terms + exact) + 1e-30, "loss {loss} for {exact}");
        }
        self.saw(before.id, 1, x.clone());
        (Ok(()), Step::Gradient { x, y, g, terms })
    }

    fn reward(&mut self, before: &Before, x: Vec<f32>, improvement: f64) -> Done {
        let result = self.both(|adapters| adapters.reward(before.operator, &x, improvement));
        if result.is_err() {
            return (result, Step::None);
        }
        self.saw(before.id, 1, x.clone());
        (result, Step::Reward { x, improvement })
    }

    fn predict(&mut self, before: &Before, x: &[f32]) -> Result<(), Error> {
        let result = self.both(|adapters| adapters.predict(before.operator, x));
        if let Ok(predicted) = result
            && self.is_ordinary
        {
            let y = before.output(x);
            let x = widen(x);
            let x2: f64 = x.iter().map(|x| x * x).sum();
            let exact = x.iter().zip(&y).map(|(x, y)| x * y).sum::<f64>() / x2 - 1.0;
            let size: f64 = before.references.iter().flatten().map(|r| 1.0 + r.alpha * r.norm().powi(2)).sum();
            if (1e-12..1e12).contains(&x2) {
                let bound = 8.0 * (self.dim as f64 + 16.0) * EPS * (1.0 + size);
                assert!((predicted - exact).abs() <= bound, "predicted {predicted} for {exact}");
            }
        }
        assert_eq!(self.adapters.save(), before.adapters.save());
        result.map(drop)
    }

    fn set(&mut self, before: &Before, call: &Call) -> Result<(), Error> {
        match call {
            Call::LearningRate(rate) => {
                self.both(|adapters| adapters.set_learning_rate(rate.get()))?;
                self.is_ordinary &= self.adapters.config().learning_rate() >= 1e-3;
            }
            Call::FreezeA(on) => [&mut self.adapters, &mut self.twin].into_iter().for_each(|each| each.freeze_a(*on)),
            Call::Fallback(on) => {
                for adapters in [&mut self.adapters, &mut self.twin] {
                    if let Adapters::Set(set) = adapters {
                        set.set_category_fallback(*on);
                        self.fallback = *on;
                    }
                }
            }
            Call::Reset => {
                [&mut self.adapters, &mut self.twin].into_iter().for_each(|each| each.reset(before.operator));
                self.expected[before.id] = self.fresh.clone();
                let is_one = matches!(self.adapters, Adapters::One(_));
                self.is_ordinary = self.can_be_compared && (self.is_ordinary || is_one);
            }
            Call::ResetAll => {
                [&mut self.adapters, &mut self.twin].into_iter().for_each(Adapters::reset_all);
                self.expected.fill(self.fresh.clone());
                self.fallback = true;
                self.is_ordinary = self.can_be_compared;
            }
            Call::Reload => self.twin = self.adapters.reloaded(),
            _ => unreachable!("{call:?} sets nothing"),
        }
        Ok(())
    }

    /// After a call that was refused.
    fn has_left_no_trace(&self, before: &Before, call: &Call) {
        assert_eq!(self.adapters.counts(before.operator)[0], before.counts[0], "steps after {call:?}");
        // All that a file says, but for its checksum and what is in the output buffer.
        let state = |adapters: &Adapters| {
            let mut raw = Raw::parse(&adapters.save());
            raw.tensor("state.output").bytes.clear();
            raw.text("checksum").clear();
            raw
        };
        let is_unchanged = match call {
            Call::Train(..) | Call::Reward(..) => state(&before.adapters) == state(&self.adapters),
            _ => before.adapters.save() == self.adapters.save(),
        };
        assert!(is_unchanged, "{call:?} was refused and has left a trace");
    }

    /// After a call that was accepted: it is counted if it has learned, and has learned what the reference says.
    fn has_learned(&mut self, before: Before, call: &Call, step: &Step, steps: u64) {
        let adapt_count = self.adapters.counts(before.operator)[0];
        let learned = adapt_count.wrapping_sub(self.expected[before.id].counts[0]);
        assert!(learned <= 1, "{adapt_count} steps after {call:?}");
        self.expected[before.id].counts[0] = adapt_count;
        match step {
            Step::None => assert_eq!(learned, 0, "{call:?} is counted"),
            Step::Gradient { x, g, .. } => {
                let sizes = [x, g].map(|values| norm(&widen(values)).powi(2));
                if sizes.iter().any(|&size| size < 0.5e-16) && !matches!(call, Call::Train(..)) {
                    assert_eq!(learned, 0, "{call:?} learned from nothing");
                }
                if self.is_ordinary && sizes.iter().all(|size| (1e-6..1e12).contains(size)) {
                    assert_eq!(learned, 1, "{call:?} is not counted");
                }
            }
            Step::Reward { x, .. } => {
                let size = norm(&widen(x)).powi(2);
                assert!(size >= 0.5e-16 || learned == 0, "{call:?} learned from nothing");
                assert!(!self.is_ordinary || !(1e-6..1e12).contains(&size) || learned == 1, "{call:?} is not counted");
            }
        }
        let ordinary = |values: &[f32]| (0.01..100.0).contains(&norm(&widen(values)));
        self.is_ordinary &= match step {
            Step::None => true,
            // A gradient of almost nothing is the difference of what it is computed from.
            Step::Gradient { x, g, .. } => ordinary(x) && ordinary(g) && x.len() == self.dim,
            Step::Reward { x, .. } => ordinary(x),
        };
        if self.is_ordinary && learned == 1 {
            let is_frozen = before.adapters.config().is_a_frozen();
            compare(step, before.references, self.adapters.references(before.operator), steps, is_frozen);
        }
    }

    /// Weights, distance, and answers to an ordinary input.
    fn is_finite(&self, operator: Operator, call: &Call) {
        for factors in self.adapters.factors(operator).into_iter().flatten() {
            let values = [a_of(factors), b_of(factors)].concat();
            assert!(values.iter().all(|value| value.is_finite()), "weights after {call:?}");
        }
        let delta = match &self.adapters {
            Adapters::One(lora) => lora.delta_norm(),
            Adapters::Set(set) => set.delta_norm(operator).unwrap(),
        };
        assert!(delta.is_finite(), "delta norm {delta} after {call:?}");
        let mut asked = self.adapters.clone();
        let x = Inputs::new(1).vector(self.dim, 1.0);
        let predicted = asked.predict(operator, &x);
        assert!(predicted.as_ref().is_ok_and(|gain| gain.is_finite()), "{predicted:?} after {call:?}");
        asked.forward(operator, &x).unwrap();
        assert!(asked.output().iter().all(|y| y.is_finite()), "output after {call:?}");
    }

    /// After all calls.
    fn ends_as_expected(&self) {
        for (id, known) in self.expected.iter().enumerate() {
            assert_eq!(self.adapters.counts(Operator::at(id as u16)), known.counts);
        }
        if let Adapters::Set(set) = &self.adapters {
            let total = |i: usize| self.expected.iter().map(|known| known.counts[i]).sum::<u64>();
            assert_eq!([set.total_adapt_count(), set.total_forward_count()], [total(0), total(1)]);
        }
        assert!(self.adapters.save() == self.twin.save(), "what was loaded went another way");
    }
}

pub fn run(script: &Script) {
    let dim = usize::from(script.dim) % 40 + 1;
    let Ok(config) = script.settings.config(dim) else { return };
    let mut run = Run::new(script, dim, config);
    for (i, (id, call)) in script.calls.iter().take(MOST_CALLS).enumerate() {
        run.call(usize::from(*id) % run.expected.len(), call, i as u64 + 1);
    }
    run.ends_as_expected();
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
