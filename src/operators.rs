//! Operators and their categories: the built-in table, and tables made by users.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::check;
use crate::error::{Argument, Error};
use crate::rows::boxed;

/// Largest number of operators in a table.
pub const MAX_OPERATORS: usize = 1024;

/// Calls a macro with the built-in table: name = id in category, in the order of the ids. The enum of operators for
/// JavaScript is generated from it, too.
macro_rules! with_built_in_operators {
    ($macro:ident) => {
        $macro! {
            Scan = 0 in SCAN,
            Filter = 1 in TRANSFORM,
            Join = 2 in JOIN,
            Aggregate = 3 in AGGREGATION,
            Project = 4 in TRANSFORM,
            Sort = 5 in ORDER,
            IndexScan = 6 in SCAN,
            HnswScan = 7 in SCAN,
            IvfFlatScan = 8 in SCAN,
            HashJoin = 9 in JOIN,
            MergeJoin = 10 in JOIN,
            GroupBy = 11 in AGGREGATION,
            Limit = 12 in ORDER,
            VectorDistance = 13 in VECTOR,
            Rerank = 14 in VECTOR,
            Materialize = 15 in UTILITY,
            Result = 16 in UTILITY,
        }
    };
}
#[cfg(all(feature = "bindings", target_arch = "wasm32"))]
pub(crate) use with_built_in_operators;

/// Names of the categories of the built-in table, in the order of their first operators: so [`Operators::own`] numbers the
/// categories of a set that is loaded, and the start of an adapter depends on that number.
pub const CATEGORIES: [&str; 7] = ["Scan", "Transform", "Join", "Aggregation", "Order", "Vector", "Utility"];

const SCAN: u8 = 0;
const TRANSFORM: u8 = 1;
const JOIN: u8 = 2;
const AGGREGATION: u8 = 3;
const ORDER: u8 = 4;
const VECTOR: u8 = 5;
const UTILITY: u8 = 6;

macro_rules! table {
    ($($name:ident = $id:literal in $category:ident,)+) => {
        /// Number of operators in the built-in table.
        pub const OPERATOR_COUNT: usize = [$($id),+].len();

        /// Name and category of each built-in operator; the position is the operator's id.
        const BUILT_IN: [(&str, u8); OPERATOR_COUNT] = [$((stringify!($name), $category)),+];

        const _: () = {
            let ids = [$($id),+];
            let mut position = 0;
            while position < ids.len() {
                assert!(ids[position] == position, "the id of a built-in operator must be its position in the table");
                position += 1;
            }
        };
    };
}
with_built_in_operators!(table);

/// The id of an operator: its position in the built-in table, or in that of a [`ScopedLora`](crate::ScopedLora) with
/// operators of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operator(u16);

impl Operator {
    /// An operator of the built-in table.
    ///
    /// # Errors
    /// [`Error::Operator`] unless `op_type` is an integer from 0 to 16.
    pub fn new(op_type: f64) -> Result<Self, Error> {
        Self::of(op_type, OPERATOR_COUNT)
    }

    /// An operator of a table with `count` operators.
    ///
    /// # Errors
    /// [`Error::Operator`] unless `op_type` is an integer from 0 to `count` − 1.
    pub(crate) fn of(op_type: f64, count: usize) -> Result<Self, Error> {
        let id = op_type as u16; // saturates and drops the fraction: not equal unless op_type is such an integer
        let allowed = f64::from(id) == op_type && usize::from(id) < count;
        if allowed { Ok(Self(id)) } else { Err(Error::Operator { count, value: op_type }) }
    }

    /// The operator with an id, which is not checked here: calls refuse an operator that their table does not have.
    pub const fn at(id: u16) -> Self {
        Self(id)
    }

    /// Refuses an operator that is not in a table with `count` operators.
    pub(crate) fn check(self, count: usize) -> Result<(), Error> {
        if self.id() < count { Ok(()) } else { Err(Error::Operator { count, value: self.0.into() }) }
    }

    /// The built-in operators, in the order of their ids.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..OPERATOR_COUNT as u16).map(Self)
    }

    /// Position in the table.
    pub fn id(self) -> usize {
        usize::from(self.0)
    }

    /// Name in the built-in table, if it has this id.
    pub fn name(self) -> Option<&'static str> {
        Some(BUILT_IN.get(self.id())?.0)
    }

    /// Category in the built-in table, if that has this id: a position in [`CATEGORIES`].
    pub fn category(self) -> Option<usize> {
        Some(usize::from(BUILT_IN.get(self.id())?.1))
    }
}

