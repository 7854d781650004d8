//! Checks of arguments, shared by all classes.

use crate::error::{Argument, Error, Rule};

/// A vector has `expected` values.
pub fn length(argument: Argument, actual: usize, expected: usize) -> Result<(), Error> {
    if actual == expected { Ok(()) } else { Err(Error::Length { argument, actual, expected }) }
}

/// A vector and its squared norm, which a kernel has summed already, are finite.
#[inline(always)]
pub fn finite(argument: Argument, norm2: f32, values: &[f32]) -> Result<(), Error> {
    if norm2.is_finite() { Ok(()) } else { Err(not_finite(argument, values)) }
}

#[cold]
#[inline(never)]
fn not_finite(argument: Argument, values: &[f32]) -> Error {
    match values.iter().enumerate().find(|(_, value)| !value.is_finite()) {
        Some((index, &value)) => Error::NotFinite { argument, index, value },
        None => Error::TooLarge { argument },
    }
}

/// A number is `allowed`.
#[inline(always)]
pub fn number(argument: Argument, value: f64, allowed: bool) -> Result<(), Error> {
    if allowed { Ok(()) } else { Err(Error::Number { argument, value }) }
}

/// An integer in the argument's range.
///
/// # Panics
/// If the argument's rule is not that of an integer.
#[inline(always)]
pub fn integer(argument: Argument, value: f64) -> Result<usize, Error> {
    let Rule::Integer(least, most) = argument.rule() else { panic!("no integer is given for it") };
    let integer = value as u32; // saturates, drops the fraction, and makes 0 of NaN
    let allowed = f64::from(integer) == value && (least..=most).contains(&(integer as usize));
    number(argument, value, allowed)?;
    Ok(integer as usize)
}

/// A list has at least one entry, and not more than the argument may have.
pub fn entries(argument: Argument, actual: usize) -> Result<(), Error> {
    if (1..=argument.most_entries()).contains(&actual) { Ok(()) } else { Err(Error::Entries { argument, actual }) }
}
