//! What can be refused, and the words for it. No JavaScript here: `wasm::error` turns these into JavaScript errors.

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
}

/// Name of each argument, and what a number given for it must be.
const ARGUMENTS: [(&str, &str); 14] = [
    ("input", ""),
    ("gradient", ""),
    ("embedding", ""),
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
];

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
    OutOfMemory {
        /// Bytes that were asked for.
        bytes: f64,
    },
}

/// One part of a message, so that hosts without `core::fmt` can put the same words together.
#[derive(Clone, Copy, Debug)]
pub enum Piece {
    /// Words.
    Text(&'static str),
    /// A number, to be written as the host writes numbers.
    Number(f64),
}

impl Error {
    /// Hands the message, part by part, to `write`.
    pub fn pieces(&self, write: &mut dyn FnMut(Piece)) {
        use Piece::{Number, Text};
        let name = |argument: Argument| Text(ARGUMENTS[argument as usize].0);
        let mut all = |pieces: &[Piece]| pieces.iter().for_each(|&piece| write(piece));
        match *self {
            Error::Length { argument, actual, expected } => {
                let owner =
                    if argument == Argument::Embedding { " values, this buffer" } else { " values, this adapter" };
                all(&[name(argument), Text(" has "), Number(actual as f64)]);
                all(&[Text(owner), Text(" has dim "), Number(expected as f64)]);
            }
            Error::NotFinite { argument, index, value } => {
                all(&[name(argument), Text("["), Number(index as f64), Text("] is "), Number(f64::from(value))]);
                all(&[Text(", it must be finite")]);
            }
            Error::TooLarge { argument } => {
                all(&[name(argument), Text(" is too large: its squared norm overflows f32")]);
            }
            Error::Number { argument, value } => {
                all(&[name(argument), Text(" must be "), Text(ARGUMENTS[argument as usize].1)]);
                all(&[Text(", got "), Number(value)]);
            }
            Error::Operator { count, value } => {
                all(&[Text("op_type must be an integer from 0 to "), Number(count as f64 - 1.0)]);
                all(&[Text(", got "), Number(value)]);
            }
            Error::Overflow => all(&[Text("the step would overflow the weights")]),
            Error::OutOfMemory { bytes } => all(&[Text("cannot allocate "), Number(bytes), Text(" bytes")]),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut result = Ok(());
        self.pieces(&mut |piece| {
            result = result.and_then(|()| match piece {
                Piece::Text(text) => f.write_str(text),
                Piece::Number(number) => write!(f, "{number}"),
            });
        });
        result
    }
}

impl core::error::Error for Error {}
