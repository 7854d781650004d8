//! Memory for objects that may not be there to be had: what `Box::new` and `Vec` would end the program for.
#![allow(unsafe_code, reason = "stable Rust has no other fallible boxes")]

use alloc::alloc::{Layout, alloc};
use alloc::boxed::Box;
use core::ptr::slice_from_raw_parts_mut;

/// `count` objects on the heap, made one after the other, if there is room for all of them.
pub(crate) fn boxed<T>(count: usize, mut make: impl FnMut(usize) -> T) -> Option<Box<[T]>> {
    let layout = Layout::array::<T>(count).ok().filter(|layout| layout.size() > 0)?;
    // SAFETY: the layout is not empty.
    let start = unsafe { alloc(layout) }.cast::<T>();
    if start.is_null() {
        return None;
    }
    for i in 0..count {
        // SAFETY: there is room for `count` of them. Should `make` panic, the memory is lost, and nothing else.
        unsafe { start.add(i).write(make(i)) };
    }
    // SAFETY: allocated by the global allocator with this layout, and every object is there.
    Some(unsafe { Box::from_raw(slice_from_raw_parts_mut(start, count)) })
}

#[cfg(test)]
mod tests {
    use super::boxed;
    use alloc::string::ToString;

    #[test]
    fn boxes_hold_what_was_made_and_drop_it() {
        let numbers = boxed(3, |i| i.to_string()).unwrap();
        assert_eq!(*numbers, ["0", "1", "2"]);
        assert!(boxed(0, |_| 1).is_none() && boxed(usize::MAX, |_| 1u64).is_none());
    }
}
