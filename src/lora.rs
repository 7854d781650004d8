//! One adapter: y = x + alpha · x A B, adapted by gradients or rewards.

use crate::buffer::Row;
use crate::check;
use crate::config::Config;
use crate::error::Error;
use crate::kernel::{self, Projection};
use crate::weights::{Factors, MIN_NORM2, Term, Weights};

/// A rank-2 LoRA adapter over vectors of one dimension, with fixed input, output and gradient buffers.
///
/// ```
/// use ruvector_learning_wasm::{Config, MicroLora};
///
/// let mut lora = MicroLora::new(Config::new(Some(4.0), None, Some(0.5))?)?;
/// let (x, target) = ([1.0, 0.0, -1.0, 0.5], [1.0, 0.2, -1.0, 0.7]);
/// for _ in 0..50 {
///     let y = lora.forward_array(&x)?.to_vec();
///     let gradient: Vec<f32> = y.iter().zip(target).map(|(y, t)| y - t).collect();
///     lora.adapt_array(&gradient)?;
/// }
/// let y = lora.forward_array(&x)?;
/// assert!((y[1] - 0.2).abs() < 1e-3);
/// # Ok::<(), ruvector_learning_wasm::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct MicroLora {
    config: Config,
    weights: Weights,
    /// The input of the last forward: what the next gradient is about.
    context: Row,
    /// h and |x|² of `context` under the A of now.
    projection: Projection,
    input: Row,
    output: Row,
    staging: Row,
    forward_count: u64,
    adapt_count: u64,
}

