//! What can be refused, and the only words for it.
//!
//! The words are given piece by piece to a [`Words`]: in Rust to a formatter, in wasm to a JavaScript string, whose host then
//! formats the numbers and no code for that is in the wasm file.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::config::MAX_DIM;
use crate::operators::MAX_OPERATORS;
use crate::trajectory::MAX_CAPACITY;

/// What a refused call was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// An input vector.
    Input,
    /// Rows of input vectors.
    Inputs,
    /// A vector to write an output to.
    Output,
    /// Rows of output vectors.
    Outputs,
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
    /// The time after which it was cut off.
    LimitMs,
    /// The quotient of the baseline's time and one of the others.
    Quotient,
    /// An outcome.
    Value,
    /// The pace of forgetting.
    Decisions,
    /// A bound on improvements.
    Threshold,
    /// Names of operators.
    Names,
    /// Names of operators' categories.
    Categories,
    /// What there is to choose from.
    AttentionTypes,
    /// Where predictions go. (In Rust: JavaScript gets an array of its own.)
    Gains,
    /// The number that draws follow from.
    Seed,
    /// Files to be merged.
    Files,
    /// The weights of files to be merged.
    Weights,
}

/// What a number must be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Rule {
    /// An integer in this range.
    Integer(usize, usize),
    /// Said in words.
    Words(&'static str),
}

impl Argument {
    /// The parameter's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Inputs => "inputs",
            Self::Output => "output",
            Self::Outputs => "outputs",
            Self::Gradient => "gradient",
            Self::Embedding => "embedding",
            Self::Target => "target",
            Self::Dim => "dim",
            Self::Alpha => "alpha",
            Self::LearningRate => "learning_rate",
            Self::Improvement => "improvement",
            Self::Capacity => "capacity",
            Self::EmbeddingDim => "embedding_dim",
            Self::AttentionType => "attention_type",
            Self::ExecutionMs => "execution_ms",
            Self::BaselineMs => "baseline_ms",
            Self::LimitMs => "limit_ms",
            Self::Value => "value",
            Self::Decisions => "decisions",
            Self::Quotient => "baseline_ms / execution_ms",
            Self::Threshold => "threshold",
            Self::Names => "names",
            Self::Categories => "categories",
            Self::AttentionTypes => "attention_types",
            Self::Gains => "gains",
            Self::Seed => "seed",
            Self::Files => "files",
            Self::Weights => "weights",
        }
    }

    /// What a number given for it must be.
    pub(crate) fn rule(self) -> Rule {
        match self {
            Self::Dim | Self::EmbeddingDim => Rule::Integer(1, MAX_DIM),
            Self::Capacity => Rule::Integer(1, MAX_CAPACITY),
            Self::AttentionType => Rule::Integer(0, usize::from(u8::MAX)),
            Self::Seed => Rule::Integer(0, u32::MAX as usize),
            Self::AttentionTypes => Rule::Words("integers from 0 to 255"),
            Self::Alpha => Rule::Words("above 0 and finite as a 32-bit float"),
            Self::LearningRate => Rule::Words("above 0 as a 32-bit float, and at most 1"),
            Self::ExecutionMs | Self::LimitMs | Self::BaselineMs => Rule::Words("above 0 and finite"),
            Self::Decisions => Rule::Words("at least 1; Infinity forgets nothing"),
            Self::Value | Self::Quotient => Rule::Words("finite as a 32-bit float"),
            Self::Gains => Rule::Words("as many as attention_types"),
            Self::Threshold => Rule::Words("a number"),
            _ => Rule::Words("finite"),
        }
    }

    /// What the entries of a list given for it are called.
    fn unit(self) -> &'static str {
        match self {
            Self::Names | Self::Categories | Self::Files => " entries",
            _ => " values",
        }
    }

    /// How many entries a list given for it may have.
    pub(crate) fn most_entries(self) -> usize {
        match self {
            Self::Files => crate::merge::MAX_FILES,
            Self::AttentionTypes => 256,
            _ => MAX_OPERATORS,
        }
    }
}

