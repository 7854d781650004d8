//! The rows through which vectors come and go: the fixed buffers of an adapter or a set of them.

use crate::config::Config;
use crate::error::Error;
use crate::rows::{Row, clear, row};

/// Rows of `dim` values, whose addresses are fixed for life.
#[derive(Clone, Debug)]
pub struct Buffers {
    /// The input of `forward`, the gradient of `adapt`. Users see it.
    pub input: Row,
    /// The output of the last forward. Users see it.
    pub output: Row,
    /// A copy of a vector that was given as an argument.
    pub argument: Row,
    /// A copy of a target, and then the gradient towards it.
    pub target: Row,
    /// A copy of an input that becomes the context if the call succeeds.
    pub next_context: Row,
}

impl Buffers {
    /// Rows of zeros.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn new(config: &Config) -> Result<Self, Error> {
        let row = || row(config.dim());
        Ok(Self { input: row()?, output: row()?, argument: row()?, target: row()?, next_context: row()? })
    }

    /// Back to zeros.
    pub fn clear(&mut self) {
        let Self { input, output, argument, target, next_context } = self;
        for row in [input, output, argument, target, next_context] {
            clear(row);
        }
    }
}
