//! The blend of two adapters, an operator's own and that of its category: the output, and the step that trains both.

use super::step::{Gradient, Step};
use super::{Adapter, CachedProjection, MIN_NORM2, Prediction, RewardStep};
use crate::check;
use crate::config::Config;
use crate::error::{Argument, Error};
use crate::kernels::{self, Cross, Mixture, Projection};
use crate::rows::{Block, values};
use crate::vec2::{Vec2, both};

/// The weights of the two adapters in the output. Their sum is 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BlendWeights {
    /// That of the operator's own adapter.
    pub own: f32,
    /// That of its category's adapter.
    pub category: f32,
}

/// Computes y = x + Σ weight · Δ(x), where Δ(x) = alpha · x A B, over the adapters that exist and have a weight above 0,
/// and copies x to `copy`. Returns the projections of x on the A's of these adapters.
pub fn forward(
    config: &Config,
    [own, category]: [Option<&Adapter>; 2],
    weights: BlendWeights,
    x: &[Block],
    copy: &mut [Block],
    y: &mut [Block],
) -> [CachedProjection; 2] {
    let [own, category] = [own.filter(|_| weights.own > 0.0), category.filter(|_| weights.category > 0.0)];
    let none = CachedProjection::default();
    match (own, category) {
        (Some(own), Some(category)) => {
            let [first, second] = kernels::project_both([own.a(), category.a()], x, copy);
            let deltas = [own.delta(config, first, weights.own), category.delta(config, second, weights.category)];
            kernels::expand_both(both(deltas, |delta| delta.rows), both(deltas, |delta| delta.scales), x, y);
            [CachedProjection::new(first, own), CachedProjection::new(second, category)]
        }
        (Some(own), None) => [CachedProjection::new(own.forward(config, weights.own, x, copy, y), own), none],
        (None, Some(category)) => {
            [none, CachedProjection::new(category.forward(config, weights.category, x, copy, y), category)]
        }
        (None, None) => {
            kernels::copy(x, copy);
            kernels::copy(x, y);
            [none; 2]
        }
    }
}

/// One step of each adapter at `x`, where `g` is the gradient at the output y that is blended with these `weights`. Each
/// adapter steps from its own output towards the same target, y − g. Returns |g|², whether x and g were large enough to
/// learn from, and the projections of x on the new A's.
///
/// # Errors
/// As [`Adapter::step`].
#[inline(never)]
pub fn step(
    config: &Config,
    [own, category]: [&mut Adapter; 2],
    weights: BlendWeights,
    x: &[Block],
    cached: [CachedProjection; 2],
    g: &[Block],
) -> Result<(f32, bool, [CachedProjection; 2]), Error> {
    let mut on_own = cached[0].or_project(own, x);
    check::finite(Argument::Input, on_own.norm2, values(x, config.dim()))?;
    let cross = kernels::project_cross([own.b(), category.b()], g);
    check::finite(Argument::Gradient, cross.norm2, values(g, config.dim()))?;
    if cross.norm2 < MIN_NORM2 || on_own.norm2 < MIN_NORM2 {
        return Ok((cross.norm2, false, [CachedProjection::new(on_own, own), cached[1]]));
    }
    let mut on_category = cached[1].or_project(category, x);
    let (gradients, mut mixture) = gradients(config, [own, category], [on_own, on_category], weights, &cross);
    let (mut own_step, mut category_step) = (Step::default(), Step::default());
    own.plan(config, on_own, gradients[0], None, &mut own_step)?;
    category.plan(config, on_category, gradients[1], None, &mut category_step)?;
    // B's update is against what A's step leaves of the gradient.
    let [own_mix, category_mix] = &mut mixture.coefficients;
    own_mix[0] += own_step.left[0];
    own_mix[1] += own_step.left[1];
    category_mix[2] += category_step.left[0];
    category_mix[3] += category_step.left[1];
    let scales = [own_step.scale_b, category_step.scale_b];
    kernels::rank_one_mixture([own.b_mut(), category.b_mut()], scales, mixture, g);
    own.apply(&own_step, x, &mut on_own, None);
    category.apply(&category_step, x, &mut on_category, None);
    let projections = [CachedProjection::new(on_own, own), CachedProjection::new(on_category, category)];
    Ok((cross.norm2, true, projections))
}

