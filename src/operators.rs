//! The built-in operator and category tables.

use crate::error::Error;

/// Query operators of the built-in table.
pub const OPERATOR_COUNT: usize = 17;

/// Categories of the built-in table.
pub const CATEGORY_COUNT: usize = 7;

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

/// An operator's id that has been checked against the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operator(u8);

impl Operator {
    /// Checks an id.
    ///
    /// # Errors
    /// [`Error::Operator`] unless `op_type` is an integer from 0 to 16.
    #[inline(never)]
    pub fn new(op_type: f64) -> Result<Self, Error> {
        // `as` saturates and drops the fraction, so the comparison below is false for everything but a small integer.
        let id = op_type as u32;
        if f64::from(id) == op_type && id < OPERATOR_COUNT as u32 {
            Ok(Self(id as u8))
        } else {
            Err(Error::Operator { count: OPERATOR_COUNT, value: op_type })
        }
    }

    /// The operator with an id that has been checked; the last one for any other.
    pub fn at(id: u32) -> Self {
        Self(id.min(OPERATOR_COUNT as u32 - 1) as u8)
    }

    /// All of them, by id.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..OPERATOR_COUNT as u8).map(Self)
    }

    /// Position in the table.
    pub fn id(self) -> usize {
        usize::from(self.0)
    }

    /// Name in the table.
    pub fn name(self) -> &'static str {
        OPERATORS[self.id()].0
    }

    /// Number of its category, below [`CATEGORY_COUNT`].
    pub fn category(self) -> usize {
        usize::from(OPERATORS[self.id()].1)
    }
}
