//! One adapter per query operator and one per operator category, blended by how often the operator has been adapted.
//!
//! With n the operator's adapt count and w = min(n / 10, 1), the output is
//!
//! ```text
//! y = x + w · Δ_operator(x) + (1 − w) · Δ_category(x)        Δ(x) = alpha · x A B
//! ```
//!
//! `blend_weights` below computes w, which is always 1 without category fallback; `adapter::blend` computes the output
//! and the steps. A gradient g stands for a target, y − g. The operator's adapter and its category's each take one step
//! from its own output towards that target. (If both stepped against g itself, an operator would learn nothing as long
//! as its category's output is right, and a category would change without limit once its operator has all the weight,
//! since its steps would no longer make g smaller.) Adapters are created when first adapted, contexts at an operator's
//! first forward or step.

use core::mem::swap;

use alloc::boxed::Box;

use crate::adapter::blend::{self, BlendWeights};
use crate::adapter::{Adapter, Context, Factors, Prediction};
use crate::batch::{for_each_row, predict_each};
use crate::buffers::Buffers;
use crate::check;
use crate::config::Config;
use crate::error::{Argument, Error};
use crate::kernels;
use crate::operators::{Operator, Operators};
use crate::rows::{Block, boxed, clear, values, values_mut};
use crate::state::Metadata;

/// Numbers of the random streams that the initial A's are drawn from: those of the operators' adapters from
/// `OPERATOR_STREAM` on, those of the categories' from `CATEGORY_STREAM` on.
const OPERATOR_STREAM: u64 = 1;
const CATEGORY_STREAM: u64 = 1 << 32;

/// After this many steps an operator's own adapter has all the weight in the blend.
pub(crate) const FULL_WEIGHT_COUNT: u64 = 10;

/// The weights in the blend for an operator that has been adapted `adapt_count` times.
fn blend_weights(adapt_count: u64, category_fallback: bool) -> BlendWeights {
    if !category_fallback || adapt_count >= FULL_WEIGHT_COUNT {
        return BlendWeights { own: 1.0, category: 0.0 };
    }
    let own = adapt_count as f32 / FULL_WEIGHT_COUNT as f32;
    BlendWeights { own, category: 1.0 - own }
}

/// Adapters for operators and their categories, over one pair of input and output buffers.
#[derive(Clone, Debug)]
pub struct ScopedLora {
    pub(crate) config: Config,
    /// The configuration that a reset restores.
    pub(crate) initial: Config,
    pub(crate) operators: Operators,
    /// By operator.
    pub(crate) scopes: Box<[Scope]>,
    /// By category: its adapter, once one of its operators has been adapted.
    pub(crate) categories: Box<[Option<Adapter>]>,
    pub(crate) category_fallback: bool,
    pub(crate) buffers: Buffers,
    /// The user's texts that its files carry: those given last, or those of the file that it was loaded from.
    pub(crate) metadata: Metadata,
}

/// What belongs to one operator.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    /// Created at the first forward or step.
    pub context: Option<Context>,
    /// Created at the first step.
    pub adapter: Option<Adapter>,
    pub adapt_count: u64,
    pub forward_count: u64,
}

/// All that a step of one operator reads and changes.
struct Learner<'a> {
    config: &'a Config,
    own: &'a mut Adapter,
    category: &'a mut Adapter,
    context: &'a mut Context,
    adapt_count: &'a mut u64,
    forward_count: &'a mut u64,
    buffers: &'a mut Buffers,
    weights: BlendWeights,
}

/// An operator that is asked for predictions.
struct Predictor<'a> {
    config: &'a Config,
    /// Its own adapter and its category's.
    adapters: [Option<&'a Adapter>; 2],
    weights: BlendWeights,
    buffers: &'a mut Buffers,
}

/// The context in an option, created if there is none yet.
#[inline(always)]
fn context_in<'a>(option: &'a mut Option<Context>, config: &Config) -> Result<&'a mut Context, Error> {
    match option {
        Some(context) => Ok(context),
        none => Ok(none.insert(Context::new(config)?)),
    }
}

/// The adapter in an option, created if there is none yet.
#[inline(always)]
fn adapter_in<'a>(option: &'a mut Option<Adapter>, config: &Config, stream: u64) -> Result<&'a mut Adapter, Error> {
    match option {
        Some(adapter) => Ok(adapter),
        none => Ok(none.insert(Adapter::new(config, stream)?)),
    }
}