impl MicroLora {
    /// A new adapter: exactly the identity.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn new(config: Config) -> Result<Self, Error> {
        let row = || Row::zeroed(config.dim());
        let mut lora = Self {
            weights: Weights::new(&config, 0)?,
            context: row()?,
            projection: Projection::default(),
            input: row()?,
            output: row()?,
            staging: row()?,
            forward_count: 0,
            adapt_count: 0,
            config,
        };
        lora.forget_context();
        Ok(lora)
    }

    /// Back to the state of a new adapter; the buffers become zero and stay where they are.
    pub fn reset(&mut self) {
        self.weights.reset(&self.config);
        for row in [&mut self.input, &mut self.output, &mut self.staging] {
            row.clear();
        }
        self.forget_context();
        self.forward_count = 0;
        self.adapt_count = 0;
    }

    fn forget_context(&mut self) {
        fill_unit(&mut self.context, self.config.dim());
        self.projection = self.weights.project(&self.context);
    }

    /// Shape and step size.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The input buffer `[d]`.
    pub fn input(&self) -> &[f32] {
        self.input.values(self.config.dim())
    }

    /// The input buffer `[d]`, to be written before [`MicroLora::forward`], [`MicroLora::adapt`] or
    /// [`MicroLora::adapt_with_reward`].
    pub fn input_mut(&mut self) -> &mut [f32] {
        self.input.values_mut(self.config.dim())
    }

    /// The output buffer `[d]`, as the last forward left it.
    pub fn output(&self) -> &[f32] {
        self.output.values(self.config.dim())
    }

    /// The staging buffer `[d]`, where an argument waits for the `…_staged` calls. They, rewards and predictions leave
    /// anything in it.
    pub fn staging_mut(&mut self) -> &mut [f32] {
        self.staging.values_mut(self.config.dim())
    }

    /// y = x + alpha · x A B, from the input buffer to the output buffer; x becomes the context. Allocates nothing.
    pub fn forward(&mut self) {
        let (input, context) = (self.input.blocks(), self.context.blocks_mut());
        self.projection = kernel::project_and_copy(self.weights.a(), input, context);
        let Term { rows, scales } = self.weights.term(&self.config, self.projection, 1.0);
        kernel::expand(rows, scales, input, self.output.blocks_mut());
        self.forward_count += 1;
    }

    /// [`MicroLora::forward`] of `input`.
    ///
    /// # Errors
    /// [`Error::Length`].
    pub fn forward_array(&mut self, input: &[f32]) -> Result<&[f32], Error> {
        check::length("input", input.len(), "adapter", self.config.dim())?;
        self.input_mut().copy_from_slice(input);
        self.forward();
        Ok(self.output())
    }

    /// [`MicroLora::forward`] of what the staging buffer holds.
    pub fn forward_staged(&mut self) {
        self.input.copy_from(&self.staging);
        self.forward();
    }

    /// One step against the gradient in the input buffer: ∂loss/∂y for the output of the last forward.
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::TooLarge`] or [`Error::Overflow`].
    pub fn adapt(&mut self) -> Result<(), Error> {
        let Self { config, weights, context, projection, input, .. } = self;
        self.adapt_count += u64::from(descend(config, weights, context, projection, input)?);
        Ok(())
    }

    /// [`MicroLora::adapt`] with the gradient in the staging buffer; the input buffer keeps its values.
    ///
    /// # Errors
    /// As [`MicroLora::adapt`].
    pub fn adapt_staged(&mut self) -> Result<(), Error> {
        let Self { config, weights, context, projection, staging, .. } = self;
        self.adapt_count += u64::from(descend(config, weights, context, projection, staging)?);
        Ok(())
    }

    /// [`MicroLora::adapt`] with `gradient`; the input buffer keeps its values.
    ///
    /// # Errors
    /// As [`MicroLora::adapt`], and [`Error::Length`].
    pub fn adapt_array(&mut self, gradient: &[f32]) -> Result<(), Error> {
        check::length("gradient", gradient.len(), "adapter", self.config.dim())?;
        self.staging_mut().copy_from_slice(gradient);
        self.adapt_staged()
    }

    /// One step that moves the output for the input buffer's x towards (1 + r) x, with r = `improvement` clamped to
    /// [−1, 2]; x becomes the context. A zero x changes nothing and is not counted.
    ///
    /// # Errors
    /// As [`MicroLora::adapt`], and [`Error::Number`] for an improvement that is not finite.
    pub fn adapt_with_reward(&mut self, improvement: f64) -> Result<(), Error> {
        let reward = check::reward(improvement)?;
        let mut x = self.weights.project(&self.input);
        check::finite("input", self.input.blocks(), x.norm2)?;
        if x.norm2 < MIN_NORM2 {
            return Ok(());
        }
        let step = self.weights.plan_towards(&self.config, x, reward, &self.input, &mut self.staging)?;
        if let Some(step) = step {
            self.weights.apply(step, &self.input, &mut x, &self.staging);
        }
        self.context.copy_from(&self.input);
        self.projection = x;
        self.adapt_count += 1;
        Ok(())
    }

    /// The reward that the adapter has come to expect for inputs like `input`: (y · x) / |x|² − 1, and 0 for a zero
    /// input. Neither the context nor a counter changes.
    ///
    /// # Errors
    /// [`Error::Length`], [`Error::NotFinite`] or [`Error::TooLarge`].
    pub fn predicted_improvement(&mut self, input: &[f32]) -> Result<f64, Error> {
        check::length("input", input.len(), "adapter", self.config.dim())?;
        self.staging_mut().copy_from_slice(input);
        self.predicted_staged()
    }

    /// [`MicroLora::predicted_improvement`] of what the staging buffer holds.
    ///
    /// # Errors
    /// [`Error::NotFinite`] or [`Error::TooLarge`].
    pub fn predicted_staged(&mut self) -> Result<f64, Error> {
        let x = self.weights.project(&self.staging);
        check::finite("input", self.staging.blocks(), x.norm2)?;
        Ok(self.weights.predicted_improvement(&self.config, &self.staging, x))
    }

    /// A and B as they are.
    pub fn factors(&self) -> Factors<'_> {
        self.weights.factors(&self.config)
    }

    /// alpha · ‖A B‖ (Frobenius): how far the adapter is from the identity.
    pub fn delta_norm(&self) -> f32 {
        self.weights.delta_norm(&self.config)
    }

    /// Steps taken since construction or reset.
    pub fn adapt_count(&self) -> u64 {
        self.adapt_count
    }

    /// Forward passes since construction or reset.
    pub fn forward_count(&self) -> u64 {
        self.forward_count
    }

    /// Trained values: 4 d.
    pub fn param_count(&self) -> usize {
        4 * self.config.dim()
    }
}

/// One step against `gradient` at the context; whether one was taken.
fn descend(
    config: &Config,
    weights: &mut Weights,
    context: &Row,
    projection: &mut Projection,
    gradient: &Row,
) -> Result<bool, Error> {
    let g = weights.project_gradient(gradient);
    check::finite("gradient", gradient.blocks(), g.norm2)?;
    check::finite("input", context.blocks(), projection.norm2)?;
    let step = weights.plan(config, *projection, g)?;
    if let Some(step) = step {
        weights.apply(step, context, projection, gradient);
    }
    Ok(step.is_some())
}

/// The context before the first forward: (1/√d, …).
pub(crate) fn fill_unit(context: &mut Row, dim: usize) {
    context.values_mut(dim).fill(1.0 / libm::sqrtf(dim as f32));
}
