//! The step of an operator's adapter, together with its category's if it has one.

use crate::blend::Known;
use crate::buffer::Block;
use crate::check;
use crate::config::Config;
use crate::error::{Argument, Refusal};
use crate::kernel::{self, Projection, Residual};
use crate::weights::{MIN_NORM2, Step, Weights};

/// All that a step changes.
#[derive(Debug)]
pub struct Learner<'a> {
    pub own: &'a mut Weights,
    pub category: Option<&'a mut Weights>,
    /// What is known of the context that the operator will have after the step.
    pub known: &'a mut [Known; 2],
    /// The operator's adapt count.
    pub count: &'a mut u64,
}

impl Learner<'_> {
    /// One step at `context`, of which this is `known`, against the gradient `g` of the output that the `shares` blend;
    /// returns |g|².
    ///
    /// # Errors
    /// [`Refusal::Argument`] or [`Refusal::Overflow`].
    #[inline(never)]
    pub fn step(
        self,
        config: &Config,
        shares: [f32; 2],
        context: &[Block],
        known: [Known; 2],
        g: &[Block],
    ) -> Result<f32, Refusal> {
        let mut on_a = known[0].or_project(self.own, context);
        check::finite(Argument::Input, on_a.norm2)?;
        if self.category.is_some() {
            return self.step_both(config, shares, context, on_a, known[1], g);
        }
        let on_b = kernel::project(self.own.b(), g);
        check::finite(Argument::Gradient, on_b.norm2)?;
        let mut step = Step::default();
        self.own.plan(config, on_a, on_b.into(), &mut step)?;
        self.own.take(&step, context, &mut on_a, Some((Residual { coefficients: [0.0; 2], factor: -1.0 }, g)));
        self.known[0] = Known::of(on_a, self.own);
        *self.count += u64::from(step.is_due);
        Ok(on_b.norm2)
    }

    #[inline(never)]
    fn step_both(
        self,
        config: &Config,
        [own_share, category_share]: [f32; 2],
        context: &[Block],
        mut on_own: Projection,
        known: Known,
        g: &[Block],
    ) -> Result<f32, Refusal> {
        let Self { own, category: Some(category), known: after, count } = self else { return Ok(0.0) };
        let cross = kernel::project_cross([own.b(), category.b()], g);
        check::finite(Argument::Gradient, cross.norm2)?;
        *after = [Known::of(on_own, own), known];
        if cross.norm2 < MIN_NORM2 || on_own.norm2 < MIN_NORM2 {
            return Ok(cross.norm2);
        }
        let mut on_category = known.or_project(category, context);
        // With d what the operator's adapter adds less what the category's adds, the one's own output less the target is
        // g + category_share · d, the other's g − own_share · d.
        let shares = [category_share, -own_share];
        let projections = [on_own, on_category];
        let (gradients, mut mixture) = Weights::gradients_of_two(config, [own, category], projections, shares, &cross);
        let (mut own_step, mut category_step) = (Step::default(), Step::default());
        own.plan(config, on_own, gradients[0], &mut own_step)?;
        category.plan(config, on_category, gradients[1], &mut category_step)?;
        let [own_mix, category_mix] = &mut mixture.coefficients;
        own_mix[0] += own_step.left[0];
        own_mix[1] += own_step.left[1];
        category_mix[2] += category_step.left[0];
        category_mix[3] += category_step.left[1];
        let scales = [own_step.scale_b, category_step.scale_b];
        kernel::rank_one_mixture([own.b_mut(), category.b_mut()], scales, mixture, g);
        own.take(&own_step, context, &mut on_own, None);
        category.take(&category_step, context, &mut on_category, None);
        *after = [Known::of(on_own, own), Known::of(on_category, category)];
        *count += 1;
        Ok(cross.norm2)
    }

    /// One step of each adapter that moves its own output for `x` towards (1 + `reward`) x; whether x, which `copy` becomes,
    /// taught anything.
    ///
    /// # Errors
    /// As [`Learner::step`].
    pub fn reward(self, config: &Config, reward: f32, x: &[Block], copy: &mut [Block]) -> Result<bool, Refusal> {
        let Self { own, category, known, count } = self;
        let mut adapters = [Some(own), category];
        let mut steps = [(Step::default(), Residual::default(), Projection::default()); 2];
        for (weights, (step, residual, on_a)) in adapters.iter().flatten().zip(&mut steps) {
            let on_b;
            [*on_a, on_b] = kernel::project_both([weights.a(), weights.b()], x, copy);
            check::finite(Argument::Input, on_a.norm2)?;
            if on_a.norm2 < MIN_NORM2 {
                return Ok(false);
            }
            let gradient = weights.gradient_towards(config, *on_a, reward, on_b, residual);
            weights.plan(config, *on_a, gradient, step)?;
        }
        for ((weights, (step, residual, on_a)), known) in adapters.iter_mut().flatten().zip(&mut steps).zip(known) {
            weights.take(step, x, on_a, Some((*residual, x)));
            *known = Known::of(*on_a, weights);
        }
        *count += 1;
        Ok(true)
    }
}
