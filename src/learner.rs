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
    pub fn step(
        self,
        config: &Config,
        [own_share, category_share]: [f32; 2],
        context: &[Block],
        known: [Known; 2],
        g: &[Block],
    ) -> Result<f32, Refusal> {
        let Self { own, mut category, known: after, count } = self;
        let mut on_a = [known[0].or_project(own, context), Projection::default()];
        check::finite(Argument::Input, on_a[0].norm2)?;
        let mut steps = [Step::default(); 2];
        let norm2;
        if let Some(category) = &mut category {
            let cross = kernel::project_cross([own.b(), category.b()], g);
            norm2 = cross.norm2;
            check::finite(Argument::Gradient, norm2)?;
            if norm2 >= MIN_NORM2 {
                on_a[1] = known[1].or_project(category, context);
                // With d what the operator's adapter adds less what the category's adds, the one's own output less the
                // target is g + category_share · d, the other's g − own_share · d.
                let shares = [category_share, -own_share];
                let (gradients, mut mixture) = Weights::gradients_of_two(config, [own, category], on_a, shares, &cross);
                own.plan(config, on_a[0], gradients[0], &mut steps[0])?;
                category.plan(config, on_a[1], gradients[1], &mut steps[1])?;
                let ([own_left, category_left], [own_mix, category_mix]) =
                    ([steps[0].left, steps[1].left], &mut mixture.coefficients);
                own_mix[0] += own_left[0];
                own_mix[1] += own_left[1];
                category_mix[2] += category_left[0];
                category_mix[3] += category_left[1];
                let scales = [steps[0].scale_b, steps[1].scale_b];
                kernel::rank_one_mixture([own.b_mut(), category.b_mut()], scales, mixture, g);
            }
        } else {
            let on_b = kernel::project(own.b(), g);
            norm2 = on_b.norm2;
            check::finite(Argument::Gradient, norm2)?;
            own.plan(config, on_a[0], on_b.into(), &mut steps[0])?;
            let residual = Residual { coefficients: steps[0].left, factor: -1.0 };
            kernel::rank_one_residual(own.b_mut(), steps[0].scale_b, residual, g);
        }
        for (i, weights) in [Some(own), category].into_iter().flatten().enumerate() {
            weights.finish(&steps[i], context, &mut on_a[i]);
            after[i] = Known::of(on_a[i], weights);
        }
        *count += u64::from(norm2 >= MIN_NORM2 && on_a[0].norm2 >= MIN_NORM2);
        Ok(norm2)
    }

    /// One step of each adapter that moves its own output for `x` towards (1 + `reward`) x; whether x, which `copy` becomes,
    /// taught anything.
    ///
    /// # Errors
    /// As [`Learner::step`].
    pub fn reward(self, config: &Config, reward: f32, x: &[Block], copy: &mut [Block]) -> Result<bool, Refusal> {
        let Self { own, category, known, count } = self;
        let mut adapters = [Some(own), category];
        let mut steps = [(Step::default(), Residual::default()); 2];
        let mut projections = [Projection::default(); 2];
        for (i, weights) in adapters.iter().flatten().enumerate() {
            let [on_a, on_b] = kernel::project_both([weights.a(), weights.b()], x, copy);
            check::finite(Argument::Input, on_a.norm2)?;
            if on_a.norm2 < MIN_NORM2 {
                return Ok(false);
            }
            let (step, residual) = &mut steps[i];
            let gradient = weights.gradient_towards(config, on_a, reward, on_b, residual);
            weights.plan(config, on_a, gradient, step)?;
            projections[i] = on_a;
        }
        for (i, weights) in adapters.iter_mut().flatten().enumerate() {
            let (step, residual) = &mut steps[i];
            residual.coefficients[0] += step.left[0];
            residual.coefficients[1] += step.left[1];
            kernel::rank_one_residual(weights.b_mut(), step.scale_b, *residual, x);
            weights.finish(step, x, &mut projections[i]);
            known[i] = Known::of(projections[i], weights);
        }
        *count += 1;
        Ok(true)
    }
}
