//! A set of adapters over one pair of buffers: what `MicroLora`, `ScopedLora` and the exports to JavaScript share.
//!
//! Its arguments wait in the buffers, and its refusals are one byte; for the rest, see [`ScopedLora`](crate::ScopedLora).

use core::mem::swap;

use crate::blend::{self, shares};
use crate::buffer::{self, Block, Row, clear, row, values, values_mut};
use crate::check;
use crate::config::Config;
use crate::error::{Argument, Refusal};
use crate::kernel;
use crate::learner::Learner;
use crate::operators::{MAX_OPERATORS, Operator};
use crate::scope::{Scope, Scopes};
use crate::weights::Factors;

/// Where a gradient waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Buffer {
    Input,
    Staging,
}

#[derive(Clone, Debug)]
#[repr(C)]
pub struct Set {
    scopes: Scopes,
    /// Input, output, staging and target buffer; and the context that an operator gets when a call has succeeded, scratch
    /// until then.
    rows: [Row; 5],
    config: Config,
    /// What a reset goes back to.
    initial: Config,
    category_fallback: bool,
}

pinned!(Set[112] { scopes: 0, config: 56, initial: 80, category_fallback: 104 });

impl Set {
    /// Operators that have no category yet.
    ///
    /// # Errors
    /// [`Refusal::Argument`] unless there are 1 to 1024 operators and at most 1024 categories;
    /// [`Refusal::OutOfMemory`].
    pub fn new(config: Config, operators: usize, categories: usize) -> Result<Self, Refusal> {
        check::number(Argument::Operators, operators > 0 && operators.max(categories) <= MAX_OPERATORS)?;
        Self::with_streams(config, [operators, categories], 1)
    }

    /// One operator without category, all of whose memory is set aside here. It draws from the random stream 0.
    ///
    /// # Errors
    /// [`Refusal::OutOfMemory`].
    pub fn single(config: Config) -> Result<Self, Refusal> {
        Self::with_streams(config, [1, 0], 0)
    }

    #[inline(never)]
    fn with_streams(config: Config, counts: [usize; 2], first: u64) -> Result<Self, Refusal> {
        let (scopes, rows) = Default::default();
        let mut set = Self { config, initial: config, scopes, category_fallback: true, rows };
        set.set_aside(counts, first)?;
        Ok(set)
    }

    #[inline(never)]
    fn set_aside(&mut self, [operators, categories]: [usize; 2], first: u64) -> Result<(), Refusal> {
        for place in &mut self.rows {
            *place = row(self.config.dim()).ok_or(Refusal::OutOfMemory)?;
        }
        self.scopes.set_aside(operators, categories, first).ok_or(Refusal::OutOfMemory)?;
        match self.scopes.of_mut(Operator::at(0)) {
            Some(only) if categories == 0 && first == 0 => only.make(&self.config),
            _ => Ok(()),
        }
    }

    fn values(&self, row: usize) -> &[f32] {
        values(&self.rows[row], self.config.dim())
    }

    fn values_mut(&mut self, row: usize) -> &mut [f32] {
        values_mut(&mut self.rows[row], self.config.dim())
    }

    pub fn scopes(&self) -> &Scopes {
        &self.scopes
    }

