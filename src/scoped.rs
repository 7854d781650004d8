//! One adapter per query operator and one per operator category, blended by how much the operator has learned.
//!
//! With n the operator's adapt count and w = min(n / 10, 1), the output is
//! y = x + w · Δ_operator(x) + (1 − w) · Δ_category(x), where Δ(x) = alpha · x A B. A gradient g names a target, y − g; the
//! operator's adapter and its category's each take one step towards that target from its own output. (Were both handed g
//! itself, an operator would learn nothing while its category answers for it, and a category would drift for ever once
//! its operator has taken over.) Adapters are made when first adapted, contexts at an operator's first forward.

use alloc::vec::Vec;

use crate::blend::{add_terms, shares};
use crate::buffer::{Row, reserved};
use crate::check;
use crate::config::Config;
use crate::error::Error;
use crate::kernel;
use crate::lora::fill_unit;
use crate::operators::{CATEGORY_COUNT, OPERATOR_COUNT, Operator};
use crate::weights::{Factors, MIN_NORM2, Weights};

/// Random streams of the categories start here; those of the operators at 1. (0 is `MicroLora`'s.)
const CATEGORY_STREAM: u64 = 1 << 32;

/// What one operator has of its own.
#[derive(Clone, Debug, Default)]
struct Scope {
    weights: Option<Weights>,
    /// The input of the operator's last forward.
    context: Option<Row>,
    forward_count: u64,
    adapt_count: u64,
}

/// Adapters for the 17 operators of [`crate::operators`] and their 7 categories, over one pair of input and output
/// buffers.
#[derive(Clone, Debug)]
pub struct ScopedLora {
    config: Config,
    /// By operator id.
    scopes: Vec<Scope>,
    /// By category number.
    categories: Vec<Option<Weights>>,
    category_fallback: bool,
    input: Row,
    output: Row,
    staging: Row,
    scratch: Scratch,
}

/// Rows that an adaptation fills before it changes anything.
#[derive(Clone, Debug)]
struct Scratch {
    /// From the target to the plain input: g − Σ share · Δ(x).
    missing: Row,
    operator_gradient: Row,
    category_gradient: Row,
}

/// Where an adaptation finds its gradient.
#[derive(Clone, Copy)]
enum GradientIn {
    InputBuffer,
    StagingBuffer,
}

