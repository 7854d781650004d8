//! One adapter with its context and its buffers: y = x + alpha · x A B, trained by gradients, targets or rewards.

use core::mem::swap;

use crate::adapter::{Adapter, CachedProjection, Context, Factors, Prediction, RewardStep};
use crate::batch::{for_each_row, predict_each};
use crate::buffers::Buffers;
use crate::check;
use crate::config::Config;
use crate::error::{Argument, Error};
use crate::kernels;
use crate::rows::{Block, clear, values, values_mut};
use crate::state::Metadata;

/// Number of the random stream that the initial A of a single adapter is drawn from.
pub(crate) const STREAM: u64 = 0;

/// A rank-2 LoRA adapter over vectors of one dimension, with fixed input and output buffers.
///
/// ```
/// use ruvector_learning_wasm::{Config, MicroLora};
///
/// let mut lora = MicroLora::new(Config::new(Some(4.0), None, Some(0.5))?)?;
/// let (x, target) = ([1.0, 0.0, -1.0, 0.5], [1.0, 0.2, -1.0, 0.7]);
/// for _ in 0..50 {
///     lora.train(&x, &target)?;
/// }
/// let y = lora.forward_array(&x)?;
/// assert!((y[1] - 0.2).abs() < 1e-3);
/// # Ok::<(), ruvector_learning_wasm::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct MicroLora {
    pub(crate) config: Config,
    /// The configuration that a reset restores.
    pub(crate) initial: Config,
    pub(crate) adapter: Adapter,
    pub(crate) context: Context,
    pub(crate) buffers: Buffers,
    pub(crate) adapt_count: u64,
    pub(crate) forward_count: u64,
    /// The user's texts that its files carry: those given last, or those of the file that it was loaded from.
    pub(crate) metadata: Metadata,
}

