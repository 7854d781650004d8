//! The hyper-parameters of an adapter: their defaults and their limits.

use crate::error::Error;

/// Largest dimension of an adapter or an embedding.
pub const MAX_DIM: usize = 4096;

/// Shape and step size of an adapter. Every value in it has been checked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    dim: usize,
    alpha: f32,
    learning_rate: f32,
    rate: f64,
}

impl Default for Config {
    fn default() -> Self {
        Self::checked(256, 0.1, 0.01)
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
        let default = Self::default();
        Ok(Self::checked(
            match dim {
                None => default.dim,
                Some(dim) => check_dim("dim", dim)?,
            },
            match alpha {
                None => default.alpha,
                Some(alpha) => check_alpha(alpha)?,
            },
            match learning_rate {
                None => default.learning_rate,
                Some(rate) => check_learning_rate(rate)?,
            },
        ))
    }

    fn checked(dim: usize, alpha: f32, learning_rate: f32) -> Self {
        Self { dim, alpha, learning_rate, rate: f64::from(learning_rate) / f64::from(alpha) }
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

/// An integer from 1 to `max`, or `None`.
pub(crate) fn positive_integer(value: f64, max: usize) -> Option<usize> {
    let integer = value as usize; // saturates; NaN becomes 0
    (integer as f64 == value && (1..=max).contains(&integer)).then_some(integer)
}

/// A dimension as an adapter or a buffer takes it.
pub(crate) fn check_dim(name: &'static str, value: f64) -> Result<usize, Error> {
    positive_integer(value, MAX_DIM).ok_or(Error::Number { name, allowed: "an integer from 1 to 4096", value })
}

fn check_alpha(value: f64) -> Result<f32, Error> {
    let alpha = value as f32;
    if alpha > 0.0 && alpha.is_finite() {
        Ok(alpha)
    } else {
        Err(Error::Number { name: "alpha", allowed: "above 0 and finite as a 32-bit float", value })
    }
}

fn check_learning_rate(value: f64) -> Result<f32, Error> {
    let rate = value as f32;
    if rate > 0.0 && value <= 1.0 {
        Ok(rate)
    } else {
        Err(Error::Number { name: "learning_rate", allowed: "above 0 and at most 1", value })
    }
}
