//! An operator's adapter together with that of its category: the blend of their outputs, and the step of both towards one
//! target.

use super::step::{Gradient, Step};
use super::{Adapter, CachedProjection, MIN_NORM2};
use crate::check;
use crate::config::Config;
use crate::error::{Argument, Error};
use crate::kernels::{self, Cross, Mixture, Projection};
use crate::rows::{Block, values};
use crate::vec2::{Vec2, both};

/// Steps from which on an operator no longer leans on its category.
pub const FULL_WEIGHT_COUNT: u64 = 10;

/// Shares of an operator's own adapter and of its category's in the output.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shares {
    /// The operator's own.
    pub own: f32,
    /// Its category's: 1 less that, or 0.
    pub category: f32,
}

impl Shares {
    /// The shares of an operator that has learned `adapt_count` times, and that `leans` on its category or does not.
    pub fn new(adapt_count: u64, leans: bool) -> Self {
        if !leans || adapt_count >= FULL_WEIGHT_COUNT {
            return Self { own: 1.0, category: 0.0 };
        }
        let own = adapt_count as f32 / FULL_WEIGHT_COUNT as f32;
        Self { own, category: 1.0 - own }
    }
}

/// y = x + Σ share · Δ(x) over the adapters that are there and have a share; `copy` becomes x. Returns the projections of x
/// that were made on the way.
pub fn forward(
    config: &Config,
    [own, category]: [Option<&Adapter>; 2],
    shares: Shares,
    x: &[Block],
    copy: &mut [Block],
    y: &mut [Block],
) -> [CachedProjection; 2] {
    let [own, category] = [own.filter(|_| shares.own > 0.0), category.filter(|_| shares.category > 0.0)];
    let none = CachedProjection::default();
    match (own, category) {
        (Some(own), Some(category)) => {
            let [first, second] = kernels::project_both([own.a(), category.a()], x, copy);
            let terms = [own.term(config, first, shares.own), category.term(config, second, shares.category)];
            kernels::expand_both(both(terms, |term| term.rows), both(terms, |term| term.scales), x, y);
            [CachedProjection::new(first, own), CachedProjection::new(second, category)]
        }
        (Some(own), None) => [CachedProjection::new(own.forward(config, shares.own, x, copy, y), own), none],
        (None, Some(category)) => {
            [none, CachedProjection::new(category.forward(config, shares.category, x, copy, y), category)]
        }
        (None, None) => {
            kernels::copy(x, copy);
            kernels::copy(x, y);
            [none; 2]
        }
    }
}

/// One step of both at `x` against the gradient `g` of the output that the `shares` blend. Each steps towards the target
/// y − g from its own output. Returns |g|², whether there was something to learn, and the projections of x on the new A's.
///
/// # Errors
/// As [`Adapter::step`].
#[inline(never)]
pub fn step(
    config: &Config,
    [own, category]: [&mut Adapter; 2],
    shares: Shares,
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
    let (gradients, mut mixture) = gradients(config, [own, category], [on_own, on_category], shares, &cross);
    let (mut own_step, mut category_step) = (Step::default(), Step::default());
    own.plan(config, on_own, gradients[0], &mut own_step)?;
    category.plan(config, on_category, gradients[1], &mut category_step)?;
    let [own_mix, category_mix] = &mut mixture.coefficients;
    own_mix[0] += own_step.left[0];
    own_mix[1] += own_step.left[1];
    category_mix[2] += category_step.left[0];
    category_mix[3] += category_step.left[1];
    let scales = [own_step.scale_b, category_step.scale_b];
    kernels::rank_one_mixture([own.b_mut(), category.b_mut()], scales, mixture, g);
    own.take(&own_step, x, &mut on_own, None);
    category.take(&category_step, x, &mut on_category, None);
    let projections = [CachedProjection::new(on_own, own), CachedProjection::new(on_category, category)];
    Ok((cross.norm2, true, projections))
}

/// The gradients of two adapters that step towards one target, y − g, each from its own output, and how to make them of g:
/// with d what the operator's adapter adds less what the category's adds, the one's own output less the target is
/// g + category's share · d, the other's g − own share · d. `cross` is g projected on their B's.
#[inline(never)]
fn gradients(
    config: &Config,
    adapters: [&Adapter; 2],
    x: [Projection; 2],
    shares: Shares,
    cross: &Cross,
) -> ([Gradient; 2], Mixture) {
    let shares = [shares.category, -shares.own];
    let [own, category] = adapters;
    let coefficients = [both(x[0].dots, |h| config.alpha() * h), both(x[1].dots, |h| -config.alpha() * h)];
    let (c, e) = (Vec2::from(coefficients[0]), Vec2::from(coefficients[1]));
    let ([b0, b1], [on_own, on_category]) = (both(cross.between, Vec2::from), both(cross.dots, Vec2::from));

    // d = c · (own B) + e · (category's B), on both B's.
    let (own_own, own_category) = (own.gram_b.times(c), Vec2(b0.dot(e), b1.dot(e)));
    let (category_category, category_own) = (category.gram_b.times(e), c.0 * b0 + c.1 * b1);
    let (d_on_own, d_on_category) = (own_own + own_category, category_own + category_category);
    let (g_squared, g_d) = (f64::from(cross.norm2), c.dot(on_own) + e.dot(on_category));
    let (squares, products) = (c.dot(own_own) + e.dot(category_category), 2.0 * c.dot(own_category));

    let gradient = |adapter: &Adapter, share: f32, g_on_b, d_on_b, coefficients| {
        let share = f64::from(share);
        let along_b = g_on_b + share * d_on_b;
        let (squares, products) = (g_squared + share * share * squares, share * (share * products + 2.0 * g_d));
        let norm2 = adapter.norm2_of_sum(squares, products, along_b, coefficients);
        Gradient { along_b, norm2, terms: squares }
    };
    let gradients =
        [gradient(own, shares[0], on_own, d_on_own, c), gradient(category, shares[1], on_category, d_on_category, e)];
    let [[c0, c1], [c2, c3]] = coefficients;
    let mixture = |share: f32| [share * c0, share * c1, share * c2, share * c3];
    (gradients, Mixture { coefficients: both(shares, mixture) })
}
