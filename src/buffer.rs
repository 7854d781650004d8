//! Memory that is asked for, not taken: aligned rows of `f32` whose address is fixed for life, and vectors.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::array;
use core::mem::take;

use bytemuck::allocation::try_zeroed_slice_box;
use bytemuck::{Pod, Zeroable, cast_slice, cast_slice_mut};

use crate::error::Error;

/// `f32` values per block: two 128-bit vectors.
pub const LANES: usize = 8;

/// [`LANES`] consecutive values of a row, 16-byte aligned. Rows are padded with zeros to an even number of blocks, so no
/// kernel has a tail loop.
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
#[repr(C, align(16))]
pub struct Block(pub [f32; LANES]);

/// The same block of two rows that are always walked together: one pointer serves both.
pub type Pair = [Block; 2];

/// Blocks of a row that holds `dim` values.
pub const fn blocks_for(dim: usize) -> usize {
    2 * dim.div_ceil(2 * LANES)
}

/// `count` zeros on the heap.
pub(crate) fn zeroed<T: Zeroable>(count: usize) -> Result<Box<[T]>, Error> {
    try_zeroed_slice_box(count).map_err(|()| Error::OutOfMemory { bytes: size_of::<T>() as f64 * count as f64 })
}

/// N rows of one length in one piece of memory.
#[derive(Clone, Debug)]
pub struct Rows<const N: usize>(Box<[Block]>);

impl<const N: usize> Rows<N> {
    /// Rows of zeros with room for `dim` values each.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] if they cannot be allocated.
    pub fn zeroed(dim: usize) -> Result<Self, Error> {
        Ok(Self(zeroed(N * blocks_for(dim))?))
    }

    /// The rows as blocks, padding included.
    pub fn each(&self) -> [&[Block]; N] {
        let (length, mut rest) = (self.0.len() / N, &*self.0);
        array::from_fn(|_| {
            let (row, more) = rest.split_at_checked(length).unwrap_or_default();
            rest = more;
            row
        })
    }

    /// The rows as writable blocks. What is written behind `dim` must stay zero.
    pub fn each_mut(&mut self) -> [&mut [Block]; N] {
        let (length, mut rest) = (self.0.len() / N, &mut *self.0);
        array::from_fn(|_| {
            let (row, more) = take(&mut rest).split_at_mut_checked(length).unwrap_or_default();
            rest = more;
            row
        })
    }

    /// Sets every value to zero.
    pub fn clear(&mut self) {
        self.0.fill(Block::zeroed());
    }
}

/// The first `dim` values of a row.
pub fn values(row: &[Block], dim: usize) -> &[f32] {
    &cast_slice(row)[..dim]
}

/// The first `dim` values of a row, writable.
pub fn values_mut(row: &mut [Block], dim: usize) -> &mut [f32] {
    &mut cast_slice_mut(row)[..dim]
}

/// An empty vector with room for `rows` times `row` elements.
pub(crate) fn reserved<T>(rows: usize, row: usize) -> Result<Vec<T>, Error> {
    let mut vector = Vec::new();
    let reserved = rows.checked_mul(row).map(|count| vector.try_reserve_exact(count));
    match reserved {
        Some(Ok(())) => Ok(vector),
        _ => Err(Error::OutOfMemory { bytes: rows as f64 * row as f64 * size_of::<T>() as f64 }),
    }
}
