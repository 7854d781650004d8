//! Files of adapters. The factors have the names and shapes that Hugging Face PEFT gives them,
//! `base_model.model.<module>.lora_A.weight` `[2, d]` and `….lora_B.weight` `[d, 2]`; everything else that a run needs to go
//! on is in tensors `state.…` and in the metadata.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::container::{Dtype, Json, NewFile, decode};
use super::contents::{Class, Contents, Numbering, key};
use super::fields::{Fields, put, square};
use super::{Host, Metadata, PeftConfig, peft};
use crate::adapter::{Adapter, CachedProjection, Context, Gram, Learned, MAX_NORM2};
use crate::buffers::Buffers;
use crate::config::Config;
use crate::error::{Argument, Error, Rule, reason};
use crate::kernels::Projection;
use crate::micro::MicroLora;
use crate::operators::Operators;
use crate::rows::{values, values_mut};
use crate::scoped::{Scope, ScopedLora};

/// Values of a cached projection: two dot products and |x|².
const PROJECTION: usize = 3;

/// Whether a reset freezes A again. A file without this key says that it does not.
const INITIAL_FREEZE_A: &str = "initial_freeze_a";

/// All of an object that goes into a file.
struct Saved<'a> {
    config: &'a Config,
    initial: &'a Config,
    category_fallback: bool,
    numbering: Numbering<'a>,
    scopes: Vec<SavedScope<'a>>,
    categories: &'a [Option<Adapter>],
    buffers: &'a Buffers,
    metadata: &'a Metadata,
}

/// One operator of it.
struct SavedScope<'a> {
    context: Option<&'a Context>,
    adapter: Option<&'a Adapter>,
    adapt_count: u64,
    forward_count: u64,
}

impl Saved<'_> {
    /// The adapters that there are, each with the name of its module.
    fn adapters(&self) -> Vec<(String, &Adapter)> {
        let own = self.scopes.iter().map(|scope| scope.adapter);
        let all = own.chain(self.categories.iter().map(Option::as_ref)).enumerate();
        all.filter_map(|(number, adapter)| Some((self.numbering.module(number), adapter?))).collect()
    }

    fn peft_config_json<H: Host>(&self) -> String {
        let modules: Vec<_> = self.adapters().into_iter().map(|(module, _)| module).collect();
        peft::config_json::<H>(self.config.alpha(), &modules)
    }
}

impl MicroLora {
    fn saved(&self) -> Saved<'_> {
        let Self { config, initial, adapter, context, buffers, adapt_count, forward_count, metadata } = self;
        let (adapt_count, forward_count) = (*adapt_count, *forward_count);
        let scope = SavedScope { context: Some(context), adapter: Some(adapter), adapt_count, forward_count };
        Saved {
            config,
            initial,
            category_fallback: true,
            numbering: Numbering(None),
            scopes: alloc::vec![scope],
            categories: &[],
            buffers,
            metadata,
        }
    }

    pub(crate) fn save<H: Host>(&self) -> Result<Vec<u8>, Box<Error>> {
        write::<H>(&self.saved())
    }

    pub(crate) fn peft_config_json<H: Host>(&self) -> String {
        self.saved().peft_config_json::<H>()
    }

    /// A file of this class, or else a rank-2 adapter of PEFT's. `source` is the argument that the file came in.
    pub(crate) fn load<H: Host>(bytes: &[u8], source: &str, config: Option<&PeftConfig>) -> Result<Self, Box<Error>> {
        load::<H>(Class::Micro, bytes, source, config).map(Self::from)
    }
}

impl ScopedLora {
    fn saved(&self) -> Saved<'_> {
        let Self { config, initial, operators, scopes, categories, category_fallback, buffers, metadata } = self;
        let saved = |&Scope { ref context, ref adapter, adapt_count, forward_count }| SavedScope {
            context: context.as_ref(),
            adapter: adapter.as_ref(),
            adapt_count,
            forward_count,
        };
        Saved {
            config,
            initial,
            category_fallback: *category_fallback,
            numbering: Numbering(Some(operators)),
            scopes: scopes.iter().map(saved).collect(),
            categories,
            buffers,
            metadata,
        }
    }

    pub(crate) fn save<H: Host>(&self) -> Result<Vec<u8>, Box<Error>> {
        write::<H>(&self.saved())
    }

    pub(crate) fn peft_config_json<H: Host>(&self) -> String {
        self.saved().peft_config_json::<H>()
    }

    /// A file of this class, or else rank-2 adapters of PEFT's. `source` is the argument that the file came in.
    pub(crate) fn load<H: Host>(bytes: &[u8], source: &str, config: Option<&PeftConfig>) -> Result<Self, Box<Error>> {
        load::<H>(Class::Scoped, bytes, source, config).map(Self::from)
    }
}

