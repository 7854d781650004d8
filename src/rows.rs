//! Rows of `f32` on the heap: 16-byte aligned, padded with zeros, at one address for life.

use alloc::boxed::Box;
use alloc::vec::Vec;

use bytemuck::allocation::try_zeroed_slice_box;
use bytemuck::{Pod, Zeroable, cast_slice, cast_slice_mut};

use crate::error::Error;

/// `f32` values per block: two 128-bit vectors.
pub const BLOCK_LEN: usize = 8;

/// [`BLOCK_LEN`] consecutive values of a row, 16-byte aligned. Rows are padded with zeros to an even number of blocks, so no
/// kernel has a tail loop.
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
#[repr(C, align(16))]
pub struct Block(pub [f32; BLOCK_LEN]);

/// The same block of two rows that are always walked together: one pointer serves both.
pub type Pair = [Block; 2];

/// A row on the heap.
pub(crate) type Row = Box<[Block]>;

/// Blocks of a row that holds `dim` values.
pub const fn blocks_for(dim: usize) -> usize {
    2 * dim.div_ceil(2 * BLOCK_LEN)
}

/// A row of zeros with room for `dim` values.
///
/// # Errors
/// [`Error::OutOfMemory`].
pub(crate) fn row(dim: usize) -> Result<Row, Error> {
    zeroed(blocks_for(dim))
}

/// `count` zeros on the heap.
///
/// # Errors
/// [`Error::OutOfMemory`].
#[inline(never)]
pub(crate) fn zeroed<T: Zeroable>(count: usize) -> Result<Box<[T]>, Error> {
    try_zeroed_slice_box(count).map_err(|()| Error::OutOfMemory)
}

/// `count` objects on the heap, made one after the other. (`collect` would end the program where memory is short.)
///
/// # Errors
/// [`Error::OutOfMemory`], and what `make` returns.
pub(crate) fn boxed<T>(count: usize, mut make: impl FnMut(usize) -> Result<T, Error>) -> Result<Box<[T]>, Error> {
    let mut made = Vec::new();
    made.try_reserve_exact(count).map_err(|_| Error::OutOfMemory)?;
    for i in 0..count {
        made.push(make(i)?);
    }
    Ok(made.into_boxed_slice()) // as many as there is room for: nothing is allocated again
}

/// Sets every value to zero. (As bytes: that is one instruction in wasm.)
pub(crate) fn clear<T: Pod>(blocks: &mut [T]) {
    cast_slice_mut::<T, u8>(blocks).fill(0);
}

/// The first `dim` values of a row.
pub(crate) fn values(row: &[Block], dim: usize) -> &[f32] {
    &cast_slice(row)[..dim]
}

/// The first `dim` values of a row, writable.
pub(crate) fn values_mut(row: &mut [Block], dim: usize) -> &mut [f32] {
    &mut cast_slice_mut(row)[..dim]
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn rows_are_padded_to_an_even_number_of_blocks() {
        for (dim, blocks) in [(1, 2), (15, 2), (16, 2), (17, 4), (4096, 512)] {
            assert_eq!(blocks_for(dim), blocks);
            assert_eq!(row(dim).unwrap().len(), blocks);
        }
    }

    #[test]
    fn boxes_hold_what_was_made() {
        assert_eq!(*boxed(3, |i| Ok(i.to_string())).unwrap(), ["0", "1", "2"]);
        assert!(boxed(0, |_| Ok(1)).unwrap().is_empty());
        assert_eq!(boxed(usize::MAX, |_| Ok(1u64)), Err(Error::OutOfMemory));
    }
}
