//! Memory that is asked for, not taken: aligned rows of `f32` whose address is fixed for life, and vectors.

use alloc::boxed::Box;
use alloc::vec::Vec;

use bytemuck::allocation::try_zeroed_slice_box;
use bytemuck::{Pod, Zeroable, cast_slice, cast_slice_mut};

use crate::error::Error;

/// `f32` values per block: two 128-bit vectors, so that every kernel has two independent sums per row.
pub const LANES: usize = 8;

/// [`LANES`] consecutive values of a row, 16-byte aligned. Rows are padded with zeros to whole blocks, so no kernel has
/// a tail loop.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C, align(16))]
pub struct Block(pub [f32; LANES]);

/// Blocks that hold `dim` values.
pub const fn blocks_for(dim: usize) -> usize {
    dim.div_ceil(LANES)
}

/// One row of whole blocks on the heap.
#[derive(Clone, Debug)]
pub struct Row(Box<[Block]>);

impl Row {
    /// A row of zeros with room for `dim` values.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] if it cannot be allocated.
    pub fn zeroed(dim: usize) -> Result<Self, Error> {
        let blocks = blocks_for(dim);
        match try_zeroed_slice_box(blocks) {
            Ok(row) => Ok(Self(row)),
            Err(()) => Err(Error::OutOfMemory { bytes: size_of::<Block>() as f64 * blocks as f64 }),
        }
    }

    /// The row as blocks, padding included.
    pub fn blocks(&self) -> &[Block] {
        &self.0
    }

    /// The row as writable blocks. What is written behind `dim` must stay zero.
    pub fn blocks_mut(&mut self) -> &mut [Block] {
        &mut self.0
    }

    /// The first `dim` values.
    pub fn values(&self, dim: usize) -> &[f32] {
        &cast_slice(&self.0)[..dim]
    }

    /// The first `dim` values, writable.
    pub fn values_mut(&mut self, dim: usize) -> &mut [f32] {
        &mut cast_slice_mut(&mut self.0)[..dim]
    }

    /// Sets every value, padding included, to zero.
    pub fn clear(&mut self) {
        self.0.fill(Block::zeroed());
    }

    /// Overwrites this row with another of the same length.
    pub fn copy_from(&mut self, other: &Row) {
        self.0.copy_from_slice(&other.0);
    }

    /// Address of the first value: 16-byte aligned, the same for the life of the row.
    pub fn as_ptr(&self) -> *const f32 {
        self.0.as_ptr().cast()
    }
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
