//! Batches: many rows passed through an adapter in one call.

use crate::check;
use crate::error::{Argument, Error};
use crate::kernels;
use crate::rows::{Block, LANES, blocks_for, values};

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

/// Sets each of `improvements` to what `predict` says of its row of `x`.
///
/// # Errors
/// [`Error::Length`] unless there are as many rows as `improvements`; [`Error::NotFinite`] or [`Error::TooLarge`] for a row,
/// with an index that counts from the first value of the first row.
pub fn predict_each(
    dim: usize,
    x: &[Block],
    improvements: &mut [f32],
    mut predict: impl FnMut(&[Block]) -> f64,
) -> Result<(), Error> {
    let row = blocks_for(dim);
    if x.len() != row * improvements.len() {
        let (actual, expected) = (x.len() * LANES, row * LANES * improvements.len());
        return Err(Error::Length { argument: Argument::Inputs, actual, expected });
    }
    for (i, (x, improvement)) in x.chunks_exact(row).zip(improvements).enumerate() {
        let checked = check::finite(Argument::Inputs, kernels::norm2(x), values(x, dim));
        checked.map_err(|error| error.with_index_from(i * dim))?;
        *improvement = predict(x) as f32;
    }
    Ok(())
}