fn write<H: Host>(saved: &Saved<'_>) -> Result<Vec<u8>, Box<Error>> {
    let Saved { config, initial, category_fallback, numbering, scopes, buffers, metadata, .. } = saved;
    let dim = config.dim();
    let boolean = |value: bool| if value { "true" } else { "false" };
    let mut file = NewFile::of_class(numbering.class().name());
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
    if initial.is_a_frozen() {
        file.text(INITIAL_FREEZE_A, boolean(true));
    }
    file.text("category_fallback", boolean(*category_fallback));
    if let Some(operators) = numbering.0 {
        write_operators::<H>(&mut file, operators);
    }
    metadata.iter().for_each(|(key, value)| file.text(key, value));

    let adapters = saved.adapters();
    for (module, adapter) in &adapters {
        let factors = adapter.factors(config);
        let a = file.tensor(&key(module, "A"), Dtype::F32, &[2, dim])?;
        (0..2).for_each(|i| factors.a(i).for_each(|value| a.f32(&[value])));
        let b = file.tensor(&key(module, "B"), Dtype::F32, &[dim, 2])?;
        factors.b(0).zip(factors.b(1)).for_each(|(first, second)| b.f32(&[first, second]));
    }
    let learned: Vec<_> = adapters.iter().map(|(_, adapter)| adapter.learned()).collect();
    let gram = file.tensor("state.gram", Dtype::F64, &[learned.len(), 2, 4])?;
    for Learned { gram_a, gram_b, .. } in &learned {
        gram.f64(&gram_a.to_state());
        gram.f64(&gram_b.to_state());
    }
    let steps = file.tensor("state.steps", Dtype::I64, &[learned.len()])?;
    learned.iter().for_each(|learned| steps.i64(&[learned.steps]));

    let count = scopes.len();
    let projections = |scope: &SavedScope<'_>| scope.context.map_or(Default::default(), |c| c.projections);
    let counts = file.tensor("state.counts", Dtype::I64, &[count, 2])?;
    scopes.iter().for_each(|scope| counts.i64(&[scope.adapt_count, scope.forward_count]));
    let as_of = file.tensor("state.known_as_of", Dtype::I64, &[count, 2])?;
    scopes.iter().for_each(|scope| as_of.i64(&projections(scope).map(|cached| cached.as_of)));
    let known = file.tensor("state.known", Dtype::F32, &[count, 2, PROJECTION])?;
    for scope in scopes {
        for CachedProjection { projection: Projection { dots: [p, q], norm2 }, .. } in projections(scope) {
            known.f32(&[p, q, norm2]);
        }
    }
    let met: Vec<_> = (0..).zip(scopes).filter_map(|(id, scope)| Some((id, scope.context?))).collect();
    let context_of = file.tensor("state.context_of", Dtype::I64, &[met.len()])?;
    met.iter().for_each(|&(id, _)| context_of.i64(&[id]));
    let contexts = file.tensor("state.contexts", Dtype::F32, &[met.len(), dim])?;
    met.iter().for_each(|(_, context)| contexts.f32(context.values(config)));
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

/// A file of an object of `class`, or else one of PEFT's. `source` is the argument that the file came in.
pub(crate) fn load<H: Host>(
    class: Class,
    bytes: &[u8],
    source: &str,
    config: Option<&PeftConfig>,
) -> Result<Contents, Box<Error>> {
    let decoded = decode::<H>(bytes, source)?;
    if peft::is_foreign(&decoded) {
        return peft::load(class, Fields::foreign(decoded, source), config);
    }
    let fields = Fields::of_class(decoded, source, class.name())?;
    let operators = match class {
        Class::Micro => None,
        Class::Scoped => Some(read_operators::<H>(&fields)?),
    };
    read::<H>(fields, operators)
}

/// The operators that a file names, with their categories.
pub(super) fn read_operators<H: Host>(fields: &Fields<'_>) -> Result<Operators, Box<Error>> {
    let list = |key| {
        fields.text(key).and_then(H::parse_list).ok_or_else(|| fields.wrong(key, Rule::Condition("a list of names")))
    };
    let (names, categories) = (list("operators")?, list("categories")?);
    Operators::own(&names, &categories).map_err(|error| match error {
        Error::OutOfMemory => error.into(),
        error => fields.error(reason!["operators: ", error]),
    })
}

/// Every value of a file, checked. `operators` are those of a set, if it is one.
fn read<H: Host>(mut fields: Fields<'_>, operators: Option<Operators>) -> Result<Contents, Box<Error>> {
    let dim = fields.integer::<H>("dim", Argument::Dim)?;
    let alpha = fields.number::<H>("alpha", Argument::Alpha.rule(), &Config::is_alpha)?;
    let rate = |key| fields.number::<H>(key, Argument::LearningRate.rule(), &Config::is_learning_rate);
    let (now, initial) = (rate("learning_rate")?, rate("initial_learning_rate")?);
    let mut initial = Config::new(Some(dim), Some(alpha), Some(initial))?;
    initial.freeze_a(fields.text(INITIAL_FREEZE_A).is_some() && fields.boolean(INITIAL_FREEZE_A)?);
    let mut contents = Contents::new(initial, operators)?;
    let Contents { config, category_fallback, operators, scopes, categories, buffers, .. } = &mut contents;
    config.set_learning_rate(now)?;
    config.freeze_a(fields.boolean("freeze_a")?);
    *category_fallback = fields.boolean("category_fallback")?;

    let (dim, count, numbering) = (config.dim(), scopes.len(), Numbering(operators.as_ref()));
    let mut factors = Vec::new();
    for number in 0..numbering.adapter_count() {
        factors.push(read_factors(&mut fields, &numbering.module(number), dim, operators.is_some())?);
    }
    let made = factors.iter().flatten().count();
    let gram = fields.f64("state.gram", &[made, 2, 4])?;
    let steps = fields.counts("state.steps", &[made])?;
    let counts = fields.counts("state.counts", &[count, 2])?;
    let as_of = fields.counts("state.known_as_of", &[count, 2])?;
    let known = fields.any_f32("state.known", &[count, 2, PROJECTION])?;
    let rule = "the id of an operator, larger than the one before it";
    let follows = |op: i64, before: Option<i64>| op > before.unwrap_or(-1) && op < count as i64;
    let context_of = fields.i64("state.context_of", &[None], rule, &follows)?;
    let contexts = fields.any_f32("state.contexts", &[context_of.len(), dim])?;
    for (name, row) in [("state.input", &mut buffers.input), ("state.output", &mut buffers.output)] {
        put(fields.any_f32(name, &[dim])?, values_mut(row, dim));
    }

    let places = scopes.iter_mut().map(|scope| &mut scope.adapter).chain(categories.iter_mut());
    let made =
        (0..).zip(&factors).zip(places).filter_map(|((number, factors), place)| Some((number, (*factors)?, place)));
    for (i, (number, factors, place)) in made.enumerate() {
        let (gram, steps) = (gram.as_chunks().0[i].map(f64::from_le_bytes), u64::from_le_bytes(steps[i]));
        let module = numbering.module(number);
        *place = Some(adapter_of(&fields, &module, factors, gram, steps, config, numbering.stream(number))?);
    }
    for (id, scope) in scopes.iter_mut().enumerate() {
        let module = &numbering.module(id);
        let mut context = None;
        if let Some(at) = context_of.iter().position(|&op| i64::from_le_bytes(op) as usize == id) {
            let made = context.insert(Context::new(config)?);
            put(&contexts[at * dim..][..dim], values_mut(&mut made.x, dim));
        } else if scope.adapter.is_some() || operators.is_none() {
            return fields.refuse(reason!["state.context_of has not ", module, ", which has an adapter"]);
        }
        let category = numbering.category(id).and_then(|category| categories[category].as_ref());
        let mut projections = [CachedProjection::default(); 2];
        for (i, adapter) in [scope.adapter.as_ref(), category].into_iter().enumerate() {
            let [p, q, norm2] = known.as_chunks().0[2 * id + i].map(f32::from_le_bytes);
            let as_of = u64::from_le_bytes(as_of[2 * id + i]);
            projections[i] = CachedProjection { as_of, projection: Projection { dots: [p, q], norm2 } };
            let x = context.as_ref().map(|context| context.values(config));
            check_projection(&fields, module, projections[i], adapter, x)?;
        }
        if let Some(context) = &mut context {
            context.projections = projections;
        }
        scope.context = context;
        [scope.adapt_count, scope.forward_count] = counts.as_chunks().0[id].map(u64::from_le_bytes);
    }
    contents.check_categories(fields.source())?;
    contents.metadata = fields.end()?;
    Ok(contents)
}

/// The factors of an adapter, as a file has them.
#[derive(Clone, Copy)]
struct FileFactors<'a> {
    /// Column after column.
    a: &'a [[u8; 4]],
    /// The values of both rows in turn.
    b: &'a [[u8; 4]],
}

