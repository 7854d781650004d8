//! The hyper-parameters of an adapter, their defaults, and the checks of their values. The conditions that numbers must
//! meet, as error messages state them, are in `Argument::rule` in error.rs, and so is the range of `dim`.

use crate::check;
use crate::error::{Argument, Error};

/// Largest dimension of an adapter or an embedding.
pub const MAX_DIM: usize = 4096;

/// Dimension, scale and learning rate of an adapter, and whether A is trained. All values have been checked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    dim: usize,
    alpha: f32,
    learning_rate: f32,
    /// learning_rate / alpha.
    rate: f64,
    freeze_a: bool,
}

impl Default for Config {
    fn default() -> Self {
        let mut config = Self { dim: 256, alpha: 0.1, learning_rate: 0.0, rate: 0.0, freeze_a: false };
        config.set_rate(0.01);
        config
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
        let mut config = Self::default();
        if let Some(dim) = dim {
            config.dim = check::integer(Argument::Dim, dim)?;
        }
        if let Some(alpha) = alpha {
            check::number(Argument::Alpha, alpha, Self::is_alpha(alpha))?;
            config.alpha = alpha as f32;
        }
        match learning_rate {
            Some(learning_rate) => config.set_learning_rate(learning_rate)?,
            None => config.set_rate(config.learning_rate),
        }
        Ok(config)
    }

    /// Whether alpha may be this.
    pub(crate) fn is_alpha(value: f64) -> bool {
        value as f32 > 0.0 && (value as f32).is_finite()
    }

    /// Whether the learning rate may be this.
    pub(crate) fn is_learning_rate(value: f64) -> bool {
        value as f32 > 0.0 && value <= 1.0
    }

    /// Changes the learning rate.
    ///
    /// # Errors
    /// [`Error::Number`] unless it is above 0 and at most 1.
    pub fn set_learning_rate(&mut self, learning_rate: f64) -> Result<(), Error> {
        check::number(Argument::LearningRate, learning_rate, Self::is_learning_rate(learning_rate))?;
        self.set_rate(learning_rate as f32);
        Ok(())
    }

    fn set_rate(&mut self, learning_rate: f32) {
        self.learning_rate = learning_rate;
        self.rate = f64::from(learning_rate) / f64::from(self.alpha);
    }

    /// Sets whether A is frozen, so that only B is trained (FFA-LoRA, Sun et al. 2024). Adapters with the same A can be
    /// averaged exactly.
    pub fn freeze_a(&mut self, on: bool) {
        self.freeze_a = on;
    }

    /// Whether A is frozen.
    pub fn is_a_frozen(&self) -> bool {
        self.freeze_a
    }

    /// Values per vector.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// Scale of the low-rank update in y = x + alpha · x A B. It is what PEFT calls `scaling`, `lora_alpha / r`, and not
    /// its `lora_alpha`.
    pub fn alpha(&self) -> f32 {
        self.alpha
    }

    /// learning_rate / alpha. The step length is this over |x|².
    pub(crate) fn rate(&self) -> f64 {
        self.rate
    }

    /// Largest share of the error that is corrected by the step of A, and then by that of B.
    pub fn learning_rate(&self) -> f32 {
        self.learning_rate
    }
}