/// A refused call. Nothing had changed when it was returned.
#[derive(Clone, Debug, PartialEq)]
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
    /// Rows whose length is no multiple of the dimension.
    Rows {
        /// Which.
        argument: Argument,
        /// Values there are.
        actual: usize,
        /// Values per row.
        dim: usize,
    },
    /// Two lists that must be equally long and are not.
    Unequal {
        /// The one.
        argument: Argument,
        /// Its entries.
        actual: usize,
        /// The other.
        other: Argument,
        /// The other's entries.
        expected: usize,
    },
    /// A list with too few or too many entries.
    Entries {
        /// Which.
        argument: Argument,
        /// Entries it has.
        actual: usize,
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
    /// Two operators of one name.
    SameName(String),
    /// A weight that cannot be one.
    Weight {
        /// Its position.
        index: usize,
        /// The weight.
        value: f64,
        /// Whether weights are divided by their sum.
        normalized: bool,
    },
    /// Weights that are all 0.
    NoWeight,
    /// A step after which the weights could overflow.
    Overflow,
    /// A merged adapter whose factors overflow.
    MergeOverflow,
    /// Memory that could not be allocated.
    OutOfMemory,
    /// A file that is not what it should be.
    File(FileError),
}

/// What is wrong about a file.
#[derive(Clone, Debug, PartialEq)]
pub struct FileError {
    /// The argument that the file came in: `bytes`, or `files[3]`.
    pub file: String,
    /// Field and reason.
    pub(crate) reason: Message,
}

/// A text with numbers in it that are formatted later.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Message {
    /// Numbers, each with the text before it.
    parts: Vec<(String, f64)>,
    /// The text after the last number.
    text: String,
}

impl Message {
    fn say(&self, to: &mut dyn Words) {
        for (text, number) in &self.parts {
            to.text(text);
            to.number(*number);
        }
        to.text(&self.text);
    }
}

impl Words for Message {
    fn text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn number(&mut self, number: f64) {
        self.parts.push((core::mem::take(&mut self.text), number));
    }
}

/// The [`Message`] of some pieces: texts, numbers, and other messages.
macro_rules! reason {
    ($($piece:expr),+ $(,)?) => {
        $crate::error::message(&[$(&$piece as &dyn $crate::error::Say),+])
    };
}
pub(crate) use reason;

/// The message of some pieces.
#[cold]
#[inline(never)]
pub(crate) fn message(pieces: &[&dyn Say]) -> Message {
    let mut message = Message::default();
    say(&mut message, pieces);
    message
}

/// Where the words of an error go.
pub(crate) trait Words {
    fn text(&mut self, text: &str);
    fn number(&mut self, number: f64);
}

/// What can be said: a text, a number, or some of them.
pub(crate) trait Say {
    fn say(&self, to: &mut dyn Words);
}

impl Say for &str {
    fn say(&self, to: &mut dyn Words) {
        to.text(self);
    }
}

impl Say for &String {
    fn say(&self, to: &mut dyn Words) {
        to.text(self);
    }
}

impl Say for String {
    fn say(&self, to: &mut dyn Words) {
        to.text(self);
    }
}

impl Say for usize {
    fn say(&self, to: &mut dyn Words) {
        to.number(*self as f64);
    }
}

impl Say for f32 {
    fn say(&self, to: &mut dyn Words) {
        to.number(f64::from(*self));
    }
}

impl Say for f64 {
    fn say(&self, to: &mut dyn Words) {
        to.number(*self);
    }
}

impl Say for Argument {
    fn say(&self, to: &mut dyn Words) {
        to.text(self.name());
    }
}

