//! The hyper-parameters of an adapter: their defaults and their limits.

use crate::check;
use crate::error::{Argument, Error, Refusal};

/// Largest dimension of an adapter or an embedding.
pub const MAX_DIM: usize = 4096;

/// Shape and step size of an adapter. Every value in it has been checked.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Config {
    rate: f64,
    dim: usize,
    alpha: f32,
    learning_rate: f32,
    freeze_a: bool,
}

pinned!(Config[24] { learning_rate: 16, freeze_a: 20 });

const DEFAULT_DIM: f64 = 256.0;
const DEFAULT_ALPHA: f64 = 0.1;
const DEFAULT_LEARNING_RATE: f64 = 0.01;

impl Default for Config {
    fn default() -> Self {
        Self::of(DEFAULT_DIM as usize, DEFAULT_ALPHA as f32, DEFAULT_LEARNING_RATE as f32)
    }
}

impl Config {
    /// Checks the numbers; `None` takes the default (256, 0.1, 0.01). They come as `f64` because that is what a
    /// JavaScript caller has: an integer parameter would wrap before it could be checked.
    ///
    /// # Errors
    /// [`Error::Number`] unless `dim` is an integer from 1 to 4096, `alpha` is above 0 and finite (as `f32`), and
    /// `learning_rate` is above 0 and at most 1.
    pub fn new(dim: Option<f64>, alpha: Option<f64>, learning_rate: Option<f64>) -> Result<Self, Error> {
        Self::checked(dim, alpha, learning_rate).map_err(|refusal| {
            let given = match refusal {
                Refusal::Argument(Argument::Dim) => dim,
                Refusal::Argument(Argument::Alpha) => alpha,
                _ => learning_rate,
            };
            Error::number(refusal, given.unwrap_or(f64::NAN))
        })
    }

    pub(crate) fn checked(dim: Option<f64>, alpha: Option<f64>, learning_rate: Option<f64>) -> Result<Self, Refusal> {
        let dim = check_dim(Argument::Dim, dim.unwrap_or(DEFAULT_DIM))?;
        let alpha = alpha.unwrap_or(DEFAULT_ALPHA) as f32;
        check::number(Argument::Alpha, alpha > 0.0 && alpha.is_finite())?;
        let mut config = Self::of(dim, alpha, 0.0);
        config.try_set_learning_rate(learning_rate.unwrap_or(DEFAULT_LEARNING_RATE))?;
        Ok(config)
    }

    fn of(dim: usize, alpha: f32, learning_rate: f32) -> Self {
        Self { dim, alpha, learning_rate, rate: f64::from(learning_rate) / f64::from(alpha), freeze_a: false }
    }

    /// Changes the learning rate.
    ///
    /// # Errors
    /// [`Error::Number`] unless it is above 0 and at most 1.
    pub fn set_learning_rate(&mut self, learning_rate: f64) -> Result<(), Error> {
        self.try_set_learning_rate(learning_rate).map_err(|refusal| Error::number(refusal, learning_rate))
    }

    pub(crate) fn try_set_learning_rate(&mut self, learning_rate: f64) -> Result<(), Refusal> {
        let rate = learning_rate as f32;
        check::number(Argument::LearningRate, rate > 0.0 && learning_rate <= 1.0)?;
        self.learning_rate = rate;
        self.rate = f64::from(rate) / f64::from(self.alpha);
        Ok(())
    }

    /// Whether A stays as it is and only B learns (FFA-LoRA, Sun et al. 2024): then the average of adapters that started
    /// alike is exact.
    pub fn freeze_a(&mut self, on: bool) {
        self.freeze_a = on;
    }

    /// Whether A stays as it is.
    pub fn is_a_frozen(&self) -> bool {
        self.freeze_a
    }

    /// Values per vector.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// Scale of the low-rank term in y = x + alpha · x A B.
    pub fn alpha(&self) -> f32 {
        self.alpha
    }

    /// learning_rate / alpha: what a step is scaled by.
    pub(crate) fn rate(&self) -> f64 {
        self.rate
    }

    /// Share of the error that each of A and B corrects per step.
    pub fn learning_rate(&self) -> f32 {
        self.learning_rate
    }
}

/// A dimension as an adapter or a buffer takes it.
pub(crate) fn check_dim(argument: Argument, value: f64) -> Result<usize, Refusal> {
    check::integer(argument, value, 1, MAX_DIM)
}
