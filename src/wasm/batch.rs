//! The buffer that `forward_batch` passes rows through: a few at a time, so that they stay in the nearest cache.

use alloc::boxed::Box;

use crate::buffer::{Block, blocks_for, zeroed};
use crate::error::Error;

/// Inputs and outputs of a part of a batch, made at first use.
#[derive(Debug, Default)]
pub struct Batch(Option<Box<[Block]>>);

impl Batch {
    /// Rows that one part can have.
    pub const ROWS: usize = 16;

    /// Address of the inputs; the outputs follow [`Batch::ROWS`] rows later.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn address(&mut self, dim: usize) -> Result<usize, Error> {
        let blocks = match &self.0 {
            Some(blocks) => blocks,
            None => self.0.insert(zeroed(2 * Self::ROWS * blocks_for(dim))?),
        };
        Ok(blocks.as_ptr() as usize)
    }

    /// The first `count` inputs and their outputs; none of either if there are not so many.
    pub fn rows(&mut self, count: usize, dim: usize) -> (&[Block], &mut [Block]) {
        let blocks = self.0.as_deref_mut().unwrap_or_default();
        let (inputs, outputs) = blocks.split_at_mut(blocks.len() / 2);
        let wanted = count.saturating_mul(blocks_for(dim));
        (inputs.get(..wanted).unwrap_or_default(), outputs.get_mut(..wanted).unwrap_or_default())
    }
}
