//! Checks of arguments, shared by every class.

use crate::buffer::Block;
use crate::error::Error;

/// A vector for `owner` ("adapter" or "buffer") has `expected` values.
pub fn length(name: &'static str, actual: usize, owner: &'static str, expected: usize) -> Result<(), Error> {
    if actual == expected { Ok(()) } else { Err(Error::Length { name, actual, owner, expected }) }
}

/// Every value of `row` is finite, and so is its squared norm. A kernel has summed `norm2` already, so a good row costs
/// one comparison; only a bad one is searched.
pub fn finite(name: &'static str, row: &[Block], norm2: f32) -> Result<(), Error> {
    if norm2.is_finite() { Ok(()) } else { Err(not_finite(name, row)) }
}

#[cold]
fn not_finite(name: &'static str, row: &[Block]) -> Error {
    let values = row.iter().flat_map(|block| block.0);
    match values.enumerate().find(|(_, value)| !value.is_finite()) {
        Some((index, value)) => Error::NotFinite { name, index, value },
        None => Error::TooLarge { name },
    }
}

/// A reward, clamped to [−1, 2].
pub fn reward(improvement: f64) -> Result<f32, Error> {
    if improvement.is_finite() {
        Ok(improvement.clamp(-1.0, 2.0) as f32)
    } else {
        Err(Error::Number { name: "improvement", allowed: "finite", value: improvement })
    }
}
