//! The blend of an operator's adapter with its category's: the shares of the two, and their sum.

use crate::buffer::Row;
use crate::kernel;
use crate::weights::Term;

/// Adapt count from which an operator no longer leans on its category.
const FULL_WEIGHT_COUNT: u64 = 10;

/// Shares of the operator's own adapter and of its category's in the output.
pub fn shares(adapt_count: u64, category_fallback: bool) -> [f32; 2] {
    if !category_fallback || adapt_count >= FULL_WEIGHT_COUNT {
        return [1.0, 0.0];
    }
    let own = adapt_count as f32 / FULL_WEIGHT_COUNT as f32;
    [own, 1.0 - own]
}

/// y = x + the terms, in one pass.
pub fn add_terms(terms: [Option<Term<'_>>; 2], x: &Row, y: &mut Row) {
    match terms {
        [None, None] => y.copy_from(x),
        [Some(term), None] | [None, Some(term)] => {
            kernel::expand(term.rows, term.scales, x.blocks(), y.blocks_mut());
        }
        [Some(Term { rows: [r0, r1], scales: [s0, s1] }), Some(Term { rows: [r2, r3], scales: [s2, s3] })] => {
            kernel::expand([r0, r1, r2, r3], [s0, s1, s2, s3], x.blocks(), y.blocks_mut());
        }
    }
}