impl Say for Rule {
    fn say(&self, to: &mut dyn Words) {
        match self {
            Self::Integer(least, most) => say(to, &[&"an integer from ", least, &" to ", most]),
            Self::Words(words) => to.text(words),
        }
    }
}

impl Say for u64 {
    fn say(&self, to: &mut dyn Words) {
        to.number(*self as f64);
    }
}

impl Say for Message {
    fn say(&self, to: &mut dyn Words) {
        Self::say(self, to);
    }
}

impl Say for Error {
    fn say(&self, to: &mut dyn Words) {
        Self::say(self, to);
    }
}

fn say(to: &mut dyn Words, pieces: &[&dyn Say]) {
    pieces.iter().for_each(|piece| piece.say(to));
}

impl From<Box<Error>> for Error {
    fn from(error: Box<Error>) -> Self {
        *error
    }
}

impl Error {
    /// A file that is refused for a [`reason!`].
    #[cold]
    #[inline(never)]
    pub(crate) fn file(file: &str, reason: Message) -> Box<Self> {
        Box::new(Self::File(FileError { file: file.into(), reason }))
    }

    /// Says what was refused, and why.
    pub(crate) fn say(&self, to: &mut dyn Words) {
        match self {
            Self::Length { argument: Argument::Embedding, actual, expected } => {
                say(to, &[&Argument::Embedding, &" has ", actual, &" values, this buffer has dim ", expected]);
            }
            Self::Length { argument, actual, expected } => {
                say(to, &[argument, &" has ", actual, &" values, this adapter has dim ", expected]);
            }
            Self::Rows { argument, actual, dim } => {
                say(to, &[argument, &" has ", actual, &" values, no multiple of this adapter's dim ", dim]);
            }
            Self::Unequal { argument, actual, other, expected } => {
                say(to, &[argument, &" has ", actual, &argument.unit(), &", ", other, &" has ", expected]);
            }
            Self::Entries { argument, actual } => {
                let [least, most] = [1, argument.most_entries()];
                say(to, &[argument, &" has ", actual, &argument.unit(), &", it must have ", &least, &" to ", &most]);
            }
            Self::NotFinite { argument, index, value } => {
                say(to, &[argument, &"[", index, &"] is ", value, &", it must be finite"]);
            }
            Self::TooLarge { argument } => say(to, &[argument, &" is too large: its squared norm overflows f32"]),
            Self::Number { argument, value } => {
                say(to, &[argument, &" must be ", &argument.rule(), &", got ", value]);
            }
            Self::Operator { count, value } => {
                say(to, &[&"op_type must be an integer from 0 to ", &(count - 1), &", got ", value]);
            }
            Self::SameName(name) => say(to, &[&"names must be distinct, got '", name, &"' twice"]),
            Self::Weight { index, value, normalized } => {
                let rule = if *normalized { "finite and at least 0" } else { "finite" };
                say(to, &[&"weights[", index, &"] is ", value, &", it must be ", &rule]);
            }
            Self::NoWeight => to.text("weights are all 0, their sum must be above 0"),
            Self::Overflow => to.text("the step would overflow the weights"),
            Self::MergeOverflow => to.text("files: what they add up to overflows f32"),
            Self::OutOfMemory => to.text("there is not enough memory"),
            Self::File(error) => {
                say(to, &[&error.file, &": ", &error.reason]);
            }
        }
    }
}

/// A formatter of Rust's.
struct Formatted<'a, 'b> {
    formatter: &'a mut fmt::Formatter<'b>,
    result: fmt::Result,
}

impl Words for Formatted<'_, '_> {
    fn text(&mut self, text: &str) {
        self.result = self.result.and_then(|()| self.formatter.write_str(text));
    }

    fn number(&mut self, number: f64) {
        self.result = self.result.and_then(|()| write!(self.formatter, "{number}"));
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = Formatted { formatter, result: Ok(()) };
        self.say(&mut words);
        words.result
    }
}

impl core::error::Error for Error {}
