//! Batches: many rows passed through an adapter in one call.

use crate::adapter::Prediction;
use crate::check;
use crate::error::{Argument, Error};
use crate::rows::{BLOCK_LEN, Block, blocks_for, values};

/// Calls `forward` with each row of `x`, the row of `y` for its output, and whether it is the last row.
///
/// # Errors
/// [`Error::Rows`] unless `x` has whole rows, [`Error::Unequal`] unless `y` has as many.
pub fn for_each_row(
    dim: usize,
    x: &[Block],
    y: &mut [Block],
    mut forward: impl FnMut(&[Block], &mut [Block], bool) -> Result<(), Error>,
) -> Result<(), Error> {
    let (row, count) = whole_rows(dim, x)?;
    check_outputs(y.len() * BLOCK_LEN, x.len() * BLOCK_LEN)?;
    for (i, (x, y)) in x.chunks_exact(row).zip(y.chunks_exact_mut(row)).enumerate() {
        forward(x, y, i + 1 == count)?;
    }
    Ok(())
}

/// Sets each of `improvements` to what `predict` says of its row of `x`.
///
/// # Errors
/// [`Error::Rows`] unless `x` has whole rows, [`Error::Unequal`] unless there are as many `improvements`;
/// [`Error::NotFinite`], with an index that counts from the first value of the first row, or [`Error::TooLargeRow`].
pub fn predict_each(
    dim: usize,
    x: &[Block],
    improvements: &mut [f32],
    predict: &mut dyn FnMut(&[Block]) -> Prediction,
) -> Result<(), Error> {
    let (row, count) = whole_rows(dim, x)?;
    check_outputs(improvements.len(), count)?;
    for (i, (x, improvement)) in x.chunks_exact(row).zip(improvements).enumerate() {
        let prediction = predict(x);
        let checked = check::finite(Argument::Inputs, prediction.norm2, values(x, dim));
        checked.map_err(|error| error.in_rows_from(i, dim))?;
        *improvement = prediction.improvement as f32;
    }
    Ok(())
}

/// Blocks of a row, and how many rows there are.
fn whole_rows(dim: usize, x: &[Block]) -> Result<(usize, usize), Error> {
    let row = blocks_for(dim);
    if !x.len().is_multiple_of(row) {
        return Err(Error::Rows { argument: Argument::Inputs, actual: x.len() * BLOCK_LEN, dim: row * BLOCK_LEN });
    }
    Ok((row, x.len() / row))
}

fn check_outputs(actual: usize, expected: usize) -> Result<(), Error> {
    let (argument, other) = (Argument::Outputs, Argument::Inputs);
    if actual == expected { Ok(()) } else { Err(Error::Unequal { argument, actual, other, expected }) }
}
