//! Checks of arguments, shared by every class.

use crate::buffer::Block;
use crate::error::{Argument, Error};

/// A vector has `expected` values.
pub fn length(argument: Argument, actual: usize, expected: usize) -> Result<(), Error> {
    if actual == expected { Ok(()) } else { Err(Error::Length { argument, actual, expected }) }
}

/// Every value of `row` is finite, and so is its squared norm. A kernel has summed `norm2` already, so a good row costs
/// one comparison; only a bad one is searched.
#[inline(always)]
pub fn finite(argument: Argument, row: &[Block], norm2: f32) -> Result<(), Error> {
    if norm2.is_finite() { Ok(()) } else { Err(not_finite(argument, row)) }
}

#[cold]
#[inline(never)]
fn not_finite(argument: Argument, row: &[Block]) -> Error {
    let values = row.iter().flat_map(|block| block.0);
    match values.enumerate().find(|(_, value)| !value.is_finite()) {
        Some((index, value)) => Error::NotFinite { argument, index, value },
        None => Error::TooLarge { argument },
    }
}

/// `value`, if it is `allowed`.
#[inline(always)]
pub fn number(argument: Argument, value: f64, allowed: bool) -> Result<f64, Error> {
    if allowed { Ok(value) } else { Err(Error::Number { argument, value }) }
}

/// An integer from `least` to `most`.
#[inline(always)]
pub fn integer(argument: Argument, value: f64, least: usize, most: usize) -> Result<usize, Error> {
    let integer = value as u32; // saturates; NaN becomes 0
    let allowed = f64::from(integer) == value && (least..=most).contains(&(integer as usize));
    number(argument, value, allowed)?;
    Ok(integer as usize)
}

/// A reward, clamped to [−1, 2].
pub fn reward(improvement: f64) -> Result<f32, Error> {
    let finite = number(Argument::Improvement, improvement, improvement.is_finite())?;
    Ok(finite.clamp(-1.0, 2.0) as f32)
}
