//! Memory that is asked for, not taken: aligned rows of `f32` whose address is fixed for life.

use alloc::boxed::Box;
use alloc::vec::Vec;

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
#[inline(never)]
pub(crate) fn zeroed<T: Zeroable>(count: usize) -> Result<Box<[T]>, Error> {
    try_zeroed_slice_box(count).map_err(|()| Error::OutOfMemory { bytes: size_of::<T>() as f64 * count as f64 })
}

/// N rows of one length.
#[derive(Clone, Debug)]
pub struct Rows<const N: usize>([Box<[Block]>; N]);

impl<const N: usize> Rows<N> {
    /// Rows of zeros with room for `dim` values each.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] if they cannot be allocated.
    pub fn zeroed(dim: usize) -> Result<Self, Error> {
        let mut rows = Self([const { Vec::new() }; N].map(Vec::into_boxed_slice));
        allocate(&mut rows.0, blocks_for(dim))?;
        Ok(rows)
    }

    /// The rows as blocks, padding included.
    pub fn each(&self) -> [&[Block]; N] {
        self.0.each_ref().map(|row| &**row)
    }

    /// The rows as writable blocks. What is written behind `dim` must stay zero.
    pub fn each_mut(&mut self) -> [&mut [Block]; N] {
        self.0.each_mut().map(|row| &mut **row)
    }

    /// Address of a row's first value: 16-byte aligned, the same for the life of the rows.
    pub fn address(&self, row: usize) -> *const f32 {
        self.0[row].as_ptr().cast()
    }

    /// Sets every value to zero.
    pub fn clear(&mut self) {
        for row in &mut self.0 {
            clear(row);
        }
    }
}

fn allocate(rows: &mut [Box<[Block]>], blocks: usize) -> Result<(), Error> {
    for row in rows {
        *row = zeroed(blocks)?;
    }
    Ok(())
}

/// Sets every value to zero. (As bytes: that is one instruction in wasm.)
pub fn clear<T: Pod>(blocks: &mut [T]) {
    cast_slice_mut::<T, u8>(blocks).fill(0);
}

/// The first `dim` values of a row.
pub fn values(row: &[Block], dim: usize) -> &[f32] {
    &cast_slice(row)[..dim]
}

/// The first `dim` values of a row, writable.
pub fn values_mut(row: &mut [Block], dim: usize) -> &mut [f32] {
    &mut cast_slice_mut(row)[..dim]
}
