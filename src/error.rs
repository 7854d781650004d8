//! The error type and its messages.
//!
//! A message is written to a [`MessageSink`] part by part, texts and numbers: in Rust to a formatter, in wasm to a
//! JavaScript string. JavaScript formats the numbers there, so the wasm file needs no code that does.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::config::MAX_DIM;
use crate::operators::MAX_OPERATORS;
use crate::trajectory::{ATTENTION_TYPES, MAX_CAPACITY};

/// The argument that a call was refused for.
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
    /// The scale of the low-rank update x A B.
    Alpha,
    /// The learning rate.
    LearningRate,
    /// A reward.
    Improvement,
    /// The capacity of a trajectory buffer.
    Capacity,
    /// The dimension of a trajectory buffer's embeddings.
    EmbeddingDim,
    /// The id of an attention type.
    AttentionType,
    /// The execution time in milliseconds.
    ExecutionMs,
    /// The execution time of the baseline in milliseconds.
    BaselineMs,
    /// The time in milliseconds after which a run was cut off.
    LimitMs,
    /// The quotient `baseline_ms / execution_ms`.
    Quotient,
    /// The quotient `baseline_ms / limit_ms`.
    LimitQuotient,
    /// An outcome.
    Value,
    /// The pace of forgetting, in decisions.
    Decisions,
    /// The improvement above which trajectories are counted.
    Threshold,
    /// Names of operators.
    Names,
    /// Names of operators' categories.
    Categories,
    /// The attention types to predict or to choose from.
    AttentionTypes,
    /// The slice that predictions are written to. (Only in Rust: JavaScript gets a new array.)
    Gains,
    /// The seed of the random draws in recommendations.
    Seed,
    /// Files to be merged.
    Files,
    /// The weights of files to be merged.
    Weights,
}

/// The condition that a number must meet, as messages state it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Rule {
    /// An integer from the first to the second, both included.
    Integer(usize, usize),
    /// Any other condition: the text that follows "must be" in the message.
    Condition(&'static str),
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
            Self::LimitQuotient => "baseline_ms / limit_ms",
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

    /// The condition that a number given for this argument must meet. Integers are checked against the range here; any
    /// other condition is checked where the number is used, and only worded here.
    pub(crate) fn rule(self) -> Rule {
        match self {
            Self::Dim | Self::EmbeddingDim => Rule::Integer(1, MAX_DIM),
            Self::Capacity => Rule::Integer(1, MAX_CAPACITY),
            Self::AttentionType => Rule::Integer(0, usize::from(u8::MAX)),
            Self::Seed => Rule::Integer(0, u32::MAX as usize),
            Self::AttentionTypes => Rule::Condition("integers from 0 to 255"),
            Self::Alpha => Rule::Condition("above 0 and finite as a 32-bit float"),
            Self::LearningRate => Rule::Condition("above 0 as a 32-bit float, and at most 1"),
            Self::ExecutionMs | Self::LimitMs | Self::BaselineMs => Rule::Condition("above 0 and finite"),
            Self::Decisions => Rule::Condition("at least 1; Infinity forgets nothing"),
            Self::Value | Self::Quotient | Self::LimitQuotient => Rule::Condition("finite as a 32-bit float"),
            Self::Threshold => Rule::Condition("a number"),
            _ => Rule::Condition("finite"),
        }
    }

    /// The noun for the entries of this argument in messages.
    fn unit(self) -> &'static str {
        match self {
            Self::Names | Self::Categories | Self::Files => " entries",
            _ => " values",
        }
    }

    /// How many entries a list given for this argument may have.
    pub(crate) fn most_entries(self) -> usize {
        match self {
            Self::Files => crate::merge::MAX_FILES,
            Self::AttentionTypes => ATTENTION_TYPES,
            _ => MAX_OPERATORS,
        }
    }
}

/// What is said of finite values that are refused.
pub(crate) const TOO_LARGE: &str = " is too large: its squared norm overflows f32";

