//! Files in Rust: what is saved is what is there, what is loaded goes on as if nothing had happened, files of version 0.1.0
//! load, and what is no such file is refused with the name of the field.
#![cfg(feature = "safetensors")]

use std::path::Path;

use crate::common::files::{self as raw, Raw, assemble};
use crate::common::{Inputs, a_of, b_of};
use proptest::prelude::*;
use ruvector_learning_wasm::{Config, Error, Metadata, MicroLora, Operator, ScopedLora, TrajectoryBuffer};

const A: &str = "base_model.model.linear.lora_A.weight";

/// An object that can be saved.
trait Saved: Sized {
    fn save(&self) -> Vec<u8>;
    fn load(file: &[u8]) -> Result<Self, Error>;
    /// One call out of all that there are, by chance; what it returned, bit by bit.
    fn step(&mut self, inputs: &mut Inputs) -> String;
    fn reset(&mut self);
    fn metadata(&self) -> &Metadata;
    fn set_metadata(&mut self, metadata: Metadata);
}

fn reloaded<T: Saved>(object: &T) -> T {
    T::load(&object.save()).unwrap()
}

fn bits(values: &[f32]) -> Vec<Option<u32>> {
    // The sign and payload of a NaN are a machine's own.
    values.iter().map(|value| (!value.is_nan()).then(|| value.to_bits())).collect()
}

/// An answer or a refusal.
fn said<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    result.map_or_else(|error| error.to_string(), |answer| format!("{answer:?}"))
}

fn rate(inputs: &mut Inputs) -> f64 {
    1.0 / (1 + inputs.below(100)) as f64
}

macro_rules! saved {
    ($class:ty, [$($config:expr)?], $reset:ident) => {
        fn save(&self) -> Vec<u8> {
            self.to_safetensors().unwrap()
        }

        fn load(file: &[u8]) -> Result<Self, Error> {
            <$class>::from_safetensors(file $(, $config)?)
        }

        fn reset(&mut self) {
            <$class>::$reset(self);
        }

        fn metadata(&self) -> &Metadata {
            <$class>::metadata(self)
        }

        fn set_metadata(&mut self, metadata: Metadata) {
            <$class>::set_metadata(self, metadata);
        }
    };
}

impl Saved for MicroLora {
    saved!(MicroLora, [None], reset);

    fn step(&mut self, inputs: &mut Inputs) -> String {
        let dim = self.config().dim();
        let (mut x, y) = (inputs.vector(dim, 1.0), inputs.vector(dim, 1.0));
        match inputs.below(13) {
            0 => said(self.forward_array(&x).map(bits)),
            1 => {
                x[0] = f32::NAN; // which goes into context, output and input
                said(self.forward_array(&x).map(bits))
            }
            2..=4 => said(self.train(&x, &y).map(f64::to_bits)),
            5 => said(self.adapt_array(&x)),
            6 => said(self.adapt_array(&vec![0.0; dim])),
            7 => said(self.adapt_with_reward(inputs.normal())),
            8 => {
                self.input_mut().copy_from_slice(&x);
                said(self.adapt())
            }
            9 => said(self.predicted_improvement(&x).map(f64::to_bits)),
            10 => said(self.set_learning_rate(rate(inputs))),
            11 => {
                self.freeze_a(inputs.below(2) == 0);
                String::new()
            }
            _ => {
                if inputs.below(8) == 0 {
                    self.reset();
                }
                String::new()
            }
        }
    }
}

impl Saved for ScopedLora {
    saved!(ScopedLora, [None], reset_all);

    fn step(&mut self, inputs: &mut Inputs) -> String {
        let dim = self.config().dim();
        let op = self.operator(inputs.below(self.operators().count()) as f64).unwrap();
        let (mut x, y) = (inputs.vector(dim, 1.0), inputs.vector(dim, 1.0));
        match inputs.below(15) {
            0 => said(self.forward_array(op, &x).map(bits)),
            1 => {
                x[0] = f32::NAN;
                said(self.forward_array(op, &x).map(bits))
            }
            2..=4 => said(self.train(op, &x, &y).map(f64::to_bits)),
            5 => said(self.adapt_array(op, &x)),
            6 => said(self.adapt_array(op, &vec![0.0; dim])), // makes an adapter that has learned nothing
            7 => said(self.adapt_with_reward(op, inputs.normal())),
            8 => {
                self.input_mut().copy_from_slice(&x);
                said(self.adapt(op))
            }
            9 => said(self.predicted_improvement(op, &x).map(f64::to_bits)),
            10 => said(self.set_learning_rate(rate(inputs))),
            11 => {
                self.freeze_a(inputs.below(2) == 0);
                self.set_category_fallback(inputs.below(2) == 0);
                String::new()
            }
            12 => said(if inputs.below(4) == 0 { self.reset_scope(op) } else { Ok(()) }),
            13 => format!("{} {}", self.total_adapt_count(), self.total_forward_count()),
            _ => {
                if inputs.below(8) == 0 {
                    self.reset_all();
                }
                String::new()
            }
        }
    }
}

impl Saved for TrajectoryBuffer {
    saved!(TrajectoryBuffer, [], reset);

