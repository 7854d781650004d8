//! One adapter per query operator and one per operator category, blended by how much the operator has learned.
//!
//! With n the operator's adapt count and w = min(n / 10, 1), the output is
//! y = x + w · Δ_operator(x) + (1 − w) · Δ_category(x), where Δ(x) = alpha · x A B. A gradient g names a target, y − g; the
//! operator's adapter and its category's each take one step towards that target from its own output. (Were both handed g
//! itself, an operator would learn nothing while its category answers for it, and a category would drift for ever once
//! its operator has taken over.) Adapters are made when first adapted, contexts at an operator's first forward.

use alloc::vec::Vec;

use crate::blend::{self, shares};
use crate::buffer::{Block, Rows, values, values_mut};
use crate::check;
use crate::config::Config;
use crate::error::{Argument, Error};
use crate::kernel::{self, Projection};
use crate::lora::fill_unit;
use crate::operators::{CATEGORY_COUNT, OPERATOR_COUNT, Operator};
use crate::weights::{Factors, Gradient, MIN_NORM2, Weights};

/// Random streams of the categories start here; those of the operators at 1. (0 is `MicroLora`'s.)
const CATEGORY_STREAM: u64 = 1 << 32;

/// What one operator or category has of its own. A category has no context and no counts.
#[derive(Clone, Debug, Default)]
struct Scope {
    weights: Option<Weights>,
    /// The input of the operator's last forward.
    context: Option<Rows<1>>,
    forward_count: u64,
    adapt_count: u64,
}

/// Adapters for the 17 operators of [`crate::operators`] and their 7 categories, over one pair of input and output
/// buffers.
#[derive(Clone, Debug)]
pub struct ScopedLora {
    config: Config,
    /// The operators by id, then the categories by number.
    scopes: Vec<Scope>,
    category_fallback: bool,
    forward_count: u64,
    adapt_count: u64,
    rows: Rows<4>,
}

// Positions in `rows`.
const INPUT: usize = 0;
const OUTPUT: usize = 1;
const STAGING: usize = 2;
// 3 is for the vector from the target to the plain input, g − Σ share · Δ(x).