impl MicroLora {
    /// A new adapter: exactly the identity. All of its memory is allocated here.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn new(config: Config) -> Result<Self, Error> {
        Ok(Self {
            config,
            initial: config,
            adapter: Adapter::new(&config, STREAM)?,
            context: Context::new(&config)?,
            buffers: Buffers::new(&config)?,
            adapt_count: 0,
            forward_count: 0,
            metadata: Metadata::default(),
        })
    }

    /// Back to the state of a new adapter. The buffers become zero and keep their addresses.
    pub fn reset(&mut self) {
        self.config = self.initial;
        self.adapter.reset(&self.config);
        self.context.reset(&self.config);
        self.buffers.clear();
        self.adapt_count = 0;
        self.forward_count = 0;
    }

    /// The hyper-parameters.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Changes the learning rate.
    ///
    /// # Errors
    /// [`Error::Number`] unless it is above 0 and at most 1.
    pub fn set_learning_rate(&mut self, learning_rate: f64) -> Result<(), Error> {
        self.config.set_learning_rate(learning_rate)
    }

    /// Sets whether A is frozen and only B is trained; see [`Config::freeze_a`].
    pub fn freeze_a(&mut self, on: bool) {
        self.config.freeze_a(on);
    }

    /// The input buffer `[d]`.
    pub fn input(&self) -> &[f32] {
        values(&self.buffers.input, self.config.dim())
    }

    /// The input buffer `[d]`, to be written before [`MicroLora::forward`], [`MicroLora::adapt`] or
    /// [`MicroLora::adapt_with_reward`]. Its address is 16-byte aligned and never changes; so is that of the output.
    pub fn input_mut(&mut self) -> &mut [f32] {
        values_mut(&mut self.buffers.input, self.config.dim())
    }

    /// The output buffer `[d]`, as the last forward left it.
    pub fn output(&self) -> &[f32] {
        values(&self.buffers.output, self.config.dim())
    }

    /// The argument buffer `[d]`, to be written before [`MicroLora::forward_argument`], [`MicroLora::adapt_argument`],
    /// [`MicroLora::train_argument`], [`MicroLora::reward_argument`] or [`MicroLora::predict_argument`].
    pub(crate) fn argument_mut(&mut self) -> &mut [f32] {
        values_mut(&mut self.buffers.argument, self.config.dim())
    }

    /// The target buffer `[d]`, to be written before [`MicroLora::train_argument`].
    pub(crate) fn target_mut(&mut self) -> &mut [f32] {
        values_mut(&mut self.buffers.target, self.config.dim())
    }

    /// y = x + alpha · x A B, from the input buffer to the output buffer; x becomes the context. Allocates nothing.
    pub fn forward(&mut self) {
        let Self { config, adapter, context, buffers: Buffers { input, output, .. }, .. } = self;
        let projection = adapter.forward(config, 1.0, input, &mut context.x, output);
        context.projections = [CachedProjection::new(projection, adapter), CachedProjection::default()];
        self.forward_count += 1;
    }

    /// [`MicroLora::forward`] of `input`.
    ///
    /// # Errors
    /// [`Error::Length`].
    pub fn forward_array(&mut self, input: &[f32]) -> Result<&[f32], Error> {
        check::length(Argument::Input, input.len(), self.config.dim())?;
        self.input_mut().copy_from_slice(input);
        self.forward();
        Ok(self.output())
    }

    /// [`MicroLora::forward_array`] of the argument buffer.
    #[cfg(all(feature = "bindings", target_arch = "wasm32"))]
    pub(crate) fn forward_argument(&mut self) {
        kernels::copy(&self.buffers.argument, &mut self.buffers.input);
        self.forward();
    }

    /// [`MicroLora::forward`] of every row of `x`, into the rows of `y`. The last row becomes the context, and the buffers
    /// hold it and its output. Rows follow one another, each padded with zeros to [`blocks_for`](crate::blocks_for) blocks.
    /// Allocates nothing.
    ///
    /// # Errors
    /// [`Error::Rows`] unless `x` has whole rows, [`Error::Unequal`] unless `y` has as many.
    pub fn forward_rows(&mut self, x: &[Block], y: &mut [Block]) -> Result<(), Error> {
        for_each_row(self.config.dim(), x, y, |x, y, last| {
            let Self { config, adapter, context, buffers, .. } = self;
            if !last {
                adapter.forward(config, 1.0, x, &mut context.x, y);
                self.forward_count += 1;
                return Ok(());
            }
            buffers.set_input(config, x);
            self.forward();
            kernels::copy(&self.buffers.output, y);
            Ok(())
        })
    }

    /// One step against the gradient in the input buffer: ∂loss/∂y for the output of the last forward.
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::TooLarge`] or [`Error::Overflow`].
    pub fn adapt(&mut self) -> Result<(), Error> {
        let Self { config, adapter, context, buffers, adapt_count, .. } = self;
        adapt(config, adapter, context, &buffers.input, adapt_count)
    }

    /// [`MicroLora::adapt`] with `gradient`; the input buffer keeps its values.
    ///
    /// # Errors
    /// As [`MicroLora::adapt`], and [`Error::Length`].
    pub fn adapt_array(&mut self, gradient: &[f32]) -> Result<(), Error> {
        check::length(Argument::Gradient, gradient.len(), self.config.dim())?;
        self.argument_mut().copy_from_slice(gradient);
        self.adapt_argument()
    }

    /// [`MicroLora::adapt_array`] of the argument buffer.
    pub(crate) fn adapt_argument(&mut self) -> Result<(), Error> {
        let Self { config, adapter, context, buffers, adapt_count, .. } = self;
        adapt(config, adapter, context, &buffers.argument, adapt_count)
    }

    /// [`MicroLora::forward`] of `input`, then one step towards `target`. Returns the mean squared error before the step.
    ///
    /// # Errors
    /// As [`MicroLora::adapt_array`]. The context is then unchanged, but the output buffer may hold the new output.
    pub fn train(&mut self, input: &[f32], target: &[f32]) -> Result<f64, Error> {
        check::length(Argument::Input, input.len(), self.config.dim())?;
        check::length(Argument::Target, target.len(), self.config.dim())?;
        self.argument_mut().copy_from_slice(input);
        self.target_mut().copy_from_slice(target);
        self.train_argument()
    }

    /// [`MicroLora::train`] of the argument buffer and the target buffer.
    pub(crate) fn train_argument(&mut self) -> Result<f64, Error> {
        let Self { config, adapter, context, buffers, .. } = self;
        let Buffers { input, output, argument, target, next_context } = buffers;
        check::training(config.dim(), argument, target)?;
        let projection = adapter.forward(config, 1.0, argument, next_context, output);
        kernels::subtract_from(output, target);
        let stepped = adapter.step(config, next_context, CachedProjection::new(projection, adapter), target);
        if stepped.is_err() {
            clear(target); // its padding must be zero, whatever has overflowed
        }
        let (norm2, is_counted, projection) = stepped?;
        swap(&mut context.x, next_context);
        context.projections = [projection, CachedProjection::default()];
        kernels::copy(argument, input);
        self.forward_count += 1;
        self.adapt_count += u64::from(is_counted);
        Ok(f64::from(norm2) / config.dim() as f64)
    }

    /// One step that moves the output for x, the input of the last forward, towards (1 + r) x, where r is `improvement`
    /// clamped to [−1, 2]: the error of what is predicted for x shrinks by learning_rate. A zero x changes nothing and is
    /// not counted.
    ///
    /// # Errors
    /// As [`MicroLora::adapt`], and [`Error::Number`] for an improvement that is not finite.
    pub fn adapt_with_reward(&mut self, improvement: f64) -> Result<(), Error> {
        let reward = check::reward(improvement)?;
        let Self { config, adapter, context: Context { x, projections }, adapt_count, .. } = self;
        let mut step = RewardStep::default();
        adapter.plan_reward(config, reward, x, projections[0], &mut step)?;
        if step.is_counted {
            projections[0] = adapter.apply_reward(&mut step, x);
            *adapt_count += 1;
        }
        Ok(())
    }

    /// [`MicroLora::forward`] of `input`, then [`MicroLora::adapt_with_reward`].
    ///
    /// # Errors
    /// As [`MicroLora::adapt_with_reward`], and [`Error::Length`]. The context is then unchanged, but the output buffer may
    /// hold the new output.
    pub fn reward(&mut self, input: &[f32], improvement: f64) -> Result<(), Error> {
        check::length(Argument::Input, input.len(), self.config.dim())?;
        self.argument_mut().copy_from_slice(input);
        self.reward_argument(improvement)
    }

    /// [`MicroLora::reward`] of the argument buffer.
    pub(crate) fn reward_argument(&mut self, improvement: f64) -> Result<(), Error> {
        let reward = check::reward(improvement)?;
        let Self { config, adapter, context, buffers, .. } = self;
        let Buffers { input, output, argument, next_context, .. } = buffers;
        check::finite(Argument::Input, kernels::norm2(argument), values(argument, config.dim()))?;
        let projection = adapter.forward(config, 1.0, argument, next_context, output);
        let mut projection = CachedProjection::new(projection, adapter);
        let mut step = RewardStep::default();
        adapter.plan_reward(config, reward, next_context, projection, &mut step)?;
        if step.is_counted {
            projection = adapter.apply_reward(&mut step, next_context);
        }
        swap(&mut context.x, next_context);
        context.projections = [projection, CachedProjection::default()];
        kernels::copy(argument, input);
        self.forward_count += 1;
        self.adapt_count += u64::from(step.is_counted);
        Ok(())
    }

    /// The reward that the adapter has learned to expect for x = `input`: (y · x) / |x|² − 1, and 0 for a zero input. x
    /// and −x have the same. Neither the context nor a counter changes.
    ///
    /// # Errors
    /// [`Error::Length`], [`Error::NotFinite`] or [`Error::TooLarge`].
    pub fn predicted_improvement(&mut self, input: &[f32]) -> Result<f64, Error> {
        check::length(Argument::Input, input.len(), self.config.dim())?;
        self.argument_mut().copy_from_slice(input);
        self.predict_argument()
    }

    /// [`MicroLora::predicted_improvement`] of the argument buffer.
    pub(crate) fn predict_argument(&mut self) -> Result<f64, Error> {
        let Self { config, adapter, buffers: Buffers { argument, next_context, .. }, .. } = self;
        let Prediction { improvement, norm2 } = adapter.predict(config, argument, next_context);
        check::finite(Argument::Input, norm2, values(argument, config.dim()))?;
        Ok(improvement)
    }

    /// [`MicroLora::predicted_improvement`] of every row of `x`, rounded to `f32`. Rows follow one another, each padded with
    /// zeros to [`blocks_for`](crate::blocks_for) blocks. Allocates nothing.
    ///
    /// # Errors
    /// [`Error::Rows`] unless `x` has whole rows, [`Error::Unequal`] unless there are as many `improvements`;
    /// [`Error::NotFinite`] or [`Error::TooLargeRow`].
    pub fn predicted_improvements(&mut self, x: &[Block], improvements: &mut [f32]) -> Result<(), Error> {
        let Self { config, adapter, buffers: Buffers { next_context, .. }, .. } = self;
        predict_each(config.dim(), x, improvements, &mut |x| adapter.predict(config, x, next_context))
    }

    /// A and B.
    pub fn factors(&self) -> Factors<'_> {
        self.adapter.factors(&self.config)
    }

    /// alpha · ‖A B‖ (Frobenius): how far the adapter is from the identity.
    pub fn delta_norm(&self) -> f32 {
        self.adapter.delta_norm(&self.config)
    }

    /// Steps taken since construction or reset.
    pub fn adapt_count(&self) -> u64 {
        self.adapt_count
    }

    /// Forward passes since construction or reset.
    pub fn forward_count(&self) -> u64 {
        self.forward_count
    }

    /// Number of values in A and B: 4 d.
    pub fn param_count(&self) -> usize {
        4 * self.config.dim()
    }
}

fn adapt(
    config: &Config,
    adapter: &mut Adapter,
    context: &mut Context,
    g: &[Block],
    adapt_count: &mut u64,
) -> Result<(), Error> {
    let (_, is_counted, projection) = adapter.step(config, &context.x, context.projections[0], g)?;
    context.projections[0] = projection;
    *adapt_count += u64::from(is_counted);
    Ok(())
}
