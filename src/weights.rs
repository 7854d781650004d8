//! The factors A `[d, 2]` and B `[2, d]` of one adapter: how they start, and what they say. What trains them is `step`.

mod step;
#[cfg(test)]
mod tests;

use alloc::boxed::Box;

use crate::buffer::{Block, LANES, Pair, blocks_for, clear, zeroed};
use crate::config::Config;
use crate::gram::Gram;
use crate::kernel::{self, Projection};
use crate::rng::SplitMix64;
use crate::two::{Two, both};

pub use step::{MIN_NORM2, Step};

/// A `[d, 2]` and B `[2, d]`, each as a pair of rows of d, with their Gram matrices.
#[derive(Clone, Debug)]
#[repr(C)]
pub struct Weights {
    /// A, then B.
    factors: Box<[Pair]>,
    gram_a: Gram,
    gram_b: Gram,
    steps: u64,
    stream: u64,
}

pinned!(Weights[88] { factors: 0, gram_a: 8, gram_b: 40, steps: 72 });

/// The factors of one adapter, for reading.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Factors<'a> {
    a: &'a [Pair],
    b: &'a [Pair],
    dim: usize,
}

impl Factors<'_> {
    /// Column `i` (0 or 1) of A: d values.
    pub fn a(&self, i: usize) -> impl Iterator<Item = f32> {
        values_of(self.a, i, self.dim)
    }

    /// Row `i` (0 or 1) of B: d values.
    pub fn b(&self, i: usize) -> impl Iterator<Item = f32> {
        values_of(self.b, i, self.dim)
    }
}

fn values_of(rows: &[Pair], i: usize, dim: usize) -> impl Iterator<Item = f32> {
    rows.iter().flat_map(move |pair| pair[i].0).take(dim)
}

/// What one adapter adds to an output: Σ scales[i] · rows[i].
#[derive(Clone, Copy, Debug)]
pub struct Term<'a> {
    /// B.
    pub rows: &'a [Pair],
    /// share · alpha · h.
    pub scales: [f32; 2],
}

impl Weights {
    /// New factors, if there is room: A uniform on (−1/√d, 1/√d) from random stream number `stream`, B zero.
    #[inline(never)]
    pub fn new(config: &Config, stream: u64) -> Option<Self> {
        let factors = zeroed(2 * blocks_for(config.dim()))?;
        let mut weights = Self { factors, gram_a: Gram::default(), gram_b: Gram::default(), steps: 0, stream };
        weights.start(config);
        Some(weights)
    }

    /// Back to the very state that [`Weights::new`] made.
    pub fn reset(&mut self, config: &Config) {
        clear(&mut self.factors);
        self.start(config);
    }

    /// Draws A, column by column; B is zero.
    #[inline(never)]
    fn start(&mut self, config: &Config) {
        let bound = (1.0 / kernel::sqrt(config.dim() as f64)) as f32;
        let mut rng = SplitMix64::stream(self.stream);
        let [a, _] = self.both_mut();
        for i in 0..2 * config.dim() {
            let (column, row) = if i < config.dim() { (0, i) } else { (1, i - config.dim()) };
            if let Some(pair) = a.get_mut(row / LANES) {
                pair[column].0[row % LANES] = bound * rng.next_signed();
            }
        }
        self.gram_a = Gram::of(self.a());
        self.gram_b = Gram::default();
        self.steps = 0;
    }

    fn both(&self) -> [&[Pair]; 2] {
        self.factors.split_at(self.factors.len() / 2).into()
    }

    fn both_mut(&mut self) -> [&mut [Pair]; 2] {
        let middle = self.factors.len() / 2;
        self.factors.split_at_mut(middle).into()
    }

    /// A: two columns of d.
    pub fn a(&self) -> &[Pair] {
        self.both()[0]
    }

    /// B: two rows of d.
    pub fn b(&self) -> &[Pair] {
        self.both()[1]
    }

    /// B, to be changed as a [`Step`] says.
    pub fn b_mut(&mut self) -> &mut [Pair] {
        let [_, b] = self.both_mut();
        b
    }

    /// Both factors, without their padding.
    pub fn factors(&self, config: &Config) -> Factors<'_> {
        Factors { a: self.a(), b: self.b(), dim: config.dim() }
    }

    /// Steps taken since the start; it changes whenever A does.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// `share` · alpha · h B, for the h of `x`.
    pub fn term(&self, config: &Config, x: Projection, share: f32) -> Term<'_> {
        Term { rows: self.b(), scales: both(x.dots, |h| finite(share * config.alpha() * h)) }
    }

    /// (y · x) / |x|² − 1 for the output y of x: the improvement that rewards have taught. `scratch` is overwritten.
    #[inline(never)]
    pub fn predicted_improvement(&self, config: &Config, x: &[Block], scratch: &mut [Block]) -> f64 {
        let [a, b] = kernel::project_both(self.both(), x, scratch);
        if a.norm2 < MIN_NORM2 {
            return 0.0;
        }
        // Adding zero turns −0 into 0.
        f64::from(config.alpha()) * Two::from(a.dots).dot(Two::from(b.dots)) / f64::from(a.norm2) + 0.0
    }

    /// alpha · ‖A B‖ (Frobenius), from the factors as they are.
    #[inline(never)]
    pub fn delta_norm(&self, config: &Config) -> f32 {
        let squared = Gram::of(self.a()).trace_of_product(Gram::of(self.b()));
        (f64::from(config.alpha()) * kernel::sqrt(squared.max(0.0))) as f32
    }
}

/// A scale that makes 0 of 0: the product of a large alpha and a large h may be too much for `f32`.
#[inline(always)]
fn finite(scale: f32) -> f32 {
    if scale.abs() <= f32::MAX { scale } else { nearest_finite(scale) }
}

#[cold]
#[inline(never)]
fn nearest_finite(scale: f32) -> f32 {
    scale.clamp(-f32::MAX, f32::MAX)
}
