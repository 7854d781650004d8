//! The buffers of an adapter or of a set of adapters: rows for the vectors that are passed in and out, and for copies.

use crate::config::Config;
use crate::error::Error;
use crate::rows::{Block, Row, clear, row, values, values_mut};

/// Rows of `dim` values, whose addresses never change.
#[derive(Clone, Debug)]
pub struct Buffers {
    /// The input of `forward` or the gradient of `adapt`. Users write and read it.
    pub input: Row,
    /// The output of the last forward. Users read it.
    pub output: Row,
    /// The vector that a call has been given, where it is checked before anything else changes.
    pub argument: Row,
    /// A copy of the target of `train`, and then the gradient: output minus target.
    pub target: Row,
    /// A copy of the input while a call works on it. `train` and `reward` swap it with the context when they succeed.
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

    /// Copies a row to the input buffer. Its padding is not copied: that of the buffer must stay zero.
    pub fn set_input(&mut self, config: &Config, x: &[Block]) {
        values_mut(&mut self.input, config.dim()).copy_from_slice(values(x, config.dim()));
    }

    /// Sets all values to zero.
    pub fn clear(&mut self) {
        let Self { input, output, argument, target, next_context } = self;
        for row in [input, output, argument, target, next_context] {
            clear(row);
        }
    }
}
