//! Adapters that Hugging Face PEFT has trained: their factors, their scale, the types of their values, and what is refused.
#![cfg(feature = "safetensors")]

use crate::common::files::{Raw, RawTensor};
use crate::common::{self, Inputs, a_of, b_of};
use ruvector_learning_wasm::{MicroLora, Operator, PeftConfig, ScopedLora};

fn key(module: &str, factor: &str) -> String {
    format!("base_model.model.{module}.lora_{factor}.weight")
}

fn bytes_of(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// A file as PEFT saves it: of each module A `[2, d]`, and B `[d, 2]`.
fn file(modules: &[(&str, &[f32], &[f32])]) -> Raw {
    let mut raw = Raw { metadata: vec![("format".into(), "pt".into())], tensors: Vec::new() };
    for (module, a, b) in modules {
        let dim = a.len() / 2;
        raw.tensors.push(RawTensor::new(&key(module, "A"), "F32", &[2, dim], bytes_of(a)));
        raw.tensors.push(RawTensor::new(&key(module, "B"), "F32", &[dim, 2], bytes_of(b)));
    }
    raw
}

fn config(r: f64, lora_alpha: f64, use_rslora: bool) -> PeftConfig {
    PeftConfig { r, lora_alpha, use_rslora }
}

const MODULE: &str = "encoder.layer.0.attention.self.query";
const TWO: PeftConfig = PeftConfig { r: 2.0, lora_alpha: 16.0, use_rslora: false };

fn load(raw: &Raw, config: Option<&PeftConfig>) -> Result<MicroLora, String> {
    MicroLora::from_safetensors(&raw.write(), config).map_err(|error| error.to_string())
}

fn random(dim: usize) -> (Vec<f32>, Vec<f32>) {
    let mut inputs = Inputs::new(dim as u64);
    (inputs.vector(2 * dim, 0.3), inputs.vector(2 * dim, 0.3))
}

#[test]
fn an_adapter_loads_with_its_scale_and_computes_what_peft_computes() {
    for dim in [1, 2, 7, 16, 300] {
        let (a, b) = random(dim);
        let raw = file(&[(MODULE, &a, &b)]);
        for (config, scale) in [
            (None, 1.0),
            (Some(TWO), 8.0),
            (Some(config(2.0, 1.0, false)), 0.5),
            (Some(config(2.0, 16.0, true)), 16.0 / 2f64.sqrt()),
        ] {
            let mut lora = load(&raw, config.as_ref()).unwrap();
            assert_eq!(a_of(lora.factors()), a);
            let rows: Vec<f32> =
                (0..2).flat_map(|i| (0..dim).map(move |j| (i, j))).map(|(i, j)| b[2 * j + i]).collect();
            assert_eq!(b_of(lora.factors()), rows);
            assert_eq!(lora.config().alpha(), scale as f32);
            assert_eq!((lora.config().dim(), lora.config().learning_rate()), (dim, 0.01));
            assert_eq!((lora.adapt_count(), lora.forward_count()), (0, 0));

            let x = Inputs::new(3).vector(dim, 1.0);
            let h = [common::dot(&x, &a[..dim]), common::dot(&x, &a[dim..])];
            for (j, &y) in lora.forward_array(&x).unwrap().iter().enumerate() {
                let (first, second) = (h[0] * f64::from(b[2 * j]), h[1] * f64::from(b[2 * j + 1]));
                let expected = f64::from(x[j]) + scale * (first + second);
                let size = 1.0 + expected.abs() + scale * (first.abs() + second.abs());
                assert!((f64::from(y) - expected).abs() < 1e-5 * size, "{y}, not {expected}");
            }
        }
    }
}

#[test]
fn what_was_loaded_goes_on_learning_and_is_saved_as_one_of_ours() {
    let (a, b) = random(12);
    let mut lora = load(&file(&[(MODULE, &a, &b)]), Some(&TWO)).unwrap();
    lora.set_learning_rate(0.5).unwrap();
    let [x, target] = [4, 5].map(|seed| Inputs::new(seed).vector(12, 1.0));
    let before = lora.train(&x, &target).unwrap();
    for _ in 0..200 {
        lora.train(&x, &target).unwrap();
    }
    assert!(lora.train(&x, &target).unwrap() < 1e-3 * before);
    let saved = lora.to_safetensors().unwrap();
    let mut again = MicroLora::from_safetensors(&saved, None).unwrap();
    assert_eq!(again.to_safetensors().unwrap(), saved);
    assert_eq!(again.train(&x, &target).unwrap().to_bits(), lora.train(&x, &target).unwrap().to_bits());
    // The configuration says nothing about a file of ours, which has its own.
    assert_eq!(MicroLora::from_safetensors(&saved, Some(&TWO)).unwrap().config().alpha(), 8.0);

    // A reset forgets what PEFT has learned, too: it is a new adapter then.
    lora.reset();
    assert_eq!(lora.forward_array(&x).unwrap(), x);
}

#[test]
fn halves_and_bfloats_are_read_exactly() {
    // 1, −2, 1/3 rounded, the largest, the smallest normal, the smallest, zeros.
    let halves: [(u16, f32); 8] = [
        (0x3c00, 1.0),
        (0xc000, -2.0),
        (0x3555, 0.333_251_95),
        (0x7bff, 65504.0),
        (0x0400, 6.103_515_6e-5),
        (0x0001, 5.960_464_5e-8),
        (0x0000, 0.0),
        (0x8000, -0.0),
    ];
    let bfloats: [(u16, f32); 8] = [
        (0x3f80, 1.0),
        (0xc000, -2.0),
        (0x3eab, 0.333_984_38),
        (0x5f00, 9.223_372e18),
        (0x0080, 1.175_494_4e-38),
        (0x0001, 9.183_55e-41),
        (0x0000, 0.0),
        (0x8000, -0.0),
    ];
    for (dtype, table) in [("F16", halves), ("BF16", bfloats)] {
        let bytes: Vec<u8> = table.iter().flat_map(|(bits, _)| bits.to_le_bytes()).collect();
        let raw = Raw {
            metadata: Vec::new(),
            tensors: vec![
                RawTensor::new(&key(MODULE, "A"), dtype, &[2, 4], bytes.clone()),
                RawTensor::new(&key(MODULE, "B"), dtype, &[4, 2], bytes),
            ],
        };
        let lora = load(&raw, None).unwrap();
        let bits = |values: Vec<f32>| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(a_of(lora.factors())), bits(table.map(|(_, value)| value).to_vec()), "{dtype}");
    }
}