/// The factors of the adapter on a module, if they are there or must be.
fn read_factors<'a>(
    fields: &mut Fields<'a>,
    module: &str,
    dim: usize,
    is_optional: bool,
) -> Result<Option<FileFactors<'a>>, Box<Error>> {
    let [a, b] = ["A", "B"].map(|factor| key(module, factor));
    if is_optional && !fields.has(&a) && !fields.has(&b) {
        return Ok(None);
    }
    let a = fields.f32(&a, &[2, dim], "finite", f32::is_finite)?;
    let b = fields.f32(&b, &[dim, 2], "finite", f32::is_finite)?;
    Ok(Some(FileFactors { a, b }))
}

/// The adapter with these factors, whose Gram matrices a file has, too. One that is not its factor's could make a step overflow
/// that looks safe.
fn adapter_of(
    fields: &Fields<'_>,
    module: &str,
    FileFactors { a, b }: FileFactors<'_>,
    gram: [f64; 8],
    steps: u64,
    config: &Config,
    stream: u64,
) -> Result<Adapter, Box<Error>> {
    let mut grams = [Gram::default(); 2];
    for (k, (values, name)) in [(a, "A"), (b, "B")].into_iter().enumerate() {
        let trace = fields.check_norm(&key(module, name), values.iter().map(|&value| f32::from_le_bytes(value)))?;
        let matrix = [gram[4 * k], gram[4 * k + 1], gram[4 * k + 2], gram[4 * k + 3]];
        let said = matrix[0] + matrix[2];
        // It is kept up to date step by step, and may be off by rounding.
        let is_close = said >= 0.5 * trace && said <= 2.0 * trace;
        if !is_close && said.max(trace) > 1e-30 {
            return fields.refuse(reason!["state.gram of ", module, " is not that of its factors"]);
        }
        grams[k] = Gram::from_state(matrix);
    }
    let [gram_a, gram_b] = grams;
    let a = |i: usize, j: usize| f32::from_le_bytes(a[i * config.dim() + j]);
    let b = |i: usize, j: usize| f32::from_le_bytes(b[2 * j + i]);
    Ok(Adapter::restored(config, stream, &a, &b, Some(Learned { gram_a, gram_b, steps }))?)
}

