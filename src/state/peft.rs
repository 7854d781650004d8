//! Rank-2 adapters that other programs have trained and saved as Hugging Face PEFT does: new objects with these factors.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use half::{bf16, f16};

use super::adapters::{AdapterParts, key, module_of_category, module_of_operator};
use super::container::{Decoded, Dtype};
use super::fields::Fields;
use crate::adapter::MAX_SIZE;
use crate::config::{Config, MAX_DIM};
use crate::error::{Error, reason};
use crate::micro::{self, MicroLora};
use crate::operators::Operators;
use crate::scoped::{ScopedLora, stream_of_category, stream_of_operator};

/// What an adapter_config.json says of the scale of an adapter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PeftConfig {
    /// Rank: 2 is the one that can be loaded.
    pub r: f64,
    /// Scale, times the rank.
    pub lora_alpha: f64,
    /// Whether the scale is lora_alpha / √r instead of lora_alpha / r.
    pub use_rslora: bool,
}

impl PeftConfig {
    /// The alpha of y = x + alpha · x A B.
    fn alpha(self) -> Result<f64, Box<Error>> {
        let refuse = |reason| Err(Error::file("adapter_config", reason));
        if self.r != 2.0 {
            return refuse(reason!["r is ", self.r, ", it must be 2"]);
        }
        let alpha = self.lora_alpha / if self.use_rslora { core::f64::consts::SQRT_2 } else { 2.0 };
        if alpha as f32 <= 0.0 || !(alpha as f32).is_finite() {
            return refuse(reason![
                "lora_alpha is ",
                self.lora_alpha,
                ", it must be above 0 and finite as a 32-bit float"
            ]);
        }
        Ok(alpha)
    }
}

/// Whether a file was not saved by an object of this crate.
pub(super) fn is_foreign(decoded: &Decoded<'_>) -> bool {
    let ours = |(key, _): &(String, String)| key == "class" || key == "format_version";
    !decoded.metadata.iter().flatten().any(ours)
}

/// The scale of an adapter without a configuration: A and B say it all.
const UNSCALED: f64 = 1.0;

fn alpha_of(config: Option<&PeftConfig>) -> Result<f64, Box<Error>> {
    config.map_or(Ok(UNSCALED), |config| config.alpha())
}

/// The module of which a tensor has factor A, if that is what it is.
fn module_of(name: &str) -> Option<&str> {
    name.strip_prefix("base_model.model.")?.strip_suffix(".lora_A.weight")
}

fn modules(fields: &Fields<'_>) -> Vec<String> {
    fields.names().filter_map(module_of).map(String::from).collect()
}

/// The one adapter that a file has, whatever module it is for.
pub(super) fn micro(mut fields: Fields<'_>, config: Option<&PeftConfig>) -> Result<MicroLora, Box<Error>> {
    let alpha = alpha_of(config)?;
    let found = modules(&fields);
    let [module] = found.as_slice() else {
        let found = reason!["it has ", found.len(), " tensors base_model.model.<module>.lora_A.weight, it must have 1"];
        return fields
            .refuse(reason![found, "; and format_version is missing: no object of this package has saved it"]);
    };
    let (dim, parts) = read_factors(&mut fields, module, None)?;
    fields.end()?;
    let config = Config::new(Some(dim as f64), Some(alpha), None)?;
    let mut lora = MicroLora::new(config)?;
    lora.adapter = parts.adapter(&config, micro::STREAM)?;
    Ok(lora)
}

