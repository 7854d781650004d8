//! The built-in operators and their categories.

use crate::error::Error;

/// Query operators of the built-in table.
pub const OPERATOR_COUNT: usize = 17;

/// Most operators that a set can have.
pub const MAX_OPERATORS: usize = 1024;

/// Categories of the built-in table, by number.
pub const CATEGORIES: [&str; 7] = ["Scan", "Transform", "Join", "Aggregation", "Order", "Vector", "Utility"];

const SCAN: u8 = 0;
const TRANSFORM: u8 = 1;
const JOIN: u8 = 2;
const AGGREGATION: u8 = 3;
const ORDER: u8 = 4;
const VECTOR: u8 = 5;
const UTILITY: u8 = 6;

/// Name and category of each operator; the position is the operator's id.
const OPERATORS: [(&str, u8); OPERATOR_COUNT] = [
    ("Scan", SCAN),
    ("Filter", TRANSFORM),
    ("Join", JOIN),
    ("Aggregate", AGGREGATION),
    ("Project", TRANSFORM),
    ("Sort", ORDER),
    ("IndexScan", SCAN),
    ("HnswScan", SCAN),
    ("IvfFlatScan", SCAN),
    ("HashJoin", JOIN),
    ("MergeJoin", JOIN),
    ("GroupBy", AGGREGATION),
    ("Limit", ORDER),
    ("VectorDistance", VECTOR),
    ("Rerank", VECTOR),
    ("Materialize", UTILITY),
    ("Result", UTILITY),
];

/// The position of an operator in its table: the built-in one, or that of a [`ScopedLora`](crate::ScopedLora) with
/// operators of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operator(u16);

impl Operator {
    /// An operator of the built-in table.
    ///
    /// # Errors
    /// [`Error::Operator`] unless `op_type` is an integer from 0 to 16.
    pub fn new(op_type: f64) -> Result<Self, Error> {
        Self::of(op_type, OPERATOR_COUNT).ok_or(Error::Operator { count: OPERATOR_COUNT, value: op_type })
    }

    /// An operator of a table of `count`.
    pub(crate) fn of(op_type: f64, count: usize) -> Option<Self> {
        // `as` saturates and drops the fraction, so the comparison below is false for everything but a small integer.
        let id = op_type as u16;
        (f64::from(id) == op_type && usize::from(id) < count).then_some(Self(id))
    }

    /// The operator at a position that whoever is given it will check.
    pub const fn at(id: u16) -> Self {
        Self(id)
    }

    /// The built-in ones, by id.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..OPERATOR_COUNT as u16).map(Self)
    }

    /// Position in the table.
    pub fn id(self) -> usize {
        usize::from(self.0)
    }

    /// Name in the built-in table, if it is there.
    pub fn name(self) -> Option<&'static str> {
        Some(OPERATORS.get(self.id())?.0)
    }

    /// Number of its category in the built-in table: a position in [`CATEGORIES`].
    pub fn category(self) -> Option<usize> {
        Some(usize::from(OPERATORS.get(self.id())?.1))
    }
}
