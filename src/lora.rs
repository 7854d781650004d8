//! One adapter: y = x + alpha · x A B, adapted by gradients or rewards. It is a set of one operator that leans on nothing.

use crate::buffer::Block;
use crate::config::Config;
use crate::error::Error;
use crate::operators::Operator;
use crate::scoped::ScopedLora;
use crate::weights::Factors;

/// The one operator.
const ONE: Operator = Operator::at(0);

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
pub struct MicroLora(ScopedLora);

impl MicroLora {
    /// A new adapter: exactly the identity.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn new(config: Config) -> Result<Self, Error> {
        Ok(Self(ScopedLora::single(config)?))
    }

    /// Back to the state of a new adapter; the buffers become zero and stay where they are.
    pub fn reset(&mut self) {
        self.0.reset_all();
    }

    /// Shape and step size.
    pub fn config(&self) -> &Config {
        self.0.config()
    }

    /// Changes the learning rate.
    ///
    /// # Errors
    /// [`Error::Number`] unless it is above 0 and at most 1.
    pub fn set_learning_rate(&mut self, learning_rate: f64) -> Result<(), Error> {
        self.0.set_learning_rate(learning_rate)
    }

    /// Whether A stays as it is and only B learns; see [`Config::freeze_a`].
    pub fn freeze_a(&mut self, on: bool) {
        self.0.freeze_a(on);
    }

    /// The input buffer `[d]`.
    pub fn input(&self) -> &[f32] {
        self.0.input()
    }

    /// The input buffer `[d]`, to be written before [`MicroLora::forward`], [`MicroLora::adapt`] or
    /// [`MicroLora::adapt_with_reward`]. Its address is 16-byte aligned and the same for life; so are those below.
    pub fn input_mut(&mut self) -> &mut [f32] {
        self.0.input_mut()
    }

    /// The output buffer `[d]`, as the last forward left it.
    pub fn output(&self) -> &[f32] {
        self.0.output()
    }

    /// y = x + alpha · x A B, from the input buffer to the output buffer; x becomes the context. Allocates nothing.
    pub fn forward(&mut self) {
        done(self.0.forward(ONE));
    }

    /// [`MicroLora::forward`] of `input`.
    ///
    /// # Errors
    /// [`Error::Length`].
    pub fn forward_array(&mut self, input: &[f32]) -> Result<&[f32], Error> {
        self.0.forward_array(ONE, input)
    }

    /// [`MicroLora::forward`] of every row of `x`, into the rows of `y`; the last one becomes the context, and the
    /// buffers hold it and its output. Rows lie behind each other, each padded with zeros to
    /// [`blocks_for`](crate::blocks_for) blocks. Allocates nothing.
    ///
    /// # Errors
    /// [`Error::Length`] unless `x` and `y` have the same whole number of rows.
    pub fn forward_rows(&mut self, x: &[Block], y: &mut [Block]) -> Result<(), Error> {
        self.0.forward_rows(ONE, x, y)
    }

    /// One step against the gradient in the input buffer: ∂loss/∂y for the output of the last forward.
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::TooLarge`] or [`Error::Overflow`].
    pub fn adapt(&mut self) -> Result<(), Error> {
        self.0.adapt(ONE)
    }

    /// [`MicroLora::adapt`] with `gradient`; the input buffer keeps its values.
    ///
    /// # Errors
    /// As [`MicroLora::adapt`], and [`Error::Length`].
    pub fn adapt_array(&mut self, gradient: &[f32]) -> Result<(), Error> {
        self.0.adapt_array(ONE, gradient)
    }

    /// [`MicroLora::forward`] of `input` and one step towards `target`; the mean squared error before the step.
    ///
    /// # Errors
    /// As [`MicroLora::adapt_array`]. The context is then what it was.
    pub fn train(&mut self, input: &[f32], target: &[f32]) -> Result<f64, Error> {
        self.0.train(ONE, input, target)
    }

    /// One step that moves the output for the input buffer's x towards (1 + r) x, with r = `improvement` clamped to
    /// [−1, 2]; x becomes the context. A zero x changes nothing and is not counted.
    ///
    /// # Errors
    /// As [`MicroLora::adapt`], and [`Error::Number`] for an improvement that is not finite.
    pub fn adapt_with_reward(&mut self, improvement: f64) -> Result<(), Error> {
        self.0.adapt_with_reward(ONE, improvement)
    }

    /// The reward that the adapter has come to expect for inputs like `input`: (y · x) / |x|² − 1, and 0 for a zero
    /// input. Neither the context nor a counter changes.
    ///
    /// # Errors
    /// [`Error::Length`], [`Error::NotFinite`] or [`Error::TooLarge`].
    pub fn predicted_improvement(&mut self, input: &[f32]) -> Result<f64, Error> {
        self.0.predicted_improvement(ONE, input)
    }

    /// A and B as they are.
    pub fn factors(&self) -> Factors<'_> {
        self.0.single_factors().unwrap_or_default()
    }

    /// alpha · ‖A B‖ (Frobenius): how far the adapter is from the identity.
    pub fn delta_norm(&self) -> f32 {
        self.0.delta_norm(ONE)
    }

    /// Steps taken since construction or reset.
    pub fn adapt_count(&self) -> u64 {
        self.0.adapt_count(ONE)
    }

    /// Forward passes since construction or reset.
    pub fn forward_count(&self) -> u64 {
        self.0.forward_count(ONE)
    }

    /// Trained values: 4 d.
    pub fn param_count(&self) -> usize {
        self.0.param_count()
    }
}

/// A single adapter has all of its memory from the start, so its operator's forward cannot fail.
fn done(result: Result<(), Error>) {
    debug_assert!(result.is_ok());
}
