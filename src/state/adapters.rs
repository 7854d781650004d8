//! Files of adapters. The factors have the names and shapes that Hugging Face PEFT gives them,
//! `base_model.model.<module>.lora_A.weight` `[2, d]` and `….lora_B.weight` `[d, 2]`; everything else that a run needs to go
//! on is in tensors `state.…` and in the metadata.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::container::{Dtype, Json, NewFile, decode};
use super::fields::Fields;
use super::{Host, Metadata, PeftConfig, peft};
use crate::adapter::{Adapter, CachedProjection, Context, Gram, Learned, MAX_SIZE};
use crate::buffers::Buffers;
use crate::config::{Config, MAX_DIM};
use crate::error::{Error, reason};
use crate::kernels::Projection;
use crate::micro::{self, MicroLora};
use crate::operators::Operators;
use crate::rows::{boxed, values, values_mut};
use crate::scoped::{Scope, ScopedLora, stream_of_category, stream_of_operator};

/// The module that a single adapter is put on: an identity Linear(d, d) of this name.
const ONLY: &str = "linear";

/// Values of a cached projection: two dot products and |x|².
const PROJECTION: usize = 3;

/// Name of the module that an operator's adapter is put on.
pub(super) fn module_of_operator(name: &str) -> String {
    ["operators.", name].concat()
}

/// Name of the module that a category's adapter is put on.
pub(super) fn module_of_category(name: &str) -> String {
    ["categories.", name].concat()
}

/// Name of the tensor of factor "A" or "B" of the adapter on a module.
pub(super) fn key(module: &str, factor: &str) -> String {
    ["base_model.model.", module, ".lora_", factor, ".weight"].concat()
}

/// An adapter with the name of its module.
type Named<'a> = (String, Option<&'a Adapter>);

/// One operator to be written.
struct ScopeToWrite<'a> {
    context: Option<&'a Context>,
    adapt_count: u64,
    forward_count: u64,
}

/// All of an object that goes into a file.
struct Written<'a> {
    class: &'a str,
    config: &'a Config,
    initial: &'a Config,
    category_fallback: bool,
    operators: Option<&'a Operators>,
    /// One per operator.
    scopes: Vec<ScopeToWrite<'a>>,
    /// Those of the operators, and then those of the categories.
    adapters: Vec<Named<'a>>,
    buffers: &'a Buffers,
    user: &'a Metadata,
}

/// The adapters of an object that there are, each with the name of its module.
pub(super) fn made(adapters: Vec<Named<'_>>) -> Vec<(String, &Adapter)> {
    adapters.into_iter().filter_map(|(module, adapter)| Some((module, adapter?))).collect()
}

pub(super) fn adapters_of_micro(lora: &MicroLora) -> Vec<Named<'_>> {
    alloc::vec![(String::from(ONLY), Some(&lora.adapter))]
}

pub(super) fn adapters_of_scoped(scoped: &ScopedLora) -> Vec<Named<'_>> {
    let ScopedLora { operators, scopes, categories, .. } = scoped;
    let own = scopes.iter().enumerate();
    let own = own.map(|(id, scope)| (module_of_operator(operators.name(id)), scope.adapter.as_ref()));
    let categories = categories.iter().enumerate();
    let categories =
        categories.map(|(i, category)| (module_of_category(operators.category_name(i)), category.as_ref()));
    own.chain(categories).collect()
}

impl MicroLora {
    /// Name of the class in files and in JavaScript.
    pub(crate) const CLASS: &str = "WasmMicroLoRA";

    pub(crate) fn save<H: Host>(&self) -> Result<Vec<u8>, Box<Error>> {
        write::<H>(Written {
            class: Self::CLASS,
            config: &self.config,
            initial: &self.initial,
            category_fallback: true,
            operators: None,
            scopes: alloc::vec![ScopeToWrite {
                context: Some(&self.context),
                adapt_count: self.adapt_count,
                forward_count: self.forward_count,
            }],
            adapters: adapters_of_micro(self),
            buffers: &self.buffers,
            user: &self.metadata,
        })
    }

    /// A file of this class, or else a rank-2 adapter of PEFT's. `source` is the argument that the file came in.
    pub(crate) fn load<H: Host>(bytes: &[u8], source: &str, config: Option<&PeftConfig>) -> Result<Self, Box<Error>> {
        let decoded = decode::<H>(bytes, source)?;
        if peft::is_foreign(&decoded) {
            return peft::micro(Fields::foreign(decoded, source), config);
        }
        let fields = Fields::of_class(decoded, source, Self::CLASS)?;
        let mut state = read::<H>(fields, None)?;
        let (Some(scope), Some(parts)) = (state.scopes.pop(), state.own.pop().flatten()) else {
            unreachable!("a single adapter is refused if it is not there");
        };
        let Some(context) = scope.context else { unreachable!("it has a context where it has an adapter") };
        Ok(Self {
            adapter: parts.adapter(&state.config, micro::STREAM)?,
            config: state.config,
            initial: state.initial,
            context,
            buffers: state.buffers,
            adapt_count: scope.adapt_count,
            forward_count: scope.forward_count,
            metadata: state.user,
        })
    }
}

