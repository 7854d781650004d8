//! Sorting by comparisons, in one place: each instance of the standard library's sort is some kilobytes of wasm.

use alloc::vec::Vec;
use core::cmp::Ordering;

/// The indices 0 to `count`, in the order that `compare` gives; equal ones stay in theirs. (Binary insertion: there are a few
/// thousand at most.)
#[inline(never)]
pub fn sorted_indices(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order = Vec::with_capacity(count);
    for i in 0..count {
        let place = order.partition_point(|&before| compare(before, i).is_le());
        order.insert(place, i);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::sorted_indices;

    #[test]
    fn equal_ones_stay_in_order() {
        let values = [3, 1, 2, 1, 3, 0];
        assert_eq!(sorted_indices(6, &|i, j| values[i].cmp(&values[j])), [5, 1, 3, 2, 0, 4]);
        assert!(sorted_indices(0, &|_, _| unreachable!()).is_empty());
    }
}
