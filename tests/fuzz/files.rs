//! Any bytes as files of every class: as they are, and as changes to a file that is right. What loads is saved and loads
//! again as the same, answers with finite numbers, and can be merged with itself or is refused.
#![no_main]

#[path = "../common/mod.rs"]
mod common;

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use common::Inputs;
use common::files::{Raw, assemble};
use libfuzzer_sys::fuzz_target;
use ruvector_learning_wasm::{Config, MicroLora, Operator, PeftConfig, ScopedLora, TrajectoryBuffer};

#[derive(Arbitrary, Debug)]
enum File<'a> {
    Bytes(&'a [u8]),
    /// Bytes of a file that is right, replaced, put in or cut.
    Bent {
        file: u8,
        bends: Vec<(u16, Bend)>,
    },
    /// A header and data of one's own.
    Parts {
        header: &'a str,
        data: &'a [u8],
    },
    /// Fields of a file that is right; its checksum is right again if `signed`.
    Fields {
        file: u8,
        changes: Vec<Change<'a>>,
        signed: bool,
    },
}

#[derive(Arbitrary, Debug)]
enum Bend {
    Set(u8),
    Flip(u8),
    Insert(u8),
    Cut(u8),
}

#[derive(Arbitrary, Debug)]
enum Change<'a> {
    Metadata { index: u8, text: &'a str },
    Number { index: u8, number: f64 },
    AddMetadata { key: &'a str, text: &'a str },
    DropMetadata(u8),
    Dtype { index: u8, dtype: u8 },
    Shape { index: u8, shape: Vec<u16> },
    Bytes { index: u8, at: u16, bytes: &'a [u8] },
    F32 { index: u8, at: u16, value: f32 },
    F64 { index: u8, at: u16, value: f64 },
    I64 { index: u8, at: u16, value: i64 },
    All { index: u8, value: f32 },
    Rename { index: u8, name: &'a str },
    Drop(u8),
}

const DTYPES: [&str; 10] = ["F64", "I64", "F32", "F16", "BF16", "U8", "I8", "BOOL", "U64", "NONE"];

/// Files that are right: of every class, new and used ones, and one of PEFT's.
static FILES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let mut inputs = Inputs::new(1);
    let config = |dim: f64| Config::new(Some(dim), None, Some(0.5)).unwrap();
    let mut one = MicroLora::new(config(3.0)).unwrap();
    let mut set = ScopedLora::new(config(3.0)).unwrap();
    let mut own = ScopedLora::with_operators(config(2.0), &["a", "b"], &["x", "x"]).unwrap();
    let mut ring = TrajectoryBuffer::new(Some(4.0), Some(3.0)).unwrap();
    let mut files = vec![one.to_safetensors(), set.to_safetensors(), own.to_safetensors(), ring.to_safetensors()];
    for i in 0..6 {
        let (x, target) = (inputs.vector(3, 1.0), inputs.vector(3, 1.0));
        one.train(&x, &target).unwrap();
        set.train(Operator::at([2, 9][i % 2]), &x, &target).unwrap();
        own.reward(Operator::at(1), &x[..2], 0.5).unwrap();
        ring.record(&x, (i % 3) as f64, (i % 2) as f64, 2.0, 1.0 + i as f64).unwrap();
    }
    one.freeze_a(true);
    files.extend([one.to_safetensors(), set.to_safetensors(), own.to_safetensors(), ring.to_safetensors()]);
    let mut files: Vec<Vec<u8>> = files.into_iter().map(Result::unwrap).collect();
    let mut peft = Raw::parse(&files[4]);
    peft.metadata.clear();
    peft.tensors.retain(|tensor| !tensor.name.starts_with("state."));
    files.push(peft.write());
    files
});