/// The operators of a set of adapters, and the category that each falls back to.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Operators {
    /// The built-in table.
    #[default]
    BuiltIn,
    /// A table made by a user.
    Own(Box<OwnOperators>),
}

/// A table made by a user.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnOperators {
    names: Box<[Box<str>]>,
    /// For each operator, the position of its category in `categories`.
    category_of: Box<[u16]>,
    /// Without duplicates, in the order of their first operators.
    categories: Box<[Box<str>]>,
}

impl Operators {
    /// A table of operators with these names. `categories[i]` is the name of the category of `names[i]`.
    ///
    /// # Errors
    /// [`Error::Entries`] unless there are 1 to 1024 of either, [`Error::Unequal`] unless there are as many of both,
    /// [`Error::SameName`] for a name that comes twice, [`Error::OutOfMemory`].
    pub fn own<T: AsRef<str>>(names: &[T], categories: &[T]) -> Result<Self, Error> {
        check::entries(Argument::Names, names.len())?;
        check::entries(Argument::Categories, categories.len())?;
        if categories.len() != names.len() {
            let (argument, actual) = (Argument::Categories, categories.len());
            return Err(Error::Unequal { argument, actual, other: Argument::Names, expected: names.len() });
        }
        let mut distinct: Vec<&str> = Vec::new();
        distinct.try_reserve_exact(names.len()).map_err(|_| Error::OutOfMemory)?;
        for name in names.iter().map(AsRef::as_ref) {
            if distinct.contains(&name) {
                return Err(Error::SameName(name.into()));
            }
            distinct.push(name);
        }
        distinct.clear();
        let mut category_of = Vec::new();
        category_of.try_reserve_exact(names.len()).map_err(|_| Error::OutOfMemory)?;
        for category in categories.iter().map(AsRef::as_ref) {
            let position = distinct.iter().position(|&known| known == category).unwrap_or_else(|| {
                distinct.push(category);
                distinct.len() - 1
            });
            category_of.push(position as u16);
        }
        let category_of = category_of.into_boxed_slice();
        let categories = texts(&distinct)?;
        Ok(Self::Own(Box::new(OwnOperators { names: texts(names)?, category_of, categories })))
    }

    /// How many operators there are.
    pub fn count(&self) -> usize {
        match self {
            Self::BuiltIn => OPERATOR_COUNT,
            Self::Own(own) => own.names.len(),
        }
    }

    /// How many categories there are.
    pub fn category_count(&self) -> usize {
        match self {
            Self::BuiltIn => CATEGORIES.len(),
            Self::Own(own) => own.categories.len(),
        }
    }

    /// The name of operator number `id`.
    ///
    /// # Panics
    /// If there is no such operator.
    pub fn name(&self, id: usize) -> &str {
        match self {
            Self::BuiltIn => BUILT_IN[id].0,
            Self::Own(own) => &own.names[id],
        }
    }

    /// The number of the category of operator number `id`.
    ///
    /// # Panics
    /// If there is no such operator.
    pub fn category(&self, id: usize) -> usize {
        match self {
            Self::BuiltIn => BUILT_IN[id].1.into(),
            Self::Own(own) => own.category_of[id].into(),
        }
    }

    /// The name of the category of operator number `id`.
    ///
    /// # Panics
    /// If there is no such operator.
    pub fn category_of(&self, id: usize) -> &str {
        self.category_name(self.category(id))
    }

    /// The name of category number `number`.
    ///
    /// # Panics
    /// If there is no such category.
    pub fn category_name(&self, number: usize) -> &str {
        match self {
            Self::BuiltIn => CATEGORIES[number],
            Self::Own(own) => &own.categories[number],
        }
    }
}

fn texts<T: AsRef<str>>(texts: &[T]) -> Result<Box<[Box<str>]>, Error> {
    boxed(texts.len(), |i| {
        let text = texts[i].as_ref();
        let mut copy = String::new();
        copy.try_reserve_exact(text.len()).map_err(|_| Error::OutOfMemory)?;
        copy.push_str(text);
        Ok(copy.into_boxed_str())
    })
}
