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
use crate::operators::Operator;
use crate::scope::{Scope, Scopes};
use crate::weights::Factors;

/// Where a gradient waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Buffer {
    Input,
    Staging,
}

#[derive(Clone, Debug)]
pub struct Set {
    config: Config,
    /// What a reset goes back to.
    initial: Config,
    scopes: Scopes,
    category_fallback: bool,
    input: Row,
    output: Row,
    staging: Row,
    target: Row,
    /// The context that an operator gets when a call has succeeded, and scratch until then.
    spare: Row,
}

impl Set {
    /// Operators that have no category yet.
    ///
    /// # Errors
    /// As [`Scopes::new`].
    pub fn new(config: Config, operators: usize, categories: usize) -> Result<Self, Refusal> {
        Self::with_scopes(config, Scopes::new(operators, categories)?)
    }

    /// One operator without category, all of whose memory is set aside here.
    ///
    /// # Errors
    /// [`Refusal::OutOfMemory`].
    pub fn single(config: Config) -> Result<Self, Refusal> {
        let mut scopes = Scopes::single().ok_or(Refusal::OutOfMemory)?;
        scopes.with_category(Operator::at(0))?.0.make(&config)?;
        Self::with_scopes(config, scopes)
    }

    fn with_scopes(config: Config, scopes: Scopes) -> Result<Self, Refusal> {
        let rows = || {
            let row = || row(config.dim());
            Some((row()?, row()?, row()?, row()?, row()?))
        };
        let (input, output, staging, target, spare) = rows().ok_or(Refusal::OutOfMemory)?;
        Ok(Self { config, initial: config, scopes, category_fallback: true, input, output, staging, target, spare })
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
        values(&self.input, self.config.dim())
    }

    pub fn input_mut(&mut self) -> &mut [f32] {
        values_mut(&mut self.input, self.config.dim())
    }

    pub fn output(&self) -> &[f32] {
        values(&self.output, self.config.dim())
    }

    pub fn staging(&self) -> &[f32] {
        values(&self.staging, self.config.dim())
    }

    pub fn target(&self) -> &[f32] {
        values(&self.target, self.config.dim())
    }

    pub fn target_mut(&mut self) -> &mut [f32] {
        values_mut(&mut self.target, self.config.dim())
    }

    pub fn staging_mut(&mut self) -> &mut [f32] {
        values_mut(&mut self.staging, self.config.dim())
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
    fn forward_from(&mut self, operator: Operator, rows: Option<(&[Block], &mut [Block])>) -> Result<(), Refusal> {
        let Self { config, scopes, category_fallback, input, output, .. } = self;
        let (input, output) = rows.unwrap_or((input, output));
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
        let row = self.input.len();
        while let (Some((x0, x_rest)), Some((y0, y_rest))) = (x.split_at_checked(row), y.split_at_mut_checked(row)) {
            if x_rest.is_empty() {
                let dim = self.config.dim(); // the padding of the buffers must stay zero, whatever the caller's is
                buffer::copy(values(x0, dim), self.input_mut());
                self.forward(operator)?;
                buffer::copy(&self.output, y0);
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
        let Self { config, scopes, category_fallback, input, staging, .. } = self;
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
        let Self { config, scopes, category_fallback, input, output, staging, target, spare, .. } = self;
        check::finite(Argument::Input, kernel::norm2(staging))?;
        check::finite(Argument::Target, kernel::norm2(target))?;
        let (learner, context, shares) = ready(scopes, config, *category_fallback, operator)?;
        let adapters = [Some(&*learner.own), learner.category.as_deref()];
        let mut known = Default::default();
        blend::forward(config, adapters, shares, staging, spare, output, &mut known);
        kernel::subtract_from(output, target);
        let norm2 = learner.step(config, shares, spare, known, target)?;
        swap(context, spare);
        buffer::copy(staging, input);
        if let Ok((scope, _)) = scopes.with_category(operator) {
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
        let Self { config, scopes, category_fallback, input, spare, .. } = self;
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
        let Self { config, scopes, category_fallback, staging, spare, .. } = self;
        check::finite(Argument::Input, kernel::norm2(staging))?; // there may be no adapter to find out
        let (scope, category) = scopes.with_category(operator)?;
        let shares = shares(scope.adapt_count, *category_fallback && category.is_some());
        let mut predicted = 0.0;
        for (scope, share) in [Some(scope), category].into_iter().zip(shares) {
            if let (Some(Scope { weights: Some(weights), .. }), true) = (scope, share > 0.0) {
                predicted += f64::from(share) * weights.predicted_improvement(config, staging, spare);
            }
        }
        Ok(predicted)
    }

    pub fn reset(&mut self) {
        self.config = self.initial;
        self.scopes.reset(&self.config);
        self.category_fallback = true;
        for row in [&mut self.input, &mut self.output, &mut self.staging] {
            clear(row);
        }
    }

    pub fn reset_scope(&mut self, operator: Operator) {
        if let Ok((scope, _)) = self.scopes.with_category(operator) {
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
