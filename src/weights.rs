//! The factors A `[d, 2]` and B `[2, d]` of one adapter, and the step that trains them.
//!
//! The step is Riemannian-preconditioned LoRA (Zhang and Pilanci 2024, "Riemannian Preconditioned LoRA for Fine-Tuning
//! Foundation Models"; the ScaledGD of Tong, Ma and Chi 2021) with the step length of NLMS. With h = x A, u = B g,
//! Ga = AᵀA and Gb = B Bᵀ, and every right-hand side from the old factors:
//!
//! ```text
//! B ← B − k (Ga + δa I)⁻¹ hᵀ g        k  = learning_rate / (alpha |x|²)
//! A ← A − k xᵀ ((Gb + δb I)⁻¹ u)ᵀ     δa = 1e-3 trace(Ga)/2,  δb = 1e-3 trace(Gb)/2 + 1e-8
//! ```

use alloc::boxed::Box;

use crate::buffer::{Block, Pair, blocks_for, clear, zeroed};
use crate::check;
use crate::config::Config;
use crate::error::{Argument, Error};
use crate::gram::Gram;
use crate::kernel::{self, Projection, Residual};
use crate::rng::SplitMix64;

/// Squared norms below this count as zero: such an input or gradient teaches nothing.
pub const MIN_NORM2: f32 = 1e-16;

/// Damping of both preconditioners, relative to the mean eigenvalue.
const RELATIVE_DAMPING: f64 = 1e-3;

/// Absolute damping of Gb, which is zero at the start.
const ABSOLUTE_DAMPING_B: f64 = 1e-8;

/// Bound on ‖A‖² and ‖B‖²: squared norms of a factor must stay finite.
const MAX_SIZE: f64 = f32::MAX as f64;

/// Bound on alpha · ‖A‖ ‖B‖: it leaves room for outputs of inputs up to 1e8 to be finite.
const MAX_GAIN: f64 = 1e30;

/// A sum that is a smaller share of its terms than this is mostly their rounding.
const CANCELLED: f64 = 1e-5;

/// Steps after which the Gram matrices are recomputed from the factors, against drift.
const REFRESH_STEPS: u32 = 256;

/// A `[d, 2]` and B `[2, d]`, each as a pair of rows of d, with their Gram matrices.
#[derive(Clone, Debug)]
pub struct Weights {
    a: Box<[Pair]>,
    b: Box<[Pair]>,
    gram_a: Gram,
    gram_b: Gram,
    steps_since_refresh: u32,
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
    rows.iter().flat_map(move |pair| pair[i].0).take(dim)
}

/// What a step needs to know of a gradient g.
#[derive(Clone, Copy, Debug)]
pub struct Gradient {
    /// u = B g.
    along_b: [f64; 2],
    /// |g|².
    norm2: f64,
    /// How to make g of the vector that [`Weights::apply`] is given, if it is not that vector.
    residual: Option<Residual>,
}

impl From<Projection> for Gradient {
    /// The gradient whose projection on B this is.
    fn from(g: Projection) -> Self {
        Self { along_b: g.dots.map(f64::from), norm2: g.norm2.into(), residual: None }
    }
}

