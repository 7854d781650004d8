//! The same calls give the same bits: one scripted run has one digest natively, and in wasm with and without SIMD.
//!
//! The digest changes when the learning rule does, and only then: put the new one, which the failing test prints, here and
//! a line into CHANGELOG.md. `tests/js/determinism.test.mjs` does the same with the npm package in Node and in browsers.

use crate::common::{self, Inputs, a_of, adapter, b_of};
use ruvector_learning_wasm::{Config, Error, Factors, MicroLora, Operator, ScopedLora, TrajectoryBuffer};
use wasm_bindgen_test::wasm_bindgen_test;

const GOLDEN: u64 = 0x5ec5_4ec4_a7fb_5568;
const CALLS: usize = 10_000;

/// FNV-1a, 64 bits, of everything that came back.
struct Digest(u64);

impl Digest {
    fn put(&mut self, bits: u64) {
        for byte in bits.to_le_bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    /// The sign and payload of a NaN are an engine's own, so all NaNs are one.
    fn put_values(&mut self, values: &[f32]) {
        values.iter().for_each(|value| self.put(if value.is_nan() { u64::MAX } else { value.to_bits().into() }));
    }

    fn put_result<T>(&mut self, result: Result<T, Error>, mut put: impl FnMut(&mut Self, T)) {
        match result {
            Ok(value) => put(self, value),
            Err(_) => self.put(u64::MAX - 1),
        }
    }

    fn put_number(&mut self, result: Result<f64, Error>) {
        self.put_result(result, |digest, value| digest.put(value.to_bits()));
    }

    fn put_done(&mut self, result: Result<(), Error>) {
        self.put_result(result, |_, ()| ());
    }

    fn put_factors(&mut self, factors: Option<Factors<'_>>) {
        let Some(factors) = factors else { return self.put(0) };
        self.put_values(&a_of(factors));
        self.put_values(&b_of(factors));
    }
}

/// What a call is given.
struct Arguments {
    kind: usize,
    x: Vec<f32>,
    target: Vec<f32>,
    number: f64,
    flag: bool,
}

impl Arguments {
    fn new(inputs: &mut Inputs, dim: usize) -> Self {
        // Powers of two, by products: no library's power is as sure.
        let scale = (0..inputs.below(30)).fold(1.0, |scale, _| 0.5 * scale);
        let scale = if inputs.below(4) == 0 { scale } else { 1.0 };
        let x = inputs.vector(dim, scale);
        let mut target: Vec<f32> = (0..dim).map(|i| x[i] + 0.125 * (x[dim - 1 - i] + x[0])).collect();
        if inputs.below(40) == 0 {
            target[dim / 2] = f32::NAN; // to be refused
        }
        Self { kind: inputs.below(13), x, target, number: inputs.normal(), flag: inputs.below(4) == 0 }
    }

