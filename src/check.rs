//! Checks of arguments, shared by every class.

use crate::error::{Argument, Error, Refusal};

/// A vector has `expected` values.
pub fn length(argument: Argument, actual: usize, expected: usize) -> Result<(), Error> {
    if actual == expected { Ok(()) } else { Err(Error::Length { argument, actual, expected }) }
}

/// A vector and its squared norm, which a kernel has summed already, are finite.
#[inline(always)]
pub fn finite(argument: Argument, norm2: f32) -> Result<(), Refusal> {
    number(argument, norm2.is_finite())
}

/// A number is `allowed`.
#[inline(always)]
pub fn number(argument: Argument, allowed: bool) -> Result<(), Refusal> {
    if allowed { Ok(()) } else { Err(Refusal::Argument(argument)) }
}

/// An integer from `least` to `most`.
#[inline(always)]
pub fn integer(argument: Argument, value: f64, least: usize, most: usize) -> Result<usize, Refusal> {
    let integer = value as u32; // saturates; NaN becomes 0
    number(argument, f64::from(integer) == value && (least..=most).contains(&(integer as usize)))?;
    Ok(integer as usize)
}
