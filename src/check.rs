//! Checks of arguments, shared by all classes. Each returns an error unless the condition in its description is met.

use crate::error::{Argument, Error, Rule};
use crate::kernels;
use crate::rows::{Block, values};

/// A vector must have `expected` values.
pub fn length(argument: Argument, actual: usize, expected: usize) -> Result<(), Error> {
    if actual == expected { Ok(()) } else { Err(Error::Length { argument, actual, expected }) }
}

/// A vector and its squared norm must be finite. `norm2` is the squared norm, as a kernel has computed it.
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

/// A number must be `allowed`: the caller compares it with the argument's rule, since rules differ.
#[inline(always)]
pub fn number(argument: Argument, value: f64, allowed: bool) -> Result<(), Error> {
    if allowed { Ok(()) } else { Err(Error::Number { argument, value }) }
}

/// A number must be an integer in the argument's range. Returns the integer.
///
/// # Panics
/// If the argument's rule is not [`Rule::Integer`].
#[inline(always)]
pub fn integer(argument: Argument, value: f64) -> Result<usize, Error> {
    let Rule::Integer(least, most) = argument.rule() else { panic!("no integer is given for it") };
    let integer = value as u32; // saturates, drops the fraction, and turns NaN into 0
    let allowed = f64::from(integer) == value && (least..=most).contains(&(integer as usize));
    number(argument, value, allowed)?;
    Ok(integer as usize)
}

/// A list must have at least one entry, and no more than the argument may have.
pub fn entries(argument: Argument, actual: usize) -> Result<(), Error> {
    if (1..=argument.most_entries()).contains(&actual) { Ok(()) } else { Err(Error::Entries { argument, actual }) }
}

/// An improvement must be finite. Returns the reward, which is the improvement clamped to [−1, 2].
pub fn reward(improvement: f64) -> Result<f32, Error> {
    number(Argument::Improvement, improvement, improvement.is_finite())?;
    Ok(improvement.clamp(-1.0, 2.0) as f32)
}

/// The input and the target of a training step must be finite.
pub fn training(dim: usize, input: &[Block], target: &[Block]) -> Result<(), Error> {
    finite(Argument::Input, kernels::norm2(input), values(input, dim))?;
    finite(Argument::Target, kernels::norm2(target), values(target, dim))
}