    fn step(&mut self, inputs: &mut Inputs) -> String {
        let x = inputs.vector(self.dim(), 1.0);
        let [op, attention] = [17, 256].map(|n| inputs.below(n) as f64);
        match inputs.below(6) {
            0..=2 => {
                let (execution, baseline) = (0.01 + inputs.uniform(), inputs.uniform());
                said(self.record(&x, op, attention, execution, baseline))
            }
            3 => said(self.recommend(&x, op, &(0..=255).collect::<Vec<u8>>())),
            4 => {
                let mut gains = [0.0; 3];
                let done = self.predict(&x, op, &[0, 1, attention as u8], &mut gains);
                format!("{done:?} {:?}", bits(&gains))
            }
            _ => {
                match inputs.below(30) {
                    0 => self.reset(),
                    1 => self.set_seed(inputs.below(1000) as u32),
                    _ => {}
                }
                let mean = self.mean_improvement().to_bits();
                format!("{mean} {} {:?}", self.variance().to_bits(), self.high_quality_count(0.0))
            }
        }
    }
}

fn config(dim: usize) -> Config {
    Config::new(Some(dim as f64), Some(0.3), Some(0.5)).unwrap()
}

fn micro(dim: usize) -> MicroLora {
    MicroLora::new(config(dim)).unwrap()
}

fn scoped(dim: usize) -> ScopedLora {
    ScopedLora::new(config(dim)).unwrap()
}

/// Operators with names that JSON has to escape, or that mean something elsewhere.
fn own(dim: usize) -> ScopedLora {
    let names = ["a", "a.b", "\"\\\u{1}é🦀", "ﬀ", ""];
    ScopedLora::with_operators(config(dim), &names, &["x", "x", "__proto__", "é", "x"]).unwrap()
}

fn buffer(capacity: usize, dim: usize) -> TrajectoryBuffer {
    TrajectoryBuffer::new(Some(capacity as f64), Some(dim as f64)).unwrap()
}

/// An object with a past.
fn aged<T: Saved>(mut object: T, steps: usize) -> T {
    let mut inputs = Inputs::new(7);
    (0..steps).for_each(|_| drop(object.step(&mut inputs)));
    object
}

/// An object that is saved and loaded between its calls, and one that is not.
fn assert_goes_on<T: Saved>(make: impl Fn() -> T, seed: u64, spans: &[usize]) {
    let (mut object, mut twin) = (make(), make());
    let mut inputs = [Inputs::new(seed), Inputs::new(seed)];
    let mut calls = 0;
    for &span in spans {
        object = reloaded(&object);
        assert_eq!(object.save(), twin.save(), "after {calls} calls");
        for _ in 0..span {
            let [next, again] = &mut inputs;
            assert_eq!(object.step(next), twin.step(again), "call {calls}");
            calls += 1;
        }
    }
    assert_eq!(object.save(), twin.save());
    object.reset();
    twin.reset();
    assert_eq!(object.save(), twin.save());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_adapter_that_is_loaded_goes_on_bit_for_bit(
        dim in prop::sample::select(&[1, 2, 7, 8, 9, 16, 17, 33, 64][..]),
        seed in any::<u64>(),
        spans in prop::collection::vec(0usize..40, 1..5),
    ) {
        assert_goes_on(|| micro(dim), seed, &spans);
    }

    #[test]
    fn a_set_that_is_loaded_goes_on_bit_for_bit(
        dim in prop::sample::select(&[1, 2, 7, 8, 9, 16, 17, 33][..]),
        seed in any::<u64>(),
        spans in prop::collection::vec(0usize..60, 1..5),
    ) {
        assert_goes_on(|| scoped(dim), seed, &spans);
        assert_goes_on(|| own(dim), seed, &spans);
    }

    #[test]
    fn a_buffer_that_is_loaded_goes_on_bit_for_bit(
        capacity in 1usize..40,
        dim in prop::sample::select(&[1, 3, 16, 20][..]),
        seed in any::<u64>(),
        spans in prop::collection::vec(0usize..60, 1..6),
    ) {
        assert_goes_on(|| buffer(capacity, dim), seed, &spans);
    }
}

#[test]
fn runs_of_thousands_of_steps_go_on_as_if_they_had_not_stopped() {
    // The Gram matrices are computed anew every 256 steps: between them, they are state.
    assert_goes_on(|| micro(24), 5, &[701; 8]);
    assert_goes_on(|| scoped(24), 5, &[701; 8]);
    assert_goes_on(|| own(24), 5, &[701; 8]);
    assert_goes_on(|| buffer(100, 8), 5, &[301; 8]);
}

#[test]
fn a_set_that_is_loaded_has_its_operators_and_the_settings_that_a_reset_goes_back_to() {
    let set = ScopedLora::with_operators(config(8), &["search", "browse"], &["web", "web"]).unwrap();
    let loaded = reloaded(&set);
    assert_eq!(loaded.operators(), set.operators());
    assert_eq!(loaded.operator(2.0).unwrap_err().to_string(), "op_type must be an integer from 0 to 1, got 2");
    let mut lora = micro(8);
    lora.set_learning_rate(0.25).unwrap();
    let mut loaded = reloaded(&lora);
    assert_eq!(loaded.config().learning_rate(), 0.25);
    MicroLora::reset(&mut loaded);
    assert_eq!(loaded.config().learning_rate(), 0.5);
}

