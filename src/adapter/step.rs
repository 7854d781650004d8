//! The step that trains the factors.
//!
//! It is Riemannian-preconditioned LoRA (Zhang and Pilanci 2024, "Riemannian Preconditioned LoRA for Fine-Tuning
//! Foundation Models"; the ScaledGD of Tong, Ma and Chi 2021) with the step length of NLMS, one factor after the other: A
//! first, then B with the new A, against the part of the gradient that A's step has left. With h = x A, u = B g, Ga = AᵀA and
//! Gb = B Bᵀ:
//!
//! ```text
//! v = (Gb + δb I)⁻¹ u     A ← A − k xᵀ v                          k  = learning_rate / (alpha |x|²)
//! g′ = g − learning_rate · v B
//! h′ = x A                B ← B − k (Ga + δa I)⁻¹ h′ᵀ g′          δ  = 1e-3 trace(G)/2 + 1e-30
//! ```
//!
//! So the part of the error that B's rows span shrinks by (1 − learning_rate)(1 − c · learning_rate), the rest by
//! (1 − c · learning_rate), where c ≤ 1 is the share of x in A's span: no rate up to 1 overshoots. (With both factors from
//! the old values, each corrects the same error once, and at rates near 1 rewards of inputs that are not orthogonal never
//! settle: `tests/rewards.rs`.)
//!
//! Every [`REFRESH_STEPS`] steps A's columns are made orthogonal if they are far from it, and B is turned to match: noise
//! drives them together, and then the damping hides what one of them has to learn (`tests/aging.rs`).

use super::{Adapter, CachedProjection, Gram};
use crate::check;
use crate::config::Config;
use crate::error::{Argument, Error};
use crate::kernels::{self, Projection, Residual};
use crate::rows::{Block, Pair, values};
use crate::vec2::{Vec2, both};

/// Squared norms below this count as zero: such an input or gradient teaches nothing.
pub const MIN_NORM2: f32 = 1e-16;

/// Damping of both preconditioners, relative to the mean eigenvalue.
const RELATIVE_DAMPING: f64 = 1e-3;

/// Absolute damping, which matters only where a factor is zero, as B is at the start.
const ABSOLUTE_DAMPING: f64 = 1e-30;

/// Bound on ‖A‖² and ‖B‖²: squared norms of a factor must stay finite.
pub const MAX_SIZE: f64 = f32::MAX as f64;

/// Bound on alpha · ‖A‖ ‖B‖: it leaves room for outputs of inputs up to 1e8 to be finite.
const MAX_GAIN: f64 = 1e30;

/// A sum that is a smaller share of its terms than this is mostly their rounding.
const CANCELLED: f64 = 1e-5;

/// Steps after which the Gram matrices are recomputed from the factors, against drift.
const REFRESH_STEPS: u64 = 256;

/// What a step needs to know of a gradient g.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gradient {
    /// u = B g.
    pub along_b: Vec2,
    /// |g|².
    pub norm2: f64,
    /// The squares of what g is a sum of.
    pub terms: f64,
}

impl From<Projection> for Gradient {
    /// The gradient whose projection on B this is.
    fn from(g: Projection) -> Self {
        Self { along_b: Vec2::from(g.dots), norm2: g.norm2.into(), terms: g.norm2.into() }
    }
}

/// A step that has been worked out and found safe, but not taken; by default none is due.
#[derive(Clone, Copy, Debug, Default)]
pub struct Step {
    /// Whether there is something to learn.
    pub is_due: bool,
    /// A's columns lose `scale_a[i] · x`.
    scale_a: [f32; 2],
    /// What that leaves of g is g plus B's rows, times these.
    pub left: [f32; 2],
    /// B's rows lose `scale_b[i]` times that.
    pub scale_b: [f32; 2],
    gram_a: Gram,
    gram_b: Gram,
    refresh_a: bool,
    refresh_b: bool,
    /// What A is divided by afterwards, and B multiplied with: 1 unless their sizes are far apart.
    balance: f64,
    /// Whether it is time to look at A's columns.
    straighten: bool,
}

impl Adapter {
    /// The gradient alpha · h B − `factor` · t of the squared error of x + alpha · h B against x + `factor` · t, and in
    /// `residual` how to make it of t. Gb and the projections of x on A and of t on B say all that a step must know of it.
    #[inline(never)]
    fn gradient_towards(
        &self,
        config: &Config,
        x: Projection,
        factor: f32,
        t: Projection,
        residual: &mut Residual,
    ) -> Gradient {
        let coefficients = both(x.dots, |h| config.alpha() * h);
        let (c, t_on_b, minus) = (Vec2::from(coefficients), Vec2::from(t.dots), -f64::from(factor));
        let rows_on_b = self.gram_b.times(c);
        let along_b = rows_on_b + minus * t_on_b;
        let squares = c.dot(rows_on_b) + minus * minus * f64::from(t.norm2);
        let norm2 = self.norm2_of_sum(squares, 2.0 * minus * c.dot(t_on_b), along_b, c);
        *residual = Residual { coefficients, factor };
        Gradient { along_b, norm2, terms: squares }
    }