impl ScopedLora {
    /// Name of the class in files and in JavaScript.
    pub(crate) const CLASS: &str = "WasmScopedLoRA";

    pub(crate) fn save<H: Host>(&self) -> Result<Vec<u8>, Box<Error>> {
        write::<H>(Written {
            class: Self::CLASS,
            config: &self.config,
            initial: &self.initial,
            category_fallback: self.category_fallback,
            operators: Some(&self.operators),
            scopes: self
                .scopes
                .iter()
                .map(|scope| ScopeToWrite {
                    context: scope.context.as_ref(),
                    adapt_count: scope.adapt_count,
                    forward_count: scope.forward_count,
                })
                .collect(),
            adapters: adapters_of_scoped(self),
            buffers: &self.buffers,
            user: &self.metadata,
        })
    }

    /// A file of this class, or else rank-2 adapters of PEFT's. `source` is the argument that the file came in.
    pub(crate) fn load<H: Host>(bytes: &[u8], source: &str, config: Option<&PeftConfig>) -> Result<Self, Box<Error>> {
        let decoded = decode::<H>(bytes, source)?;
        if peft::is_foreign(&decoded) {
            return peft::scoped(Fields::foreign(decoded, source), config);
        }
        let fields = Fields::of_class(decoded, source, Self::CLASS)?;
        let operators = read_operators::<H>(&fields)?;
        let state = read::<H>(fields, Some(&operators))?;
        let adapter =
            |parts: Option<AdapterParts>, stream| parts.map(|parts| parts.adapter(&state.config, stream)).transpose();
        let (mut own, mut of_categories) = (state.own.into_iter(), state.of_categories.into_iter());
        let mut read = state.scopes.into_iter();
        let scopes = boxed(operators.count(), |id| {
            let (Some(scope), Some(parts)) = (read.next(), own.next()) else { unreachable!("one for each operator") };
            let ReadScope { context, adapt_count, forward_count } = scope;
            Ok(Scope { context, adapter: adapter(parts, stream_of_operator(id))?, adapt_count, forward_count })
        })?;
        let categories = boxed(operators.category_count(), |i| {
            let Some(parts) = of_categories.next() else { unreachable!("one for each category") };
            Ok(adapter(parts, stream_of_category(i))?)
        })?;
        Ok(Self {
            config: state.config,
            initial: state.initial,
            operators,
            scopes,
            categories,
            category_fallback: state.category_fallback,
            buffers: state.buffers,
            metadata: state.user,
        })
    }
}