/// The reason why a call was refused.
///
/// A refused call changes no factors, contexts or counters, and nothing that a trajectory buffer has recorded. The input,
/// output and embedding buffers may hold vectors of it. (`train` writes the output before it knows whether the step is
/// possible.)
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// A vector of the wrong length.
    Length {
        /// The vector.
        argument: Argument,
        /// Values it has.
        actual: usize,
        /// Values it must have.
        expected: usize,
    },
    /// Rows that together have a number of values which is not a multiple of those per row.
    Rows {
        /// The rows.
        argument: Argument,
        /// Values they have together.
        actual: usize,
        /// Values per row: the dimension; with its padding, where rows are padded.
        dim: usize,
    },
    /// Two lists that must have the same number of entries and do not.
    Unequal {
        /// The list that has the wrong number.
        argument: Argument,
        /// Number of its entries.
        actual: usize,
        /// The list that it is compared with.
        other: Argument,
        /// Number of entries of `other`.
        expected: usize,
    },
    /// A list with too few or too many entries.
    Entries {
        /// The list.
        argument: Argument,
        /// Number of its entries.
        actual: usize,
    },
    /// NaN or infinity in a vector that must be finite.
    NotFinite {
        /// The vector.
        argument: Argument,
        /// Position of the first such value.
        index: usize,
        /// The value.
        value: f32,
    },
    /// Finite values whose squared norm overflows `f32`.
    TooLarge {
        /// The vector.
        argument: Argument,
    },
    /// A row of finite values whose squared norm overflows `f32`.
    TooLargeRow {
        /// The rows.
        argument: Argument,
        /// Number of the row.
        row: usize,
    },
    /// A number outside its allowed range.
    Number {
        /// The argument that it was given for.
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
    /// Two operators with the same name.
    SameName(String),
    /// A merge weight that is not finite, or negative where weights are normalized.
    Weight {
        /// Its position.
        index: usize,
        /// The weight.
        value: f64,
        /// Whether weights are divided by their sum.
        normalized: bool,
    },
    /// Merge weights that are all 0.
    NoWeight,
    /// A step after which values of A or B, or outputs, could overflow `f32`.
    Overflow,
    /// A merged adapter whose factors overflow `f32`.
    MergeOverflow,
    /// Memory that could not be allocated.
    OutOfMemory,
    /// A file that is refused.
    File(FileError),
}

/// Why a file is refused.
#[derive(Clone, Debug, PartialEq)]
pub struct FileError {
    /// What the file came in, or the call that was to make it: `bytes`, `files[3]`, `metadata`, `adapter_config`,
    /// `to_safetensors`.
    pub file: String,
    /// The field, and what is wrong with it.
    pub(crate) reason: Message,
}

/// A text with numbers in it that are not formatted yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Message {
    /// Numbers, each with the text before it.
    parts: Vec<(String, f64)>,
    /// The text after the last number.
    text: String,
}

impl MessageSink for Message {
    fn text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn number(&mut self, number: f64) {
        self.parts.push((core::mem::take(&mut self.text), number));
    }
}

/// Joins parts (texts, numbers and other messages) to a [`Message`].
macro_rules! reason {
    ($($part:expr),+ $(,)?) => {
        $crate::error::message(&[$(&$part as &dyn $crate::error::MessagePart),+])
    };
}
pub(crate) use reason;

/// Joins parts to a message; see [`reason!`].
#[cold]
#[inline(never)]
pub(crate) fn message(parts: &[&dyn MessagePart]) -> Message {
    let mut message = Message::default();
    write_all(&mut message, parts);
    message
}

/// What a message is written to.
pub(crate) trait MessageSink {
    /// Appends a text.
    fn text(&mut self, text: &str);
    /// Appends a number.
    fn number(&mut self, number: f64);
}

/// What a message consists of: a text, a number, or another message.
pub(crate) trait MessagePart {
    /// Appends this part to a message.
    fn write_to(&self, sink: &mut dyn MessageSink);
}

impl MessagePart for &str {
    fn write_to(&self, sink: &mut dyn MessageSink) {
        sink.text(self);
    }
}

impl MessagePart for &String {
    fn write_to(&self, sink: &mut dyn MessageSink) {
        sink.text(self);
    }
}

impl MessagePart for String {
    fn write_to(&self, sink: &mut dyn MessageSink) {
        sink.text(self);
    }
}

impl MessagePart for usize {
    fn write_to(&self, sink: &mut dyn MessageSink) {
        sink.number(*self as f64);
    }
}

impl MessagePart for f32 {
    fn write_to(&self, sink: &mut dyn MessageSink) {
        sink.number(f64::from(*self));
    }
}

impl MessagePart for f64 {
    fn write_to(&self, sink: &mut dyn MessageSink) {
        sink.number(*self);
    }
}

impl MessagePart for Argument {
    fn write_to(&self, sink: &mut dyn MessageSink) {
        sink.text(self.name());
    }
}

impl MessagePart for Rule {
    fn write_to(&self, sink: &mut dyn MessageSink) {
        match self {
            Self::Integer(least, most) => write_all(sink, &[&"an integer from ", least, &" to ", most]),
            Self::Condition(condition) => sink.text(condition),
        }
    }
}