#[test]
fn the_two_factors_may_have_values_of_different_types() {
    let mut raw = file(&[(MODULE, &[1.0, 2.0, 3.0, 4.0], &[0.5, 0.25, -1.0, 2.0])]);
    *raw.tensor(&key(MODULE, "A")) = RawTensor::new(
        &key(MODULE, "A"),
        "BF16",
        &[2, 2],
        [0x3f80u16, 0x4000, 0x4040, 0x4080].map(u16::to_le_bytes).concat(),
    );
    let lora = load(&raw, None).unwrap();
    assert_eq!((a_of(lora.factors()), b_of(lora.factors())), (vec![1.0, 2.0, 3.0, 4.0], vec![0.5, -1.0, 0.25, 2.0]));
}

#[test]
fn an_adapter_of_ours_that_another_program_saved_again_loads_by_its_factors() {
    // As PEFT does with its save_pretrained: nothing but the factors is left.
    let mut lora = common::adapter(9, 0.25, 0.5);
    lora.adapt_array(&[1.0; 9]).unwrap();
    lora.adapt_array(&[0.5; 9]).unwrap();
    let mut raw = Raw::parse(&lora.to_safetensors().unwrap());
    raw.tensors.retain(|tensor| tensor.name.contains(".lora_"));
    raw.metadata.retain(|(key, _)| key == "format");
    let loaded = load(&raw, Some(&config(2.0, 0.5, false))).unwrap();
    assert_eq!(loaded.factors(), lora.factors());
    assert_eq!(loaded.config().alpha(), lora.config().alpha());
}

#[test]
fn a_set_loads_the_modules_of_its_operators_and_categories() {
    let (a, b) = random(8);
    let (c, d) = (b.clone(), a.clone());
    let raw = file(&[("operators.Join", &a, &b), ("categories.Join", &c, &d), ("operators.Scan", &c, &b)]);
    let mut set = ScopedLora::from_safetensors(&raw.write(), Some(&TWO)).unwrap();
    let [scan, join, hash_join] = [0, 2, 9].map(Operator::at);
    assert_eq!(a_of(set.factors(join).unwrap().unwrap()), a);
    assert_eq!(a_of(set.category_factors(hash_join).unwrap().unwrap()), c);
    assert_eq!(set.factors(hash_join).unwrap(), None);
    assert_eq!(set.config().alpha(), 8.0);

    // An operator that was loaded answers by itself; another one of its category leans on the category.
    let x = Inputs::new(6).vector(8, 1.0);
    let alone = |a: &[f32], b: &[f32]| {
        let mut lora = load(&file(&[(MODULE, a, b)]), Some(&TWO)).unwrap();
        lora.forward_array(&x).unwrap().to_vec()
    };
    assert_eq!(set.forward_array(join, &x).unwrap(), alone(&a, &b));
    assert_eq!(set.forward_array(hash_join, &x).unwrap(), alone(&c, &d));
    assert_eq!(set.forward_array(scan, &x).unwrap(), alone(&c, &b));
    let saved = set.to_safetensors().unwrap();
    assert_eq!(ScopedLora::from_safetensors(&saved, None).unwrap().to_safetensors().unwrap(), saved);
    for op in [scan, join, hash_join] {
        set.adapt_array(op, &[0.1; 8]).unwrap();
    }
}

