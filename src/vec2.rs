//! Two numbers, one for each of an adapter's two directions.

use core::ops::{Add, Mul, Sub};

/// A vector of two, in `f64`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Vec2(pub f64, pub f64);

impl Vec2 {
    /// From `f32`.
    #[inline(always)]
    pub fn from(pair: [f32; 2]) -> Self {
        Self(f64::from(pair[0]), f64::from(pair[1]))
    }

    /// To `f32`, rounded.
    #[inline(always)]
    pub fn round(self) -> [f32; 2] {
        [self.0 as f32, self.1 as f32]
    }

    /// v · w.
    #[inline(always)]
    pub fn dot(self, other: Self) -> f64 {
        self.0 * other.0 + self.1 * other.1
    }
}

impl Mul<Vec2> for f64 {
    type Output = Vec2;

    #[inline(always)]
    fn mul(self, Vec2(x, y): Vec2) -> Vec2 {
        Vec2(self * x, self * y)
    }
}

impl Add for Vec2 {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0, self.1 + other.1)
    }
}

impl Sub for Vec2 {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0, self.1 - other.1)
    }
}

/// `f` of both. (`array::map` is a loop over memory unless much is inlined.)
#[inline(always)]
pub fn both<T, U>([first, second]: [T; 2], mut f: impl FnMut(T) -> U) -> [U; 2] {
    [f(first), f(second)]
}
