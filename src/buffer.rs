//! Memory that is asked for, not taken: aligned rows of `f32` whose address is fixed for life.

use alloc::boxed::Box;

use bytemuck::allocation::try_zeroed_slice_box;
use bytemuck::{Pod, Zeroable, cast_slice, cast_slice_mut};

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

/// `count` zeros on the heap, if there is room.
#[inline(never)]
pub(crate) fn zeroed<T: Zeroable>(count: usize) -> Option<Box<[T]>> {
    try_zeroed_slice_box(count).ok()
}

/// A row on the heap.
pub(crate) type Row = Box<[Block]>;

/// A row of zeros with room for `dim` values.
pub(crate) fn row(dim: usize) -> Option<Row> {
    zeroed(blocks_for(dim))
}

/// Sets every value to zero. (As bytes: that is one instruction in wasm.)
pub fn clear<T: Pod>(blocks: &mut [T]) {
    cast_slice_mut::<T, u8>(blocks).fill(0);
}

/// The first `dim` values of a row; nothing of a row that has fewer.
pub fn values(row: &[Block], dim: usize) -> &[f32] {
    cast_slice(row).get(..dim).unwrap_or_default()
}

/// The first `dim` values of a row, writable.
pub fn values_mut(row: &mut [Block], dim: usize) -> &mut [f32] {
    cast_slice_mut(row).get_mut(..dim).unwrap_or_default()
}

/// `to` becomes `from`, which has the same length. (`copy_from_slice` has a panic for the case that it has not.)
pub fn copy<T: Copy>(from: &[T], to: &mut [T]) {
    debug_assert_eq!(from.len(), to.len());
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
}