    pub fn set_category(&mut self, operator: Operator, category: usize) {
        self.scopes.set_category(operator, category);
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    pub fn config_mut(&mut self) -> &mut Config {
        &mut self.config
    }

    pub fn input(&self) -> &[f32] {
        self.values(0)
    }

    pub fn input_mut(&mut self) -> &mut [f32] {
        self.values_mut(0)
    }

    pub fn output(&self) -> &[f32] {
        self.values(1)
    }

    pub fn staging(&self) -> &[f32] {
        self.values(2)
    }

    pub fn target(&self) -> &[f32] {
        self.values(3)
    }

    pub fn target_mut(&mut self) -> &mut [f32] {
        self.values_mut(3)
    }

    pub fn staging_mut(&mut self) -> &mut [f32] {
        self.values_mut(2)
    }

    /// The context of an operator; nothing before it has one.
    pub fn context(&self, operator: Operator) -> &[f32] {
        match self.scopes.of(operator) {
            Some(Scope { context, .. }) if !context.is_empty() => values(context, self.config.dim()),
            _ => &[],
        }
    }

    pub fn set_category_fallback(&mut self, enabled: bool) {
        self.category_fallback = enabled;
    }

    /// Makes an operator's context, so that its first forward cannot fail.
    ///
    /// # Errors
    /// [`Refusal::Operator`] or [`Refusal::OutOfMemory`].
    pub fn prepare(&mut self, operator: Operator) -> Result<(), Refusal> {
        self.scopes.with_category(operator)?.0.make_context(&self.config)
    }

    /// From the input buffer to the output buffer.
    ///
    /// # Errors
    /// As [`Set::prepare`].
    pub fn forward(&mut self, operator: Operator) -> Result<(), Refusal> {
        self.forward_from(operator, None)
    }

    /// From one row to another, or between the buffers.
    #[inline(never)]
    fn forward_from(&mut self, operator: Operator, between: Option<(&[Block], &mut [Block])>) -> Result<(), Refusal> {
        let Self { config, scopes, category_fallback, rows: [input, output, ..], .. } = self;
        let (input, output) = between.unwrap_or((input, output));
        let (scope, category) = scopes.with_category(operator)?;
        scope.make_context(config)?;
        let shares = shares(scope.adapt_count, *category_fallback && category.is_some());
        let adapters = [scope.weights.as_ref(), category.and_then(|category| category.weights.as_ref())];
        blend::forward(config, adapters, shares, input, &mut scope.context, output, &mut scope.known);
        scope.forward_count += 1;
        Ok(())
    }

    /// [`Set::forward`] of as many rows as `x` and `y` both have, from row to row; only the last goes through the buffers.
    ///
    /// # Errors
    /// As [`Set::prepare`].
    pub fn forward_rows(&mut self, operator: Operator, mut x: &[Block], mut y: &mut [Block]) -> Result<(), Refusal> {
        let row = self.rows[0].len();
        while let (Some((x0, x_rest)), Some((y0, y_rest))) = (x.split_at_checked(row), y.split_at_mut_checked(row)) {
            if x_rest.is_empty() {
                let dim = self.config.dim(); // the padding of the buffers must stay zero, whatever the caller's is
                buffer::copy(values(x0, dim), self.input_mut());
                self.forward(operator)?;
                buffer::copy(&self.rows[1], y0);
            } else {
                self.forward_from(operator, Some((x0, y0)))?;
            }
            (x, y) = (x_rest, y_rest);
        }
        Ok(())
    }

    /// One step at the operator's context against the gradient in a buffer.
    ///
    /// # Errors
    /// [`Refusal::Operator`], [`Refusal::OutOfMemory`], [`Refusal::Overflow`], or the gradient ([`Argument::Gradient`]) or
    /// the context ([`Argument::Input`]).
    #[inline(never)]
    pub fn adapt(&mut self, operator: Operator, buffer: Buffer) -> Result<(), Refusal> {
        let Self { config, scopes, category_fallback, rows: [input, _, staging, ..], .. } = self;
        let g = if buffer == Buffer::Input { input } else { staging };
        let (learner, context, shares) = ready(scopes, config, *category_fallback, operator)?;
        let known = *learner.known;
        learner.step(config, shares, context, known, g)?;
        Ok(())
    }

    /// [`Set::forward`] of what the staging buffer holds, then one step towards the target in its buffer, which becomes the
    /// gradient y − target. Returns the mean squared error before the step.
    ///
    /// # Errors
    /// As [`Set::adapt`]; the input buffer and the operator's context are then what they were.
    pub fn train(&mut self, operator: Operator) -> Result<f64, Refusal> {
        let Self { config, scopes, category_fallback, rows: [input, output, staging, target, spare], .. } = self;
        check::finite(Argument::Input, kernel::norm2(staging))?;
        check::finite(Argument::Target, kernel::norm2(target))?;
        let (learner, context, shares) = ready(scopes, config, *category_fallback, operator)?;
        let adapters = [Some(&*learner.own), learner.category.as_deref()];
        let mut known = Default::default();
        blend::forward(config, adapters, shares, staging, spare, output, &mut known);
        kernel::subtract_from(output, target);
        let stepped = learner.step(config, shares, spare, known, target);
        if stepped.is_err() {
            clear(target); // what is behind its values must not stay infinite
        }
        let norm2 = stepped?;
        swap(context, spare);
        buffer::copy(staging, input);
        if let Some(scope) = scopes.of_mut(operator) {
            scope.forward_count += 1;
        }
        Ok(f64::from(norm2) / config.dim() as f64)
    }

    /// One step for the input buffer's x, whose output moves towards (1 + r) x, with r = `improvement` clamped to [−1, 2].
    ///
    /// # Errors
    /// As [`Set::adapt`], and [`Argument::Improvement`] for one that is not finite.
    pub fn reward(&mut self, operator: Operator, improvement: f64) -> Result<(), Refusal> {
        check::number(Argument::Improvement, improvement.is_finite())?;
        let reward = improvement.clamp(-1.0, 2.0) as f32;
        let Self { config, scopes, category_fallback, rows: [input, .., spare], .. } = self;
        let (learner, context, _) = ready(scopes, config, *category_fallback, operator)?;
        if learner.reward(config, reward, input, spare)? {
            swap(context, spare);
        }
        Ok(())
    }

    /// The reward to expect for what the staging buffer holds.
    ///
    /// # Errors
    /// [`Refusal::Operator`] or [`Argument::Input`].
    pub fn predict(&mut self, operator: Operator) -> Result<f64, Refusal> {
        let Self { config, scopes, category_fallback, rows: [_, _, staging, _, spare], .. } = self;
        check::finite(Argument::Input, kernel::norm2(staging))?; // there may be no adapter to find out
        let (scope, category) = scopes.with_category(operator)?;
        let shares = shares(scope.adapt_count, *category_fallback && category.is_some());
        let mut part = |scope: Option<&mut Scope>, share: f32| match scope.and_then(|scope| scope.weights.as_ref()) {
            Some(weights) if share > 0.0 => f64::from(share) * weights.predicted_improvement(config, staging, spare),
            _ => 0.0,
        };
        Ok(part(Some(scope), shares[0]) + part(category, shares[1]))
    }

    pub fn reset(&mut self) {
        self.config = self.initial;
        self.scopes.reset(&self.config);
        self.category_fallback = true;
        self.rows.iter_mut().for_each(|row| clear(row));
    }

    pub fn reset_scope(&mut self, operator: Operator) {
        if let Some(scope) = self.scopes.of_mut(operator) {
            scope.reset(&self.config);
        }
    }

    /// A and B of one of the adapters, if it is there. (A refused step may have made it.)
    pub fn factors<'a>(&self, scope: Option<&'a Scope>) -> Option<Factors<'a>> {
        Some(scope?.weights.as_ref()?.factors(&self.config))
    }

    pub fn delta_norm(&self, operator: Operator) -> f32 {
        let weights = self.scopes.of(operator).and_then(|scope| scope.weights.as_ref());
        weights.map_or(0.0, |weights| weights.delta_norm(&self.config))
    }

    pub fn adapt_count(&self, operator: Operator) -> u64 {
        self.scopes.of(operator).map_or(0, |scope| scope.adapt_count)
    }

    pub fn forward_count(&self, operator: Operator) -> u64 {
        self.scopes.of(operator).map_or(0, |scope| scope.forward_count)
    }
}

/// Who learns for an operator, made where it is not there; the operator's context, and the shares in its output.
fn ready<'a>(
    scopes: &'a mut Scopes,
    config: &Config,
    category_fallback: bool,
    operator: Operator,
) -> Result<(Learner<'a>, &'a mut Row, [f32; 2]), Refusal> {
    let (scope, mut category) = scopes.with_category(operator)?;
    let shares = shares(scope.adapt_count, category_fallback && category.is_some());
    for scope in [Some(&mut *scope), category.as_deref_mut()].into_iter().flatten() {
        if scope.weights.is_none() {
            scope.make(config)?;
        }
    }
    let category = category.and_then(|category| category.weights.as_mut());
    let Some(own) = &mut scope.weights else { return Err(Refusal::OutOfMemory) };
    let learner = Learner { own, category, known: &mut scope.known, count: &mut scope.adapt_count };
    Ok((learner, &mut scope.context, shares))
}