fn write<H: Host>(written: Written<'_>) -> Result<Vec<u8>, Box<Error>> {
    let Written { class, config, initial, category_fallback, operators, scopes, adapters, buffers, user } = written;
    let dim = config.dim();
    let boolean = |value: bool| if value { "true" } else { "false" };
    let mut file = NewFile::of_class(class);
    let numbers = [
        ("dim", dim as f64),
        ("alpha", config.alpha().into()),
        ("learning_rate", config.learning_rate().into()),
        ("initial_learning_rate", initial.learning_rate().into()),
    ];
    for (key, number) in numbers {
        file.text(key, &H::number(number));
    }
    file.text("freeze_a", boolean(config.is_a_frozen()));
    file.text("category_fallback", boolean(category_fallback));
    if let Some(operators) = operators {
        write_operators::<H>(&mut file, operators);
    }
    user.iter().for_each(|(key, value)| file.text(key, value));

    let made = made(adapters);
    for (module, adapter) in &made {
        let factors = adapter.factors(config);
        let a = file.tensor(&key(module, "A"), Dtype::F32, &[2, dim])?;
        (0..2).for_each(|i| factors.a(i).for_each(|value| a.f32(&[value])));
        let b = file.tensor(&key(module, "B"), Dtype::F32, &[dim, 2])?;
        factors.b(0).zip(factors.b(1)).for_each(|(first, second)| b.f32(&[first, second]));
    }
    let learned: Vec<_> = made.iter().map(|(_, adapter)| adapter.learned()).collect();
    let gram = file.tensor("state.gram", Dtype::F64, &[made.len(), 2, 4])?;
    for Learned { gram_a, gram_b, .. } in &learned {
        gram.f64(&gram_a.to_state());
        gram.f64(&gram_b.to_state());
    }
    let steps = file.tensor("state.steps", Dtype::I64, &[made.len()])?;
    learned.iter().for_each(|learned| steps.i64(&[learned.steps]));

    let count = scopes.len();
    let projections = |scope: &ScopeToWrite<'_>| scope.context.map_or(Default::default(), |c| c.projections);
    let counts = file.tensor("state.counts", Dtype::I64, &[count, 2])?;
    scopes.iter().for_each(|scope| counts.i64(&[scope.adapt_count, scope.forward_count]));
    let as_of = file.tensor("state.known_as_of", Dtype::I64, &[count, 2])?;
    scopes.iter().for_each(|scope| as_of.i64(&projections(scope).map(|cached| cached.as_of)));
    let known = file.tensor("state.known", Dtype::F32, &[count, 2, PROJECTION])?;
    for CachedProjection { projection: Projection { dots: [p, q], norm2 }, .. } in scopes.iter().flat_map(projections) {
        known.f32(&[p, q, norm2]);
    }
    let met = scopes.iter().filter(|scope| scope.context.is_some()).count();
    let context_of = file.tensor("state.context_of", Dtype::I64, &[met])?;
    for (id, _) in (0..).zip(&scopes).filter(|(_, scope)| scope.context.is_some()) {
        context_of.i64(&[id]);
    }
    let contexts = file.tensor("state.contexts", Dtype::F32, &[met, dim])?;
    scopes.iter().filter_map(|scope| scope.context).for_each(|context| contexts.f32(context.values(config)));
    for (name, row) in [("state.input", &buffers.input), ("state.output", &buffers.output)] {
        file.tensor(name, Dtype::F32, &[dim])?.f32(values(row, dim));
    }
    file.encode::<H>()
}

/// Names of operators and of their categories.
pub(super) fn write_operators<H: Host>(file: &mut NewFile, operators: &Operators) {
    let list = |of: fn(&Operators, usize) -> &str| list::<H>(operators.count(), &|id| of(operators, id));
    file.text("operators", &list(Operators::name));
    file.text("categories", &list(Operators::category_of));
}

/// A list of texts as JSON.
fn list<'a, H: Host>(count: usize, text: &dyn Fn(usize) -> &'a str) -> String {
    let mut json = Json::<H>::new();
    for i in 0..count {
        json.raw(if i > 0 { "," } else { "[" });
        json.quoted(text(i));
    }
    json.raw("]");
    json.text
}

/// The factors of an adapter, as a file has them, and what it has learned beside.
pub(super) struct AdapterParts {
    /// A, column after column.
    pub a: Vec<f32>,
    /// B, the values of both rows in turn.
    pub b: Vec<f32>,
    /// As in a file of this crate; worked out where there is none.
    pub learned: Option<Learned>,
}

impl AdapterParts {
    /// The adapter that has them.
    pub fn adapter(&self, config: &Config, stream: u64) -> Result<Adapter, Box<Error>> {
        let dim = config.dim();
        let (a, b) = (|i: usize, j: usize| self.a[i * dim + j], |i: usize, j: usize| self.b[2 * j + i]);
        Ok(Adapter::restored(config, stream, a, b, self.learned)?)
    }
}

/// One operator of a file.
struct ReadScope {
    context: Option<Context>,
    adapt_count: u64,
    forward_count: u64,
}

/// All that a file of adapters says.
struct Read {
    config: Config,
    initial: Config,
    category_fallback: bool,
    scopes: Vec<ReadScope>,
    /// By operator.
    own: Vec<Option<AdapterParts>>,
    /// By category.
    of_categories: Vec<Option<AdapterParts>>,
    buffers: Buffers,
    user: Metadata,
}

pub(super) fn read_operators<H: Host>(fields: &Fields<'_>) -> Result<Operators, Box<Error>> {
    let list = |key| fields.text(key, &reason!["a list of names"], &H::parse_list);
    let (names, categories) = (list("operators")?, list("categories")?);
    Operators::own(&names, &categories).map_err(|error| match error {
        Error::OutOfMemory => error.into(),
        error => fields.error(reason!["operators: ", error]),
    })
}