    /// |g|² of a sum g: the squares of its terms, twice their products, B g, and the share of B's rows in it.
    #[inline(never)]
    pub(super) fn norm2_of_sum(&self, squares: f64, products: f64, along_b: Vec2, coefficients: Vec2) -> f64 {
        let norm2 = squares + products;
        let fits = self.gram_b.sum_of_squares(coefficients) <= MAX_SIZE
            && coefficients.dot(coefficients) <= MAX_SIZE * MAX_SIZE;
        if !fits {
            f64::INFINITY // terms of g are not finite in f32, whatever their sum: the step will be refused
        } else if norm2 > CANCELLED * squares {
            norm2
        } else {
            norm2.max(self.gram_b.least_norm2(along_b))
        }
    }

    /// Works out the step for context x (h and |x|²) and gradient g, in place: a returned one would be copied about. None
    /// is due where either is too small to learn from.
    ///
    /// # Errors
    /// [`Error::Overflow`] if the factors would not stay finite.
    #[inline(never)]
    pub(super) fn plan(&self, config: &Config, x: Projection, g: Gradient, step: &mut Step) -> Result<(), Error> {
        if x.norm2 < MIN_NORM2 || g.norm2 < f64::from(MIN_NORM2) {
            return Ok(());
        }
        let (h, u, x_norm2) = (Vec2::from(x.dots), g.along_b, f64::from(x.norm2));
        let (alpha, step_length) = (f64::from(config.alpha()), config.rate() / x_norm2);
        // The f32 values are what will be done, so everything else follows them.
        let moves_a = !config.is_a_frozen();
        let rate_a = if moves_a { step_length } else { 0.0 };
        let scale_a = self.gram_b.solve_damped(damping(self.gram_b), u, rate_a).round();
        let moved = x_norm2 * Vec2::from(scale_a);
        let gram_a = self.gram_a.after_rank_one(Vec2::from(scale_a), h, x_norm2, x_norm2);
        let scale_b = gram_a.solve_damped(damping(gram_a), h - moved, step_length).round();

        // g′ = g − alpha · (h − h′) B.
        let corrected = alpha * moved;
        let rows_on_b = self.gram_b.times(corrected);
        let along_b = u - rows_on_b;
        let along_rows = corrected.dot(rows_on_b);
        let norm2 = self.norm2_of_sum(g.norm2 + along_rows, -2.0 * corrected.dot(u), along_b, corrected);
        let gram_b = self.gram_b.after_rank_one(Vec2::from(scale_b), along_b, norm2, g.terms + along_rows);
        // No value of a factor exceeds the root of its trace. NaN is not safe either.
        let (size_a, size_b) = (gram_a.trace(), gram_b.trace());
        let safe = size_a <= MAX_SIZE && size_b <= MAX_SIZE && alpha * alpha * size_a * size_b <= MAX_GAIN * MAX_GAIN;
        if !safe {
            return Err(Error::Overflow);
        }
        let due = (self.steps + 1).is_multiple_of(REFRESH_STEPS);
        let (refresh_a, refresh_b) = (due || gram_a.is_inaccurate(), due || gram_b.is_inaccurate());
        let balance = if moves_a { gram_a.balance(gram_b) } else { 1.0 };
        let straighten = due && moves_a;
        let left = (-1.0 * corrected).round();
        *step =
            Step { is_due: true, scale_a, left, scale_b, gram_a, gram_b, refresh_a, refresh_b, balance, straighten };
        Ok(())
    }

    /// Takes a step that was planned for these factors and this context x. B's part of it is against what `residual` makes
    /// of `t`, unless it has been taken already; `projection`, that of `x`, becomes h = x A of the new A.
    #[inline(never)]
    pub(super) fn take(
        &mut self,
        step: &Step,
        x: &[Block],
        projection: &mut Projection,
        gradient: Option<(Residual, &[Block])>,
    ) {
        if !step.is_due {
            return;
        }
        let [a, b] = self.both_mut();
        // A first: its scales are known while B's are still being worked out.
        kernels::rank_one(a, step.scale_a, x);
        if let Some((Residual { coefficients: [c0, c1], factor }, t)) = gradient {
            let coefficients = [c0 + step.left[0], c1 + step.left[1]];
            kernels::rank_one_residual(b, step.scale_b, Residual { coefficients, factor }, t);
        }
        projection.dots[0] -= step.scale_a[0] * projection.norm2;
        projection.dots[1] -= step.scale_a[1] * projection.norm2;
        if step.straighten {
            straighten(a, b, x);
        }
        let (mut gram_a, mut gram_b) = (step.gram_a, step.gram_b);
        if step.balance != 1.0 {
            let (by, inverse) = (step.balance, 1.0 / step.balance);
            (gram_a, gram_b) = (gram_a.scaled(inverse * inverse), gram_b.scaled(by * by));
            kernels::scale(a, [inverse as f32; 2]);
            kernels::scale(b, [by as f32; 2]);
            projection.dots = both(projection.dots, |h| h * inverse as f32);
        }
        if step.refresh_a {
            gram_a = Gram::of(a);
            *projection = kernels::project(a, x);
        }
        if step.refresh_b {
            gram_b = Gram::of(b);
        }
        self.gram_a = gram_a;
        self.gram_b = gram_b;
        self.steps += 1;
    }