/// A cached projection that no run can come to is refused. One whose |x|² is not the context's could hide what is not finite
/// in it, or how far a step goes.
fn check_projection(
    fields: &Fields<'_>,
    module: &str,
    cached: CachedProjection,
    adapter: Option<&Adapter>,
    x: Option<&[f32]>,
) -> Result<(), Box<Error>> {
    let steps = adapter.map(Adapter::steps);
    if cached.as_of > steps.map_or(0, |steps| steps.saturating_add(1)) {
        let what = reason!["state.known_as_of of ", module, " has ", cached.as_of];
        return fields.refuse(reason![what, ", its adapter has taken ", steps.unwrap_or(0), " steps"]);
    }
    if let (Some(steps), Some(x)) = (steps, x)
        && cached.as_of == steps.saturating_add(1)
    {
        let said = cached.projection.norm2;
        let norm2 = square(x.iter().copied());
        let difference = f64::from(said) - norm2;
        let is_close = norm2.is_finite() && difference.max(-difference) <= 1e-3 * norm2 + 1e-20;
        let overflows = !said.is_finite() && (norm2.is_nan() || norm2 >= 0.999 * MAX_NORM2);
        if !is_close && !overflows {
            return fields.refuse(reason!["state.known of ", module, " is not that of its context"]);
        }
    }
    Ok(())
}
