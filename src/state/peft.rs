//! Rank-2 adapters that other programs have trained and saved as Hugging Face PEFT does: new objects with these factors.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use half::{bf16, f16};

use super::Host;
use super::container::{Decoded, Dtype, Json};
use super::contents::{Class, Contents, Numbering, key};
use super::fields::Fields;
use crate::adapter::{Adapter, Context};
use crate::config::{Config, MAX_DIM};
use crate::error::{Argument, Error, reason};
use crate::operators::Operators;
use crate::scoped::{FULL_WEIGHT_COUNT, Scope};

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
        if !Config::is_alpha(alpha) {
            return refuse(reason!["lora_alpha is ", self.lora_alpha, ", it must be ", Argument::Alpha.rule()]);
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

/// The adapter_config.json of adapters on these modules: PEFT computes x + (lora_alpha / r) · B A x.
pub(super) fn config_json<H: Host>(alpha: f32, modules: &[String]) -> String {
    let mut json = Json::<H>::new();
    json.raw(
        r#"{
  "peft_type": "LORA",
  "base_model_name_or_path": null,
  "task_type": null,
  "inference_mode": true,
  "r": 2,
  "lora_alpha": "#,
    );
    json.raw(&H::number(2.0 * f64::from(alpha)));
    json.raw(
        r#",
  "lora_dropout": 0,
  "bias": "none",
  "fan_in_fan_out": false,
  "target_modules": ["#,
    );
    for (i, module) in modules.iter().enumerate() {
        json.raw(if i > 0 { ",\n    " } else { "\n    " });
        json.quoted(module);
    }
    json.raw(if modules.is_empty() { "]\n}\n" } else { "\n  ]\n}\n" });
    json.text
}

/// The module of which a tensor has factor A, if that is what it is.
fn module_of(name: &str) -> Option<&str> {
    name.strip_prefix("base_model.model.")?.strip_suffix(".lora_A.weight")
}

fn modules(fields: &Fields<'_>) -> Vec<String> {
    fields.names().filter_map(module_of).map(String::from).collect()
}

/// The adapters of a file as those of an object of `class`: one, whatever module it is for; or those whose modules are
/// `operators.<name>` and `categories.<name>` of the built-in table, of which operators then no longer lean on categories.
pub(super) fn load(class: Class, mut fields: Fields<'_>, config: Option<&PeftConfig>) -> Result<Contents, Box<Error>> {
    let alpha = alpha_of(config)?;
    let found = modules(&fields);
    let operators = match class {
        Class::Micro if found.len() != 1 => {
            let found =
                reason!["it has ", found.len(), " tensors base_model.model.<module>.lora_A.weight, it must have 1"];
            return fields
                .refuse(reason![found, "; and format_version is missing: no object of this package has saved it"]);
        }
        Class::Micro => None,
        Class::Scoped => Some(Operators::BuiltIn),
    };
    let numbering = Numbering(operators.as_ref());
    let mut adapters = Vec::new();
    let mut shared_dim = None;
    for module in &found {
        let is_for = |&number: &usize| class == Class::Micro || numbering.module(number) == *module;
        let Some(number) = (0..numbering.adapter_count()).find(is_for) else {
            return fields.refuse(reason![
                key(module, "A"),
                " is for no module operators.<name> or categories.<name>; ",
                "one adapter alone is a WasmMicroLoRA"
            ]);
        };
        let (dim, factors) = read_factors(&mut fields, module, shared_dim)?;
        shared_dim = Some(dim);
        adapters.push((number, factors));
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
    // The file has no counts. In a set, an operator's adapter with a count of 0 would have no weight in the blend, and a
    // category's would count as one that has learned nothing.
    let count = if class == Class::Micro { 0 } else { FULL_WEIGHT_COUNT };
    let mut contents = Contents::new(config, operators)?;
    for (number, [a, b]) in adapters {
        let (a, b) = (|i: usize, j: usize| a[i * dim + j], |i: usize, j: usize| b[2 * j + i]);
        let adapter = Adapter::restored(&config, contents.numbering().stream(number), &a, &b, None)?;
        match contents.scopes.get_mut(number) {
            Some(scope) => {
                let context = Some(Context::new(&config)?);
                *scope = Scope { context, adapter: Some(adapter), adapt_count: count, forward_count: 0 };
            }
            None => *contents.adapter_mut(number) = Some(adapter.with_steps(count)),
        }
    }
    contents.check_categories(source)?;
    Ok(contents)
}

/// The dimension and the factors of the adapter on a module, which must have this dimension if one is given: A column after
/// column, and of B the values of both rows in turn.
fn read_factors(
    fields: &mut Fields<'_>,
    module: &str,
    dim: Option<usize>,
) -> Result<(usize, [Vec<f32>; 2]), Box<Error>> {
    let [name_a, name_b] = ["A", "B"].map(|factor| key(module, factor));
    let a = floats(fields, &name_a, [Some(2), dim])?;
    let dim = a.len() / 2;
    if !(1..=MAX_DIM).contains(&dim) {
        return fields.refuse(reason!["shape of ", name_a, " is [2,", dim, "], it must be [2,1 to ", MAX_DIM, "]"]);
    }
    let b = floats(fields, &name_b, [Some(dim), Some(2)])?;
    for (name, values) in [(name_a, &a), (name_b, &b)] {
        fields.check_norm(&name, values.iter().copied())?;
    }
    Ok((dim, [a, b]))
}

/// The values of a tensor of floats, whatever their width.
fn floats(fields: &mut Fields<'_>, name: &str, shape: [Option<usize>; 2]) -> Result<Vec<f32>, Box<Error>> {
    let (dtype, bytes) = fields.take(name, &[Dtype::F32, Dtype::F16, Dtype::BF16], &shape)?;
    let mut values = Vec::new();
    for bytes in bytes.chunks_exact(dtype.size()) {
        let value = match *bytes {
            [p, q] if dtype == Dtype::F16 => f16::from_le_bytes([p, q]).to_f32(),
            [p, q] => bf16::from_le_bytes([p, q]).to_f32(),
            [p, q, r, s] => f32::from_le_bytes([p, q, r, s]),
            _ => unreachable!("it is of another type"),
        };
        if !value.is_finite() {
            let reason = reason![name, " has ", value, " at ", values.len(), ", it must be finite"];
            return fields.refuse(reason);
        }
        values.push(value);
    }
    Ok(values)
}
