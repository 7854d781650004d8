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

use crate::buffer::{Block, Row};
use crate::config::Config;
use crate::error::Error;
use crate::gram::Gram;
use crate::kernel::{self, Projection};
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

/// Steps after which the Gram matrices are recomputed from the factors, against drift.
const REFRESH_STEPS: u32 = 256;

/// A `[d, 2]` and B `[2, d]`, each as two contiguous rows of d, with their Gram matrices.
#[derive(Clone, Debug)]
pub struct Weights {
    a: [Row; 2],
    b: [Row; 2],
    gram_a: Gram,
    gram_b: Gram,
    steps_since_refresh: u32,
    stream: u64,
}

/// The factors of one adapter, for reading.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factors<'a> {
    /// The two columns of A, each `[d]`.
    pub a: [&'a [f32]; 2],
    /// The two rows of B, each `[d]`.
    pub b: [&'a [f32]; 2],
}

/// A step that has been worked out and found safe, but not taken.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// B's rows lose `scale_b[i] · g`.
    scale_b: [f32; 2],
    /// A's columns lose `scale_a[i] · x`.
    scale_a: [f32; 2],
    gram_a: Gram,
    gram_b: Gram,
    refresh: bool,
}

/// What one adapter adds to an output: Σ scales[i] · rows[i].
#[derive(Clone, Copy, Debug)]
pub struct Term<'a> {
    /// The rows of B.
    pub rows: [&'a [Block]; 2],
    /// share · alpha · h.
    pub scales: [f32; 2],
}

