//! One rank-2 adapter: the factors A `[d, 2]` and B `[2, d]`, their initial values, and the output. The step that trains
//! them is in `step`, the blend of an operator's adapter with that of its category in `blend`.

pub mod blend;
mod context;
mod gram;
mod step;
#[cfg(test)]
mod tests;

use alloc::boxed::Box;

use crate::config::Config;
use crate::error::Error;
use crate::kernels::{self, Projection};
use crate::rng::Stream;
use crate::rows::{Block, LANES, Pair, blocks_for, clear, zeroed};
use crate::vec2::{Vec2, both};

pub use context::{CachedProjection, Context};
pub use gram::Gram;
pub use step::{MAX_NORM2, MIN_NORM2, RewardStep};

/// The factors A `[d, 2]` and B `[2, d]`, with their Gram matrices AᵀA and B Bᵀ.
#[derive(Clone, Debug)]
pub struct Adapter {
    /// The two columns of A as a pair of rows, then the two rows of B.
    factors: Box<[Pair]>,
    gram_a: Gram,
    gram_b: Gram,
    steps: u64,
    /// Number of the random stream that the initial A is drawn from.
    stream: u64,
}

/// The factors of one adapter, for reading.
#[derive(Clone, Copy, Debug, PartialEq)]
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
    (0..dim).map(move |j| rows[j / LANES][i].0[j % LANES])
}

/// Value `j` of row `i` of a pair of rows.
fn value_mut(rows: &mut [Pair], i: usize, j: usize) -> &mut f32 {
    &mut rows[j / LANES][i].0[j % LANES]
}

/// What one adapter adds to an output: `Σ scales[i] · rows[i]`.
#[derive(Clone, Copy, Debug)]
struct Delta<'a> {
    /// B.
    rows: &'a [Pair],
    /// weight · alpha · h.
    scales: [f32; 2],
}

/// What an adapter expects of an input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// (y · x) / |x|² − 1, where y is the output for x; 0 for a zero x.
    pub improvement: f64,
    /// |x|². Where it is not finite, neither is the improvement.
    pub norm2: f32,
}

/// What a file holds of an adapter beside the factors, so that [`Adapter::restored`] makes the same adapter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Learned {
    /// Gram matrix of A.
    pub gram_a: Gram,
    /// Gram matrix of B.
    pub gram_b: Gram,
    /// Number of steps since construction or reset.
    pub steps: u64,
}

impl Adapter {
    /// A new adapter: A uniform on (−1/√d, 1/√d) from random stream number `stream`, B zero.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    #[inline(never)]
    pub fn new(config: &Config, stream: u64) -> Result<Self, Error> {
        let factors = zeroed(2 * blocks_for(config.dim()))?;
        let mut adapter = Self { factors, gram_a: Gram::default(), gram_b: Gram::default(), steps: 0, stream };
        adapter.start(config);
        Ok(adapter)
    }