impl MessagePart for u64 {
    fn write_to(&self, sink: &mut dyn MessageSink) {
        sink.number(*self as f64);
    }
}

impl MessagePart for Message {
    fn write_to(&self, sink: &mut dyn MessageSink) {
        for (text, number) in &self.parts {
            sink.text(text);
            sink.number(*number);
        }
        sink.text(&self.text);
    }
}

fn write_all(sink: &mut dyn MessageSink, parts: &[&dyn MessagePart]) {
    parts.iter().for_each(|part| part.write_to(sink));
}

impl From<Box<Error>> for Error {
    fn from(error: Box<Error>) -> Self {
        *error
    }
}

impl Error {
    /// The same for rows of `dim` values that begin with row `first` of what was given.
    #[cold]
    #[inline(never)]
    pub(crate) fn in_rows_from(self, first: usize, dim: usize) -> Self {
        match self {
            Self::NotFinite { argument, index, value } => {
                Self::NotFinite { argument, index: first * dim + index, value }
            }
            Self::TooLarge { argument } => Self::TooLargeRow { argument, row: first },
            Self::TooLargeRow { argument, row } => Self::TooLargeRow { argument, row: first + row },
            other => other,
        }
    }

    /// The error for a file; the [`reason!`] says what is wrong with it.
    #[cold]
    #[inline(never)]
    pub(crate) fn file(file: &str, reason: Message) -> Box<Self> {
        Box::new(Self::File(FileError { file: file.into(), reason }))
    }
}

impl MessagePart for Error {
    fn write_to(&self, sink: &mut dyn MessageSink) {
        match self {
            Self::Length { argument: Argument::Embedding, actual, expected } => {
                write_all(sink, &[&Argument::Embedding, &" has ", actual, &" values, this buffer has dim ", expected]);
            }
            Self::Length { argument, actual, expected } => {
                write_all(sink, &[argument, &" has ", actual, &" values, this adapter has dim ", expected]);
            }
            Self::Rows { argument, actual, dim } => {
                write_all(sink, &[argument, &" has ", actual, &" values, no multiple of this adapter's dim ", dim]);
            }
            Self::Unequal { argument, actual, other, expected } => {
                write_all(sink, &[argument, &" has ", actual, &argument.unit(), &", ", other, &" has ", expected]);
            }
            Self::Entries { argument, actual } => {
                let [least, most] = [1, argument.most_entries()];
                write_all(
                    sink,
                    &[argument, &" has ", actual, &argument.unit(), &", it must have ", &least, &" to ", &most],
                );
            }
            Self::NotFinite { argument, index, value } => {
                write_all(sink, &[argument, &"[", index, &"] is ", value, &", it must be finite"]);
            }
            Self::TooLarge { argument } => {
                write_all(sink, &[argument, &TOO_LARGE]);
            }
            Self::TooLargeRow { argument, row } => {
                write_all(sink, &[argument, &": row ", row, &TOO_LARGE]);
            }
            Self::Number { argument, value } => {
                write_all(sink, &[argument, &" must be ", &argument.rule(), &", got ", value]);
            }
            Self::Operator { count, value } => {
                write_all(sink, &[&"op_type must be an integer from 0 to ", &(count - 1), &", got ", value]);
            }
            Self::SameName(name) => write_all(sink, &[&"names must be distinct, got '", name, &"' twice"]),
            Self::Weight { index, value, normalized } => {
                let rule = if *normalized { "finite and at least 0" } else { "finite" };
                write_all(sink, &[&"weights[", index, &"] is ", value, &", it must be ", &rule]);
            }
            Self::NoWeight => sink.text("weights are all 0, their sum must be above 0"),
            Self::Overflow => sink.text("the step would overflow the weights"),
            Self::MergeOverflow => sink.text("files: what they add up to overflows f32"),
            Self::OutOfMemory => sink.text("there is not enough memory"),
            Self::File(error) => {
                write_all(sink, &[&error.file, &": ", &error.reason]);
            }
        }
    }
}

/// The sink for [`fmt::Display`]: a formatter, and the first error that it returned.
struct FormatterSink<'a, 'b> {
    formatter: &'a mut fmt::Formatter<'b>,
    result: fmt::Result,
}

impl MessageSink for FormatterSink<'_, '_> {
    fn text(&mut self, text: &str) {
        self.result = self.result.and_then(|()| self.formatter.write_str(text));
    }

    fn number(&mut self, number: f64) {
        self.result = self.result.and_then(|()| write!(self.formatter, "{number}"));
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sink = FormatterSink { formatter, result: Ok(()) };
        self.write_to(&mut sink);
        sink.result
    }
}

impl core::error::Error for Error {}
