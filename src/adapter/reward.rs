//! The step towards a reward: the gradient step of `step`, with lengths of its own and a start of its own.
//!
//! A reward r at input x names the gradient g = y − (1 + r) x. With p = (y · x)/|x|² − 1 the prediction and e = p − r its
//! error, one step makes e (1 − learning_rate) e:
//!
//! ```text
//! v = (Gb + δb I)⁻¹ B g         A ← A − a/(alpha |x|²) xᵀ v       e′ = e − a (v · B x)/|x|²
//! w = (Ga + δa I)⁻¹ h′ᵀ         B ← B − b/(alpha |x|²) w g′       e″ = e′ (1 − b (h′ · w)/|x|²)
//!
//! a: up to twice the learning rate (and 1), so that |e′| is not below (1 − learning_rate) |e|; 0 if it would grow
//! b: what is left of that, up to the learning rate
//! ```
//!
//! The share that a step corrects must not depend on the estimate itself: if it does, the mean of estimates is not the mean
//! of rewards. (A gradient step corrects from 1 to 2 − learning_rate times its rate, more of a high estimate than of a low
//! one. Its estimates of rewards that are 1 in a tenth of all cases were 4 to 20 % low.)
//!
//! **The start.** While row i of B is zero, nothing depends on column i of A. Of a random column an input sees 1/d: the first
//! reward would teach nothing. So the first reward puts column 0 along its input. The first input later on that is more than
//! [`NEW_DIRECTION`] of its length off column 0 puts column 1 along what it has of its own, as long as column 0 is by then;
//! until then row 1 stays zero. A gradient opens both rows at once, and after one there is no such start.

use super::step::{MIN_NORM2, Step};
use super::{Adapter, CachedProjection, Gram, START_NORM2};
use crate::check;
use crate::config::Config;
use crate::error::{Argument, Error};
use crate::kernels::{self, Projection, Residual};
use crate::rows::{Block, Pair, values};
use crate::vec2::Vec2;

/// An input has a direction of its own if this share of its length is off A's first column.
const NEW_DIRECTION: f64 = 0.1;

/// A's step may be so many times the learning rate: B's rows often see less than the whole error.
const MAX_LENGTH_OF_A: f64 = 2.0;

/// What a step towards a reward is held to.
#[derive(Clone, Copy, Debug)]
pub struct Aim {
    /// B x.
    along_x: Vec2,
    /// The prediction less the reward.
    error: f64,
    /// The Gram matrix of the A that the step starts from.
    pub gram_a: Gram,
    /// Whether only the first row of B is to change.
    pub one_direction: bool,
}

impl Aim {
    /// How far A goes, in steps `v` of the gradient step's length.
    #[inline(always)]
    pub fn length_of_a(&self, config: &Config, v: Vec2) -> f64 {
        let learning_rate = f64::from(config.learning_rate());
        let (wanted, corrected) = (learning_rate * self.error, self.corrected_by_a(config, v));
        let longest = MAX_LENGTH_OF_A.min(1.0 / learning_rate);
        if corrected * wanted <= 0.0 {
            0.0
        } else if longest * corrected.abs() > wanted.abs() {
            wanted / corrected
        } else {
            longest
        }
    }

    /// How far B goes after A's step `v`, in steps w of the gradient step's length, given h · w.
    #[inline(always)]
    pub fn length_of_b(&self, config: &Config, v: Vec2, along_w: f64) -> f64 {
        let corrected = self.corrected_by_a(config, v);
        let left = f64::from(config.learning_rate()) * self.error - corrected;
        let by_b = f64::from(config.alpha()) * along_w * (self.error - corrected);
        if left * by_b < 0.0 {
            0.0 // by rounding
        } else if left.abs() < by_b.abs() {
            left / by_b
        } else {
            1.0
        }
    }

    /// What a step of A by `v` takes off the error.
    #[inline(always)]
    fn corrected_by_a(&self, config: &Config, v: Vec2) -> f64 {
        f64::from(config.alpha()) * v.dot(self.along_x)
    }
}

/// Columns of A that are put where an input needs them before a step. Nothing depends on them: their rows of B are zero.
#[derive(Clone, Copy, Debug, Default)]
enum Start {
    /// None.
    #[default]
    None,
    /// Column 0 becomes `along` · x, and column 1 loses `off` · x.
    First { along: f32, off: f32 },
    /// Column 1 becomes `along` · x − `off` · column 0.
    Second { along: f32, off: f32 },
}