/// A file that version 0.1.0 of the npm package has written.
fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)).unwrap()
}

const DIM: usize = 20;

/// The input or target number `seed` of the runs that the fixtures are of (tests/js/fixtures.mjs).
fn eighths(seed: usize) -> Vec<f32> {
    (0..DIM).map(|i| (((7 * i + 13 * seed) % 17) as f32 - 8.0) / 8.0).collect()
}

fn of_fixtures() -> Config {
    Config::new(Some(DIM as f64), Some(0.25), Some(0.5)).unwrap()
}

/// A file of 0.1.0 is, byte for byte, what the same calls come to here; it loads, and goes on like them.
fn assert_fixture<T: Saved>(name: &str, mut native: T) {
    let file = fixture(name);
    assert_eq!(native.save(), file, "{name}");
    let mut loaded = T::load(&file).unwrap();
    assert_eq!(loaded.save(), file, "{name}");
    let mut inputs = [Inputs::new(8), Inputs::new(8)];
    for _ in 0..500 {
        let [next, again] = &mut inputs;
        assert_eq!(loaded.step(next), native.step(again), "{name}");
    }
    assert_eq!(loaded.save(), native.save(), "{name}");
}

#[test]
fn files_of_0_1_0_load_and_go_on_and_are_what_is_written_today() {
    let mut lora = MicroLora::new(of_fixtures()).unwrap();
    for i in 0..300 {
        lora.train(&eighths(i), &eighths(i + 5)).unwrap();
    }
    let text = String::from_utf8(fixture("adapter_config.json")).unwrap();
    assert_eq!(lora.peft_config(), text);
    assert_eq!(MicroLora::load(&fixture("adapter.safetensors")).unwrap().peft_config(), text);
    assert_fixture("adapter.safetensors", lora);

    let mut scoped = ScopedLora::new(of_fixtures()).unwrap();
    for i in 0..60 {
        scoped.train(Operator::at((i % 3) as u16), &eighths(i), &eighths(i + 5)).unwrap();
    }
    scoped.forward_array(Operator::at(7), &eighths(1)).unwrap();
    assert_fixture("adapters.safetensors", scoped);

    let mut buffer = TrajectoryBuffer::new(Some(5.0), Some(DIM as f64)).unwrap();
    for i in 0..8 {
        let number = i as f64;
        buffer.record(&eighths(i), number, 3.0 * number, 1.0 + number, 4.0).unwrap();
    }
    assert_fixture("trajectories.safetensors", buffer);
}

#[test]
fn the_checksum_is_the_one_that_is_documented_and_tensors_are_aligned() {
    let objects = [aged(micro(9), 60).save(), aged(own(5), 60).save(), aged(buffer(7, 3), 60).save()];
    for file in objects {
        let raw = Raw::parse(&file);
        assert_eq!(raw.clone().signed(), raw);
        let length = u64::from_le_bytes(file[..8].try_into().unwrap()) as usize;
        assert!(length.is_multiple_of(8));
        let header: serde_json::Value = serde_json::from_slice(&file[8..8 + length]).unwrap();
        for tensor in &raw.tensors {
            let size = tensor.bytes.len() / tensor.shape.iter().product::<usize>().max(1);
            let begin = header[&tensor.name]["data_offsets"][0].as_u64().unwrap() as usize;
            assert!(begin.is_multiple_of(size.max(1)), "{}", tensor.name);
        }
    }
}

#[test]
fn the_order_of_tensors_and_keys_does_not_matter_nor_do_spaces() {
    let lora = aged(micro(9), 60);
    let mut raw = Raw::parse(&lora.save());
    raw.tensors.reverse();
    raw.metadata.reverse();
    assert_eq!(MicroLora::load(&raw.write()).unwrap().save(), lora.save());
    let header = raw.header().replace("\":", "\" : ").replace(",\"", ",\n\t\"");
    assert_eq!(MicroLora::load(&assemble(&format!(" {header}  "), &raw.data())).unwrap().save(), lora.save());
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|&(key, value)| (key.into(), value.into())).collect()
}

fn assert_metadata_is_kept<T: Saved>(mut object: T) {
    assert_eq!(object.metadata().iter().count(), 0);
    let texts = [
        ("", ""),
        ("a", "1"),
        ("b:c", "{\"x\": [1, 2]}"),
        ("note", "\"quoted\" \\ \u{1} \u{7f} \n é 🦀"),
        ("\u{0}", ":"),
    ];
    let metadata = Metadata::new(pairs(&texts)).unwrap();
    object.set_metadata(metadata.clone());
    let file = object.save();
    let mut loaded = T::load(&file).unwrap();
    assert_eq!(*loaded.metadata(), metadata);
    assert_eq!(loaded.save(), file);
    // It is the user's: resetting what was learned does not touch it.
    loaded.reset();
    assert_eq!(loaded.metadata().iter().count(), texts.len());
    // Metadata of another program is kept alike, and refused nowhere.
    let mut raw = Raw::parse(&file);
    raw.metadata.push(("of_another".into(), "program".into()));
    let loaded = T::load(&raw.signed().write()).unwrap();
    assert!(loaded.metadata().iter().any(|entry| entry == ("of_another", "program")));
    loaded.save();
}