/// The adapters of a file whose modules are `operators.<name>` and `categories.<name>` of the built-in table.
pub(super) fn scoped(mut fields: Fields<'_>, config: Option<&PeftConfig>) -> Result<ScopedLora, Box<Error>> {
    let alpha = alpha_of(config)?;
    let operators = Operators::BuiltIn;
    let mut found: Vec<(usize, usize, AdapterParts)> = Vec::new();
    let mut shared_dim = None;
    for module in modules(&fields) {
        let own = (0..operators.count()).find(|&id| module_of_operator(operators.name(id)) == module);
        let category =
            (0..operators.category_count()).find(|&i| module_of_category(operators.category_name(i)) == module);
        let (kind, number) = match (own, category) {
            (Some(id), _) => (0, id),
            (None, Some(i)) => (1, i),
            (None, None) => {
                return fields.refuse(reason![
                    key(&module, "A"),
                    " is for no module operators.<name> or categories.<name>; ",
                    "one adapter alone is a WasmMicroLoRA"
                ]);
            }
        };
        let (dim, parts) = read_factors(&mut fields, &module, shared_dim)?;
        shared_dim = Some(dim);
        found.push((kind, number, parts));
    }
    let Some(dim) = shared_dim else {
        return fields.refuse(reason![
            "format_version is missing, and so is any base_model.model.<module>.lora_A.weight: ",
            "this is no file of this package or of PEFT"
        ]);
    };
    let source = fields.source();
    fields.end()?;
    let config = Config::new(Some(dim as f64), Some(alpha), None)?;
    let mut scoped = ScopedLora::of(config, operators)?;
    let (of_operators, of_categories): (Vec<_>, Vec<_>) = found.into_iter().partition(|&(kind, ..)| kind == 0);
    for (kind, number, parts) in of_operators.into_iter().chain(of_categories) {
        let is_used = |operators: &Operators| {
            (0..operators.count()).any(|id| operators.category(id) == number && scoped.scopes[id].adapter.is_some())
        };
        if kind == 1 && !is_used(&scoped.operators) {
            let module = module_of_category(scoped.operators.category_name(number));
            let reason = reason![key(&module, "A"), " is not expected here: none of its operators has an adapter"];
            return Err(Error::file(source, reason));
        }
        if kind == 0 {
            scoped.restore_operator(number, parts.adapter(&config, stream_of_operator(number))?)?;
        } else {
            scoped.restore_category(number, parts.adapter(&config, stream_of_category(number))?);
        }
    }
    Ok(scoped)
}

/// The dimension and the factors of the adapter on a module, which must have this dimension if one is given.
fn read_factors(
    fields: &mut Fields<'_>,
    module: &str,
    dim: Option<usize>,
) -> Result<(usize, AdapterParts), Box<Error>> {
    let [name_a, name_b] = ["A", "B"].map(|factor| key(module, factor));
    let a = floats(fields, &name_a, [Some(2), dim])?;
    let dim = a.len() / 2;
    if !(1..=MAX_DIM).contains(&dim) {
        return fields.refuse(reason!["shape of ", name_a, " is [2,", dim, "], of at most ", MAX_DIM, " columns"]);
    }
    let b = floats(fields, &name_b, [Some(dim), Some(2)])?;
    for (name, values) in [(name_a, &a), (name_b, &b)] {
        let squares: f64 = values.iter().map(|&value| f64::from(value) * f64::from(value)).sum();
        if squares > MAX_SIZE {
            return fields.refuse(reason![name, " is too large: its squared norm overflows f32"]);
        }
    }
    Ok((dim, AdapterParts { a, b, learned: None }))
}

/// The values of a tensor of floats, whatever their width.
fn floats(fields: &mut Fields<'_>, name: &str, shape: [Option<usize>; 2]) -> Result<Vec<f32>, Box<Error>> {
    let (dtype, bytes) = fields.take(name, &[Dtype::F32, Dtype::F16, Dtype::BF16], &shape)?;
    let values: Vec<f32> = match dtype {
        Dtype::F16 => bytes.as_chunks().0.iter().map(|&two| f16::from_le_bytes(two).to_f32()).collect(),
        Dtype::BF16 => bytes.as_chunks().0.iter().map(|&two| bf16::from_le_bytes(two).to_f32()).collect(),
        _ => bytes.as_chunks().0.iter().map(|&four| f32::from_le_bytes(four)).collect(),
    };
    match values.iter().enumerate().find(|(_, value)| !value.is_finite()) {
        Some((i, &value)) => fields.refuse(reason![name, " has ", f64::from(value), " at ", i, ", it must be finite"]),
        None => Ok(values),
    }
}