/// Every value of a file, checked. `operators` are those of a set, if it is one.
fn read<H: Host>(mut fields: Fields<'_>, operators: Option<&Operators>) -> Result<Read, Box<Error>> {
    let whole =
        |most: usize| move |value: f64| value >= 1.0 && value <= most as f64 && f64::from(value as u32) == value;
    let dim = fields.number::<H>("dim", &reason!["an integer from 1 to ", MAX_DIM], &whole(MAX_DIM))? as usize;
    let is_alpha = |value: f64| value as f32 > 0.0 && (value as f32).is_finite();
    let alpha = fields.number::<H>("alpha", &reason!["above 0 and finite as a 32-bit float"], &is_alpha)?;
    let rate = |fields: &Fields<'_>, key| {
        let rule = reason!["above 0 as a 32-bit float, and at most 1"];
        fields.number::<H>(key, &rule, &|value| value as f32 > 0.0 && value <= 1.0)
    };
    let (now, initial) = (rate(&fields, "learning_rate")?, rate(&fields, "initial_learning_rate")?);
    let initial = Config::new(Some(dim as f64), Some(alpha), Some(initial))?;
    let mut config = initial;
    config.set_learning_rate(now)?;
    config.freeze_a(fields.boolean("freeze_a")?);
    let category_fallback = fields.boolean("category_fallback")?;

    let (own, categories): (Vec<_>, Vec<_>) = match operators {
        None => (alloc::vec![ONLY.into()], Vec::new()),
        Some(operators) => (
            (0..operators.count()).map(|id| module_of_operator(operators.name(id))).collect(),
            (0..operators.category_count()).map(|i| module_of_category(operators.category_name(i))).collect(),
        ),
    };
    let count = own.len();
    let mut parts = Vec::new();
    for module in own.iter().chain(&categories) {
        parts.push(read_factors(&mut fields, module, dim, operators.is_some())?);
    }
    let made = parts.iter().flatten().count();
    let gram = fields.f64("state.gram", &[made, 2, 4])?;
    let steps = fields.counts("state.steps", &[made])?;
    let counts = fields.counts("state.counts", &[count, 2])?;
    let as_of = fields.counts("state.known_as_of", &[count, 2])?;
    let known = fields.f32("state.known", &[count, 2, PROJECTION], "", |_| true)?;
    let rule = "the id of an operator, larger than the one before it";
    let follows = |op: i64, before: Option<i64>| op > before.unwrap_or(-1) && op < count as i64;
    let context_of = fields.i64("state.context_of", &[None], rule, &follows)?;
    let contexts = fields.f32("state.contexts", &[context_of.len(), dim], "", |_| true)?;
    let mut buffers = Buffers::new(&config)?;
    for (name, row) in [("state.input", &mut buffers.input), ("state.output", &mut buffers.output)] {
        values_mut(row, dim).copy_from_slice(&fields.f32(name, &[dim], "", |_| true)?);
    }

    let made = parts.iter_mut().flatten().zip(gram.as_chunks().0.iter().zip(steps));
    for (i, (parts, (&gram, steps))) in made.enumerate() {
        let [gram_a, gram_b] = check_grams(&fields, parts, gram, i)?;
        parts.learned = Some(Learned { gram_a, gram_b, steps });
    }
    let of_categories = parts.split_off(count);
    let own_parts = parts;
    let mut scopes = Vec::new();
    for (id, module) in own.iter().enumerate() {
        let position = context_of.iter().position(|&op| op as usize == id);
        let x = position.map(|at| &contexts[at * dim..][..dim]);
        let category = operators.and_then(|operators| of_categories[operators.category(id)].as_ref());
        let adapters = [own_parts[id].as_ref(), category];
        if x.is_none() && (own_parts[id].is_some() || operators.is_none()) {
            return fields.refuse(reason!["state.context_of has not ", module, ", which has an adapter"]);
        }
        let mut projections = [CachedProjection::default(); 2];
        for (i, cached) in projections.iter_mut().enumerate() {
            let [p, q, norm2] = known.as_chunks().0[2 * id + i];
            *cached = CachedProjection { as_of: as_of[2 * id + i], projection: Projection { dots: [p, q], norm2 } };
            check_projection(&fields, module, *cached, adapters[i], x)?;
        }
        let context = match x {
            None => None,
            Some(x) => {
                let mut context = Context::new(&config)?;
                values_mut(&mut context.x, dim).copy_from_slice(x);
                Some(Context { projections, ..context })
            }
        };
        scopes.push(ReadScope { context, adapt_count: counts[2 * id], forward_count: counts[2 * id + 1] });
    }
    for (i, module) in categories.iter().enumerate() {
        let operators = operators.expect("there are categories");
        let is_used = || (0..count).any(|id| operators.category(id) == i && own_parts[id].is_some());
        if of_categories[i].is_some() && !is_used() {
            let reason = reason![key(module, "A"), " is not expected here: none of its operators has an adapter"];
            return fields.refuse(reason);
        }
    }
    let user = fields.end()?;
    Ok(Read { config, initial, category_fallback, scopes, own: own_parts, of_categories, buffers, user })
}