#[test]
fn metadata_of_the_users_own_is_kept() {
    assert_metadata_is_kept(aged(micro(5), 30));
    assert_metadata_is_kept(aged(own(5), 30));
    assert_metadata_is_kept(aged(buffer(5, 5), 30));
}

#[test]
fn metadata_that_a_file_could_not_hold_is_refused() {
    let own_keys = Raw::parse(&own(2).save()).metadata.into_iter().chain(Raw::parse(&buffer(2, 2).save()).metadata);
    for (key, _) in own_keys {
        let error = Metadata::new(vec![("fine".into(), String::new()), (key.clone(), "x".into())]).unwrap_err();
        assert_eq!(error.to_string(), format!("metadata: {key} is a key of the format itself"));
    }
    let error = Metadata::new(pairs(&[("a", "1"), ("b", "1"), ("a", "2")])).unwrap_err();
    assert_eq!(error.to_string(), "metadata: a is a key twice");
}

#[test]
fn keys_that_come_twice_are_refused() {
    let raw = Raw::parse(&aged(micro(3), 20).save());
    let (header, data) = (raw.header(), raw.data());
    MicroLora::load(&assemble(&header, &data)).unwrap();
    let entry = |key: &str| {
        let from = header.find(&format!("\"{key}\":")).unwrap();
        let end = if key == "dim" || key == "class" { header[from..].find(',') } else { header[from..].find('}') };
        &header[from..from + end.unwrap() + usize::from(key != "dim" && key != "class")]
    };
    let twice = |what: &str| header.replacen(what, &format!("{what},{what}"), 1);
    let steps = entry("state.steps");
    let changed = format!("{},{steps}", steps.replace("[1]", "[1,1]"));
    for header in [
        twice(entry("dim")),
        twice(entry("class")),
        twice(entry("__metadata__")),
        twice(steps),
        header.replacen(steps, &changed, 1),
        twice("\"dtype\":\"I64\""),
        twice("\"shape\":[3, 2]"),
        // The same key, spelt in another way.
        header.replacen("\"dim\":\"3\"", "\"dim\":\"3\",\"d\\u0069m\":\"3\"", 1),
        header.replacen("\"dim\":\"3\"", "\"dim\":\"3\",\"\\u0064im\":\"4\"", 1),
    ] {
        assert_ne!(header, raw.header());
        let error = MicroLora::load(&assemble(&header, &data)).unwrap_err().to_string();
        assert!(error.starts_with("bytes: ") && (error.contains("twice") || error.contains("duplicate")), "{error}");
    }
}

/// Whether a file is loaded.
type Loads = fn(&[u8]) -> bool;

fn examples() -> [(Vec<u8>, Loads); 3] {
    [
        (aged(micro(3), 12).save(), |file| MicroLora::load(file).is_ok()),
        (aged(own(2), 40).save(), |file| ScopedLora::load(file).is_ok()),
        (aged(buffer(2, 3), 12).save(), |file| TrajectoryBuffer::load(file).is_ok()),
    ]
}

#[test]
fn no_part_of_a_file_is_taken_for_one() {
    for (file, loads) in examples() {
        assert!(loads(&file));
        assert!((0..file.len()).all(|length| !loads(&file[..length])));
        assert!(!loads(&[&file[..], &[0]].concat()));
        assert!(!loads(&[&file[..], &file].concat()));
    }
}

#[test]
fn no_flipped_bit_goes_unnoticed() {
    for (file, loads) in examples() {
        // Every bit of the smallest one; of every byte of the others, one.
        let bits = if file.len() < 1500 { 1 } else { 9 };
        for bit in (0..8 * file.len()).step_by(bits) {
            let mut flipped = file.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(!loads(&flipped), "bit {} of byte {}", bit % 8, bit / 8);
        }
    }
}

#[test]
fn files_of_another_class_or_version_are_refused_by_name() {
    let (micro, set, ring) = (micro(3).save(), own(3).save(), buffer(2, 3).save());
    let refused = |error: Option<Error>| error.unwrap().to_string();
    let expected = |class: &str, must: &str| format!("bytes: class is \"{class}\", it must be \"{must}\"");
    assert_eq!(refused(MicroLora::load(&set).err()), expected("WasmScopedLoRA", "WasmMicroLoRA"));
    assert_eq!(refused(MicroLora::load(&ring).err()), expected("WasmTrajectoryBuffer", "WasmMicroLoRA"));
    assert_eq!(refused(ScopedLora::load(&micro).err()), expected("WasmMicroLoRA", "WasmScopedLoRA"));
    assert_eq!(refused(TrajectoryBuffer::load(&micro).err()), expected("WasmMicroLoRA", "WasmTrajectoryBuffer"));
    let mut newer = Raw::parse(&micro);
    *newer.text("format_version") = "2".into();
    let error = refused(MicroLora::load(&newer.signed().write()).err());
    assert_eq!(error, "bytes: format_version is \"2\", this version of the package reads \"1\"");
}

type Lie = fn(&mut Raw);

fn put<const N: usize>(raw: &mut Raw, name: &str, at: usize, value: [u8; N]) {
    raw.tensor(name).bytes[N * at..N * (at + 1)].copy_from_slice(&value);
}

