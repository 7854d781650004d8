//! The step that trains the factors.
//!
//! It is Riemannian-preconditioned LoRA (Zhang and Pilanci 2024, "Riemannian Preconditioned LoRA for Fine-Tuning
//! Foundation Models"; the ScaledGD of Tong, Ma and Chi 2021) with the step length of NLMS (normalised least mean
//! squares). The factors are updated one after the other: A first, then B, from the new A and what A's step leaves of
//! the gradient. With h = x A, u = B g, Ga = AᵀA of the new A and Gb = B Bᵀ of the old B:
//!
//! ```text
//! v = (Gb + δb I)⁻¹ u     A ← A − k xᵀ v                          k  = learning_rate / (alpha |x|²)
//! g′ = g − learning_rate · v B
//! h′ = x A                B ← B − k (Ga + δa I)⁻¹ h′ᵀ g′          δ  = 1e-3 trace(G)/2 + 1e-30
//! ```
//!
//! Without damping, the step multiplies the part of the error in the span of B's rows by
//! (1 − learning_rate)(1 − c · learning_rate) and the rest by 1 − c · learning_rate, where c ≤ 1 is the share of |x|² in
//! the span of A's columns. So no rate up to 1 overshoots. (If both factors were updated from their old values, each
//! would correct the same error, and at rates near 1 the rewards of two inputs that are not orthogonal would never
//! converge: `tests/rewards.rs`.)
//!
//! Noisy gradients make A's columns almost parallel, or very different in size. The damping is then large relative to
//! the smallest eigenvalue of Ga, and B learns slowly what belongs to that direction (`tests/aging.rs`). So every
//! [`REFRESH_STEPS`] steps A's columns are made orthogonal if they are far from it, and B is changed so that A B stays
//! the same.

use super::reward::Aim;
use super::{Adapter, CachedProjection, Gram};
use crate::check;
use crate::config::Config;
use crate::error::{Argument, Error};
use crate::kernels::{self, Projection, Residual};
use crate::rows::{Block, Pair, values};
use crate::vec2::{Vec2, both};

/// Squared norms below this count as zero: nothing is learned from such an input or gradient.
pub const MIN_NORM2: f32 = 1e-16;

/// Damping of both preconditioners, relative to the mean eigenvalue of the Gram matrix.
const RELATIVE_DAMPING: f64 = 1e-3;

/// Absolute damping, added to the relative one. It matters only where a factor is zero, as B is at first.
const ABSOLUTE_DAMPING: f64 = 1e-30;

/// Largest ‖A‖² and ‖B‖²: squared norms must be finite in `f32`.
pub const MAX_NORM2: f64 = f32::MAX as f64;

/// Largest alpha · ‖A‖ ‖B‖, so that the outputs for inputs with norms up to 1e8 are finite.
const MAX_GAIN: f64 = 1e30;

/// If the squared norm of a sum of vectors is less than this share of the squared norms of its terms, added up, it is
/// mostly rounding error.
const CANCELLATION: f64 = 1e-5;

/// The Gram matrices are recomputed from the factors after this many steps, since the rounding errors of their updates
/// add up.
const REFRESH_STEPS: u64 = 256;

/// What a step needs of a gradient g, which may be a sum of vectors, its terms.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gradient {
    /// u = B g.
    pub along_b: Vec2,
    /// |g|².
    pub norm2: f64,
    /// The squared norms of the terms of g, added up. The rounding error of g is relative to this.
    pub terms_norm2: f64,
}

impl From<Projection> for Gradient {
    /// A gradient that is a single term, from its projection on B.
    fn from(g: Projection) -> Self {
        Self { along_b: Vec2::from(g.dots), norm2: g.norm2.into(), terms_norm2: g.norm2.into() }
    }
}

/// A step that has been planned and checked against overflow, but not applied. The default is a step that changes nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Step {
    /// Whether the step changes anything. It does not if x or g is too small to learn from.
    pub has_update: bool,
    /// Column i of A −= `scale_a[i] · x`.
    scale_a: [f32; 2],
    /// The gradient that A's step leaves: g′ = g + `left[0]` · row 0 of B + `left[1]` · row 1 of B.
    pub left: [f32; 2],
    /// Row i of B −= `scale_b[i] · g′`.
    pub scale_b: [f32; 2],
    /// The Gram matrices after these updates.
    gram_a: Gram,
    gram_b: Gram,
    /// Whether to recompute them from the factors.
    pub refresh_a: bool,
    refresh_b: bool,
    /// A is divided and B multiplied by this at the end: 1 unless their norms are far apart.
    balance: f64,
    /// Whether to make A's columns orthogonal if they are far from it. The Gram matrices are then recomputed, too.
    orthogonalize: bool,
}

