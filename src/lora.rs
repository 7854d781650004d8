//! One adapter: y = x + alpha · x A B, adapted by gradients or rewards.

use crate::buffer::{Block, LANES, Rows, values, values_mut};
use crate::check;
use crate::config::Config;
use crate::error::{Argument, Error};
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
    /// h and |x|² of the context under the A of now.
    projection: Projection,
    rows: Rows<4>,
    forward_count: u64,
    adapt_count: u64,
}

// Positions in `rows`.
const INPUT: usize = 0;
const OUTPUT: usize = 1;
const STAGING: usize = 2;
/// The input of the last forward: what the next gradient is about.
const CONTEXT: usize = 3;

impl MicroLora {
    /// A new adapter: exactly the identity.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn new(config: Config) -> Result<Self, Error> {
        let mut lora = Self {
            weights: Weights::new(&config, 0)?,
            projection: Projection::default(),
            rows: Rows::zeroed(config.dim())?,
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
        self.rows.clear();
        self.forget_context();
        self.forward_count = 0;
        self.adapt_count = 0;
    }

    fn forget_context(&mut self) {
        let [.., context] = self.rows.each_mut();
        fill_unit(context, self.config.dim());
        self.projection = kernel::project(self.weights.a(), context);
    }

    /// Shape and step size.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The input buffer `[d]`.
    pub fn input(&self) -> &[f32] {
        values(self.rows.each()[INPUT], self.config.dim())
    }

    /// The input buffer `[d]`, to be written before [`MicroLora::forward`], [`MicroLora::adapt`] or
    /// [`MicroLora::adapt_with_reward`].
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

    /// y = x + alpha · x A B, from the input buffer to the output buffer; x becomes the context. Allocates nothing.
    pub fn forward(&mut self) {
        let [input, output, _, context] = self.rows.each_mut();
        self.projection = kernel::project_and_copy(self.weights.a(), input, context);
        let Term { rows, scales } = self.weights.term(&self.config, self.projection, 1.0);
        kernel::expand(rows, scales, input, output);
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

    /// [`MicroLora::forward`] of every row of `x`, into the rows of `y`; the last one becomes the context, and the
    /// buffers hold it and its output. Rows lie behind each other, each padded with zeros to
    /// [`blocks_for`](crate::blocks_for) blocks. Allocates nothing.
    ///
    /// # Errors
    /// [`Error::Length`] unless `x` and `y` have the same whole number of rows.
    pub fn forward_rows(&mut self, x: &[Block], y: &mut [Block]) -> Result<(), Error> {
        let [input, output, ..] = self.rows.each_mut();
        let row = input.len();
        if !x.len().is_multiple_of(row) || y.len() != x.len() {
            let argument = Argument::Input;
            return Err(Error::Length { argument, actual: x.len().min(y.len()) * LANES, expected: row * LANES });
        }
        let mut rows = x.chunks_exact(row).zip(y.chunks_exact_mut(row));
        let last = rows.next_back();
        // Two at a time, which reads the weights half as often.
        while let Some((x0, y0)) = rows.next() {
            let (x1, y1) = rows.next().unwrap_or((x0, &mut *output));
            let scales = kernel::project_two(self.weights.a(), [x0, x1]).map(|h| h.map(|h| self.config.alpha() * h));
            kernel::expand_two(self.weights.b(), scales, [x0, x1], [y0, y1]);
        }
        self.forward_count += (x.len() / row).saturating_sub(1) as u64;
        if let Some((x, y)) = last {
            let dim = self.config.dim(); // the padding of the buffers must stay zero, whatever the caller's is
            values_mut(input, dim).copy_from_slice(values(x, dim));
            self.forward();
            y.copy_from_slice(self.rows.each()[OUTPUT]);
        }
        Ok(())
    }

    /// One step against the gradient in the input buffer: ∂loss/∂y for the output of the last forward.
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::TooLarge`] or [`Error::Overflow`].
    pub fn adapt(&mut self) -> Result<(), Error> {
        self.descend(INPUT)
    }

    /// [`MicroLora::adapt`] with the gradient in the staging buffer; the input buffer keeps its values.
    ///
    /// # Errors
    /// As [`MicroLora::adapt`].
    pub fn adapt_staged(&mut self) -> Result<(), Error> {
        self.descend(STAGING)
    }

    /// [`MicroLora::adapt`] with `gradient`; the input buffer keeps its values.
    ///
    /// # Errors
    /// As [`MicroLora::adapt`], and [`Error::Length`].
    pub fn adapt_array(&mut self, gradient: &[f32]) -> Result<(), Error> {
        check::length(Argument::Gradient, gradient.len(), self.config.dim())?;
        self.staging_mut().copy_from_slice(gradient);
        self.adapt_staged()
    }

    /// One step against the gradient in `rows[gradient]`.
    fn descend(&mut self, gradient: usize) -> Result<(), Error> {
        let Self { config, weights, projection, rows, adapt_count, .. } = self;
        let rows = rows.each();
        let (gradient, context) = (rows[gradient], rows[CONTEXT]);
        let g = kernel::project(weights.b(), gradient);
        check::finite(Argument::Gradient, gradient, g.norm2)?;
        check::finite(Argument::Input, context, projection.norm2)?;
        *adapt_count += u64::from(weights.descend(config, context, projection, g.into(), gradient)?);
        Ok(())
    }

    /// One step that moves the output for the input buffer's x towards (1 + r) x, with r = `improvement` clamped to
    /// [−1, 2]; x becomes the context. A zero x changes nothing and is not counted.
    ///
    /// # Errors
    /// As [`MicroLora::adapt`], and [`Error::Number`] for an improvement that is not finite.
    pub fn adapt_with_reward(&mut self, improvement: f64) -> Result<(), Error> {
        let reward = check::reward(improvement)?;
        let Self { config, weights, projection, rows, adapt_count, .. } = self;
        let [input, _, _, context] = rows.each_mut();
        let [mut on_a, on_b] = kernel::project_both([weights.a(), weights.b()], input);
        check::finite(Argument::Input, input, on_a.norm2)?;
        if on_a.norm2 < MIN_NORM2 {
            return Ok(());
        }
        let gradient = weights.gradient_towards(config, on_a, reward, on_b);
        weights.descend(config, input, &mut on_a, gradient, input)?;
        context.copy_from_slice(input);
        *projection = on_a;
        *adapt_count += 1;
        Ok(())
    }

    /// The reward that the adapter has come to expect for inputs like `input`: (y · x) / |x|² − 1, and 0 for a zero
    /// input. Neither the context nor a counter changes.
    ///
    /// # Errors
    /// [`Error::Length`], [`Error::NotFinite`] or [`Error::TooLarge`].
    pub fn predicted_improvement(&mut self, input: &[f32]) -> Result<f64, Error> {
        check::length(Argument::Input, input.len(), self.config.dim())?;
        self.staging_mut().copy_from_slice(input);
        self.predicted_staged()
    }

    /// [`MicroLora::predicted_improvement`] of what the staging buffer holds.
    ///
    /// # Errors
    /// [`Error::NotFinite`] or [`Error::TooLarge`].
    pub fn predicted_staged(&self) -> Result<f64, Error> {
        self.weights.predicted_improvement(&self.config, self.rows.each()[STAGING])
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

/// The context before the first forward: (1/√d, …).
pub(crate) fn fill_unit(context: &mut [Block], dim: usize) {
    values_mut(context, dim).fill((1.0 / kernel::sqrt(dim as f64)) as f32);
}