#[test]
fn an_adapter_that_was_made_frozen_is_so_again_after_a_reset() {
    for frozen in [false, true] {
        let mut config = Config::new(Some(4.0), None, None).unwrap();
        config.freeze_a(frozen);
        let mut lora = MicroLora::new(config).unwrap();
        lora.freeze_a(!frozen);
        let mut loaded = MicroLora::from_safetensors(&lora.to_safetensors().unwrap(), None).unwrap();
        assert_eq!(loaded.config().is_a_frozen(), !frozen);
        assert_eq!(loaded.metadata().iter().count(), 0);
        loaded.reset();
        assert_eq!(loaded.config().is_a_frozen(), frozen);
    }
}

#[test]
fn values_that_cannot_be_are_refused_by_name() {
    let lies: &[(Lie, &str)] = &[
        (|raw| *raw.text("dim") = "0".into(), "dim is \"0\", it must be an integer from 1 to 4096"),
        (|raw| *raw.text("dim") = "4097".into(), "dim is \"4097\", it must be"),
        (|raw| *raw.text("dim") = "3.5".into(), "dim is \"3.5\", it must be"),
        (|raw| *raw.text("dim") = "0x3".into(), "dim is \"0x3\", it must be"),
        (|raw| *raw.text("dim") = " 3".into(), "dim is \" 3\", it must be"),
        (|raw| *raw.text("dim") = "".into(), "dim is \"\", it must be"),
        (
            |raw| *raw.text("dim") = "4".into(),
            "shape of base_model.model.linear.lora_A.weight is [2,3], it must be [2,4]",
        ),
        (
            |raw| *raw.text("alpha") = "1e39".into(),
            "alpha is \"1e39\", it must be above 0 and finite as a 32-bit float",
        ),
        (|raw| *raw.text("alpha") = "-1".into(), "alpha is \"-1\", it must be"),
        (|raw| *raw.text("alpha") = "inf".into(), "alpha is \"inf\", it must be"),
        (|raw| *raw.text("learning_rate") = "2".into(), "learning_rate is \"2\", it must be above 0 as a 32-bit float"),
        (|raw| *raw.text("initial_learning_rate") = "0".into(), "initial_learning_rate is \"0\", it must be"),
        (|raw| *raw.text("freeze_a") = "yes".into(), "freeze_a is \"yes\", it must be \"true\" or \"false\""),
        (|raw| raw.metadata.retain(|(key, _)| key != "alpha"), "alpha is missing, it must be"),
        (|raw| *raw.text("class") = "Mine".into(), "class is \"Mine\", it must be \"WasmMicroLoRA\""),
        (|raw| raw.tensors.retain(|tensor| tensor.name != A), "base_model.model.linear.lora_A.weight is missing"),
        (|raw| raw.tensors.retain(|tensor| tensor.name != "state.gram"), "state.gram is missing"),
        (|raw| raw.tensor(A).name.push('s'), "base_model.model.linear.lora_A.weight is missing"),
        (|raw| raw.tensor("state.input").dtype = "I64".into(), "invalid shape, data type, or offset for tensor"),
        (|raw| raw.tensor("state.steps").dtype = "F64".into(), "dtype of state.steps is F64, it must be I64"),
        (
            |raw| raw.tensor(A).shape = vec![3, 2],
            "shape of base_model.model.linear.lora_A.weight is [3,2], it must be [2,3]",
        ),
        (
            |raw| raw.tensor(A).shape = vec![6],
            "shape of base_model.model.linear.lora_A.weight is [6], it must be [2,3]",
        ),
        (
            |raw| put(raw, A, 4, f32::NAN.to_le_bytes()),
            "base_model.model.linear.lora_A.weight has NaN at 4, it must be finite",
        ),
        (
            |raw| put(raw, A, 4, 1e30f32.to_le_bytes()),
            "base_model.model.linear.lora_A.weight is too large: its squared norm overflows f32",
        ),
        (|raw| put(raw, "state.gram", 0, 1e9f64.to_le_bytes()), "state.gram of linear is not that of its factors"),
        (|raw| put(raw, "state.gram", 4, f64::NAN.to_le_bytes()), "state.gram has NaN at 4, it must be finite"),
        (|raw| put(raw, "state.counts", 1, (-1i64).to_le_bytes()), "state.counts has -1 at 1, it must be at least 0"),
        (
            |raw| put(raw, "state.known_as_of", 0, 1_000_000i64.to_le_bytes()),
            "state.known_as_of of linear has 1000000, its adapter has taken ",
        ),
        (
            |raw| put(raw, "state.known_as_of", 1, 1i64.to_le_bytes()),
            "state.known_as_of of linear has 1, its adapter has taken 0 steps",
        ),
        (
            |raw| put(raw, "state.context_of", 0, 1i64.to_le_bytes()),
            "state.context_of has 1 at 0, it must be the id of an operator",
        ),
        (
            |raw| {
                let more = raw.tensor("state.input").clone();
                raw.tensors.push(raw::RawTensor { name: "more".into(), ..more });
            },
            "more is not expected here",
        ),
    ];
    // After a forward, so that the cached projection is one.
    let mut lora = aged(micro(3), 12);
    lora.forward_array(&[1.0, 2.0, 3.0]).unwrap();
    let good = Raw::parse(&lora.save());
    for (lie, reason) in lies {
        let mut raw = good.clone();
        lie(&mut raw);
        let error =
            MicroLora::load(&raw.signed().write()).err().unwrap_or_else(|| panic!("accepted: {reason}")).to_string();
        assert!(error.starts_with(&format!("bytes: {reason}")), "{error}, not {reason}");
    }
    let mut raw = good.clone();
    put(&mut raw, "state.known", 2, 100f32.to_le_bytes());
    let error = MicroLora::load(&raw.signed().write()).unwrap_err().to_string();
    assert_eq!(error, "bytes: state.known of linear is not that of its context");
    let mut raw = good;
    *raw.text("checksum") = "00000000".into();
    let error = MicroLora::load(&raw.write()).unwrap_err().to_string();
    assert!(error.starts_with("bytes: checksum is \"00000000\", the content has \""), "{error}");
}