/// Number of the random stream of operator number `id`.
pub(crate) fn stream_of_operator(id: usize) -> u64 {
    OPERATOR_STREAM + id as u64
}

/// Number of the random stream of category number `number`.
pub(crate) fn stream_of_category(number: usize) -> u64 {
    CATEGORY_STREAM + number as u64
}

impl ScopedLora {
    /// A new set for the 17 operators and 7 categories of [`crate::operators`]: exactly the identity for every operator.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn new(config: Config) -> Result<Self, Error> {
        Self::of(config, Operators::BuiltIn)
    }

    /// A new set for operators with these names. `categories[i]` is the name of the category that `names[i]` falls back to.
    ///
    /// # Errors
    /// [`Error::Entries`] unless there are 1 to 1024 of either, [`Error::Unequal`] unless there are as many of both,
    /// [`Error::SameName`] for a name that comes twice, [`Error::OutOfMemory`].
    pub fn with_operators<T: AsRef<str>>(config: Config, names: &[T], categories: &[T]) -> Result<Self, Error> {
        Self::of(config, Operators::own(names, categories)?)
    }

    pub(crate) fn of(config: Config, operators: Operators) -> Result<Self, Error> {
        Ok(Self {
            config,
            initial: config,
            scopes: boxed(operators.count(), |_| Ok(Scope::default()))?,
            categories: boxed(operators.category_count(), |_| Ok(None))?,
            operators,
            category_fallback: true,
            buffers: Buffers::new(&config)?,
            metadata: Metadata::default(),
        })
    }

    /// The names of the operators, and the category that each falls back to.
    pub fn operators(&self) -> &Operators {
        &self.operators
    }

    /// The operator with an id.
    ///
    /// # Errors
    /// [`Error::Operator`] unless `op_type` is an integer from 0 up to the last operator of this set.
    pub fn operator(&self, op_type: f64) -> Result<Operator, Error> {
        Operator::of(op_type, self.scopes.len())
    }

    /// The hyper-parameters of all adapters.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Changes the learning rate of all adapters.
    ///
    /// # Errors
    /// [`Error::Number`] unless it is above 0 and at most 1.
    pub fn set_learning_rate(&mut self, learning_rate: f64) -> Result<(), Error> {
        self.config.set_learning_rate(learning_rate)
    }

    /// Sets whether A is frozen and only B is trained, in all adapters; see [`Config::freeze_a`].
    pub fn freeze_a(&mut self, on: bool) {
        self.config.freeze_a(on);
    }

    /// The input buffer `[d]`.
    pub fn input(&self) -> &[f32] {
        values(&self.buffers.input, self.config.dim())
    }

    /// The input buffer `[d]`, to be written before [`ScopedLora::forward`], [`ScopedLora::adapt`] or
    /// [`ScopedLora::adapt_with_reward`]. Its address is 16-byte aligned and never changes; so is that of the output.
    pub fn input_mut(&mut self) -> &mut [f32] {
        values_mut(&mut self.buffers.input, self.config.dim())
    }

    /// The output buffer `[d]`, as the last forward left it.
    pub fn output(&self) -> &[f32] {
        values(&self.buffers.output, self.config.dim())
    }

    /// The argument buffer `[d]`, to be written before [`ScopedLora::forward_argument`], [`ScopedLora::adapt_argument`],
    /// [`ScopedLora::train_argument`] or [`ScopedLora::predict_argument`].
    pub(crate) fn argument_mut(&mut self) -> &mut [f32] {
        values_mut(&mut self.buffers.argument, self.config.dim())
    }

    /// The target buffer `[d]`, to be written before [`ScopedLora::train_argument`].
    pub(crate) fn target_mut(&mut self) -> &mut [f32] {
        values_mut(&mut self.buffers.target, self.config.dim())
    }

    /// Sets whether operators that have been adapted fewer than 10 times fall back to their category. A new set has this
    /// on.
    pub fn set_category_fallback(&mut self, enabled: bool) {
        self.category_fallback = enabled;
    }

    /// Creates an operator's context, so that its first forward cannot fail.
    ///
    /// # Errors
    /// [`Error::Operator`], [`Error::OutOfMemory`].
    pub(crate) fn prepare(&mut self, operator: Operator) -> Result<(), Error> {
        operator.check(self.scopes.len())?;
        context_in(&mut self.scopes[operator.id()].context, &self.config).map(drop)
    }

    /// The blend for `operator`, from the input buffer to the output buffer; x becomes the operator's context.
    /// Allocates nothing but the context, at the operator's first forward.
    ///
    /// # Errors
    /// [`Error::Operator`]; [`Error::OutOfMemory`], at the operator's first forward.
    pub fn forward(&mut self, operator: Operator) -> Result<(), Error> {
        self.forward_between(operator, None)
    }

    /// [`ScopedLora::forward`] from one row to another, or from the input buffer to the output buffer if there are no
    /// `rows`.
    #[inline(never)]
    fn forward_between(&mut self, operator: Operator, rows: Option<(&[Block], &mut [Block])>) -> Result<(), Error> {
        operator.check(self.scopes.len())?;
        let Self { config, operators, scopes, categories, category_fallback, buffers, .. } = self;
        let (x, y) = rows.unwrap_or((&buffers.input, &mut buffers.output));
        let Scope { context, adapter, adapt_count, forward_count } = &mut scopes[operator.id()];
        let context = context_in(context, config)?;
        let weights = blend_weights(*adapt_count, *category_fallback);
        let adapters = [adapter.as_ref(), categories[operators.category(operator.id())].as_ref()];
        context.projections = blend::forward(config, adapters, weights, x, &mut context.x, y);
        *forward_count += 1;
        Ok(())
    }

    /// [`ScopedLora::forward`] of `input`.
    ///
    /// # Errors
    /// As [`ScopedLora::forward`], and [`Error::Length`].
    pub fn forward_array(&mut self, operator: Operator, input: &[f32]) -> Result<&[f32], Error> {
        check::length(Argument::Input, input.len(), self.config.dim())?;
        self.prepare(operator)?; // before the input buffer changes
        self.input_mut().copy_from_slice(input);
        self.forward(operator)?;
        Ok(self.output())
    }

    /// [`ScopedLora::forward_array`] of the argument buffer.
    #[cfg(all(feature = "bindings", target_arch = "wasm32"))]
    pub(crate) fn forward_argument(&mut self, operator: Operator) -> Result<(), Error> {
        self.prepare(operator)?;
        kernels::copy(&self.buffers.argument, &mut self.buffers.input);
        self.forward(operator)
    }

    /// [`ScopedLora::forward`] of every row of `x`, into the rows of `y`. The last row becomes the context, and the buffers
    /// hold it and its output. Rows follow one another, each padded with zeros to [`blocks_for`](crate::blocks_for) blocks.
    /// Allocates no more than one forward.
    ///
    /// # Errors
    /// As [`ScopedLora::forward`]; [`Error::Rows`] unless `x` has whole rows, [`Error::Unequal`] unless `y` has as many.
    pub fn forward_rows(&mut self, operator: Operator, x: &[Block], y: &mut [Block]) -> Result<(), Error> {
        operator.check(self.scopes.len())?;
        for_each_row(self.config.dim(), x, y, |x, y, last| {
            if !last {
                return self.forward_between(operator, Some((x, y)));
            }
            self.buffers.set_input(&self.config, x);
            self.forward(operator)?;
            kernels::copy(&self.buffers.output, y);
            Ok(())
        })
    }

    /// All that a [`ScopedLora::step`] of an operator needs. Its context and adapters are created if there are none yet.
    #[inline(always)]
    fn learner(&mut self, operator: Operator) -> Result<Learner<'_>, Error> {
        let Self { config, operators, scopes, categories, category_fallback, buffers, .. } = self;
        let id = operator.id();
        let number = operators.category(id);
        let Scope { context, adapter, adapt_count, forward_count } = &mut scopes[id];
        let context = context_in(context, config)?;
        let weights = blend_weights(*adapt_count, *category_fallback);
        let own = adapter_in(adapter, config, stream_of_operator(id))?;
        let category = adapter_in(&mut categories[number], config, stream_of_category(number))?;
        Ok(Learner { config, own, category, context, adapt_count, forward_count, buffers, weights })
    }

    /// Does a step of an operator. If that is refused, the context and the adapters that were created for it go again.
    #[inline(always)]
    fn step<T>(&mut self, operator: Operator, step: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        operator.check(self.scopes.len())?;
        let (id, number) = (operator.id(), self.operators.category(operator.id()));
        let is_new =
            [self.scopes[id].context.is_none(), self.scopes[id].adapter.is_none(), self.categories[number].is_none()];
        let done = step(self);
        if done.is_err() {
            let Scope { context, adapter, .. } = &mut self.scopes[id];
            let [no_context, no_adapter, no_category] = is_new;
            context.take_if(|_| no_context);
            adapter.take_if(|_| no_adapter);
            self.categories[number].take_if(|_| no_category);
        }
        done
    }

    /// One step of the operator's adapter and one of its category's, towards the target y − g, where g is the gradient
    /// in the input buffer and y the output of the operator's last forward.
    ///
    /// # Errors
    /// [`Error::Operator`], [`Error::NotFinite`], [`Error::TooLarge`], [`Error::Overflow`] or [`Error::OutOfMemory`].
    pub fn adapt(&mut self, operator: Operator) -> Result<(), Error> {
        self.adapt_against(operator, |buffers| &buffers.input)
    }

    /// [`ScopedLora::adapt`] with `gradient`; the input buffer keeps its values.
    ///
    /// # Errors
    /// As [`ScopedLora::adapt`], and [`Error::Length`].
    pub fn adapt_array(&mut self, operator: Operator, gradient: &[f32]) -> Result<(), Error> {
        check::length(Argument::Gradient, gradient.len(), self.config.dim())?;
        self.argument_mut().copy_from_slice(gradient);
        self.adapt_argument(operator)
    }

    /// [`ScopedLora::adapt_array`] of the argument buffer.
    pub(crate) fn adapt_argument(&mut self, operator: Operator) -> Result<(), Error> {
        self.adapt_against(operator, |buffers| &buffers.argument)
    }

    #[inline(always)]
    fn adapt_against(&mut self, operator: Operator, gradient: fn(&Buffers) -> &[Block]) -> Result<(), Error> {
        self.step(operator, |set| {
            let Learner { config, own, category, context, adapt_count, buffers, weights, .. } =
                set.learner(operator)?;
            let Context { x, projections } = context;
            let stepped = blend::step(config, [own, category], weights, x, *projections, gradient(buffers));
            let (_, is_counted, after) = stepped?;
            *projections = after;
            *adapt_count += u64::from(is_counted);
            Ok(())
        })
    }

    /// [`ScopedLora::forward`] of `input`, then one step towards `target`. Returns the mean squared error before the step.
    ///
    /// # Errors
    /// As [`ScopedLora::adapt_array`]. The operator's context is then unchanged, but the output buffer may hold the new
    /// output.
    pub fn train(&mut self, operator: Operator, input: &[f32], target: &[f32]) -> Result<f64, Error> {
        check::length(Argument::Input, input.len(), self.config.dim())?;
        check::length(Argument::Target, target.len(), self.config.dim())?;
        self.argument_mut().copy_from_slice(input);
        self.target_mut().copy_from_slice(target);
        self.train_argument(operator)
    }

    /// [`ScopedLora::train`] of the argument buffer and the target buffer.
    pub(crate) fn train_argument(&mut self, operator: Operator) -> Result<f64, Error> {
        self.step(operator, |set| {
            check::training(set.config.dim(), &set.buffers.argument, &set.buffers.target)?;
            let learner = set.learner(operator)?;
            let Learner { config, own, category, context, adapt_count, forward_count, buffers, weights } = learner;
            let Buffers { input, output, argument, target, next_context } = buffers;
            let projections =
                blend::forward(config, [Some(own), Some(category)], weights, argument, next_context, output);
            kernels::subtract_from(output, target);
            let stepped = blend::step(config, [own, category], weights, next_context, projections, target);
            if stepped.is_err() {
                clear(target); // its padding must be zero, whatever has overflowed
            }
            let (norm2, is_counted, projections) = stepped?;
            swap(&mut context.x, next_context);
            context.projections = projections;
            kernels::copy(argument, input);
            *forward_count += 1;
            *adapt_count += u64::from(is_counted);
            Ok(f64::from(norm2) / config.dim() as f64)
        })
    }

    /// One step of the operator's adapter and one of its category's. Each moves the adapter's own output for x, the input of
    /// the operator's last forward, towards (1 + r) x, where r is `improvement` clamped to [−1, 2]. A zero x changes
    /// nothing and is not counted.
    ///
    /// # Errors
    /// As [`ScopedLora::adapt`], and [`Error::Number`] for an improvement that is not finite.
    pub fn adapt_with_reward(&mut self, operator: Operator, improvement: f64) -> Result<(), Error> {
        let reward = check::reward(improvement)?;
        self.step(operator, |set| {
            let Learner { config, own, category, context, adapt_count, .. } = set.learner(operator)?;
            let Context { x, projections } = context;
            let (is_counted, after) = blend::reward(config, [own, category], reward, x, *projections)?;
            *projections = after;
            *adapt_count += u64::from(is_counted);
            Ok(())
        })
    }

    /// [`ScopedLora::forward`] of `input`, then [`ScopedLora::adapt_with_reward`].
    ///
    /// # Errors
    /// As [`ScopedLora::adapt_with_reward`], and [`Error::Length`]. The operator's context is then unchanged, but the output
    /// buffer may hold the new output.
    pub fn reward(&mut self, operator: Operator, input: &[f32], improvement: f64) -> Result<(), Error> {
        check::length(Argument::Input, input.len(), self.config.dim())?;
        self.argument_mut().copy_from_slice(input);
        self.reward_argument(operator, improvement)
    }

    /// [`ScopedLora::reward`] of the argument buffer.
    pub(crate) fn reward_argument(&mut self, operator: Operator, improvement: f64) -> Result<(), Error> {
        let reward = check::reward(improvement)?;
        self.step(operator, |set| {
            let argument = &set.buffers.argument;
            check::finite(Argument::Input, kernels::norm2(argument), values(argument, set.config.dim()))?;
            let learner = set.learner(operator)?;
            let Learner { config, own, category, context, adapt_count, forward_count, buffers, weights } = learner;
            let Buffers { input, output, argument, next_context, .. } = buffers;
            let projections =
                blend::forward(config, [Some(own), Some(category)], weights, argument, next_context, output);
            let (is_counted, after) = blend::reward(config, [own, category], reward, next_context, projections)?;
            swap(&mut context.x, next_context);
            context.projections = after;
            kernels::copy(argument, input);
            *forward_count += 1;
            *adapt_count += u64::from(is_counted);
            Ok(())
        })
    }

    /// The reward that the blend for `operator` has learned to expect for x = `input`: (y · x) / |x|² − 1, and 0 for a zero
    /// input. x and −x have the same. Neither a context nor a counter changes.
    ///
    /// # Errors
    /// [`Error::Operator`], [`Error::Length`], [`Error::NotFinite`] or [`Error::TooLarge`].
    pub fn predicted_improvement(&mut self, operator: Operator, input: &[f32]) -> Result<f64, Error> {
        check::length(Argument::Input, input.len(), self.config.dim())?;
        self.argument_mut().copy_from_slice(input);
        self.predict_argument(operator)
    }

    /// [`ScopedLora::predicted_improvement`] of the argument buffer.
    pub(crate) fn predict_argument(&mut self, operator: Operator) -> Result<f64, Error> {
        operator.check(self.scopes.len())?;
        let Predictor { config, adapters, weights, buffers: Buffers { argument, next_context, .. } } =
            self.predictor(operator);
        let Prediction { improvement, norm2 } = blend::predict(config, adapters, weights, argument, next_context);
        check::finite(Argument::Input, norm2, values(argument, config.dim()))?;
        Ok(improvement)
    }

    /// [`ScopedLora::predicted_improvement`] of every row of `x`, rounded to `f32`. Rows follow one another, each padded
    /// with zeros to [`blocks_for`](crate::blocks_for) blocks. Allocates nothing.
    ///
    /// # Errors
    /// [`Error::Operator`]; [`Error::Rows`] unless `x` has whole rows, [`Error::Unequal`] unless there are as many
    /// `improvements`; [`Error::NotFinite`] or [`Error::TooLargeRow`].
    pub fn predicted_improvements(
        &mut self,
        operator: Operator,
        x: &[Block],
        improvements: &mut [f32],
    ) -> Result<(), Error> {
        operator.check(self.scopes.len())?;
        let Predictor { config, adapters, weights, buffers } = self.predictor(operator);
        predict_each(config.dim(), x, improvements, &mut |x| {
            blend::predict(config, adapters, weights, x, &mut buffers.next_context)
        })
    }

    /// All that a prediction for an operator needs.
    fn predictor(&mut self, operator: Operator) -> Predictor<'_> {
        let Self { config, operators, scopes, categories, category_fallback, buffers, .. } = self;
        let scope = &scopes[operator.id()];
        let adapters = [scope.adapter.as_ref(), categories[operators.category(operator.id())].as_ref()];
        Predictor { config, adapters, weights: blend_weights(scope.adapt_count, *category_fallback), buffers }
    }

    /// Back to the state of a new set. The buffers become zero and keep their addresses; the memory of the adapters is not
    /// freed.
    pub fn reset_all(&mut self) {
        self.config = self.initial;
        self.category_fallback = true;
        self.buffers.clear();
        for id in 0..self.scopes.len() {
            self.reset_id(id);
        }
        for category in self.categories.iter_mut().flatten() {
            category.reset(&self.config);
        }
    }

    /// Forgets what one operator has learned, its counters and its context. What its category has learned stays.
    ///
    /// # Errors
    /// [`Error::Operator`].
    pub fn reset_scope(&mut self, operator: Operator) -> Result<(), Error> {
        operator.check(self.scopes.len())?;
        self.reset_id(operator.id());
        Ok(())
    }

    fn reset_id(&mut self, id: usize) {
        let Scope { context, adapter, adapt_count, forward_count } = &mut self.scopes[id];
        if let Some(context) = context {
            context.reset(&self.config);
        }
        if let Some(adapter) = adapter {
            adapter.reset(&self.config);
        }
        *adapt_count = 0;
        *forward_count = 0;
    }

    fn scope(&self, operator: Operator) -> Result<&Scope, Error> {
        operator.check(self.scopes.len())?;
        Ok(&self.scopes[operator.id()])
    }

    /// A and B of the operator's own adapter, once it has been adapted.
    ///
    /// # Errors
    /// [`Error::Operator`]; so do those below.
    pub fn factors(&self, operator: Operator) -> Result<Option<Factors<'_>>, Error> {
        let scope = self.scope(operator)?;
        let adapter = scope.adapter.as_ref().filter(|_| scope.adapt_count > 0); // a step that is not counted has created it
        Ok(adapter.map(|adapter| adapter.factors(&self.config)))
    }

    /// A and B of the adapter of the operator's category, once it has been adapted.
    pub fn category_factors(&self, operator: Operator) -> Result<Option<Factors<'_>>, Error> {
        operator.check(self.scopes.len())?;
        let category = self.categories[self.operators.category(operator.id())].as_ref();
        Ok(category.filter(|category| category.steps() > 0).map(|category| category.factors(&self.config)))
    }

    /// alpha · ‖A B‖ (Frobenius) of the operator's own adapter.
    pub fn delta_norm(&self, operator: Operator) -> Result<f32, Error> {
        let adapter = self.scope(operator)?.adapter.as_ref();
        Ok(adapter.map_or(0.0, |adapter| adapter.delta_norm(&self.config)))
    }

    /// Steps of one operator since construction or reset.
    pub fn adapt_count(&self, operator: Operator) -> Result<u64, Error> {
        Ok(self.scope(operator)?.adapt_count)
    }

    /// Forward passes of one operator since construction or reset.
    pub fn forward_count(&self, operator: Operator) -> Result<u64, Error> {
        Ok(self.scope(operator)?.forward_count)
    }

    /// Steps of all operators.
    pub fn total_adapt_count(&self) -> u64 {
        self.scopes.iter().fold(0, |sum: u64, scope| sum.saturating_add(scope.adapt_count))
    }

    /// Forward passes of all operators.
    pub fn total_forward_count(&self) -> u64 {
        self.scopes.iter().fold(0, |sum: u64, scope| sum.saturating_add(scope.forward_count))
    }

    /// Number of values in A and B of one adapter: 4 d.
    pub fn param_count(&self) -> usize {
        4 * self.config.dim()
    }

    /// What the tensors of its file have at most, in bytes: the adapters and contexts that have been made, and some hundred for each
    /// operator.
    #[cfg(feature = "bindings")]
    pub(crate) fn file_size(&self) -> usize {
        let contexts = self.scopes.iter().filter(|scope| scope.context.is_some()).count();
        let adapters = contexts + self.categories.iter().flatten().count();
        (20 * adapters + 8) * self.config.dim() + 512 * (self.scopes.len() + adapters)
    }
}
