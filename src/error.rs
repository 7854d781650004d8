//! What can be refused, and the words for it. No JavaScript here: `wasm::error` turns these into JavaScript errors.

use core::fmt;

/// A refused call. Nothing had changed when it was returned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Error {
    /// A vector of the wrong length.
    Length {
        /// The argument.
        name: &'static str,
        /// Values it has.
        actual: usize,
        /// What was asked: "adapter" or "buffer".
        owner: &'static str,
        /// Values it should have had.
        expected: usize,
    },
    /// NaN or infinity in a vector that would be learned from.
    NotFinite {
        /// The argument.
        name: &'static str,
        /// Position of the first such value.
        index: usize,
        /// The value.
        value: f32,
    },
    /// A number outside what is allowed.
    Number {
        /// The argument.
        name: &'static str,
        /// What it must be, as in "an integer from 1 to 4096".
        allowed: &'static str,
        /// The value.
        value: f64,
    },
    /// Finite values whose squared norm overflows `f32`.
    TooLarge {
        /// The argument.
        name: &'static str,
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
    ///
    /// # Errors
    /// The first error that `write` returns.
    pub fn pieces<E>(&self, mut write: impl FnMut(Piece) -> Result<(), E>) -> Result<(), E> {
        use Piece::{Number, Text};
        let mut all = |pieces: &[Piece]| pieces.iter().try_for_each(|&piece| write(piece));
        match *self {
            Error::Length { name, actual, owner, expected } => all(&[
                Text(name),
                Text(" has "),
                Number(actual as f64),
                Text(" values, this "),
                Text(owner),
                Text(" has dim "),
                Number(expected as f64),
            ]),
            Error::NotFinite { name, index, value } => all(&[
                Text(name),
                Text("["),
                Number(index as f64),
                Text("] is "),
                Number(f64::from(value)),
                Text(", it must be finite"),
            ]),
            Error::Number { name, allowed, value } => {
                all(&[Text(name), Text(" must be "), Text(allowed), Text(", got "), Number(value)])
            }
            Error::TooLarge { name } => all(&[Text(name), Text(" is too large: its squared norm overflows f32")]),
            Error::Overflow => all(&[Text("the step would overflow the weights")]),
            Error::OutOfMemory { bytes } => all(&[Text("cannot allocate "), Number(bytes), Text(" bytes")]),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces(|piece| match piece {
            Piece::Text(text) => f.write_str(text),
            Piece::Number(number) => write!(f, "{number}"),
        })
    }
}

impl core::error::Error for Error {}
