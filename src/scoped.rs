//! One adapter per query operator and one per operator category, blended by how much the operator has learned.
//!
//! With n the operator's adapt count and w = min(n / 10, 1), the output is
//! y = x + w · Δ_operator(x) + (1 − w) · Δ_category(x), where Δ(x) = alpha · x A B. A gradient g names a target, y − g; the
//! operator's adapter and its category's each take one step towards that target from its own output. (Were both handed g
//! itself, an operator would learn nothing while its category answers for it, and a category would drift for ever once
//! its operator has taken over.) Adapters are made when first adapted, contexts at an operator's first forward.

use crate::buffer::{Block, LANES};
use crate::check;
use crate::config::Config;
use crate::error::{Argument, Error, Refusal};
use crate::operators::{CATEGORIES, OPERATOR_COUNT, Operator};
use crate::set::{Buffer, Set};
use crate::weights::Factors;

/// Adapters for operators and their categories, over one pair of input and output buffers.
#[derive(Clone, Debug)]
pub struct ScopedLora(Set);

impl ScopedLora {
    /// A new set for the 17 operators and 7 categories of [`crate::operators`]: exactly the identity for every operator.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn new(config: Config) -> Result<Self, Error> {
        let mut set = Self::with_operators(config, OPERATOR_COUNT, CATEGORIES.len())?;
        for operator in Operator::all() {
            if let Some(category) = operator.category() {
                set.set_category(operator, category);
            }
        }
        Ok(set)
    }

    /// A new set for `operators` operators, none of which has one of the `categories` categories yet.
    ///
    /// # Errors
    /// [`Error::Number`] unless there are 1 to 1024 operators and at most 1024 categories; [`Error::OutOfMemory`].
    pub fn with_operators(config: Config, operators: usize, categories: usize) -> Result<Self, Error> {
        let counts = operators.max(categories) as f64;
        Set::new(config, operators, categories).map(Self).map_err(|refusal| Error::number(refusal, counts))
    }

    /// A set of one operator that leans on nothing, all of whose memory is set aside here.
    pub(crate) fn single(config: Config) -> Result<Self, Error> {
        Set::single(config).map(Self).map_err(|refusal| Error::vector(refusal, &[]))
    }

    /// The factors of the one operator.
    pub(crate) fn single_factors(&self) -> Option<Factors<'_>> {
        self.0.factors(self.0.scopes().of(Operator::at(0)))
    }

    /// Says which category an operator leans on; to be said before it learns. Numbers that the set has not are ignored.
    pub fn set_category(&mut self, operator: Operator, category: usize) {
        self.0.set_category(operator, category);
    }

    /// The operator with an id.
    ///
    /// # Errors
    /// [`Error::Operator`] unless `op_type` is an integer from 0 up to the last operator of this set.
    pub fn operator(&self, op_type: f64) -> Result<Operator, Error> {
        let count = self.0.scopes().operators().len();
        Operator::of(op_type, count).ok_or(Error::Operator { count, value: op_type })
    }

    fn known(&self, operator: Operator) -> Result<Operator, Error> {
        self.operator(operator.id() as f64)
    }

    /// Shape and step size.
    pub fn config(&self) -> &Config {
        self.0.config()
    }

    /// Changes the learning rate of all adapters.
    ///
    /// # Errors
    /// [`Error::Number`] unless it is above 0 and at most 1.
    pub fn set_learning_rate(&mut self, learning_rate: f64) -> Result<(), Error> {
        self.0.config_mut().set_learning_rate(learning_rate)
    }

    /// Whether A stays as it is and only B learns; see [`Config::freeze_a`].
    pub fn freeze_a(&mut self, on: bool) {
        self.0.config_mut().freeze_a(on);
    }

    /// The input buffer `[d]`.
    pub fn input(&self) -> &[f32] {
        self.0.input()
    }

    /// The input buffer `[d]`, to be written before [`ScopedLora::forward`], [`ScopedLora::adapt`] or
    /// [`ScopedLora::adapt_with_reward`]. Its address is 16-byte aligned and the same for life; so are those below.
    pub fn input_mut(&mut self) -> &mut [f32] {
        self.0.input_mut()
    }

    /// The output buffer `[d]`, as the last forward left it.
    pub fn output(&self) -> &[f32] {
        self.0.output()
    }

    /// Whether operators that have learned little lean on their category (they do unless told otherwise).
    pub fn set_category_fallback(&mut self, enabled: bool) {
        self.0.set_category_fallback(enabled);
    }

    /// The blend for `operator`, from the input buffer to the output buffer; x becomes the operator's context.
    /// Allocates nothing but the context, at the operator's first forward.
    ///
    /// # Errors
    /// [`Error::Operator`]; [`Error::OutOfMemory`], at the operator's first forward.
    pub fn forward(&mut self, operator: Operator) -> Result<(), Error> {
        self.known(operator)?;
        self.0.forward(operator).map_err(|refusal| Error::vector(refusal, &[]))
    }

    /// [`ScopedLora::forward`] of `input`.
    ///
    /// # Errors
    /// As [`ScopedLora::forward`], and [`Error::Length`].
    pub fn forward_array(&mut self, operator: Operator, input: &[f32]) -> Result<&[f32], Error> {
        check::length(Argument::Input, input.len(), self.config().dim())?;
        self.known(operator)?;
        self.0.prepare(operator).map_err(|refusal| Error::vector(refusal, &[]))?; // before the input buffer changes
        self.input_mut().copy_from_slice(input);
        self.forward(operator)?;
        Ok(self.output())
    }

    /// [`ScopedLora::forward`] of every row of `x`, into the rows of `y`; the last one becomes the context, and the
    /// buffers hold it and its output. Rows lie behind each other, each padded with zeros to
    /// [`blocks_for`](crate::blocks_for) blocks. Allocates no more than one forward.
    ///
    /// # Errors
    /// As [`ScopedLora::forward`]; [`Error::Length`] unless `x` and `y` have the same whole number of rows.
    pub fn forward_rows(&mut self, operator: Operator, x: &[Block], y: &mut [Block]) -> Result<(), Error> {
        let row = crate::blocks_for(self.config().dim());
        if !x.len().is_multiple_of(row) || y.len() != x.len() {
            let argument = Argument::Input;
            return Err(Error::Length { argument, actual: x.len().min(y.len()) * LANES, expected: row * LANES });
        }
        self.known(operator)?;
        self.0.forward_rows(operator, x, y).map_err(|refusal| Error::vector(refusal, &[]))
    }

    /// One step of the operator's adapter and one of its category's, towards the target y − g that the gradient in the
    /// input buffer names; y is the output of the operator's last forward.
    ///
    /// # Errors
    /// [`Error::Operator`], [`Error::NotFinite`], [`Error::TooLarge`], [`Error::Overflow`] or [`Error::OutOfMemory`].
    pub fn adapt(&mut self, operator: Operator) -> Result<(), Error> {
        self.known(operator)?;
        let adapted = self.0.adapt(operator, Buffer::Input);
        adapted.map_err(|refusal| self.refused(refusal, self.0.input(), self.0.context(operator)))
    }

    /// [`ScopedLora::adapt`] with `gradient`; the input buffer keeps its values.
    ///
    /// # Errors
    /// As [`ScopedLora::adapt`], and [`Error::Length`].
    pub fn adapt_array(&mut self, operator: Operator, gradient: &[f32]) -> Result<(), Error> {
        check::length(Argument::Gradient, gradient.len(), self.config().dim())?;
        self.known(operator)?;
        self.0.staging_mut().copy_from_slice(gradient);
        let adapted = self.0.adapt(operator, Buffer::Staging);
        adapted.map_err(|refusal| self.refused(refusal, self.0.staging(), self.0.context(operator)))
    }

    /// What was refused: the input is `context`, everything else `values`.
    fn refused(&self, refusal: Refusal, values: &[f32], context: &[f32]) -> Error {
        Error::vector(refusal, if refusal == Refusal::Argument(Argument::Input) { context } else { values })
    }

    /// [`ScopedLora::forward`] of `input`, then one step towards `target`. Returns the mean squared error before the step.
    ///
    /// # Errors
    /// As [`ScopedLora::adapt_array`]. The operator's context is then what it was.
    pub fn train(&mut self, operator: Operator, input: &[f32], target: &[f32]) -> Result<f64, Error> {
        check::length(Argument::Input, input.len(), self.config().dim())?;
        check::length(Argument::Target, target.len(), self.config().dim())?;
        self.known(operator)?;
        self.0.staging_mut().copy_from_slice(input);
        self.0.target_mut().copy_from_slice(target);
        let trained = self.0.train(operator);
        trained.map_err(|refusal| self.refused(refusal, self.0.target(), self.0.staging()))
    }

    /// One step of the operator's adapter and one of its category's, each moving its own output for the input buffer's
    /// x towards (1 + r) x, with r = `improvement` clamped to [−1, 2]; x becomes the operator's context. A zero x
    /// changes nothing and is not counted.
    ///
    /// # Errors
    /// As [`ScopedLora::adapt`], and [`Error::Number`] for an improvement that is not finite.
    pub fn adapt_with_reward(&mut self, operator: Operator, improvement: f64) -> Result<(), Error> {
        self.known(operator)?;
        let adapted = self.0.reward(operator, improvement);
        adapted.map_err(|refusal| match refusal {
            Refusal::Argument(Argument::Improvement) => Error::number(refusal, improvement),
            _ => Error::vector(refusal, self.0.input()),
        })
    }

    /// The reward that the blend for `operator` has come to expect for inputs like `input`: (y · x) / |x|² − 1, and 0
    /// for a zero input. Neither a context nor a counter changes.
    ///
    /// # Errors
    /// [`Error::Operator`], [`Error::Length`], [`Error::NotFinite`] or [`Error::TooLarge`].
    pub fn predicted_improvement(&mut self, operator: Operator, input: &[f32]) -> Result<f64, Error> {
        check::length(Argument::Input, input.len(), self.config().dim())?;
        self.known(operator)?;
        self.0.staging_mut().copy_from_slice(input);
        self.0.predict(operator).map_err(|refusal| Error::vector(refusal, input))
    }

    /// Back to the state of a new set; the buffers become zero and stay where they are, and so does the memory of the
    /// adapters.
    pub fn reset_all(&mut self) {
        self.0.reset();
    }

    /// Forgets what one operator has learned, its counters and its context. What its category has learned stays.
    pub fn reset_scope(&mut self, operator: Operator) {
        self.0.reset_scope(operator);
    }

    /// A and B of the operator's own adapter, once it has been adapted.
    pub fn factors(&self, operator: Operator) -> Option<Factors<'_>> {
        self.0.factors(self.0.scopes().of(operator)).filter(|_| self.adapt_count(operator) > 0)
    }

    /// A and B of the adapter of the operator's category, once it has been adapted.
    pub fn category_factors(&self, operator: Operator) -> Option<Factors<'_>> {
        let category = self.0.scopes().category_of(operator);
        self.0.factors(category.filter(|category| category.has_learned()))
    }

    /// alpha · ‖A B‖ (Frobenius) of the operator's own adapter.
    pub fn delta_norm(&self, operator: Operator) -> f32 {
        self.0.delta_norm(operator)
    }

    /// Steps of one operator since construction or reset.
    pub fn adapt_count(&self, operator: Operator) -> u64 {
        self.0.adapt_count(operator)
    }

    /// Forward passes of one operator since construction or reset.
    pub fn forward_count(&self, operator: Operator) -> u64 {
        self.0.forward_count(operator)
    }

    /// Steps of all operators.
    pub fn total_adapt_count(&self) -> u64 {
        self.0.scopes().operators().iter().map(|scope| scope.adapt_count).sum()
    }

    /// Forward passes of all operators.
    pub fn total_forward_count(&self) -> u64 {
        self.0.scopes().operators().iter().map(|scope| scope.forward_count).sum()
    }

    /// Values of one operator's adapter once it is trained: 4 d.
    pub fn param_count(&self) -> usize {
        4 * self.config().dim()
    }
}