/// Texts and numbers that a field might not stand.
const TEXTS: [&str; 18] = [
    "", "0", "1", "-1", "2", "3", "7", "0.5", "4096", "1000000", "1e-46", "1e38", "1e999", "true", "false", "[]",
    "[\"a\"]", "1",
];
const NUMBERS: [f64; 14] =
    [0.0, -0.0, 1.0, -1.0, 0.5, 1e-30, 1e-45, 1e15, -1e19, 3e38, 1e300, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
const INTEGERS: [i64; 10] = [0, 1, 2, -1, 3, 255, 1 << 32, i64::MAX - 1, i64::MAX, i64::MIN];

/// Changes of a file that has the right checksum all the same.
fn tamper(raw: &mut Raw, inputs: &mut Inputs) {
    if inputs.below(3) == 0 {
        let at = inputs.below(raw.metadata.len());
        raw.metadata[at].1 = TEXTS[inputs.below(TEXTS.len())].into();
        return;
    }
    let at = inputs.below(raw.tensors.len());
    let tensor = &mut raw.tensors[at];
    match inputs.below(12) {
        0 => tensor.name.push('x'),
        1 => tensor.shape.reverse(),
        2 => tensor.shape.push(1),
        3 => {
            raw.tensors.remove(at);
        }
        _ => {
            let size = if tensor.dtype == "F32" {
                4
            } else if tensor.dtype == "U8" {
                1
            } else {
                8
            };
            let count = tensor.bytes.len() / size;
            if count == 0 {
                return;
            }
            let number = NUMBERS[inputs.below(NUMBERS.len())];
            let value = match tensor.dtype.as_str() {
                "F32" => (number as f32).to_le_bytes().to_vec(),
                "F64" => number.to_le_bytes().to_vec(),
                "U8" => vec![inputs.below(256) as u8],
                _ => INTEGERS[inputs.below(INTEGERS.len())].to_le_bytes().to_vec(),
            };
            for _ in 0..1 + inputs.below(2) {
                let from = size * inputs.below(count);
                tensor.bytes[from..from + size].copy_from_slice(&value);
            }
        }
    }
}

/// Whatever loads works: no call panics, and what it is by then can be saved and loaded.
fn assert_works<T: Saved>(file: &[u8], seed: u64) -> bool {
    let mut object = match T::load(file) {
        Ok(object) => object,
        Err(error) => {
            assert!(error.to_string().starts_with("bytes: ") || error == Error::OutOfMemory, "{error}");
            return false;
        }
    };
    let mut inputs = Inputs::new(seed);
    (0..20).for_each(|_| drop(object.step(&mut inputs)));
    object.reset();
    assert_eq!(reloaded(&object).save(), object.save());
    true
}

#[test]
fn what_was_tampered_with_is_refused_or_works() {
    let mut inputs = Inputs::new(9);
    let files = [aged(micro(3), 300).save(), aged(own(2), 200).save(), aged(buffer(4, 3), 60).save()]
        .map(|file| Raw::parse(&file));
    let mut loaded = [0; 3];
    for i in 0..6000u64 {
        let kind = i as usize % 3;
        let mut raw = files[kind].clone();
        (0..1 + inputs.below(2)).for_each(|_| tamper(&mut raw, &mut inputs));
        let file = raw.signed().write();
        let works = [assert_works::<MicroLora>, assert_works::<ScopedLora>, assert_works::<TrajectoryBuffer>][kind];
        loaded[kind] += usize::from(works(&file, i));
    }
    // Enough of them pass all checks for this to say something.
    assert!(loaded.iter().all(|&count| (200..1900).contains(&count)), "{loaded:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let with_header = assemble(&String::from_utf8_lossy(&bytes), &bytes);
        for file in [&bytes, &with_header] {
            prop_assert!(MicroLora::load(file).is_err());
            prop_assert!(ScopedLora::load(file).is_err());
            prop_assert!(TrajectoryBuffer::load(file).is_err());
        }
    }

    #[test]
    fn no_change_of_a_header_panics(edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3), 1..6)) {
        for (file, loads) in [(fixture("adapter.safetensors"), (|f| MicroLora::load(f).is_ok()) as fn(&[u8]) -> bool),
            (fixture("trajectories.safetensors"), |f| TrajectoryBuffer::load(f).is_ok())] {
            let length = u64::from_le_bytes(file[..8].try_into().unwrap()) as usize;
            let mut header = file[8..8 + length].to_vec();
            for (at, byte, kind) in &edits {
                let at = at.index(header.len());
                let byte = if *kind == 0 { *byte } else { b"{}[]\",:0129.e-\\u "[usize::from(*byte) % 17] };
                match kind {
                    0 | 1 => header[at] = byte,
                    _ => header.insert(at, byte),
                }
            }
            let changed = header != file[8..8 + length];
            let mut edited = (header.len() as u64).to_le_bytes().to_vec();
            edited.extend_from_slice(&header);
            edited.extend_from_slice(&file[8 + length..]);
            // A space more between two tokens says the same.
            prop_assert!(!loads(&edited) || !changed || header.iter().filter(|byte| **byte != b' ').eq(file[8..8 + length].iter().filter(|byte| **byte != b' ')));
        }
    }
}