    fn rate(&self) -> f64 {
        self.number.abs() / 3.0 // sometimes over 1, to be refused
    }
}

fn call_micro(lora: &mut MicroLora, arguments: &Arguments, digest: &mut Digest) {
    let Arguments { kind, x, target, number, flag } = arguments;
    match kind {
        0 => digest.put_result(lora.forward_array(x), Digest::put_values),
        1 => {
            lora.input_mut().copy_from_slice(x);
            lora.forward();
            digest.put_values(lora.output());
        }
        2 => digest.put_done(lora.adapt_array(&common::subtract(x, target))),
        3 => {
            lora.input_mut().copy_from_slice(target);
            digest.put_done(lora.adapt());
        }
        4..=7 => digest.put_number(lora.train(x, target)),
        8 => digest.put_done(lora.adapt_with_reward(*number)),
        9 => digest.put_number(lora.predicted_improvement(x)),
        10 => digest.put_done(lora.set_learning_rate(arguments.rate())),
        11 => digest.put_done(lora.reward(x, *number)),
        _ => lora.freeze_a(*flag),
    }
    if arguments.number > 2.8 {
        lora.reset();
    }
    digest.put_factors(Some(lora.factors()));
    digest.put(lora.delta_norm().to_bits().into());
    digest.put(lora.adapt_count());
    digest.put(lora.forward_count());
}

fn call_scoped(set: &mut ScopedLora, operator: Operator, arguments: &Arguments, digest: &mut Digest) {
    let Arguments { kind, x, target, number, flag } = arguments;
    match kind {
        0 | 1 => digest.put_result(set.forward_array(operator, x), Digest::put_values),
        2 => digest.put_done(set.adapt_array(operator, &common::subtract(x, target))),
        3 => {
            set.input_mut().copy_from_slice(target);
            digest.put_done(set.adapt(operator));
        }
        4..=7 => digest.put_number(set.train(operator, x, target)),
        8 => digest.put_done(set.adapt_with_reward(operator, *number)),
        9 => digest.put_number(set.predicted_improvement(operator, x)),
        10 => digest.put_done(set.set_learning_rate(arguments.rate())),
        11 => digest.put_done(set.reward(operator, x, *number)),
        _ => set.set_category_fallback(!flag),
    }
    if arguments.number > 2.8 {
        set.reset_scope(operator).unwrap();
    }
    digest.put_factors(set.factors(operator).unwrap());
    digest.put_factors(set.category_factors(operator).unwrap());
    digest.put(set.total_adapt_count());
    digest.put(set.total_forward_count());
}

fn call_buffer(buffer: &mut TrajectoryBuffer, inputs: &mut Inputs, digest: &mut Digest) {
    let embedding = inputs.vector(buffer.dim(), 1.0);
    let [operator, attention] = [18, 257].map(|n| inputs.below(n) as f64); // the last of each is refused
    let (execution, baseline) = (100.0 * inputs.uniform(), 200.0 * inputs.uniform());
    digest.put_done(buffer.record(&embedding, operator, attention, execution, baseline));
    for number in [buffer.success_rate(), buffer.mean_improvement(), buffer.best_improvement(), buffer.variance()] {
        digest.put(number.to_bits());
    }
    digest.put_result(buffer.high_quality_count(0.5), |digest, count| digest.put(count.into()));
    let types = [0, 1, attention as u8];
    let mut gains = [0.0; 3];
    digest.put_result(buffer.recommend(&embedding, operator, &types), |digest, attention| digest.put(attention.into()));
    digest.put_done(buffer.predict(&embedding, operator, &types, &mut gains));
    for gain in gains {
        digest.put(gain.to_bits().into());
    }
    digest.put(buffer.total_count());
}

#[wasm_bindgen_test(unsupported = test)]
fn a_scripted_run_has_the_golden_digest() {
    let config = |dim: f64, alpha: f64| Config::new(Some(dim), Some(alpha), Some(0.3)).unwrap();
    let dims = [1, 3, 17, 256, 384];
    let mut micros = dims.map(|dim| adapter(dim, 0.1, 0.3)).to_vec();
    micros.push(MicroLora::new(config(40.0, 1e-12)).unwrap());
    let (names, categories) = (["a", "b", "c", "d"], ["first", "first", "second", "second"]);
    let own = ScopedLora::with_operators(config(20.0, 2.0), &names, &categories).unwrap();
    let mut sets = [ScopedLora::new(config(64.0, 0.1)).unwrap(), own];
    let mut buffer = TrajectoryBuffer::new(Some(50.0), Some(24.0)).unwrap();

    let mut inputs = Inputs::new(80);
    let mut digest = Digest(0xcbf2_9ce4_8422_2325);
    for i in 1..=CALLS {
        match inputs.below(10) {
            chosen @ 0..6 => {
                let lora = &mut micros[chosen];
                let arguments = Arguments::new(&mut inputs, lora.config().dim());
                call_micro(lora, &arguments, &mut digest);
            }
            chosen @ 6..9 => {
                let (set, count) = if chosen < 8 { (&mut sets[0], 17) } else { (&mut sets[1], 4) };
                let operator = Operator::at(inputs.below(count) as u16);
                let arguments = Arguments::new(&mut inputs, set.config().dim());
                call_scoped(set, operator, &arguments, &mut digest);
            }
            _ => call_buffer(&mut buffer, &mut inputs, &mut digest),
        }
        if i % 1000 == 0 {
            println!("{i} calls: {:#018x}", digest.0); // where two hosts part
        }
    }
    assert_eq!(digest.0, GOLDEN, "GOLDEN would be {:#018x}", digest.0);
    assert!(micros.iter().all(|lora| lora.delta_norm() > 0.0));
}