    /// An adapter with given factors: `a(i, j)` returns `A[j][i]`, and `b(i, j)` returns `B[i][j]`. Without `learned`,
    /// the Gram matrices are computed, and the adapter counts no steps.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn restored(
        config: &Config,
        stream: u64,
        a: &dyn Fn(usize, usize) -> f32,
        b: &dyn Fn(usize, usize) -> f32,
        learned: Option<Learned>,
    ) -> Result<Self, Error> {
        let mut adapter = Self::new(config, stream)?;
        let [own_a, own_b] = adapter.a_and_b_mut();
        for i in 0..2 {
            for j in 0..config.dim() {
                *value_mut(own_a, i, j) = a(i, j);
                *value_mut(own_b, i, j) = b(i, j);
            }
        }
        let Learned { gram_a, gram_b, steps } =
            learned.unwrap_or(Learned { gram_a: Gram::of(adapter.a()), gram_b: Gram::of(adapter.b()), steps: 0 });
        Ok(Self { gram_a, gram_b, steps, ..adapter })
    }

    /// The same adapter, with this number of steps.
    pub fn with_steps(self, steps: u64) -> Self {
        Self { steps, ..self }
    }

    /// What a file holds of the adapter beside the factors.
    pub fn learned(&self) -> Learned {
        Learned { gram_a: self.gram_a, gram_b: self.gram_b, steps: self.steps }
    }

    /// Back to the state that [`Adapter::new`] made.
    pub fn reset(&mut self, config: &Config) {
        clear(&mut self.factors);
        self.start(config);
    }

    /// Draws A, column by column. The factors must be zero, so that B is.
    #[inline(never)]
    fn start(&mut self, config: &Config) {
        let bound = (1.0 / kernels::sqrt(config.dim() as f64)) as f32;
        let mut stream = Stream::new(self.stream);
        let [a, _] = self.a_and_b_mut();
        for i in 0..2 {
            for j in 0..config.dim() {
                *value_mut(a, i, j) = bound * stream.next_signed();
            }
        }
        self.gram_a = Gram::of(self.a());
        self.gram_b = Gram::default();
        self.steps = 0;
    }

    fn a_and_b(&self) -> [&[Pair]; 2] {
        self.factors.split_at(self.factors.len() / 2).into()
    }

    fn a_and_b_mut(&mut self) -> [&mut [Pair]; 2] {
        let middle = self.factors.len() / 2;
        self.factors.split_at_mut(middle).into()
    }

    /// A: its two columns of d values.
    fn a(&self) -> &[Pair] {
        self.a_and_b()[0]
    }

    /// B: its two rows of d values.
    fn b(&self) -> &[Pair] {
        self.a_and_b()[1]
    }

    /// B, writable: `blend::step` updates two B's in one pass.
    fn b_mut(&mut self) -> &mut [Pair] {
        let [_, b] = self.a_and_b_mut();
        b
    }

    /// Both factors, without their padding.
    pub fn factors(&self, config: &Config) -> Factors<'_> {
        Factors { a: self.a(), b: self.b(), dim: config.dim() }
    }

    /// Number of steps since construction or reset. It changes whenever A does: [`CachedProjection`] relies on that.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Computes y = x + `weight` · alpha · h B, and copies x to `copy`. Returns h = x A and |x|².
    pub fn forward(
        &self,
        config: &Config,
        weight: f32,
        x: &[Block],
        copy: &mut [Block],
        y: &mut [Block],
    ) -> Projection {
        let projection = kernels::project_and_copy(self.a(), x, copy);
        let Delta { rows, scales } = self.delta(config, projection, weight);
        kernels::expand(rows, scales, x, y);
        projection
    }

    /// `weight` · alpha · h B, for the h of `x`.
    fn delta(&self, config: &Config, x: Projection, weight: f32) -> Delta<'_> {
        Delta { rows: self.b(), scales: both(x.dots, |h| finite(weight * config.alpha() * h)) }
    }

    /// The improvement that the adapter has learned from rewards to expect for x. `scratch` is overwritten.
    #[inline(never)]
    pub fn predict(&self, config: &Config, x: &[Block], scratch: &mut [Block]) -> Prediction {
        let [Projection { dots, norm2 }, b] = kernels::project_both(self.a_and_b(), x, scratch);
        let amplified = f64::from(config.alpha()) * Vec2::from(dots).dot(Vec2::from(b.dots));
        // Adding zero turns −0 into 0.
        let improvement = if norm2 < MIN_NORM2 { 0.0 } else { amplified / f64::from(norm2) + 0.0 };
        Prediction { improvement, norm2 }
    }

    /// alpha · ‖A B‖ (Frobenius), computed from the factors, not from the stored Gram matrices.
    #[inline(never)]
    pub fn delta_norm(&self, config: &Config) -> f32 {
        let squared = Gram::of(self.a()).trace_of_product(Gram::of(self.b()));
        (f64::from(config.alpha()) * kernels::sqrt(squared.max(0.0))) as f32
    }
}

/// `scale` clamped to finite `f32`, so that scale · 0 is 0, not NaN. (alpha · h may overflow where both are large.)
#[inline(always)]
fn finite(scale: f32) -> f32 {
    if scale.abs() <= f32::MAX { scale } else { nearest_finite(scale) }
}

#[cold]
#[inline(never)]
fn nearest_finite(scale: f32) -> f32 {
    scale.clamp(-f32::MAX, f32::MAX)
}