/// A step that has been worked out and found safe, but not taken.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// B's rows lose `scale_b[i] · g`.
    scale_b: [f32; 2],
    residual: Option<Residual>,
    /// A's columns lose `scale_a[i] · x`.
    scale_a: [f32; 2],
    gram_a: Gram,
    gram_b: Gram,
    refresh_a: bool,
    refresh_b: bool,
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
    /// New factors: A uniform on (−1/√d, 1/√d) from random stream number `stream`, B zero.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    #[inline(never)]
    pub fn new(config: &Config, stream: u64) -> Result<Self, Error> {
        let mut weights = Self {
            a: zeroed(blocks_for(config.dim()))?,
            b: zeroed(blocks_for(config.dim()))?,
            gram_a: Gram::default(),
            gram_b: Gram::default(),
            steps_since_refresh: 0,
            stream,
        };
        weights.start(config);
        Ok(weights)
    }

    /// Back to the very state that [`Weights::new`] made.
    pub fn reset(&mut self, config: &Config) {
        clear(&mut self.b);
        self.start(config);
    }

    /// Draws A, column by column; B is zero.
    #[inline(never)]
    fn start(&mut self, config: &Config) {
        let bound = (1.0 / kernel::sqrt(config.dim() as f64)) as f32;
        let mut rng = SplitMix64::stream(self.stream);
        for column in [0, 1] {
            let values = self.a.iter_mut().flat_map(|pair| &mut pair[column].0);
            for value in values.take(config.dim()) {
                *value = bound * rng.next_signed();
            }
        }
        self.gram_a = Gram::of(&self.a);
        self.gram_b = Gram::default();
        self.steps_since_refresh = 0;
    }

    /// A: two columns of d.
    pub fn a(&self) -> &[Pair] {
        &self.a
    }

    /// B: two rows of d.
    pub fn b(&self) -> &[Pair] {
        &self.b
    }

    /// Both factors, without their padding.
    pub fn factors(&self, config: &Config) -> Factors<'_> {
        Factors { a: self.a(), b: self.b(), dim: config.dim() }
    }

    /// `share` · alpha · h B, for the h of `x`.
    pub fn term(&self, config: &Config, x: Projection, share: f32) -> Term<'_> {
        Term { rows: self.b(), scales: x.dots.map(|h| share * config.alpha() * h) }
    }

    /// The gradient alpha · h B − `factor` · t of the squared error of x + alpha · h B against x + `factor` · t. Gb and
    /// the projections of x on A and of t on B say all that a step must know of it.
    #[inline(never)]
    pub fn gradient_towards(&self, config: &Config, x: Projection, factor: f32, t: Projection) -> Gradient {
        let coefficients = x.dots.map(|h| config.alpha() * h);
        let ([c, d], [e, f], minus) = (coefficients.map(f64::from), t.dots.map(f64::from), -f64::from(factor));
        let [v, w] = self.gram_b.times([c, d]);
        let along_b = [v + minus * e, w + minus * f];
        let (rows, vector) = (c * v + d * w, minus * minus * f64::from(t.norm2));
        let norm2 = rows + 2.0 * minus * (c * e + d * f) + vector;
        Gradient {
            along_b,
            norm2: if self.gram_b.sum_of_squares([c, d]) > MAX_SIZE {
                f64::INFINITY // terms of g are not finite in f32, whatever their sum: `plan` will refuse it
            } else if norm2 > CANCELLED * (rows + vector) {
                norm2
            } else {
                self.gram_b.least_norm2(along_b)
            },
            residual: Some(Residual { coefficients, factor }),
        }
    }

    /// (y · x) / |x|² − 1 for the output y of x: the improvement that rewards have taught.
    ///
    /// # Errors
    /// [`Error::NotFinite`] or [`Error::TooLarge`] for `x`.
    #[inline(never)]
    pub fn predicted_improvement(&self, config: &Config, x: &[Block]) -> Result<f64, Error> {
        let [a, b] = kernel::project_both([self.a(), self.b()], x);
        check::finite(Argument::Input, x, a.norm2)?;
        if a.norm2 < MIN_NORM2 {
            return Ok(0.0);
        }
        let ([h0, h1], [bx0, bx1]) = (a.dots.map(f64::from), b.dots.map(f64::from));
        // Adding zero turns −0 into 0.
        Ok(f64::from(config.alpha()) * (h0 * bx0 + h1 * bx1) / f64::from(a.norm2) + 0.0)
    }

    /// alpha · ‖A B‖ (Frobenius), from the factors as they are.
    #[inline(never)]
    pub fn delta_norm(&self, config: &Config) -> f32 {
        let squared = Gram::exactly_of(self.a()).trace_of_product(Gram::exactly_of(self.b()));
        (f64::from(config.alpha()) * kernel::sqrt(squared.max(0.0))) as f32
    }

    /// [`Weights::plan`] and [`Weights::apply`] in one: whether there was a step to take. Step and gradient stay in
    /// registers, which is a tenth of the time of a step.
    ///
    /// # Errors
    /// As [`Weights::plan`].
    #[inline(never)]
    pub fn descend(
        &mut self,
        config: &Config,
        x: &[Block],
        projection: &mut Projection,
        g: Gradient,
        vector: &[Block],
    ) -> Result<bool, Error> {
        let step = self.work_out(config, *projection, g)?;
        if let Some(step) = step {
            self.take(step, x, projection, vector);
        }
        Ok(step.is_some())
    }

    /// The step for context x (h and |x|²) and gradient g, or `None` where either is too small to learn from.
    ///
    /// # Errors
    /// [`Error::Overflow`] if the factors would not stay finite.
    #[inline(never)]
    pub fn plan(&self, config: &Config, x: Projection, g: Gradient) -> Result<Option<Step>, Error> {
        self.work_out(config, x, g)
    }

    #[inline(always)]
    fn work_out(&self, config: &Config, x: Projection, g: Gradient) -> Result<Option<Step>, Error> {
        if x.norm2 < MIN_NORM2 || g.norm2 < f64::from(MIN_NORM2) {
            return Ok(None);
        }
        let (h, u, x_norm2) = (x.dots.map(f64::from), g.along_b, f64::from(x.norm2));
        let damping_a = RELATIVE_DAMPING * 0.5 * self.gram_a.trace();
        let damping_b = RELATIVE_DAMPING * 0.5 * self.gram_b.trace() + ABSOLUTE_DAMPING_B;
        // The f32 values are what will be done, so the Gram matrices follow them.
        let scale_b = self.gram_a.solve_damped(damping_a, h, config.rate(), x_norm2).map(|c| c as f32);
        let scale_a = self.gram_b.solve_damped(damping_b, u, config.rate(), x_norm2).map(|v| v as f32);

        let gram_a = self.gram_a.after_rank_one(scale_a.map(f64::from), h, x_norm2);
        let gram_b = self.gram_b.after_rank_one(scale_b.map(f64::from), u, g.norm2);
        // No value of a factor exceeds the root of its trace. NaN is not safe either.
        let (size_a, size_b) = (gram_a.trace(), gram_b.trace());
        let alpha = f64::from(config.alpha());
        let safe = size_a <= MAX_SIZE && size_b <= MAX_SIZE && alpha * alpha * size_a * size_b <= MAX_GAIN * MAX_GAIN;
        if !safe {
            return Err(Error::Overflow);
        }
        let due = self.steps_since_refresh + 1 >= REFRESH_STEPS;
        let (refresh_a, refresh_b) = (due || gram_a.is_worn(), due || gram_b.is_worn());
        Ok(Some(Step { scale_b, residual: g.residual, scale_a, gram_a, gram_b, refresh_a, refresh_b }))
    }

    #[inline(always)]
    fn take(&mut self, step: Step, x: &[Block], projection: &mut Projection, g: &[Block]) {
        match step.residual {
            None => kernel::rank_one(&mut self.b, step.scale_b, g),
            Some(residual) => kernel::rank_one_residual(&mut self.b, step.scale_b, residual, g),
        }
        kernel::rank_one(&mut self.a, step.scale_a, x);
        self.gram_b = if step.refresh_b { Gram::of(&self.b) } else { step.gram_b };
        if step.refresh_a {
            self.gram_a = Gram::of(&self.a);
            *projection = kernel::project(&self.a, x);
        } else {
            self.gram_a = step.gram_a;
            for i in 0..2 {
                projection.dots[i] -= step.scale_a[i] * projection.norm2;
            }
        }
        let both = step.refresh_a && step.refresh_b;
        self.steps_since_refresh = if both { 0 } else { self.steps_since_refresh + 1 };
    }

    /// Takes a step, if there is one, that was planned for these factors, this context and this gradient (or the t that
    /// it is made of); `projection`, that of `x`, becomes h = x A of the new A.
    #[inline(never)]
    pub fn apply(&mut self, step: Option<Step>, x: &[Block], projection: &mut Projection, g: &[Block]) {
        if let Some(step) = step {
            self.take(step, x, projection, g);
        }
    }
}