/// The factors of the adapter on a module, if they are there or must be.
fn read_factors(
    fields: &mut Fields<'_>,
    module: &str,
    dim: usize,
    is_optional: bool,
) -> Result<Option<AdapterParts>, Box<Error>> {
    let [a, b] = ["A", "B"].map(|factor| key(module, factor));
    if is_optional && !fields.has(&a) && !fields.has(&b) {
        return Ok(None);
    }
    let a = fields.f32(&a, &[2, dim], "finite", f32::is_finite)?;
    let b = fields.f32(&b, &[dim, 2], "finite", f32::is_finite)?;
    Ok(Some(AdapterParts { a, b, learned: None }))
}

/// The Gram matrices of an adapter. One that is not its factor's could make a step overflow that looks safe.
fn check_grams(fields: &Fields<'_>, parts: &AdapterParts, gram: [f64; 8], i: usize) -> Result<[Gram; 2], Box<Error>> {
    let mut matrices = [Gram::default(); 2];
    for (k, (values, name)) in [(&parts.a, "A"), (&parts.b, "B")].into_iter().enumerate() {
        let trace: f64 = values.iter().map(|&value| f64::from(value) * f64::from(value)).sum();
        if trace > MAX_SIZE {
            let name = ["lora_", name, " number "].concat();
            return fields.refuse(reason![name, i, " is too large: its squared norm overflows f32"]);
        }
        let matrix = [gram[4 * k], gram[4 * k + 1], gram[4 * k + 2], gram[4 * k + 3]];
        let said = matrix[0] + matrix[2];
        // It is kept up to date step by step, and may be off by rounding.
        let is_close = said >= 0.5 * trace && said <= 2.0 * trace;
        if !is_close && said.max(trace) > 1e-30 {
            return fields.refuse(reason!["state.gram number ", i, " is not that of its factors"]);
        }
        matrices[k] = Gram::from_state(matrix);
    }
    Ok(matrices)
}

/// A cached projection that no run can come to is refused. One whose |x|² is not the context's could hide what is not finite
/// in it, or how far a step goes.
fn check_projection(
    fields: &Fields<'_>,
    module: &str,
    cached: CachedProjection,
    adapter: Option<&AdapterParts>,
    x: Option<&[f32]>,
) -> Result<(), Box<Error>> {
    let steps = adapter.map(|parts| parts.learned.expect("it was read above").steps);
    if cached.as_of > steps.map_or(0, |steps| steps.saturating_add(1)) {
        let what = reason!["state.known_as_of of ", module, " has ", cached.as_of];
        return fields.refuse(reason![what, ", its adapter has taken ", steps.unwrap_or(0), " steps"]);
    }
    if let (Some(steps), Some(x)) = (steps, x)
        && cached.as_of == steps.saturating_add(1)
    {
        let said = cached.projection.norm2;
        let norm2: f64 = x.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
        let difference = f64::from(said) - norm2;
        let is_close = norm2.is_finite() && difference.max(-difference) <= 1e-3 * norm2 + 1e-20;
        let overflows = !said.is_finite() && (norm2.is_nan() || norm2 >= 0.999 * MAX_SIZE);
        if !is_close && !overflows {
            return fields.refuse(reason!["state.known of ", module, " is not that of its context"]);
        }
    }
    Ok(())
}

/// The adapter_config.json that goes with a file: PEFT computes x + (lora_alpha / r) · B A x.
fn config_json<H: Host>(config: &Config, adapters: Vec<Named<'_>>) -> String {
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
    json.raw(&H::number(2.0 * f64::from(config.alpha())));
    json.raw(
        r#",
  "lora_dropout": 0,
  "bias": "none",
  "fan_in_fan_out": false,
  "target_modules": ["#,
    );
    let made = made(adapters);
    for (i, (module, _)) in made.iter().enumerate() {
        json.raw(if i > 0 { ",\n    " } else { "\n    " });
        json.quoted(module);
    }
    json.raw(if made.is_empty() { "]\n}\n" } else { "\n  ]\n}\n" });
    json.text
}

impl MicroLora {
    pub(crate) fn peft_config_json<H: Host>(&self) -> String {
        config_json::<H>(&self.config, adapters_of_micro(self))
    }
}

impl ScopedLora {
    pub(crate) fn peft_config_json<H: Host>(&self) -> String {
        config_json::<H>(&self.config, adapters_of_scoped(self))
    }
}