impl ScopedLora {
    /// A new set: exactly the identity for every operator.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn new(config: Config) -> Result<Self, Error> {
        let count = OPERATOR_COUNT + CATEGORY_COUNT;
        let mut scopes = Vec::new();
        let bytes = (count * size_of::<Scope>()) as f64;
        scopes.try_reserve_exact(count).map_err(|_| Error::OutOfMemory { bytes })?;
        scopes.resize_with(count, Scope::default);
        Ok(Self {
            rows: Rows::zeroed(config.dim())?,
            scopes,
            category_fallback: true,
            forward_count: 0,
            adapt_count: 0,
            config,
        })
    }

    /// Shape and step size.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The input buffer `[d]`.
    pub fn input(&self) -> &[f32] {
        values(self.rows.each()[INPUT], self.config.dim())
    }

    /// The input buffer `[d]`, to be written before [`ScopedLora::forward`], [`ScopedLora::adapt`] or
    /// [`ScopedLora::adapt_with_reward`].
    pub fn input_mut(&mut self) -> &mut [f32] {
        let [input, ..] = self.rows.each_mut();
        values_mut(input, self.config.dim())
    }

    /// The output buffer `[d]`, as the last forward left it.
    pub fn output(&self) -> &[f32] {
        values(self.rows.each()[OUTPUT], self.config.dim())
    }

    /// The staging buffer `[d]`, where an argument waits for the `…_staged` calls.
    pub fn staging_mut(&mut self) -> &mut [f32] {
        let [_, _, staging, _] = self.rows.each_mut();
        values_mut(staging, self.config.dim())
    }

    /// Address of the input buffer: 16-byte aligned, the same for life. The two below are likewise.
    pub fn input_ptr(&self) -> *const f32 {
        self.rows.address(INPUT)
    }

    /// Address of the output buffer.
    pub fn output_ptr(&self) -> *const f32 {
        self.rows.address(OUTPUT)
    }

    /// Address of the staging buffer.
    pub fn staging_ptr(&self) -> *const f32 {
        self.rows.address(STAGING)
    }

    /// Whether operators that have learned little lean on their category (they do unless told otherwise).
    pub fn set_category_fallback(&mut self, enabled: bool) {
        self.category_fallback = enabled;
    }

    /// The blend for `operator`, from the input buffer to the output buffer; x becomes the operator's context.
    /// Allocates nothing but the context, at the operator's first forward.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`], at the operator's first forward.
    pub fn forward(&mut self, operator: Operator) -> Result<(), Error> {
        let Self { config, scopes, category_fallback, forward_count, rows, .. } = self;
        let [input, output, ..] = rows.each_mut();
        let [scope, category] = scopes_of(scopes, operator);
        let [own_share, category_share] = shares(scope.adapt_count, *category_fallback);
        let context = context_of(&mut scope.context, config)?;
        let parts = [part(&scope.weights, own_share), part(&category.weights, category_share)];
        blend::forward(config, parts, input, context, output);
        scope.forward_count += 1;
        *forward_count += 1;
        Ok(())
    }

    /// [`ScopedLora::forward`] of what the staging buffer holds.
    ///
    /// # Errors
    /// As [`ScopedLora::forward`].
    pub fn forward_staged(&mut self, operator: Operator) -> Result<(), Error> {
        let context = &mut self.scopes[operator.id()].context;
        context_of(context, &self.config)?; // before the input buffer changes
        let [input, _, staging, _] = self.rows.each_mut();
        input.copy_from_slice(staging);
        self.forward(operator)
    }

    /// [`ScopedLora::forward`] of `input`.
    ///
    /// # Errors
    /// As [`ScopedLora::forward`], and [`Error::Length`].
    pub fn forward_array(&mut self, operator: Operator, input: &[f32]) -> Result<&[f32], Error> {
        check::length(Argument::Input, input.len(), self.config.dim())?;
        self.staging_mut().copy_from_slice(input);
        self.forward_staged(operator)?;
        Ok(self.output())
    }

    /// One step of the operator's adapter and one of its category's, towards the target y − g that the gradient in the
    /// input buffer names; y is the output of the operator's last forward.
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::TooLarge`], [`Error::Overflow`] or [`Error::OutOfMemory`].
    pub fn adapt(&mut self, operator: Operator) -> Result<(), Error> {
        self.descend(operator, INPUT)
    }

    /// [`ScopedLora::adapt`] with the gradient in the staging buffer; the input buffer keeps its values.
    ///
    /// # Errors
    /// As [`ScopedLora::adapt`].
    pub fn adapt_staged(&mut self, operator: Operator) -> Result<(), Error> {
        self.descend(operator, STAGING)
    }

    /// [`ScopedLora::adapt`] with `gradient`; the input buffer keeps its values.
    ///
    /// # Errors
    /// As [`ScopedLora::adapt`], and [`Error::Length`].
    pub fn adapt_array(&mut self, operator: Operator, gradient: &[f32]) -> Result<(), Error> {
        check::length(Argument::Gradient, gradient.len(), self.config.dim())?;
        self.staging_mut().copy_from_slice(gradient);
        self.adapt_staged(operator)
    }

    /// [`ScopedLora::adapt`] with the gradient in `rows[gradient]`.
    #[inline(never)]
    fn descend(&mut self, operator: Operator, gradient: usize) -> Result<(), Error> {
        let Self { config, scopes, category_fallback, adapt_count, rows, .. } = self;
        let [input, _, staging, missing] = rows.each_mut();
        let gradient = if gradient == INPUT { &*input } else { &*staging };
        let Learners { own, category, context, count } = learners(scopes, config, operator)?;
        let [own_share, category_share] = shares(*count, *category_fallback);

        // An operator that answers alone has g itself for its gradient, to the last bit.
        let alone = own_share == 1.0;
        let g = if alone {
            kernel::project(own.b(), gradient)
        } else {
            Projection { norm2: kernel::norm2(gradient), ..Projection::default() }
        };
        check::finite(Argument::Gradient, gradient, g.norm2)?;
        let on_a = kernel::project_both([own.a(), category.a()], context);
        check::finite(Argument::Input, context, on_a[0].norm2)?;
        if g.norm2 < MIN_NORM2 || on_a[0].norm2 < MIN_NORM2 {
            return Ok(());
        }

        // From the target to the plain input: g − Σ share · Δ(x).
        let parts = [with_share((own, own_share)), with_share((category, category_share))];
        blend::add(config, parts, on_a, -1.0, gradient, missing);
        let (own_gradient, own_vector, category_missing) = if alone {
            (g.into(), gradient, kernel::project(category.b(), missing))
        } else {
            let [own_missing, category_missing] = kernel::project_both([own.b(), category.b()], missing);
            (own.gradient_towards(config, on_a[0], -1.0, own_missing), &*missing, category_missing)
        };
        let category_gradient = category.gradient_towards(config, on_a[1], -1.0, category_missing);
        step_both(config, [own, category], context, on_a, [own_gradient, category_gradient], [own_vector, missing])?;
        *count += 1;
        *adapt_count += 1;
        Ok(())
    }

    /// One step of the operator's adapter and one of its category's, each moving its own output for the input buffer's
    /// x towards (1 + r) x, with r = `improvement` clamped to [−1, 2]; x becomes the operator's context. A zero x
    /// changes nothing and is not counted.
    ///
    /// # Errors
    /// As [`ScopedLora::adapt`], and [`Error::Number`] for an improvement that is not finite.
    pub fn adapt_with_reward(&mut self, operator: Operator, improvement: f64) -> Result<(), Error> {
        let reward = check::reward(improvement)?;
        let Self { config, scopes, adapt_count, rows, .. } = self;
        let [x, ..] = rows.each();
        let Learners { own, category, context, count } = learners(scopes, config, operator)?;

        let on_a = kernel::project_both([own.a(), category.a()], x);
        check::finite(Argument::Input, x, on_a[0].norm2)?;
        if on_a[0].norm2 < MIN_NORM2 {
            return Ok(());
        }
        let on_b = kernel::project_both([own.b(), category.b()], x);
        let own_gradient = own.gradient_towards(config, on_a[0], reward, on_b[0]);
        let category_gradient = category.gradient_towards(config, on_a[1], reward, on_b[1]);
        step_both(config, [own, category], x, on_a, [own_gradient, category_gradient], [x; 2])?;
        context.copy_from_slice(x);
        *count += 1;
        *adapt_count += 1;
        Ok(())
    }

    /// The reward that the blend for `operator` has come to expect for inputs like `input`: (y · x) / |x|² − 1, and 0
    /// for a zero input. Neither a context nor a counter changes.
    ///
    /// # Errors
    /// [`Error::Length`], [`Error::NotFinite`] or [`Error::TooLarge`].
    pub fn predicted_improvement(&mut self, operator: Operator, input: &[f32]) -> Result<f64, Error> {
        check::length(Argument::Input, input.len(), self.config.dim())?;
        self.staging_mut().copy_from_slice(input);
        self.predicted_staged(operator)
    }

    /// [`ScopedLora::predicted_improvement`] of what the staging buffer holds.
    ///
    /// # Errors
    /// [`Error::NotFinite`] or [`Error::TooLarge`].
    pub fn predicted_staged(&self, operator: Operator) -> Result<f64, Error> {
        let x = self.rows.each()[STAGING];
        check::finite(Argument::Input, x, kernel::norm2(x))?; // there may be no adapter to find out
        let scope = &self.scopes[operator.id()];
        let [own_share, category_share] = shares(scope.adapt_count, self.category_fallback);
        let parts = [part(&scope.weights, own_share), part(&self.category(operator).weights, category_share)];
        let mut predicted = 0.0;
        for &(weights, share) in parts.iter().flatten() {
            predicted += f64::from(share) * weights.predicted_improvement(&self.config, x)?;
        }
        Ok(predicted)
    }

    /// Back to the state of a new set; the buffers become zero and stay where they are.
    pub fn reset_all(&mut self) {
        for scope in &mut self.scopes {
            *scope = Scope::default();
        }
        self.category_fallback = true;
        self.forward_count = 0;
        self.adapt_count = 0;
        self.rows.clear();
    }

    /// Forgets what one operator has learned, its counters and its context. What its category has learned stays.
    pub fn reset_scope(&mut self, operator: Operator) {
        let scope = &mut self.scopes[operator.id()];
        self.adapt_count -= scope.adapt_count;
        self.forward_count -= scope.forward_count;
        *scope = Scope::default();
    }

    /// A and B of the operator's own adapter, once it has been adapted.
    pub fn factors(&self, operator: Operator) -> Option<Factors<'_>> {
        Some(self.scopes[operator.id()].weights.as_ref()?.factors(&self.config))
    }

    /// A and B of the adapter of the operator's category, once it has been adapted.
    pub fn category_factors(&self, operator: Operator) -> Option<Factors<'_>> {
        Some(self.category(operator).weights.as_ref()?.factors(&self.config))
    }

    /// alpha · ‖A B‖ (Frobenius) of the operator's own adapter.
    pub fn delta_norm(&self, operator: Operator) -> f32 {
        let weights = self.scopes[operator.id()].weights.as_ref();
        weights.map_or(0.0, |weights| weights.delta_norm(&self.config))
    }

    /// Steps of one operator since construction or reset.
    pub fn adapt_count(&self, operator: Operator) -> u64 {
        self.scopes[operator.id()].adapt_count
    }

    /// Forward passes of one operator since construction or reset.
    pub fn forward_count(&self, operator: Operator) -> u64 {
        self.scopes[operator.id()].forward_count
    }

    fn category(&self, operator: Operator) -> &Scope {
        &self.scopes[OPERATOR_COUNT + operator.category()]
    }

    /// Steps of all operators.
    pub fn total_adapt_count(&self) -> u64 {
        self.adapt_count
    }

    /// Forward passes of all operators.
    pub fn total_forward_count(&self) -> u64 {
        self.forward_count
    }

    /// Values of one operator's adapter once it is trained: 4 d.
    pub fn param_count(&self) -> usize {
        4 * self.config.dim()
    }
}

/// What an operator and its category have.
fn scopes_of(scopes: &mut [Scope], operator: Operator) -> [&mut Scope; 2] {
    let (operators, categories) = scopes.split_at_mut(OPERATOR_COUNT);
    [&mut operators[operator.id()], &mut categories[operator.category()]]
}

/// What an adaptation changes.
struct Learners<'a> {
    own: &'a mut Weights,
    category: &'a mut Weights,
    context: &'a mut [Block],
    /// The operator's adapt count.
    count: &'a mut u64,
}

/// All that an adaptation changes, made if it was not there.
#[inline(never)]
fn learners<'a>(scopes: &'a mut [Scope], config: &Config, operator: Operator) -> Result<Learners<'a>, Error> {
    let [scope, category] = scopes_of(scopes, operator);
    Ok(Learners {
        context: context_of(&mut scope.context, config)?,
        own: weights_of(&mut scope.weights, config, 1 + operator.id() as u64)?,
        category: weights_of(&mut category.weights, config, CATEGORY_STREAM + operator.category() as u64)?,
        count: &mut scope.adapt_count,
    })
}

/// A step of each of two adapters, or of neither.
#[inline(never)]
fn step_both(
    config: &Config,
    [own, category]: [&mut Weights; 2],
    x: &[Block],
    [mut on_own, mut on_category]: [Projection; 2],
    [own_gradient, category_gradient]: [Gradient; 2],
    [own_vector, category_vector]: [&[Block]; 2],
) -> Result<(), Error> {
    let own_step = own.plan(config, on_own, own_gradient)?;
    let category_step = category.plan(config, on_category, category_gradient)?;
    own.apply(own_step, x, &mut on_own, own_vector);
    category.apply(category_step, x, &mut on_category, category_vector);
    Ok(())
}

/// An adapter's part in the output, if it has learned and has a share.
fn part(weights: &Option<Weights>, share: f32) -> Option<blend::Part<'_>> {
    weights.as_ref().map(|weights| (weights, share)).and_then(with_share)
}

fn with_share(part: blend::Part<'_>) -> Option<blend::Part<'_>> {
    (part.1 > 0.0).then_some(part)
}

/// The context in `slot`, which is the unit vector if there was none.
#[inline(never)]
fn context_of<'a>(slot: &'a mut Option<Rows<1>>, config: &Config) -> Result<&'a mut [Block], Error> {
    if slot.is_none() {
        let mut rows = Rows::zeroed(config.dim())?;
        let [context] = rows.each_mut();
        fill_unit(context, config.dim());
        *slot = Some(rows);
    }
    let rows = slot.as_mut().map(Rows::each_mut);
    Ok(rows.map_or(&mut [], |[context]| context))
}

/// The adapter in `slot`, made if there was none.
#[inline(never)]
fn weights_of<'a>(slot: &'a mut Option<Weights>, config: &Config, stream: u64) -> Result<&'a mut Weights, Error> {
    match slot {
        Some(weights) => Ok(weights),
        None => Ok(slot.insert(Weights::new(config, stream)?)),
    }
}