impl Start {
    fn apply(self, a: &mut [Pair], x: &[Block]) {
        match self {
            Self::None => {}
            Self::First { along, off } => {
                kernels::scale(a, [0.0, 1.0]);
                kernels::rank_one(a, [-along, off], x);
            }
            Self::Second { along, off } => {
                let column = Residual { coefficients: [off, 1.0], factor: along };
                kernels::rank_one_residual(a, [0.0, 1.0], column, x);
            }
        }
    }
}

/// A step towards a reward that has been planned, but not applied.
#[derive(Debug, Default)]
pub struct RewardStep {
    /// Whether the input is large enough to learn from. Then the step counts, even if it changes nothing because the
    /// reward is what the adapter expects.
    pub is_counted: bool,
    start: Start,
    step: Step,
    residual: Residual,
    /// The projection of x on A, after `start`.
    on_a: Projection,
}

impl Adapter {
    /// Plans the step that moves the output for `x` towards (1 + `reward`) x, in `planned`, which must be the default;
    /// `cached` is the projection of x on A.
    ///
    /// # Errors
    /// As [`Adapter::step`].
    #[inline(never)]
    pub fn plan_reward(
        &self,
        config: &Config,
        reward: f32,
        x: &[Block],
        cached: CachedProjection,
        planned: &mut RewardStep,
    ) -> Result<(), Error> {
        let mut on_a = cached.or_project(self, x);
        check::finite(Argument::Input, on_a.norm2, values(x, config.dim()))?;
        planned.is_counted = on_a.norm2 >= MIN_NORM2;
        if planned.is_counted {
            let on_b = kernels::project(self.b(), x);
            let mut gram_a = self.gram_a;
            let one_direction = self.plan_start(config, &mut on_a, &mut gram_a, &mut planned.start);
            let gradient = self.gradient_towards(config, on_a, reward, on_b, &mut planned.residual);
            let (h, along_x) = (Vec2::from(on_a.dots), Vec2::from(on_b.dots));
            let prediction = f64::from(config.alpha()) * h.dot(along_x) / f64::from(on_b.norm2);
            let aim = Aim { along_x, error: prediction - f64::from(reward), gram_a, one_direction };
            self.plan(config, on_a, gradient, Some(&aim), &mut planned.step)?;
            planned.step.refresh_a |= !matches!(planned.start, Start::None);
        }
        planned.on_a = on_a;
        Ok(())
    }

    /// Plans which columns of A to move; `x`, the projection of the input, and `gram_a` become what they are then.
    /// Returns whether the second column is still not needed.
    #[inline(always)]
    fn plan_start(&self, config: &Config, x: &mut Projection, gram_a: &mut Gram, start: &mut Start) -> bool {
        let [first, second] = self.gram_b.squares();
        second == 0.0 && !config.is_a_frozen() && self.plan_rare_start(first, x, gram_a, start)
    }

    #[cold]
    #[inline(never)]
    fn plan_rare_start(&self, first_of_b: f64, x: &mut Projection, gram_a: &mut Gram, start: &mut Start) -> bool {
        let (Vec2(h0, h1), norm2) = (Vec2::from(x.dots), f64::from(x.norm2));
        let [first, second] = self.gram_a.squares();
        if first_of_b == 0.0 {
            let along = kernels::sqrt(START_NORM2 / norm2);
            *start = Start::First { along: along as f32, off: (h1 / norm2) as f32 };
            *gram_a = Gram::orthogonal(START_NORM2, (second - h1 * h1 / norm2).max(0.0));
            x.dots = [(along * norm2) as f32, 0.0];
            return true;
        }
        let rest = norm2 - if first > 0.0 { h0 * h0 / first } else { norm2 };
        if rest <= NEW_DIRECTION * NEW_DIRECTION * norm2 {
            return true;
        }
        let along = kernels::sqrt(first / rest);
        *start = Start::Second { along: along as f32, off: (along * h0 / first) as f32 };
        *gram_a = Gram::orthogonal(first, first);
        x.dots[1] = (along * rest) as f32;
        false
    }

    /// Applies a step that [`Adapter::plan_reward`] has planned for this adapter and this x. Returns the projection of x on
    /// the new A.
    pub fn apply_reward(&mut self, planned: &mut RewardStep, x: &[Block]) -> CachedProjection {
        if !planned.step.has_update {
            return CachedProjection::default(); // `on_a` is that of a start which is not made
        }
        let [a, _] = self.a_and_b_mut();
        planned.start.apply(a, x);
        self.apply(&planned.step, x, &mut planned.on_a, Some((planned.residual, x)));
        CachedProjection::new(planned.on_a, self)
    }
}
