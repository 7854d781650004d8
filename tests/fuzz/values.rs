//! Numbers and vectors that calls are made with.

use crate::common::Inputs;
use arbitrary::Arbitrary;

/// A number.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Number {
    /// From −4 to 4, in steps of 1/32.
    Ordinary(i8),
    /// A power of ten.
    Decade {
        exponent: i8,
        negative: bool,
    },
    Integer(u16),
    Any(f64),
}

impl Number {
    pub fn get(self) -> f64 {
        match self {
            Self::Ordinary(value) => f64::from(value) / 32.0,
            Self::Decade { exponent, negative } => {
                let size = 10f64.powi(i32::from(exponent) * 2);
                if negative { -size } else { size }
            }
            Self::Integer(value) => value.into(),
            Self::Any(value) => value,
        }
    }
}

/// A vector.
#[derive(Arbitrary, Clone, Debug)]
pub enum Vector {
    /// Standard normal.
    Ordinary(u8),
    /// Normal, of any size.
    Sized { seed: u8, exponent: i8 },
    /// Standard normal but for one value.
    But { seed: u8, at: u8, value: f32 },
    /// All of them the same.
    Same(f32),
    /// Any values, and zeros behind them.
    Any(Vec<f32>),
    /// As many values as it may be.
    Length(u8),
}

impl Vector {
    pub fn is_ordinary(&self) -> bool {
        matches!(self, Self::Ordinary(_))
    }

    pub fn get(&self, dim: usize) -> Vec<f32> {
        match self {
            Self::Ordinary(seed) => Inputs::new((*seed).into()).vector(dim, 1.0),
            Self::Sized { seed, exponent } => {
                Inputs::new((*seed).into()).vector(dim, 10f64.powi(i32::from(*exponent) / 3))
            }
            Self::But { seed, at, value } => {
                let mut values = Inputs::new((*seed).into()).vector(dim, 1.0);
                values[usize::from(*at) % dim] = *value;
                values
            }
            Self::Same(value) => vec![*value; dim],
            Self::Any(values) => values.iter().copied().chain(std::iter::repeat(0.0)).take(dim).collect(),
            Self::Length(length) => vec![1.0; (*length).into()],
        }
    }
}