impl ScopedLora {
    /// A new set: exactly the identity for every operator.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn new(config: Config) -> Result<Self, Error> {
        let row = || Row::zeroed(config.dim());
        Ok(Self {
            scopes: defaults(OPERATOR_COUNT)?,
            categories: defaults(CATEGORY_COUNT)?,
            category_fallback: true,
            input: row()?,
            output: row()?,
            staging: row()?,
            scratch: Scratch { missing: row()?, operator_gradient: row()?, category_gradient: row()? },
            config,
        })
    }

    /// Shape and step size.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The input buffer `[d]`.
    pub fn input(&self) -> &[f32] {
        self.input.values(self.config.dim())
    }

    /// The input buffer `[d]`, to be written before [`ScopedLora::forward`], [`ScopedLora::adapt`] or
    /// [`ScopedLora::adapt_with_reward`].
    pub fn input_mut(&mut self) -> &mut [f32] {
        self.input.values_mut(self.config.dim())
    }

    /// The output buffer `[d]`, as the last forward left it.
    pub fn output(&self) -> &[f32] {
        self.output.values(self.config.dim())
    }

    /// The staging buffer `[d]`, where an argument waits for the `…_staged` calls.
    pub fn staging_mut(&mut self) -> &mut [f32] {
        self.staging.values_mut(self.config.dim())
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
        let scope = &mut self.scopes[operator.id()];
        context_of(&mut scope.context, &self.config)?.copy_from(&self.input);
        scope.forward_count += 1;

        let adapters = [&scope.weights, &self.categories[operator.category()]];
        let shares = shares(scope.adapt_count, self.category_fallback);
        let terms = [0, 1].map(|i| {
            let weights = adapters[i].as_ref().filter(|_| shares[i] > 0.0)?;
            Some(weights.term(&self.config, weights.project(&self.input), shares[i]))
        });
        add_terms(terms, &self.input, &mut self.output);
        Ok(())
    }

    /// [`ScopedLora::forward`] of what the staging buffer holds.
    ///
    /// # Errors
    /// As [`ScopedLora::forward`].
    pub fn forward_staged(&mut self, operator: Operator) -> Result<(), Error> {
        let context = &mut self.scopes[operator.id()].context;
        context_of(context, &self.config)?; // before the input buffer changes
        self.input.copy_from(&self.staging);
        self.forward(operator)
    }

    /// [`ScopedLora::forward`] of `input`.
    ///
    /// # Errors
    /// As [`ScopedLora::forward`], and [`Error::Length`].
    pub fn forward_array(&mut self, operator: Operator, input: &[f32]) -> Result<&[f32], Error> {
        check::length("input", input.len(), "adapter", self.config.dim())?;
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
        self.descend(operator, GradientIn::InputBuffer)
    }

    /// [`ScopedLora::adapt`] with the gradient in the staging buffer; the input buffer keeps its values.
    ///
    /// # Errors
    /// As [`ScopedLora::adapt`].
    pub fn adapt_staged(&mut self, operator: Operator) -> Result<(), Error> {
        self.descend(operator, GradientIn::StagingBuffer)
    }

    /// [`ScopedLora::adapt`] with `gradient`; the input buffer keeps its values.
    ///
    /// # Errors
    /// As [`ScopedLora::adapt`], and [`Error::Length`].
    pub fn adapt_array(&mut self, operator: Operator, gradient: &[f32]) -> Result<(), Error> {
        check::length("gradient", gradient.len(), "adapter", self.config.dim())?;
        self.staging_mut().copy_from_slice(gradient);
        self.adapt_staged(operator)
    }

    fn descend(&mut self, operator: Operator, gradient: GradientIn) -> Result<(), Error> {
        let Self { config, scopes, categories, category_fallback, input, staging, scratch, .. } = self;
        let gradient = match gradient {
            GradientIn::InputBuffer => &*input,
            GradientIn::StagingBuffer => &*staging,
        };
        let scope = &mut scopes[operator.id()];
        let shares = shares(scope.adapt_count, *category_fallback);
        let x = &*context_of(&mut scope.context, config)?;
        let own = weights_of(&mut scope.weights, config, operator_stream(operator))?;
        let category = weights_of(&mut categories[operator.category()], config, category_stream(operator))?;

        let g = own.project_gradient(gradient);
        check::finite("gradient", gradient.blocks(), g.norm2)?;
        let mut projections = [own.project(x), category.project(x)];
        check::finite("input", x.blocks(), projections[0].norm2)?;
        if g.norm2 < MIN_NORM2 || projections[0].norm2 < MIN_NORM2 {
            return Ok(());
        }

        let [operator_share, category_share] = shares;
        let terms = [
            (operator_share > 0.0).then(|| own.term(config, projections[0], -operator_share)),
            (category_share > 0.0).then(|| category.term(config, projections[1], -category_share)),
        ];
        let Scratch { missing, operator_gradient, category_gradient } = scratch;
        add_terms(terms, gradient, missing);
        let category_step = category.plan_towards(config, projections[1], -1.0, missing, category_gradient)?;
        // An operator that answers alone has g itself for its gradient, to the last bit.
        let (own_step, own_gradient) = if operator_share == 1.0 {
            (own.plan(config, projections[0], g)?, gradient)
        } else {
            let step = own.plan_towards(config, projections[0], -1.0, missing, operator_gradient)?;
            (step, &*operator_gradient)
        };

        let [own_projection, category_projection] = &mut projections;
        own.apply_some(own_step, x, own_projection, own_gradient);
        category.apply_some(category_step, x, category_projection, category_gradient);
        scope.adapt_count += 1;
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
        let Self { config, scopes, categories, input, scratch, .. } = self;
        let scope = &mut scopes[operator.id()];
        let context = context_of(&mut scope.context, config)?;
        let own = weights_of(&mut scope.weights, config, operator_stream(operator))?;
        let category = weights_of(&mut categories[operator.category()], config, category_stream(operator))?;

        let mut projections = [own.project(input), category.project(input)];
        check::finite("input", input.blocks(), projections[0].norm2)?;
        if projections[0].norm2 < MIN_NORM2 {
            return Ok(());
        }
        let Scratch { operator_gradient, category_gradient, .. } = scratch;
        let own_step = own.plan_towards(config, projections[0], reward, input, operator_gradient)?;
        let category_step = category.plan_towards(config, projections[1], reward, input, category_gradient)?;

        let [own_projection, category_projection] = &mut projections;
        own.apply_some(own_step, input, own_projection, operator_gradient);
        category.apply_some(category_step, input, category_projection, category_gradient);
        context.copy_from(input);
        scope.adapt_count += 1;
        Ok(())
    }

    /// The reward that the blend for `operator` has come to expect for inputs like `input`: (y · x) / |x|² − 1, and 0
    /// for a zero input. Neither a context nor a counter changes.
    ///
    /// # Errors
    /// [`Error::Length`], [`Error::NotFinite`] or [`Error::TooLarge`].
    pub fn predicted_improvement(&mut self, operator: Operator, input: &[f32]) -> Result<f64, Error> {
        check::length("input", input.len(), "adapter", self.config.dim())?;
        self.staging_mut().copy_from_slice(input);
        self.predicted_staged(operator)
    }

    /// [`ScopedLora::predicted_improvement`] of what the staging buffer holds.
    ///
    /// # Errors
    /// [`Error::NotFinite`] or [`Error::TooLarge`].
    pub fn predicted_staged(&mut self, operator: Operator) -> Result<f64, Error> {
        let x = &self.staging;
        let norm2 = kernel::norm2(x.blocks());
        check::finite("input", x.blocks(), norm2)?;
        let scope = &self.scopes[operator.id()];
        let adapters = [&scope.weights, &self.categories[operator.category()]];
        let shares = shares(scope.adapt_count, self.category_fallback);
        let known = adapters.iter().zip(shares).filter_map(|(weights, share)| Some((weights.as_ref()?, share)));
        Ok(known.fold(0.0, |sum, (weights, share)| {
            sum + f64::from(share) * weights.predicted_improvement(&self.config, x, weights.project(x))
        }))
    }

    /// Back to the state of a new set; the buffers become zero and stay where they are.
    pub fn reset_all(&mut self) {
        self.scopes.fill_with(Scope::default);
        self.categories.fill_with(|| None);
        self.category_fallback = true;
        for row in [&mut self.input, &mut self.output, &mut self.staging] {
            row.clear();
        }
    }

    /// Forgets what one operator has learned, its counters and its context. What its category has learned stays.
    pub fn reset_scope(&mut self, operator: Operator) {
        self.scopes[operator.id()] = Scope::default();
    }

    /// A and B of the operator's own adapter, once it has been adapted.
    pub fn factors(&self, operator: Operator) -> Option<Factors<'_>> {
        Some(self.scopes[operator.id()].weights.as_ref()?.factors(&self.config))
    }

    /// A and B of the adapter of the operator's category, once it has been adapted.
    pub fn category_factors(&self, operator: Operator) -> Option<Factors<'_>> {
        Some(self.categories[operator.category()].as_ref()?.factors(&self.config))
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

    /// Steps of all operators.
    pub fn total_adapt_count(&self) -> u64 {
        self.scopes.iter().map(|scope| scope.adapt_count).sum()
    }

    /// Forward passes of all operators.
    pub fn total_forward_count(&self) -> u64 {
        self.scopes.iter().map(|scope| scope.forward_count).sum()
    }

    /// Values of one operator's adapter once it is trained: 4 d.
    pub fn param_count(&self) -> usize {
        4 * self.config.dim()
    }
}

/// A vector of defaults.
fn defaults<T: Default>(count: usize) -> Result<Vec<T>, Error> {
    let mut vector = reserved(count, 1)?;
    vector.resize_with(count, T::default);
    Ok(vector)
}

/// The context in `slot`, which is the unit vector if there was none.
fn context_of<'a>(slot: &'a mut Option<Row>, config: &Config) -> Result<&'a mut Row, Error> {
    match slot {
        Some(context) => Ok(context),
        None => {
            let mut context = Row::zeroed(config.dim())?;
            fill_unit(&mut context, config.dim());
            Ok(slot.insert(context))
        }
    }
}

/// The adapter in `slot`, made if there was none.
fn weights_of<'a>(slot: &'a mut Option<Weights>, config: &Config, stream: u64) -> Result<&'a mut Weights, Error> {
    match slot {
        Some(weights) => Ok(weights),
        None => Ok(slot.insert(Weights::new(config, stream)?)),
    }
}

fn operator_stream(operator: Operator) -> u64 {
    1 + operator.id() as u64
}

fn category_stream(operator: Operator) -> u64 {
    CATEGORY_STREAM + operator.category() as u64
}
