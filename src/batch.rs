//! Batches: many rows passed through an adapter in one call.

use crate::error::{Argument, Error};
use crate::rows::{Block, LANES, blocks_for};

/// Calls `forward` with each row of `x`, the row of `y` for its output, and whether it is the last row.
///
/// # Errors
/// [`Error::Length`] unless `x` and `y` have the same whole number of rows.
pub fn for_each_row(
    dim: usize,
    x: &[Block],
    y: &mut [Block],
    mut forward: impl FnMut(&[Block], &mut [Block], bool) -> Result<(), Error>,
) -> Result<(), Error> {
    let row = blocks_for(dim);
    if !x.len().is_multiple_of(row) || y.len() != x.len() {
        let (argument, actual) = (Argument::Input, x.len().min(y.len()) * LANES);
        return Err(Error::Length { argument, actual, expected: row * LANES });
    }
    let count = x.len() / row;
    for (i, (x, y)) in x.chunks_exact(row).zip(y.chunks_exact_mut(row)).enumerate() {
        forward(x, y, i + 1 == count)?;
    }
    Ok(())
}