impl File<'_> {
    fn bytes(&self) -> Vec<u8> {
        let valid = |file: u8| &FILES[usize::from(file) % FILES.len()];
        match self {
            Self::Bytes(bytes) => bytes.to_vec(),
            Self::Bent { file, bends } => {
                let mut bytes = valid(*file).clone();
                for (at, bend) in bends {
                    if bytes.is_empty() {
                        break;
                    }
                    let at = usize::from(*at) % bytes.len();
                    match bend {
                        Bend::Set(byte) => bytes[at] = *byte,
                        Bend::Flip(bit) => bytes[at] ^= 1 << (bit % 8),
                        Bend::Insert(byte) => bytes.insert(at, *byte),
                        Bend::Cut(count) => drop(bytes.drain(at..(at + usize::from(*count)).min(bytes.len()))),
                    }
                }
                bytes
            }
            Self::Parts { header, data } => assemble(header, data),
            Self::Fields { file, changes, signed } => {
                let mut raw = Raw::parse(valid(*file));
                changes.iter().for_each(|change| change.make(&mut raw));
                if *signed { raw.signed() } else { raw }.write()
            }
        }
    }
}

impl Change<'_> {
    fn make(&self, raw: &mut Raw) {
        let pair = |index: &u8, raw: &Raw| usize::from(*index) % raw.metadata.len().max(1);
        let put = |raw: &mut Raw, index: &u8, at: usize, bytes: &[u8]| {
            let tensor = usize::from(*index) % raw.tensors.len().max(1);
            let Some(tensor) = raw.tensors.get_mut(tensor) else { return };
            if at < tensor.bytes.len() {
                tensor.bytes[at..].iter_mut().zip(bytes).for_each(|(old, new)| *old = *new);
            }
        };
        // Tensors are small: a random place is mostly behind them.
        let place = |at: &u16, size: usize| usize::from(*at % 64) * size;
        match self {
            Self::Metadata { index, text } => {
                let at = pair(index, raw);
                raw.metadata.get_mut(at).into_iter().for_each(|(_, value)| *value = (*text).into());
            }
            Self::Number { index, number } => {
                let at = pair(index, raw);
                raw.metadata.get_mut(at).into_iter().for_each(|(_, value)| *value = number.to_string());
            }
            Self::AddMetadata { key, text } => raw.metadata.push(((*key).into(), (*text).into())),
            Self::DropMetadata(index) => {
                let at = pair(index, raw);
                if at < raw.metadata.len() {
                    raw.metadata.remove(at);
                }
            }
            Self::Bytes { index, at, bytes } => put(raw, index, place(at, 1), bytes),
            Self::F32 { index, at, value } => put(raw, index, place(at, 4), &value.to_le_bytes()),
            Self::F64 { index, at, value } => put(raw, index, place(at, 8), &value.to_le_bytes()),
            Self::I64 { index, at, value } => put(raw, index, place(at, 8), &value.to_le_bytes()),
            Self::All { index, value } => {
                (0..64).for_each(|at| put(raw, index, 4 * at, &value.to_le_bytes()));
            }
            Self::Dtype { index, .. } | Self::Shape { index, .. } | Self::Rename { index, .. } | Self::Drop(index) => {
                let at = usize::from(*index) % raw.tensors.len().max(1);
                let Some(tensor) = raw.tensors.get_mut(at) else { return };
                match self {
                    Self::Dtype { dtype, .. } => tensor.dtype = DTYPES[usize::from(*dtype) % DTYPES.len()].into(),
                    Self::Shape { shape, .. } => tensor.shape = shape.iter().map(|&n| n.into()).collect(),
                    Self::Rename { name, .. } => tensor.name = (*name).into(),
                    _ => drop(raw.tensors.remove(at)),
                }
            }
        }
    }
}

fuzz_target!(|file: File<'_>| {
    let bytes = file.bytes();
    let peft = PeftConfig { r: 2.0, lora_alpha: 1.0, use_rslora: false };
    for config in [None, Some(&peft)] {
        one(&bytes, config);
        set(&bytes, config);
    }
    ring(&bytes);
});

fn is_finite(values: &[f32]) -> bool {
    values.iter().all(|value| value.is_finite())
}

