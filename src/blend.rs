//! The blend of an operator's adapter with its category's: the shares of the two, and their sum.

use crate::buffer::Block;
use crate::config::Config;
use crate::kernel::{self, Projection};
use crate::weights::Weights;

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

/// An adapter with a share in the output.
pub type Part<'a> = (&'a Weights, f32);

/// y = x + Σ share · Δ(x), and `copy` becomes x.
pub fn forward(config: &Config, parts: [Option<Part<'_>>; 2], x: &[Block], copy: &mut [Block], y: &mut [Block]) {
    let projections = match parts {
        [Some((own, _)), Some((category, _))] => {
            copy.copy_from_slice(x);
            kernel::project_both([own.a(), category.a()], x)
        }
        [Some((weights, _)), None] | [None, Some((weights, _))] => [kernel::project_and_copy(weights.a(), x, copy); 2],
        [None, None] => {
            copy.copy_from_slice(x);
            [Projection::default(); 2]
        }
    };
    add(config, parts, projections, 1.0, x, y);
}

/// y = x + `sign` · Σ share · Δ, in one pass; the projections are those of the Δs' input.
pub fn add(
    config: &Config,
    parts: [Option<Part<'_>>; 2],
    projections: [Projection; 2],
    sign: f32,
    x: &[Block],
    y: &mut [Block],
) {
    match [0, 1].map(|i| parts[i].map(|(weights, share)| weights.term(config, projections[i], sign * share))) {
        [None, None] => y.copy_from_slice(x),
        [Some(term), None] | [None, Some(term)] => kernel::expand(term.rows, term.scales, x, y),
        [Some(first), Some(second)] => {
            kernel::expand_both([first.rows, second.rows], [first.scales, second.scales], x, y);
        }
    }
}
