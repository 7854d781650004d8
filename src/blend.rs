//! The blend of an operator's adapter with its category's: the shares of the two, and their sum.

use crate::buffer::{self, Block};
use crate::config::Config;
use crate::kernel::{self, Projection};
use crate::two::both;
use crate::weights::Weights;

/// Adapt count from which an operator no longer leans on its category.
const FULL_WEIGHT_COUNT: u64 = 10;

/// Shares of the operator's own adapter and of its category's in the output, if it has one to lean on.
pub fn shares(adapt_count: u64, leans: bool) -> [f32; 2] {
    if !leans || adapt_count >= FULL_WEIGHT_COUNT {
        return [1.0, 0.0];
    }
    let own = adapt_count as f32 / FULL_WEIGHT_COUNT as f32;
    [own, 1.0 - own]
}

/// The projection of a context on the A of an adapter, for as long as that A is what it was.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct Known {
    /// The adapter's steps at the time, and one; 0 if nothing is known.
    as_of: u64,
    projection: Projection,
}

pinned!(Known[24] { as_of: 0, projection: 8 });

impl Known {
    /// `projection`, on the A that `weights` has now.
    pub fn of(projection: Projection, weights: &Weights) -> Self {
        Self { projection, as_of: weights.steps() + 1 }
    }

    /// Nothing is known any more.
    pub fn forget(&mut self) {
        self.as_of = 0;
    }

    /// The projection of `context` on A: what is known, or what is found out.
    pub fn or_project(self, weights: &Weights, context: &[Block]) -> Projection {
        if self.as_of == weights.steps() + 1 { self.projection } else { kernel::project(weights.a(), context) }
    }
}

/// y = x + Σ share · Δ(x) over the adapters that are there and have a share; `copy` becomes x, and `known` what was found
/// out on the way.
pub fn forward(
    config: &Config,
    [own, category]: [Option<&Weights>; 2],
    shares: [f32; 2],
    x: &[Block],
    copy: &mut [Block],
    y: &mut [Block],
    known: &mut [Known; 2],
) {
    let [own, category] = [own.filter(|_| shares[0] > 0.0), category.filter(|_| shares[1] > 0.0)];
    *known = Default::default();
    match (own, category) {
        (Some(own), Some(category)) => {
            let [first, second] = kernel::project_both([own.a(), category.a()], x, copy);
            let terms = [own.term(config, first, shares[0]), category.term(config, second, shares[1])];
            kernel::expand_both(both(terms, |term| term.rows), both(terms, |term| term.scales), x, y);
            *known = [Known::of(first, own), Known::of(second, category)];
        }
        (Some(weights), None) | (None, Some(weights)) => {
            let (share, known) = if own.is_some() { (shares[0], &mut known[0]) } else { (shares[1], &mut known[1]) };
            let projection = kernel::project_and_copy(weights.a(), x, copy);
            let term = weights.term(config, projection, share);
            kernel::expand(term.rows, term.scales, x, y);
            *known = Known::of(projection, weights);
        }
        (None, None) => {
            buffer::copy(x, copy);
            buffer::copy(x, y);
        }
    }
}