/// A buffer's file about which a lie is told is refused, for the reason beside it.
fn assert_refused(buffer: &TrajectoryBuffer, lies: &[(Lie, &str)]) {
    let good = Raw::parse(&buffer.save());
    for (lie, reason) in lies {
        let mut raw = good.clone();
        lie(&mut raw);
        let error = TrajectoryBuffer::load(&raw.signed().write())
            .err()
            .unwrap_or_else(|| panic!("accepted: {reason}"))
            .to_string();
        assert!(error.starts_with(&format!("bytes: {reason}")), "{error}, not {reason}");
    }
}

#[test]
fn lies_about_trajectories_are_refused_by_name() {
    let mut ring = buffer(4, 2);
    for i in 0..5 {
        ring.record(&[1.0, -2.0], f64::from(i), 7.0, 1.0 + f64::from(i), 3.0).unwrap();
    }
    let lies: &[(Lie, &str)] = &[
        (
            |raw| *raw.text("capacity") = "1000001".into(),
            "capacity is \"1000001\", it must be an integer from 1 to 1000000",
        ),
        (|raw| *raw.text("embedding_dim") = "0".into(), "embedding_dim is \"0\", it must be an integer from 1 to 4096"),
        (|raw| *raw.text("capacity") = "3".into(), "shape of embeddings is [4,2], it must be [3,2]"),
        (|raw| put(raw, "embeddings", 0, f32::INFINITY.to_le_bytes()), "embeddings has inf at 0, it must be finite"),
        (|raw| put(raw, "embeddings", 7, 2e19f32.to_le_bytes()), "embeddings number 3 is too large"),
        (|raw| put(raw, "operators", 1, [17]), "operators has 17 at 1, it must be an integer from 0 to 16"),
        (
            |raw| put(raw, "improvements", 1, (-2f32).to_le_bytes()),
            "improvements has -2 at 1, it must be finite and at least -1",
        ),
        (|raw| put(raw, "baselines", 0, f32::NAN.to_le_bytes()), "baselines has NaN at 0, it must be at least 0"),
        (|raw| put(raw, "state.counts", 0, 6i64.to_le_bytes()), "state.counts has 5 of all operators, and 6 in all"),
        (|raw| put(raw, "state.counts", 1, 6i64.to_le_bytes()), "state.counts has 6 successes of 5"),
        (|raw| put(raw, "state.statistics", 1, (-1f64).to_le_bytes()), "state.statistics has -1 as a sum of squares"),
        (
            |raw| put(raw, "state.draws", 0, (1i64 << 32).to_le_bytes()),
            "state.draws has 4294967296 at 0, it must be an integer",
        ),
        (|raw| raw.tensor("state.draws").name = "draws".into(), "state.draws is missing"),
        (|raw| raw.tensors.push(raw::RawTensor::new("more", "F32", &[0], Vec::new())), "more is not expected here"),
    ];
    assert_refused(&ring, lies);
}

#[test]
fn the_factors_are_under_pefts_keys_in_its_shapes() {
    let lora = aged(micro(6), 40);
    let raw = Raw::parse(&lora.save());
    let shape = |name: &str| raw.tensors.iter().find(|tensor| tensor.name == name).unwrap().shape.clone();
    assert_eq!((shape(A), shape(&A.replace("_A", "_B"))), (vec![2, 6], vec![6, 2]));
    assert_eq!(bits(&raw.floats(A)), bits(&a_of(lora.factors())));
    let b = raw.floats(&A.replace("_A", "_B"));
    let rows: Vec<f32> =
        [0, 1].iter().flat_map(|i| b.iter().skip(*i).step_by(2).copied().collect::<Vec<_>>()).collect();
    assert_eq!(bits(&rows), bits(&b_of(lora.factors())));
}

/// A buffer with all that files of 0.1.0 do not know: operators of the user's own, time-outs, outcomes, another pace of forgetting,
/// and recommendations that wait for an answer.
fn of_all_kinds(pace: f64) -> TrajectoryBuffer {
    let names: Vec<String> = (0..400).map(|i| format!("tool {i}")).collect();
    let categories: Vec<String> = (0..400).map(|i| format!("kind {}", i % 3)).collect();
    let mut ring = TrajectoryBuffer::with_operators(Some(6.0), Some(2.0), &names, &categories).unwrap();
    ring.set_seed(3);
    ring.set_forgetting(pace).unwrap();
    for i in 0..9u8 {
        let (x, operator, attention) =
            ([1.0, f32::from(i % 4)], [399.0, 7.0, 256.0][usize::from(i % 3)], (i % 5).into());
        match i % 3 {
            0 => ring.record(&x, operator, attention, 1.0 + f64::from(i), 3.0),
            1 => ring.record_timeout(&x, operator, attention, 2.0, 3.0),
            _ => ring.record_outcome(&x, operator, attention, -2.5),
        }
        .unwrap();
    }
    for _ in 0..2 {
        ring.recommend(&[1.0, 2.0], 399.0, &[1, 2, 3, 4]).unwrap();
    }
    ring
}