fn one(bytes: &[u8], config: Option<&PeftConfig>) {
    let Ok(mut lora) = MicroLora::from_safetensors(bytes, config) else { return };
    let saved = lora.to_safetensors().unwrap();
    let again = MicroLora::from_safetensors(&saved, None).unwrap();
    assert!(again.to_safetensors().unwrap() == saved, "a file is saved as another one");
    if let Ok(merged) = MicroLora::merge_safetensors(&[&saved, &saved], None, true) {
        assert!((0.0..=1.0).contains(&merged.dropped), "dropped {}", merged.dropped);
        MicroLora::from_safetensors(&merged.bytes, None).unwrap();
    }
    let mut inputs = Inputs::new(2);
    for _ in 0..3 {
        let dim = lora.config().dim();
        let [x, target] = [(); 2].map(|()| inputs.vector(dim, 1.0));
        // A context that is not finite is refused, as any that is too large for a step.
        let results = [lora.adapt_array(&target).is_ok(), lora.adapt_with_reward(0.5).is_ok()];
        let _ = (results, lora.train(&x, &target), lora.reward(&x, 0.5));
        assert!(is_finite(lora.forward_array(&x).unwrap()), "output");
        let predicted = lora.predicted_improvement(&x);
        assert!(predicted.as_ref().is_ok_and(|gain| gain.is_finite()), "{predicted:?}");
        assert!(lora.delta_norm().is_finite());
        assert!(is_finite(&[common::a_of(lora.factors()), common::b_of(lora.factors())].concat()), "weights");
    }
    MicroLora::from_safetensors(&lora.to_safetensors().unwrap(), None).unwrap();
}

fn set(bytes: &[u8], config: Option<&PeftConfig>) {
    let Ok(mut set) = ScopedLora::from_safetensors(bytes, config) else { return };
    let saved = set.to_safetensors().unwrap();
    let again = ScopedLora::from_safetensors(&saved, None).unwrap();
    assert!(again.to_safetensors().unwrap() == saved, "a file is saved as another one");
    if let Ok(merged) = ScopedLora::merge_safetensors(&[&saved, &saved], None, true) {
        assert!((0.0..=1.0).contains(&merged.dropped), "dropped {}", merged.dropped);
        ScopedLora::from_safetensors(&merged.bytes, None).unwrap();
    }
    let mut inputs = Inputs::new(2);
    for id in 0..set.operators().count().min(20) {
        let (operator, dim) = (Operator::at(id as u16), set.config().dim());
        let [x, target] = [(); 2].map(|()| inputs.vector(dim, 1.0));
        let results = [set.adapt_array(operator, &target).is_ok(), set.adapt_with_reward(operator, 0.5).is_ok()];
        let _ = (results, set.train(operator, &x, &target), set.reward(operator, &x, 0.5));
        assert!(is_finite(set.forward_array(operator, &x).unwrap()), "output");
        let predicted = set.predicted_improvement(operator, &x);
        assert!(predicted.as_ref().is_ok_and(|gain| gain.is_finite()), "{predicted:?}");
        assert!(set.delta_norm(operator).unwrap().is_finite());
        for factors in [set.factors(operator), set.category_factors(operator)].into_iter().flat_map(Result::unwrap) {
            assert!(is_finite(&[common::a_of(factors), common::b_of(factors)].concat()), "weights");
        }
    }
    ScopedLora::from_safetensors(&set.to_safetensors().unwrap(), None).unwrap();
}

fn ring(bytes: &[u8]) {
    let Ok(mut ring) = TrajectoryBuffer::from_safetensors(bytes) else { return };
    let saved = ring.to_safetensors().unwrap();
    let again = TrajectoryBuffer::from_safetensors(&saved).unwrap();
    assert!(again.to_safetensors().unwrap() == saved, "a file is saved as another one");
    let mut inputs = Inputs::new(2);
    for i in 0..3 {
        let (x, types) = (inputs.vector(ring.dim(), 1.0), [0, 1, 2, 255]);
        let mut gains = [f32::NAN; 4];
        ring.predict(&x, f64::from(i), &types, &mut gains).unwrap();
        assert!(is_finite(&gains), "{gains:?}");
        assert!(types.contains(&ring.recommend(&x, f64::from(i), &types).unwrap()));
        ring.record(&x, f64::from(i), 1.0, 1.0, 2.0).unwrap();
        assert!(ring.len() <= ring.capacity() && ring.iter().count() == ring.len());
    }
    TrajectoryBuffer::from_safetensors(&ring.to_safetensors().unwrap()).unwrap();
}