/// One step of each adapter at `x` towards (1 + `reward`) x, from its own output. Returns whether x was large enough to
/// learn from, and the projections of x on the new A's.
///
/// # Errors
/// As [`Adapter::step`].
#[inline(never)]
pub fn reward(
    config: &Config,
    [own, category]: [&mut Adapter; 2],
    reward: f32,
    x: &[Block],
    cached: [CachedProjection; 2],
) -> Result<(bool, [CachedProjection; 2]), Error> {
    let (mut own_step, mut category_step) = (RewardStep::default(), RewardStep::default());
    own.plan_reward(config, reward, x, cached[0], &mut own_step)?;
    category.plan_reward(config, reward, x, cached[1], &mut category_step)?;
    if !own_step.is_counted {
        return Ok((false, cached));
    }
    Ok((true, [own.apply_reward(&mut own_step, x), category.apply_reward(&mut category_step, x)]))
}

/// What the blend with these `weights` expects of x. `scratch` is overwritten.
pub fn predict(
    config: &Config,
    [own, category]: [Option<&Adapter>; 2],
    weights: BlendWeights,
    x: &[Block],
    scratch: &mut [Block],
) -> Prediction {
    let mut part = |adapter: Option<&Adapter>, weight: f32| {
        let Prediction { improvement, norm2 } = adapter.filter(|_| weight > 0.0)?.predict(config, x, scratch);
        Some(Prediction { improvement: f64::from(weight) * improvement, norm2 })
    };
    let (own, category) = (part(own, weights.own), part(category, weights.category));
    let nothing = || Prediction { improvement: 0.0, norm2: kernels::norm2(x) };
    let mut all = own.unwrap_or_else(nothing);
    if let Some(Prediction { improvement, .. }) = category {
        all.improvement += improvement;
    }
    all
}

/// The gradient for each of the adapters, its own output minus the target y − g, and the [`Mixture`] that computes both
/// from g and the B's. With d = Δ_own(x) − Δ_category(x), and since the weights add up to 1, they are
///
/// ```text
/// y_own − (y − g)      = g + weights.category · d
/// y_category − (y − g) = g − weights.own · d
/// ```
///
/// `x` are the projections of x on the A's, and `cross` is g projected on the B's.
#[inline(never)]
fn gradients(
    config: &Config,
    adapters: [&Adapter; 2],
    x: [Projection; 2],
    weights: BlendWeights,
    cross: &Cross,
) -> ([Gradient; 2], Mixture) {
    debug_assert!(weights.own + weights.category == 1.0);
    let factors_of_d = [weights.category, -weights.own];
    let [own, category] = adapters;
    let coefficients = [both(x[0].dots, |h| config.alpha() * h), both(x[1].dots, |h| -config.alpha() * h)];
    let (c, e) = (Vec2::from(coefficients[0]), Vec2::from(coefficients[1]));
    let ([b0, b1], [on_own, on_category]) = (both(cross.between, Vec2::from), both(cross.dots, Vec2::from));

    // d = c B_own + e B_category, projected on both B's.
    let (own_own, own_category) = (own.gram_b.times(c), Vec2(b0.dot(e), b1.dot(e)));
    let (category_category, category_own) = (category.gram_b.times(e), c.0 * b0 + c.1 * b1);
    let (d_on_own, d_on_category) = (own_own + own_category, category_own + category_category);
    let (g_squared, g_d) = (f64::from(cross.norm2), c.dot(on_own) + e.dot(on_category));
    let (squares, products) = (c.dot(own_own) + e.dot(category_category), 2.0 * c.dot(own_category));

    let gradient = |adapter: &Adapter, factor: f32, g_on_b, d_on_b, coefficients| {
        let factor = f64::from(factor);
        let along_b = g_on_b + factor * d_on_b;
        let (squares, products) = (g_squared + factor * factor * squares, factor * (factor * products + 2.0 * g_d));
        let norm2 = adapter.norm2_of_sum(squares, products, along_b, coefficients);
        Gradient { along_b, norm2, terms_norm2: squares }
    };
    let gradients = [
        gradient(own, factors_of_d[0], on_own, d_on_own, c),
        gradient(category, factors_of_d[1], on_category, d_on_category, e),
    ];
    let [[c0, c1], [c2, c3]] = coefficients;
    let mixture = |factor: f32| [factor * c0, factor * c1, factor * c2, factor * c3];
    (gradients, Mixture { coefficients: both(factors_of_d, mixture) })
}
