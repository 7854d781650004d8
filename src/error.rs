//! What can be refused, and the words for it. (Those that JavaScript users read are in pkg/js.)

use core::fmt;

/// What a refused call was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Argument {
    /// An input vector.
    Input,
    /// A gradient vector.
    Gradient,
    /// An embedding vector.
    Embedding,
    /// A target vector.
    Target,
    /// The dimension of an adapter.
    Dim,
    /// The scale of the low-rank term.
    Alpha,
    /// The step size.
    LearningRate,
    /// A reward.
    Improvement,
    /// The capacity of a trajectory buffer.
    Capacity,
    /// The dimension of a trajectory buffer's embeddings.
    EmbeddingDim,
    /// What was tried.
    AttentionType,
    /// The time that it took.
    ExecutionMs,
    /// The time that the baseline takes.
    BaselineMs,
    /// The quotient of the two.
    Quotient,
    /// A bound on improvements.
    Threshold,
    /// How many operators a set has, or categories.
    Operators,
    /// What there is to choose from.
    AttentionTypes,
    /// Where predictions go. (In Rust: JavaScript gets an array of its own.)
    Gains,
}

/// Name of each argument, and what a number given for it must be.
const ARGUMENTS: [(&str, &str); 18] = [
    ("input", ""),
    ("gradient", ""),
    ("embedding", ""),
    ("target", ""),
    ("dim", "an integer from 1 to 4096"),
    ("alpha", "above 0 and finite as a 32-bit float"),
    ("learning_rate", "above 0 as a 32-bit float, and at most 1"),
    ("improvement", "finite"),
    ("capacity", "an integer from 1 to 1000000"),
    ("embedding_dim", "an integer from 1 to 4096"),
    ("attention_type", "an integer from 0 to 255"),
    ("execution_ms", "above 0 and finite"),
    ("baseline_ms", "at least 0 and finite"),
    ("baseline_ms / execution_ms", "finite as a 32-bit float"),
    ("threshold", "a number"),
    ("operators", "1 to 1024, and at most 1024 categories"),
    ("attention_types", "1 to 256 integers from 0 to 255"),
    ("gains", "as many as attention_types"),
];

/// Why a call was refused, in one byte: what the functions inside hand up, and all that JavaScript is told. [`Error`] has the
/// details.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Something is wrong with this argument.
    Argument(Argument),
    /// See [`Error::Overflow`].
    Overflow,
    /// See [`Error::OutOfMemory`].
    OutOfMemory,
    /// No operator has this id.
    Operator,
}

/// A refused call. Nothing had changed when it was returned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Error {
    /// A vector of the wrong length.
    Length {
        /// Which.
        argument: Argument,
        /// Values it has.
        actual: usize,
        /// Values it should have had.
        expected: usize,
    },
    /// NaN or infinity in a vector that would be learned from.
    NotFinite {
        /// Which.
        argument: Argument,
        /// Position of the first such value.
        index: usize,
        /// The value.
        value: f32,
    },
    /// Finite values whose squared norm overflows `f32`.
    TooLarge {
        /// Which vector.
        argument: Argument,
    },
    /// A number outside what is allowed.
    Number {
        /// Which.
        argument: Argument,
        /// The number.
        value: f64,
    },
    /// No operator has this id.
    Operator {
        /// How many operators there are.
        count: usize,
        /// The id.
        value: f64,
    },
    /// A step after which the weights could overflow.
    Overflow,
    /// Memory that could not be allocated.
    OutOfMemory,
}

impl Error {
    /// A refused number.
    pub(crate) fn number(refusal: Refusal, value: f64) -> Self {
        match refusal {
            Refusal::Argument(argument) => Self::Number { argument, value },
            other => Self::vector(other, &[]),
        }
    }

    /// A refused vector.
    pub(crate) fn vector(refusal: Refusal, values: &[f32]) -> Self {
        match refusal {
            Refusal::Argument(argument) => match values.iter().enumerate().find(|(_, value)| !value.is_finite()) {
                Some((index, &value)) => Self::NotFinite { argument, index, value },
                None => Self::TooLarge { argument },
            },
            Refusal::Overflow => Self::Overflow,
            Refusal::OutOfMemory => Self::OutOfMemory,
            Refusal::Operator => Self::Operator { count: 0, value: f64::NAN },
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |argument: Argument| ARGUMENTS[argument as usize].0;
        match *self {
            Error::Length { argument, actual, expected } => {
                let owner = if argument == Argument::Embedding { "buffer" } else { "adapter" };
                write!(f, "{} has {actual} values, this {owner} has dim {expected}", name(argument))
            }
            Error::NotFinite { argument, index, value } => {
                write!(f, "{}[{index}] is {value}, it must be finite", name(argument))
            }
            Error::TooLarge { argument } => {
                write!(f, "{} is too large: its squared norm overflows f32", name(argument))
            }
            Error::Number { argument, value } => {
                write!(f, "{} must be {}, got {value}", name(argument), ARGUMENTS[argument as usize].1)
            }
            Error::Operator { count, value } => {
                write!(f, "op_type must be an integer from 0 to {}, got {value}", count as f64 - 1.0)
            }
            Error::Overflow => f.write_str("the step would overflow the weights"),
            Error::OutOfMemory => f.write_str("there is not enough memory"),
        }
    }
}

impl core::error::Error for Error {}
