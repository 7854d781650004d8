//! How a call went, as a number: 0 if well. pkg/js/refusals.js has the words for the others.

use crate::error::Refusal;

const OVERFLOW: u32 = 100;
const OUT_OF_MEMORY: u32 = 101;
const NO_OPERATOR: u32 = 102;

/// 0, or the number of what was refused: that of the argument, counted from 1, or one of the above.
pub fn status<T>(result: Result<T, Refusal>) -> u32 {
    match result {
        Ok(_) => 0,
        Err(Refusal::Argument(argument)) => 1 + argument as u32,
        Err(Refusal::Overflow) => OVERFLOW,
        Err(Refusal::OutOfMemory) => OUT_OF_MEMORY,
        Err(Refusal::Operator) => NO_OPERATOR,
    }
}

/// The result, which is not negative, or less than 0: the [`status`] times −1.
pub fn or_status(result: Result<f64, Refusal>) -> f64 {
    match result {
        Ok(value) => value,
        refused => -f64::from(status(refused)),
    }
}