    /// One step at `x` against the gradient `g`; `cached` is the projection of x. Returns |g|², whether there was
    /// something to learn, and the projection of x on the new A.
    ///
    /// # Errors
    /// [`Error::NotFinite`] or [`Error::TooLarge`] for x ([`Argument::Input`]) or g; [`Error::Overflow`].
    #[inline(never)]
    pub fn step(
        &mut self,
        config: &Config,
        x: &[Block],
        cached: CachedProjection,
        g: &[Block],
    ) -> Result<(f32, bool, CachedProjection), Error> {
        let mut on_a = cached.or_project(self, x);
        check::finite(Argument::Input, on_a.norm2, values(x, config.dim()))?;
        let on_b = kernels::project(self.b(), g);
        check::finite(Argument::Gradient, on_b.norm2, values(g, config.dim()))?;
        let mut step = Step::default();
        self.plan(config, on_a, on_b.into(), &mut step)?;
        self.take(&step, x, &mut on_a, Some((Residual { coefficients: [0.0; 2], factor: -1.0 }, g)));
        Ok((on_b.norm2, step.is_due, CachedProjection::new(on_a, self)))
    }

    /// Works out the step that moves the output for `x` towards (1 + `reward`) x; `copy` becomes x. None is due for an x
    /// that is too small to learn from.
    ///
    /// # Errors
    /// As [`Adapter::step`].
    #[inline(never)]
    pub fn plan_reward(
        &self,
        config: &Config,
        reward: f32,
        x: &[Block],
        copy: &mut [Block],
        planned: &mut RewardStep,
    ) -> Result<(), Error> {
        let [on_a, on_b] = kernels::project_both(self.both(), x, copy);
        check::finite(Argument::Input, on_a.norm2, values(x, config.dim()))?;
        planned.on_a = on_a;
        planned.teaches = on_a.norm2 >= MIN_NORM2;
        if planned.teaches {
            let gradient = self.gradient_towards(config, on_a, reward, on_b, &mut planned.residual);
            self.plan(config, on_a, gradient, &mut planned.step)?;
        }
        Ok(())
    }

    /// Takes a step that [`Adapter::plan_reward`] has planned for this adapter and this x. Returns the projection of x on
    /// the new A.
    pub fn take_reward(&mut self, planned: &mut RewardStep, x: &[Block]) -> CachedProjection {
        self.take(&planned.step, x, &mut planned.on_a, Some((planned.residual, x)));
        CachedProjection::new(planned.on_a, self)
    }
}

/// A step towards a reward that has been planned, but not taken.
#[derive(Debug, Default)]
pub struct RewardStep {
    /// Whether the input is large enough to learn from.
    pub teaches: bool,
    step: Step,
    residual: Residual,
    on_a: Projection,
}

/// Damping of a preconditioner.
#[inline(always)]
fn damping(gram: Gram) -> f64 {
    RELATIVE_DAMPING * 0.5 * gram.trace() + ABSOLUTE_DAMPING
}

/// Makes A's columns orthogonal and alike in size if they are far from it, and changes B such that the product stays. Noise
/// drives the columns apart, a thousandfold in the end, and then the damping would hide what the weaker one has to learn. The
/// values of `any` row are not used.
#[inline(never)]
fn straighten(a: &mut [Pair], b: &mut [Pair], any: &[Block]) {
    let [share, ratio] = Gram::of(a).straightened();
    if ratio == 1.0 && share == 0.0 {
        return;
    }
    let only = |coefficients| Residual { coefficients, factor: 0.0 };
    kernels::rank_one_residual(a, [0.0, share as f32], only([1.0, 0.0]), any);
    kernels::rank_one_residual(b, [-share as f32, 0.0], only([0.0, 1.0]), any);
    kernels::scale(a, Vec2(1.0 / ratio, ratio).round());
    kernels::scale(b, Vec2(ratio, 1.0 / ratio).round());
}