#[test]
fn what_is_no_rank_2_adapter_is_refused_by_name() {
    let (a, b) = random(4);
    let good = file(&[(MODULE, &a, &b)]);
    let [key_a, key_b] = ["A", "B"].map(|factor| key(MODULE, factor));
    let said = |change: &dyn Fn(&mut Raw)| {
        let mut raw = good.clone();
        change(&mut raw);
        load(&raw, None).unwrap_err()
    };
    let tensor =
        |name: &str, shape: &[usize]| RawTensor::new(name, "F32", shape, bytes_of(&vec![0.5; shape.iter().product()]));
    assert_eq!(
        said(&|raw| raw.tensors[0] = tensor(&key_a, &[8, 4])),
        format!("bytes: shape of {key_a} is [8,4], it must be [2,any]")
    );
    assert_eq!(
        said(&|raw| raw.tensors[1] = tensor(&key_b, &[4, 8])),
        format!("bytes: shape of {key_b} is [4,8], it must be [4,2]")
    );
    assert_eq!(
        said(&|raw| raw.tensors[1] = tensor(&key_b, &[5, 2])),
        format!("bytes: shape of {key_b} is [5,2], it must be [4,2]")
    );
    assert_eq!(said(&|raw| drop(raw.tensors.remove(1))), format!("bytes: {key_b} is missing"));
    assert_eq!(
        said(&|raw| raw.tensors.push(tensor("base_model.model.bias", &[4]))),
        "bytes: base_model.model.bias is not expected here"
    );
    assert_eq!(
        said(&|raw| raw.tensors[0] = tensor(&key_a, &[2, 0])),
        format!("bytes: shape of {key_a} is [2,0], it must be [2,1 to 4096]")
    );
    assert_eq!(
        said(&|raw| raw.tensors[0] = tensor(&key_a, &[2, 4097])),
        format!("bytes: shape of {key_a} is [2,4097], it must be [2,1 to 4096]")
    );
    assert_eq!(
        said(&|raw| raw.tensors[0].bytes[4..8].copy_from_slice(&f32::NAN.to_le_bytes())),
        format!("bytes: {key_a} has NaN at 1, it must be finite")
    );
    assert_eq!(
        said(&|raw| raw.tensors[1].bytes[0..4].copy_from_slice(&1e30f32.to_le_bytes())),
        format!("bytes: {key_b} is too large: its squared norm overflows f32")
    );
    assert_eq!(
        said(&|raw| raw.tensors[0] = RawTensor::new(&key_a, "I64", &[2, 4], vec![0; 64])),
        format!("bytes: dtype of {key_a} is I64, it must be F32 or F16 or BF16")
    );
    let one = "it must have 1; and format_version is missing: no object of this package has saved it";
    let many = "tensors base_model.model.<module>.lora_A.weight";
    assert_eq!(said(&|raw| raw.tensors.clear()), format!("bytes: it has 0 {many}, {one}"));
    assert_eq!(
        load(&file(&[("x", &a, &b), ("y", &a, &b)]), None).unwrap_err(),
        format!("bytes: it has 2 {many}, {one}")
    );

    let set = |raw: &Raw| ScopedLora::from_safetensors(&raw.write(), None).unwrap_err().to_string();
    assert!(set(&good).contains("is for no module operators.<name> or categories.<name>"), "{}", set(&good));
    assert!(set(&file(&[])).contains("this is no file of this package or of PEFT"));
    let unused = file(&[("operators.Scan", &a, &b), ("categories.Join", &a, &b)]);
    assert!(set(&unused).contains("none of its operators has an adapter"), "{}", set(&unused));
    let (c, d) = random(5);
    let unequal = file(&[("operators.Scan", &a, &b), ("operators.Join", &c, &d)]);
    assert!(set(&unequal).starts_with("bytes: shape of base_model.model.operators."), "{}", set(&unequal));
}

#[test]
fn a_configuration_of_another_rank_or_without_a_scale_is_refused() {
    let (a, b) = random(4);
    let raw = file(&[(MODULE, &a, &b)]);
    let said = |config: PeftConfig| load(&raw, Some(&config)).unwrap_err();
    assert_eq!(said(config(8.0, 16.0, false)), "adapter_config: r is 8, it must be 2");
    assert_eq!(said(config(f64::NAN, 16.0, false)), "adapter_config: r is NaN, it must be 2");
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e39, 1e-60] {
        let expected = format!("adapter_config: lora_alpha is {bad}, it must be above 0 and finite as a 32-bit float");
        assert_eq!(said(config(2.0, bad, false)), expected);
    }
}