#[test]
fn kinds_operators_forgetting_and_unanswered_survive() {
    for pace in [500.0, 20.0, f64::INFINITY] {
        let mut ring = of_all_kinds(pace);
        let file = ring.save();
        let mut loaded = TrajectoryBuffer::load(&file).unwrap();
        assert_eq!(loaded.save(), file);
        assert_eq!(loaded.forgetting(), pace);
        assert!(loaded.iter().eq(ring.iter()));
        for i in 0..60u8 {
            let x = [f32::from(i % 5), 1.0];
            let operator = [399.0, 256.0, 7.0][usize::from(i % 3)];
            let [mut seen, mut again] = [[0.0; 4]; 2];
            ring.predict(&x, operator, &[0, 1, 2, 3], &mut seen).unwrap();
            loaded.predict(&x, operator, &[0, 1, 2, 3], &mut again).unwrap();
            assert_eq!(seen.map(f32::to_bits), again.map(f32::to_bits), "{pace}, {i}");
            let chosen = ring.recommend(&x, operator, &[0, 1, 2, 3]).unwrap();
            assert_eq!(loaded.recommend(&x, operator, &[0, 1, 2, 3]), Ok(chosen), "{pace}, {i}");
            if i % 4 != 0 {
                for ring in [&mut ring, &mut loaded] {
                    ring.record(&x, operator, chosen.into(), 1.0 + f64::from(i % 7), 3.0).unwrap();
                }
            }
        }
        assert_eq!(loaded.save(), ring.save());
    }
}

#[test]
fn lies_about_kinds_operators_forgetting_and_unanswered_are_refused_by_name() {
    let lies: &[(Lie, &str)] = &[
        (|raw| put(raw, "kinds", 1, [3]), "kinds has 3 at 1, it must be 0, 1 or 2"),
        (
            |raw| put(raw, "operators", 1, 400i64.to_le_bytes()),
            "operators has 400 at 1, it must be an integer from 0 to 399",
        ),
        (
            |raw| put(raw, "operators", 0, (-1i64).to_le_bytes()),
            "operators has -1 at 0, it must be an integer from 0 to 399",
        ),
        (
            |raw| put(raw, "state.forgetting", 0, 0.5f64.to_le_bytes()),
            "state.forgetting is 0.5, it must be 0 or at least 1",
        ),
        (|raw| put(raw, "state.forgetting", 0, f64::NAN.to_le_bytes()), "state.forgetting has NaN at 0"),
        (
            |raw| put(raw, "state.unanswered", 0, (-1i64).to_le_bytes()),
            "state.unanswered has -1 at 0, it must be an integer",
        ),
        (
            |raw| raw.tensor("kinds").name = "sorts".into(),
            "improvements has -2.5 at 2, it must be finite and at least -1",
        ),
    ];
    assert_refused(&of_all_kinds(20.0), lies);
}

#[test]
fn refused_steps_of_a_set_leave_no_adapters_in_its_file() {
    let mut set = ScopedLora::new(Config::new(Some(4.0), None, None).unwrap()).unwrap();
    let fresh = |set: &ScopedLora| {
        let mut raw = Raw::parse(&set.save());
        raw.tensors.retain(|tensor| !["state.input", "state.output"].contains(&tensor.name.as_str()));
        raw.signed().write()
    };
    let before = fresh(&set);
    let (nan, large) = ([f32::NAN; 4], [f32::MAX; 4]);
    set.adapt_array(Operator::at(2), &nan).unwrap_err();
    set.adapt_array(Operator::at(2), &large).unwrap_err();
    set.adapt_with_reward(Operator::at(2), f64::NAN).unwrap_err();
    set.train(Operator::at(2), &[1.0; 4], &large).unwrap_err();
    set.train(Operator::at(2), &nan, &[1.0; 4]).unwrap_err();
    set.forward_array(Operator::at(2), &[1.0; 5]).unwrap_err();
    assert_eq!(fresh(&set), before);
}

#[test]
fn a_header_longer_than_files_may_have_is_refused_when_it_is_saved() {
    let mut lora = MicroLora::new(Config::new(Some(4.0), None, None).unwrap()).unwrap();
    let with = |length: usize| Metadata::new(vec![("note".into(), "x".repeat(length))]).unwrap();
    lora.set_metadata(with(99_990_000));
    let loaded = MicroLora::from_safetensors(&lora.to_safetensors().unwrap(), None).unwrap();
    assert!(loaded.metadata() == lora.metadata());
    lora.set_metadata(with(100_000_000));
    let message = lora.to_safetensors().unwrap_err().to_string();
    assert!(message.starts_with("to_safetensors: metadata and names of operators are too long"), "{message}");
    assert!(message.ends_with("it must have 100000000 at most"), "{message}");
}