impl Weights {
    /// New factors: A uniform on (−1/√d, 1/√d) from random stream number `stream`, B zero.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn new(config: &Config, stream: u64) -> Result<Self, Error> {
        let row = || Row::zeroed(config.dim());
        let mut weights = Self {
            a: [row()?, row()?],
            b: [row()?, row()?],
            gram_a: Gram::default(),
            gram_b: Gram::default(),
            steps_since_refresh: 0,
            stream,
        };
        weights.reset(config);
        Ok(weights)
    }

    /// Back to the very state that [`Weights::new`] made.
    pub fn reset(&mut self, config: &Config) {
        let bound = 1.0 / libm::sqrtf(config.dim() as f32);
        let mut rng = SplitMix64::stream(self.stream);
        for column in &mut self.a {
            for value in column.values_mut(config.dim()) {
                *value = bound * rng.next_signed();
            }
        }
        for row in &mut self.b {
            row.clear();
        }
        self.refresh();
    }

    /// The two columns of A.
    pub fn a(&self) -> [&[Block]; 2] {
        self.a.each_ref().map(Row::blocks)
    }

    /// The two rows of B.
    pub fn b(&self) -> [&[Block]; 2] {
        self.b.each_ref().map(Row::blocks)
    }

    /// Both factors, without their padding.
    pub fn factors(&self, config: &Config) -> Factors<'_> {
        let dim = config.dim();
        Factors {
            a: self.a.each_ref().map(|column| column.values(dim)),
            b: self.b.each_ref().map(|row| row.values(dim)),
        }
    }

    /// h = x A and |x|².
    pub fn project(&self, x: &Row) -> Projection {
        kernel::project(self.a(), x.blocks())
    }

    /// `share` · alpha · h B, for the h of `x`.
    pub fn term(&self, config: &Config, x: Projection, share: f32) -> Term<'_> {
        Term { rows: self.b(), scales: x.dots.map(|h| share * config.alpha() * h) }
    }

    /// u = B g and |g|².
    pub fn project_gradient(&self, g: &Row) -> Projection {
        kernel::project(self.b(), g.blocks())
    }

    /// (y · x) / |x|² − 1 for the output y of `x`: the improvement that rewards have taught. `projection` is of `x`.
    pub fn predicted_improvement(&self, config: &Config, x: &Row, projection: Projection) -> f64 {
        if projection.norm2 < MIN_NORM2 {
            return 0.0;
        }
        let ([h0, h1], [bx0, bx1]) = (projection.dots, self.project_gradient(x).dots);
        let (h0, h1, bx0, bx1) = (f64::from(h0), f64::from(h1), f64::from(bx0), f64::from(bx1));
        // Adding zero turns −0 into 0.
        f64::from(config.alpha()) * (h0 * bx0 + h1 * bx1) / f64::from(projection.norm2) + 0.0
    }

    /// alpha · ‖A B‖ (Frobenius), from the factors as they are.
    pub fn delta_norm(&self, config: &Config) -> f32 {
        let squared = Gram::exactly_of(self.a()).trace_of_product(Gram::exactly_of(self.b()));
        (f64::from(config.alpha()) * libm::sqrt(squared.max(0.0))) as f32
    }

    /// The step for context `x` (h and |x|²) and gradient `g` (u = B g and |g|²), or `None` where either is too small
    /// to learn from.
    ///
    /// # Errors
    /// [`Error::Overflow`] if the factors would not stay finite.
    pub fn plan(&self, config: &Config, x: Projection, g: Projection) -> Result<Option<Step>, Error> {
        if x.norm2 < MIN_NORM2 || g.norm2 < MIN_NORM2 {
            return Ok(None);
        }
        let (h, x_norm2) = (x.dots.map(f64::from), f64::from(x.norm2));
        let (u, g_norm2) = (g.dots.map(f64::from), f64::from(g.norm2));
        let rate = f64::from(config.learning_rate()) / (f64::from(config.alpha()) * x_norm2);
        let damping_a = RELATIVE_DAMPING * 0.5 * self.gram_a.trace();
        let damping_b = RELATIVE_DAMPING * 0.5 * self.gram_b.trace() + ABSOLUTE_DAMPING_B;
        let scale_b = self.gram_a.solve_damped(damping_a, h).map(|c| (rate * c) as f32);
        let scale_a = self.gram_b.solve_damped(damping_b, u).map(|v| (rate * v) as f32);

        let gram_a = self.gram_a.after_rank_one(scale_a.map(f64::from), h, x_norm2);
        let gram_b = self.gram_b.after_rank_one(scale_b.map(f64::from), u, g_norm2);
        // No value of a factor exceeds the root of its trace. NaN is not safe either.
        let (size_a, size_b) = (gram_a.trace(), gram_b.trace());
        let alpha = f64::from(config.alpha());
        let safe = size_a <= MAX_SIZE && size_b <= MAX_SIZE && alpha * alpha * size_a * size_b <= MAX_GAIN * MAX_GAIN;
        if !safe {
            return Err(Error::Overflow);
        }
        let refresh = self.steps_since_refresh + 1 >= REFRESH_STEPS || gram_a.is_worn() || gram_b.is_worn();
        Ok(Some(Step { scale_b, scale_a, gram_a, gram_b, refresh }))
    }

    /// [`Weights::plan`] for the squared error of x + alpha · h B against x + `factor` · `delta`: the gradient
    /// alpha · h B − `factor` · `delta` goes to `g`.
    ///
    /// # Errors
    /// [`Error::Overflow`].
    pub fn plan_towards(
        &self,
        config: &Config,
        x: Projection,
        factor: f32,
        delta: &Row,
        g: &mut Row,
    ) -> Result<Option<Step>, Error> {
        let Term { rows, scales } = self.term(config, x, 1.0);
        let projection = kernel::residual(rows, scales, factor, delta.blocks(), g.blocks_mut());
        let step = self.plan(config, x, projection);
        if step.is_err() {
            g.clear(); // infinity times the zeros behind the row is NaN
        }
        step
    }

    /// Takes a step that was planned for these factors, this context and this gradient; `context` becomes h = x A of
    /// the new A.
    pub fn apply(&mut self, step: Step, x: &Row, context: &mut Projection, g: &Row) {
        kernel::rank_one(self.b.each_mut().map(Row::blocks_mut), step.scale_b, g.blocks());
        kernel::rank_one(self.a.each_mut().map(Row::blocks_mut), step.scale_a, x.blocks());
        if step.refresh {
            self.refresh();
            *context = self.project(x);
        } else {
            self.gram_a = step.gram_a;
            self.gram_b = step.gram_b;
            self.steps_since_refresh += 1;
            for i in 0..2 {
                context.dots[i] -= step.scale_a[i] * context.norm2;
            }
        }
    }

    /// [`Weights::apply`], if there is a step to take.
    pub fn apply_some(&mut self, step: Option<Step>, x: &Row, context: &mut Projection, g: &Row) {
        if let Some(step) = step {
            self.apply(step, x, context, g);
        }
    }

    fn refresh(&mut self) {
        self.gram_a = Gram::of(self.a());
        self.gram_b = Gram::of(self.b());
        self.steps_since_refresh = 0;
    }
}