impl Adapter {
    /// The gradient for the target x + `factor` · t: output minus target, alpha · h B − `factor` · t. `x` is the
    /// projection of x on A, `t` that of t on B; with Gb they are all that is needed. `residual` becomes the way to
    /// compute the gradient from t.
    #[inline(never)]
    pub(super) fn gradient_towards(
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
        Gradient { along_b, norm2, terms_norm2: squares }
    }

    /// |g|² of a gradient that is a sum of vectors. `squares` are the squared norms of its terms, added up, and
    /// `products` twice the dot products between them; `along_b` is B g, and `coefficients` the factors of B's rows in
    /// the sum. Where the terms nearly cancel, it is at least the norm that B g implies. It is infinite if a term
    /// overflows `f32`, so that the step is refused.
    #[inline(never)]
    pub(super) fn norm2_of_sum(&self, squares: f64, products: f64, along_b: Vec2, coefficients: Vec2) -> f64 {
        let norm2 = squares + products;
        let fits = self.gram_b.sum_of_squares(coefficients) <= MAX_NORM2
            && coefficients.dot(coefficients) <= MAX_NORM2 * MAX_NORM2;
        if !fits {
            f64::INFINITY
        } else if norm2 > CANCELLATION * squares {
            norm2
        } else {
            norm2.max(self.gram_b.least_norm2(along_b))
        }
    }

    /// Plans the step for gradient g at the context x, of which only h and |x|² are needed. The plan is written to
    /// `step`, which must be the default; it is not returned since returning it costs copies. `step` stays as it is if x
    /// or g is too small to learn from. With an `aim`, each factor goes as far as that says instead of learning_rate.
    ///
    /// # Errors
    /// [`Error::Overflow`] if the factors or outputs could overflow after the step.
    #[inline(never)]
    pub(super) fn plan(
        &self,
        config: &Config,
        x: Projection,
        g: Gradient,
        aim: Option<&Aim>,
        step: &mut Step,
    ) -> Result<(), Error> {
        if x.norm2 < MIN_NORM2 || g.norm2 < f64::from(MIN_NORM2) {
            return Ok(());
        }
        let (h, u, x_norm2) = (Vec2::from(x.dots), g.along_b, f64::from(x.norm2));
        let (alpha, step_length) = (f64::from(config.alpha()), config.rate() / x_norm2);
        // The factors are updated with scales rounded to f32, so everything else is computed from the rounded scales.
        let trains_a = !config.is_a_frozen();
        let step_length_a = if trains_a { step_length } else { 0.0 };
        let v = self.gram_b.solve_damped(damping(self.gram_b), u, step_length_a);
        let length_a = aim.map_or(1.0, |aim| aim.length_of_a(config, v));
        let scale_a = (length_a * v).round();
        let h_decrease = x_norm2 * Vec2::from(scale_a); // h − h′
        let gram_a = aim.map_or(self.gram_a, |aim| aim.gram_a);
        let gram_a = gram_a.after_rank_one(Vec2::from(scale_a), h, x_norm2, x_norm2);
        let h = h - h_decrease;
        // Then whether a later input has a direction of its own depends on the first row alone.
        let one_direction = aim.is_some_and(|aim| aim.one_direction);
        let w = if one_direction {
            gram_a.solve_first(h, step_length)
        } else {
            gram_a.solve_damped(damping(gram_a), h, step_length)
        };
        let length_b = aim.map_or(1.0, |aim| aim.length_of_b(config, length_a * v, h.dot(w)));
        let scale_b = (length_b * w).round();

        // g′ = g − c B, where c = alpha · (h − h′).
        let c = alpha * h_decrease;
        let c_b_along_b = self.gram_b.times(c);
        let c_b_norm2 = c.dot(c_b_along_b);
        let along_b = u - c_b_along_b;
        let norm2 = self.norm2_of_sum(g.norm2 + c_b_norm2, -2.0 * c.dot(u), along_b, c);
        let gram_b = self.gram_b.after_rank_one(Vec2::from(scale_b), along_b, norm2, g.terms_norm2 + c_b_norm2);
        // The trace is the squared norm of the factor, which bounds all its values. (No comparison is true for NaN.)
        let (a_norm2, b_norm2) = (gram_a.trace(), gram_b.trace());
        let is_safe =
            a_norm2 <= MAX_NORM2 && b_norm2 <= MAX_NORM2 && alpha * alpha * a_norm2 * b_norm2 <= MAX_GAIN * MAX_GAIN;
        if !is_safe {
            return Err(Error::Overflow);
        }
        let refresh_now = (self.steps + 1).is_multiple_of(REFRESH_STEPS);
        *step = Step {
            has_update: true,
            scale_a,
            left: (-1.0 * c).round(),
            scale_b,
            gram_a,
            gram_b,
            refresh_a: refresh_now || gram_a.is_inaccurate() || one_direction && gram_a.is_first_inaccurate(),
            refresh_b: refresh_now || gram_b.is_inaccurate(),
            balance: if trains_a { gram_a.balance(gram_b) } else { 1.0 },
            orthogonalize: refresh_now && trains_a,
        };
        Ok(())
    }

    /// Applies a step that was planned for these factors and this x. With a `gradient`, a vector t and how g is computed
    /// from it, both factors are updated; with `None` only A is, because the caller has updated B already (`blend::step`
    /// updates the B's of two adapters in one pass). What is done after the updates, refreshing for example, is done
    /// here for both factors. `projection`, that of x on A, becomes that on the new A.
    #[inline(never)]
    pub(super) fn apply(
        &mut self,
        step: &Step,
        x: &[Block],
        projection: &mut Projection,
        gradient: Option<(Residual, &[Block])>,
    ) {
        if !step.has_update {
            return;
        }
        let [a, b] = self.a_and_b_mut();
        // A first, because its scales are computed first: the processor can begin while it still computes those of B.
        kernels::rank_one(a, step.scale_a, x);
        if let Some((Residual { coefficients: [c0, c1], factor }, t)) = gradient {
            let coefficients = [c0 + step.left[0], c1 + step.left[1]];
            kernels::rank_one_residual(b, step.scale_b, Residual { coefficients, factor }, t);
        }
        projection.dots[0] -= step.scale_a[0] * projection.norm2;
        projection.dots[1] -= step.scale_a[1] * projection.norm2;
        if step.orthogonalize {
            orthogonalize(a, b, x);
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

    /// One step at `x` against the gradient `g`; `cached` is the projection of x. Returns |g|², whether x and g were large
    /// enough to learn from, and the projection of x on the new A.
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
        self.plan(config, on_a, on_b.into(), None, &mut step)?;
        self.apply(&step, x, &mut on_a, Some((Residual { coefficients: [0.0; 2], factor: -1.0 }, g)));
        Ok((on_b.norm2, step.has_update, CachedProjection::new(on_a, self)))
    }
}

/// The δ of the preconditioner (G + δI)⁻¹.
#[inline(always)]
fn damping(gram: Gram) -> f64 {
    RELATIVE_DAMPING * 0.5 * gram.trace() + ABSOLUTE_DAMPING
}

/// Makes A's columns orthogonal and of similar norms if they are far from it, and changes B so that A B stays the same,
/// except for rounding. `unused` is any finite row: the kernel reads it, but multiplies it by 0.
#[inline(never)]
fn orthogonalize(a: &mut [Pair], b: &mut [Pair], unused: &[Block]) {
    let [shear, ratio] = Gram::of(a).orthogonalization();
    if ratio == 1.0 && shear == 0.0 {
        return;
    }
    let row = |coefficients| Residual { coefficients, factor: 0.0 };
    kernels::rank_one_residual(a, [0.0, shear as f32], row([1.0, 0.0]), unused);
    kernels::rank_one_residual(b, [-shear as f32, 0.0], row([0.0, 1.0]), unused);
    kernels::scale(a, Vec2(1.0 / ratio, ratio).round());
    kernels::scale(b, Vec2(ratio, 1.0 / ratio).round());
}
