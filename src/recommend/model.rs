//! What to expect of each attention type in one context, given what was seen in others.
//!
//! The gain y = ln(baseline / execution) of a cell is modelled as
//!
//! ```text
//! y = type's mean + slope · (ln baseline − its mean) + context's effect + the type's own part in this context
//! ```
//!
//! a linear mixed model (Laird and Ware 1982) fitted by one sweep of shrunken means: types shrink towards their common mean,
//! which is drawn from its posterior as the slope is (Thompson 1933); the effect of a context is what all types have in
//! common there and nearby, and its share of the variance is the intraclass correlation (Fisher 1925); the type's own part is a
//! kernel regression over the cells nearby (Nadaraya 1964, Watson 1964). Long baselines have more to gain: the slope.
//!
//! A cell's mean is known up to a variance: that of its runs over their number. The variance of a run is estimated from runs that
//! were repeated and, where contexts do not come back, from what their neighbours say. What a type gains changes with time, as
//! a random walk does with each decision made nearby: the cells of a type are taken in oldest first, and what is known from
//! those before loses weight in between, as in a filter for the local level model (Kalman 1960; Harvey 1989).
//!
//! What is uncertain of a type is of two kinds: nothing like it was tried (`never`), for which a choice hopes; and what was
//! tried may have been chance or long ago (`doubt`), which is drawn for each type (Thompson 1933).
//!
//! Type 0 is the baseline: its gain is 0 as long as its own records say so, and is modelled like the others' as far as they
//! do not. Runs that were cut off count as what a normal distribution expects below their bound.

use bytemuck::{Pod, Zeroable};

use crate::kernels::sqrt;
use crate::operators::{Operator, Operators};
use crate::recommend::history::{Cell, Context, LIMIT, NOISE_PAIRS, Scale};
use crate::rows::clear;

/// The kernel is `1 / (1 + r (1 − cosine))²` with this r: it has fallen to a quarter where 1 − cosine is 0.1, as it is between
/// texts of different subjects;
const RANGE: f64 = 10.0;
/// or, where the mean of 1 − cosine over all contexts is above this (it is 0.19 between the queries of the Join Order
/// Benchmark), with an r that is smaller by as much.
const DISTANCE: f64 = 0.2;
/// Most similarity that all contexts have anyway: what they have in common says nothing.
const MAX_FAR: f64 = 0.5;
/// Keeps the precision of a cell right here finite where runs do not vary: a share of the variance.
const NOISE: f32 = 0.01;
/// Cells of its own from which on an operator counts those of others by less than half.
const KIN: f32 = 4.0;
/// Similarity of one embedding under the operator itself, another one of its category, and any other.
const KIN_SIMILARITY: [f32; 3] = [1.0, 0.7, 0.5];
/// Cells that the prior of a type's mean counts as.
const TYPE_CELLS: f64 = 3.0;
/// Common mean of the types before anything was seen, and the cells it counts as.
const MEAN: f64 = -0.5;
const MEAN_CELLS: f64 = 5.0;
/// Variance of a draw of it, of the residual variance over one cell.
const MEAN_SPREAD: f64 = 0.3;
/// Slope before anything was seen, and the sum of squares that it counts as.
const SLOPE: f64 = 0.3;
const SLOPE_SQUARES: f64 = 40.0;
/// Variance of a draw of it, of the residual variance over a square of 1.
const SLOPE_SPREAD: f64 = 0.3;
/// Residual variance before anything was seen, and the cells it counts as.
const VARIANCE: f64 = 0.5;
const VARIANCE_CELLS: f64 = 10.0;
/// Intraclass correlation before anything was seen, the pairs it counts as, and its bounds.
const CORRELATION: f64 = 0.3;
const CORRELATION_PAIRS: f64 = 50.0;
const CORRELATIONS: [f64; 2] = [0.02, 0.9];
/// Weight of the mean of all baselines beside those nearby.
const BASELINE_WEIGHT: f64 = 0.1;
/// Cells in which type 0 gains nothing, as which its being the baseline counts; and the share of the others' variance, inverted,
/// from which on it is a type like them.
const ZERO_CELLS: f64 = 4.0;
const ZERO_SHARE: f64 = 4.0;
/// Shares of the residual variance that are left unknown of a type that was not tried nearby, and of a context.
const OWN_SHARE: f64 = 0.2;
const EFFECT_SHARE: f64 = 0.2;
/// Cells that the common variance counts as beside a type's own.
const TYPE_VARIANCE_CELLS: f64 = 4.0;
/// How many standard deviations a choice hopes for,
const HOPE: f64 = 0.75;
/// by how much more where e times as much time is at stake as in the mean, up to which power of e,
const STAKES: f64 = 0.2;
const MAX_STAKES: f64 = 2.5;
/// and by how much more where e times as many decisions were made nearby as types were tried: squared, so that nothing keeps for
/// ever to what was lucky at first. As many are added to both.
const IMPATIENCE: f64 = 0.2;
const PATIENCE: f64 = 2.0;
/// How many standard deviations above its mean the largest draw of what is doubtful is expected, at most: of n draws that is
/// √(2 ln n), so from eight types on draws are smaller, lest what is known of one drowns in the chance of many.
const LARGEST_DRAW: f64 = 2.0;
/// What variance costs where times are lognormal: the mean of exp(x) is exp(mean + variance / 2).
const RISK: f64 = 0.5;
/// Similarity from which on a cell is right here.
const HERE: f64 = 0.999;

/// What is known of one attention type from its cells.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct Type {
    /// Of its cells in all contexts, and of its residuals nearby.
    all: Gains,
    near: Residuals,
    /// Mean gain over all contexts, at the mean baseline.
    mean: f64,
    /// Weight of its cells, whatever their age, and the sum of squared residuals, less their noise.
    cells: f64,
    squares: f64,
    /// Similarity of the nearest cell, and as far as it is beyond that of any two contexts.
    nearest: f64,
    nearer: f64,
    /// Whether all runs right here were cut off, and the bound.
    is_bound: f64,
    bound: f64,
}

/// Sums over cells, by their weights. Cells are added oldest first, and sums lose weight in between.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
struct Gains {
    weight: f64,
    /// Of the gain y and of ln baseline b; of y² less its noise, of y b and of b².
    y: f64,
    b: f64,
    yy: f64,
    yb: f64,
    bb: f64,
    /// Of the variances of the gains, by the weight's square.
    noise: f64,
    /// Age of the last cell.
    age: f64,
}

/// Sums over residuals, by their weights; else as [`Gains`].
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
struct Residuals {
    weight: f64,
    residual: f64,
    squares: f64,
    variances: f64,
    /// Of the weights' squares, and of the variances by the weight's square.
    weights2: f64,
    noise: f64,
    /// Age of the last cell.
    age: f64,
}

/// What the mean of a type drifts by, as a random walk does.
#[derive(Clone, Copy)]
struct Drift {
    /// Variance of what is no noise, and the decisions in which it drifts by as much.
    signal: f64,
    pace: f64,
}

impl Drift {
    /// What weights are multiplied by, and what that adds to the variance of a mean of this weight, between two ages.
    fn between(self, from: f64, to: f64, weight: f64) -> [f64; 2] {
        let drift = (from - to).max(0.0) / self.pace;
        [1.0 / (1.0 + drift * weight), drift * self.signal]
    }
}

impl Gains {
    /// The sums as they are known at this age.
    fn pass(&mut self, age: f64, drift: Drift) {
        let Self { weight, y, b, yy, yb, bb, noise, .. } = self;
        let [keep, added] = drift.between(self.age, age, *weight);
        *noise = keep * keep * (*noise + *weight * *weight * added);
        for sum in [weight, y, b, yy, yb, bb] {
            *sum *= keep;
        }
        self.age = age;
    }
}

impl Residuals {
    /// The sums as they are known at this age.
    fn pass(&mut self, age: f64, drift: Drift) {
        let Self { weight, residual, squares, variances, weights2, noise, .. } = self;
        let [keep, added] = drift.between(self.age, age, *weight);
        *noise = keep * keep * (*noise + *weight * *weight * added);
        *weights2 *= keep * keep;
        for sum in [weight, residual, squares, variances] {
            *sum *= keep;
        }
        self.age = age;
    }
}

/// What a cell is seen by.
struct World {
    /// Mean of ln baseline.
    mean_b: f64,
    /// How far type 0 is an ordinary type, 0 to 1.
    ordinary: f64,
    /// Variance of what is no noise, and how fast it drifts.
    drift: Drift,
    /// Common mean of the types before anything was seen.
    prior_mean: f64,
}

impl World {
    /// How far a cell is one of an ordinary type, and how far ln of its baseline is from the mean: the baseline has no slope.
    fn of(&self, cell: &Cell, context: &Context) -> [f64; 2] {
        if cell.attention == 0 { [self.ordinary, 0.0] } else { [1.0, f64::from(context.log_baseline) - self.mean_b] }
    }

    /// How much a cell says of its type.
    fn weight(&self, cell: &Cell, context: &Context) -> f64 {
        let [degree, _] = self.of(cell, context);
        let signal = self.drift.signal;
        f64::from(context.weight) * degree * signal / (signal + cell.noise)
    }
}

/// What the cells of all contexts say in common.
struct Level {
    slope: f64,
    /// Variance within types, less what the slope explains.
    variance: f64,
    /// Standard deviations of draws of the slope and of the types' common mean.
    spreads: [f64; 2],
}

impl Level {
    /// Of the cells, whose order is `by_age`; the means of types are put into `types`, which are cleared.
    fn of(types: &mut [Type], contexts: &[Context], cells: &[Cell], by_age: &[u32], world: &World) -> Self {
        clear(types);
        for cell in by_age.iter().map(|&position| &cells[position as usize]) {
            let context = &contexts[cell.context as usize];
            let (weight, y, [_, b]) = (world.weight(cell, context), cell.y, world.of(cell, context));
            let Type { all, cells, .. } = &mut types[usize::from(cell.attention)];
            *cells += weight;
            all.pass(cell.age, world.drift);
            all.weight += weight;
            all.y += weight * y;
            all.b += weight * b;
            all.yy += weight * (y * y - cell.noise);
            all.yb += weight * y * b;
            all.bb += weight * b * b;
            all.noise += weight * weight * cell.noise;
        }
        // Within types: less what their means explain. And their number, the sum of y and of b.
        let [mut yy, mut yb, mut bb] = [0.0; 3];
        let [mut n, mut sum_y, mut sum_b, mut seen] = [0.0; 4];
        for Type { all, .. } in types.iter_mut().filter(|of_type| of_type.all.weight > 0.0) {
            all.pass(0.0, world.drift);
            yy += all.yy - all.y * all.y / all.weight;
            yb += all.yb - all.y * all.b / all.weight;
            bb += all.bb - all.b * all.b / all.weight;
            n += all.weight;
            sum_y += all.y;
            sum_b += all.b;
            seen += 1.0;
        }
        let slope = (yb + SLOPE * SLOPE_SQUARES) / (bb + SLOPE_SQUARES);
        let unexplained = (yy - 2.0 * slope * yb + slope * slope * bb).max(0.0);
        let variance = (unexplained + VARIANCE * VARIANCE_CELLS) / ((n - seen).max(0.0) + VARIANCE_CELLS);
        let mean = (sum_y - slope * sum_b + world.prior_mean * MEAN_CELLS) / (n + MEAN_CELLS);
        let spreads =
            [sqrt(SLOPE_SPREAD * variance / (bb + SLOPE_SQUARES)), sqrt(MEAN_SPREAD * variance / (n + MEAN_CELLS))];
        for Type { all, mean: of_type, .. } in &mut *types {
            *of_type = (all.y - slope * all.b + mean * TYPE_CELLS) / (all.weight + TYPE_CELLS);
        }
        Self { slope, variance, spreads }
    }
}

/// 1 / √(2π).
const FRAC_1_SQRT_2PI: f64 = 0.398_942_280_401_432_7;

/// The mean of what is below `bound` of a normal distribution.
fn below(bound: f64, mean: f64, variance: f64) -> f64 {
    let deviation = sqrt(variance);
    let a = (bound - mean) / deviation;
    let share = 0.5 * libm::erfc(-a * core::f64::consts::FRAC_1_SQRT_2);
    if share < 1e-12 {
        return bound; // far below all that is expected
    }
    let density = libm::exp(-0.5 * a * a) * FRAC_1_SQRT_2PI;
    (mean - deviation * density / share).min(bound)
}

/// What to expect in one context.
pub struct Posterior<'a> {
    types: &'a [Type],
    scale: Scale,
    /// How far type 0 is an ordinary type.
    ordinary: f64,
    slope: f64,
    deviation: f64,
    effect: f64,
    /// Variance of residuals, and the share of it that is left of a type that was not tried nearby.
    variance: f64,
    share: f64,
    /// Decisions made nearby, and types tried nearby.
    runs: f64,
    tried: f64,
    /// What cells nearby differ by, of what their noise is believed to be.
    noise_share: f64,
    /// Standard deviations of draws of the slope and of the common mean.
    spreads: [f64; 2],
    /// What they add to what is expected of every type, and the standard deviations that a choice hopes for.
    common: f64,
    hope: f64,
    /// Standard deviation of a draw of what is doubtful, of what it is believed to be.
    boldness: f64,
}

impl<'a> Posterior<'a> {
    /// From contexts that were all looked at and the cells in them, whose positions are `by_age`, oldest first. `pace`: decisions
    /// nearby in which a type drifts by as much as types differ. `types`: room for every attention type.
    pub fn new(
        types: &'a mut [Type],
        view: &View,
        contexts: &mut [Context],
        cells: &mut [Cell],
        by_age: &[u32],
        scale: Scale,
        pace: f64,
    ) -> Self {
        let Scale { zero, unit, outcomes, signal, noise, first, shift } = scale;
        // ln baseline: its mean over all contexts, and how far that of the one in question is from it.
        let mean_b = if view.all > 0.0 { view.all_b / view.all } else { 0.0 };
        let deviation = (view.near_b - view.near * mean_b) / (view.near + BASELINE_WEIGHT);
        for cell in &mut *cells {
            let warm = if cell.attention == 0 { 0.0 } else { shift * f64::from(cell.first) };
            cell.y = ((cell.value - zero) / unit + warm).max(-f64::from(LIMIT)).min(f64::from(LIMIT));
            cell.noise = if cell.runs == 1 { first } else { noise / f64::from(cell.known) };
        }

        // How far type 0 is an ordinary type: by the square of its gains, of what the others vary by.
        let [mut n0, mut square0] = [0.0; 2];
        for cell in cells.iter().filter(|cell| cell.attention == 0) {
            let weight = f64::from(contexts[cell.context as usize].weight);
            n0 += weight;
            square0 += weight * (cell.y * cell.y - cell.noise).max(0.0);
        }
        let ordinary = if outcomes { 1.0 } else { (ZERO_SHARE * square0 / (n0 + ZERO_CELLS) / signal).min(1.0) };
        let prior_mean = if outcomes { 0.0 } else { MEAN };

        let drift = Drift { signal, pace };
        let world = World { mean_b, ordinary, drift, prior_mean };
        let mut level = Level::of(types, contexts, cells, by_age, &world);
        // What is only known to be at most a bound is expected to be as much less as the others of its type say.
        let mut bounds = false;
        for cell in cells.iter_mut().filter(|cell| cell.bound) {
            let context = &contexts[cell.context as usize];
            let [degree, b] = world.of(cell, context);
            let expected = degree * types[usize::from(cell.attention)].mean + level.slope * b;
            cell.y = below(cell.y, expected, level.variance);
            bounds = true;
        }
        if bounds {
            level = Level::of(types, contexts, cells, by_age, &world);
        }
        let Level { slope, variance, spreads } = level;

        // Residuals: by context, and nearby of all types and by type.
        let far = if view.contexts > 0.0 { (view.similarity / view.contexts).min(MAX_FAR) } else { 0.0 };
        let [mut near_residual, mut near] = [0.0; 2];
        for cell in by_age.iter().map(|&position| &cells[position as usize]) {
            let context = &mut contexts[cell.context as usize];
            let of_type = &mut types[usize::from(cell.attention)];
            let [degree, b] = world.of(cell, context);
            let residual = cell.y - degree * of_type.mean - slope * b;
            if context.cells > 1 && cell.attention != 0 {
                context.residual += residual as f32;
                context.squares += (residual * residual) as f32;
            }
            let weight = world.weight(cell, context);
            of_type.squares += weight * (residual * residual - cell.noise);
            // Similarity beyond that of any two contexts.
            let (k, kinship) = (f64::from(context.similarity), f64::from(context.kinship));
            let nearer = ((k - kinship * far) / (1.0 - far)).max(0.0);
            near += weight * nearer;
            near_residual += weight * nearer * residual;
            let kin = f64::from(context.weight);
            let precision = kin * nearer * nearer / (1.0 - k * k + f64::from(NOISE) + cell.noise / signal);
            let sums = &mut of_type.near;
            sums.pass(cell.age, drift);
            sums.weight += precision;
            sums.residual += precision * residual;
            sums.squares += precision * residual * residual;
            sums.variances += precision * cell.noise;
            sums.weights2 += precision * precision;
            sums.noise += precision * precision * cell.noise;
            if cell.bound && k > HERE {
                of_type.is_bound = 1.0;
                of_type.bound = cell.value;
            }
            of_type.nearest = of_type.nearest.max(kin * k);
            of_type.nearer = of_type.nearer.max(kin * nearer);
        }
        let [mut n, mut squares] = [0.0; 2];
        for of_type in &mut *types {
            of_type.near.pass(0.0, drift);
            n += of_type.cells;
            squares += of_type.squares;
        }
        let fourth = |x: f64| x * x * (x * x);
        let tried: f64 = types.iter().map(|of_type| fourth(of_type.nearest)).sum();
        let residual_variance = (squares.max(0.0) + variance * VARIANCE_CELLS) / (n + VARIANCE_CELLS);
        let correlation = intraclass_correlation(contexts, residual_variance);
        let ridge = (1.0 - correlation) / correlation;
        let effect = near_residual / (near + ridge);
        Self {
            types,
            scale,
            ordinary,
            slope,
            deviation,
            effect,
            variance: residual_variance,
            share: variance / residual_variance * (OWN_SHARE + EFFECT_SHARE * ridge / (near + ridge)),
            runs: view.runs,
            tried,
            noise_share: noise_share(types),
            spreads,
            common: 0.0,
            hope: HOPE,
            boldness: 1.0,
        }
    }

    /// Draws what is uncertain of all types alike. `unanswered`: decisions of which nothing is known yet. `types`: how many
    /// there are to choose from.
    pub fn draw(&mut self, normal: [f64; 2], unanswered: u32, types: usize) {
        let largest = sqrt(2.0 * f64::from(libm::logf(types as f32)));
        self.boldness = LARGEST_DRAW / largest.max(LARGEST_DRAW);
        self.common = normal[0] * self.spreads[0] * self.deviation + normal[1] * self.spreads[1];
        let decisions = self.runs + f64::from(unanswered);
        let idle = f64::from(libm::logf(((decisions + PATIENCE) / (self.tried + PATIENCE)) as f32));
        let stakes = STAKES * self.deviation.clamp(-MAX_STAKES, MAX_STAKES);
        self.hope = HOPE * (1.0 + stakes) * (1.0 + IMPATIENCE * idle * idle);
    }

    /// What to expect of an attention type here: its mean, the variance that is left as nothing like it was tried, and that of
    /// what was seen, which may have been chance or long ago.
    fn gain(&self, attention: u8) -> [f64; 3] {
        let Type { all, near, mean, cells, squares, nearest, nearer, is_bound, bound } =
            self.types[usize::from(attention)];
        let (degree, slope) = if attention == 0 { (self.ordinary, 0.0) } else { (1.0, self.slope) };
        let variance =
            degree * (squares.max(0.0) + self.variance * TYPE_VARIANCE_CELLS) / (cells + TYPE_VARIANCE_CELLS);
        let seen = near.weight > 0.0;
        let noise = if seen { self.noise_share * near.noise / (near.weight * near.weight) } else { 0.0 };
        let trust = if variance > 0.0 { variance / (variance + noise) } else { 0.0 };
        // Many cells at some distance say as much as one that is near.
        let together = near.weight / (1.0 + near.weight);
        let (nearest, nearer) = (nearest.max(together), nearer.max(together));
        let own = if seen { near.residual / near.weight - degree * self.effect } else { 0.0 };
        let gain = degree * (mean + self.effect) + slope * self.deviation + nearer * trust * own;
        // What of the type's mean is left in it may have been chance, too.
        let rest = degree * (1.0 - nearer) / (all.weight + TYPE_CELLS);
        [
            if is_bound > 0.0 { gain.min(bound) } else { gain },
            variance * self.share * (1.0 - nearest * nearest),
            nearer * nearer * trust * noise + rest * rest * self.noise_share * all.noise,
        ]
    }

    /// The expected value, in the unit in which it was recorded.
    pub fn prediction(&self, attention: u8) -> f64 {
        self.scale.zero + self.scale.unit * self.gain(attention)[0]
    }

    /// What a choice goes by: the gain that an optimist expects of what is unknown and chance draws of what is doubtful, less
    /// what variance costs where times are lognormal.
    pub fn score(&self, attention: u8, normal: f64) -> f64 {
        let [mean, never, doubt] = self.gain(attention);
        let common = if attention == 0 { self.ordinary * self.common } else { self.common };
        let risk = if self.scale.outcomes { 0.0 } else { RISK };
        mean + common + self.hope * sqrt(never) + self.boldness * normal * sqrt(doubt) - risk * (never + doubt)
    }
}

/// What another operator's cells are to one.
#[derive(Clone, Copy, Debug, Zeroable)]
pub struct Kinship {
    /// How much they count: its own for 1, those of its category and of all others less the more there are of its own and of
    /// its category.
    weight: f32,
    /// Similarity of the same embedding.
    similarity: f32,
}

/// What each operator is to one, by the number of cells of each.
pub fn kinships(operator: Operator, operators: &Operators, cells: &[u32], kinships: &mut [Kinship]) {
    let category = operators.category(operator.id());
    let degree =
        |other: usize| usize::from(other != operator.id()) + usize::from(operators.category(other) != category);
    let mut counts = [0.0; 3];
    for (other, &count) in cells.iter().enumerate() {
        counts[degree(other)] += count as f32;
    }
    let [own, kin, _] = counts;
    let weights = [1.0, KIN / (KIN + own), KIN / (KIN + own + kin)];
    for (other, kinship) in kinships.iter_mut().enumerate() {
        let degree = degree(other);
        *kinship = Kinship { weight: weights[degree], similarity: KIN_SIMILARITY[degree] };
    }
}

/// Contexts as they are seen from one embedding, and sums over them.
#[derive(Default)]
pub struct View {
    /// Number of contexts, and the sums of 1 − cosine and of the similarity, whatever the operator.
    contexts: f64,
    distance: f64,
    similarity: f64,
    /// Weights, and their sum with ln baseline.
    all: f64,
    all_b: f64,
    /// Precisions, and their sum with ln baseline.
    near: f64,
    near_b: f64,
    /// Decisions made nearby.
    runs: f64,
}

impl View {
    /// Looks at a context whose embedding is `distance` = 1 − cosine away. All are looked at before one is added.
    pub fn look(&mut self, context: &mut Context, distance: f32, kinship: Kinship) {
        context.similarity = distance;
        context.weight = kinship.weight;
        self.contexts += 1.0;
        self.distance += f64::from(distance);
    }

    /// The factor of 1 − cosine in the kernel.
    pub fn range(&self) -> f32 {
        let mean = if self.contexts > 0.0 { self.distance / self.contexts } else { 0.0 };
        (RANGE * DISTANCE / mean.max(DISTANCE)) as f32
    }

    /// Adds a context that was looked at.
    pub fn add(&mut self, context: &mut Context, range: f32, kinship: Kinship) {
        // k / (1 − k² + noise), without waiting for k.
        let (root, scale) = (1.0 + range * context.similarity, kinship.similarity);
        let square = root * root;
        let k = scale / square;
        context.similarity = k;
        context.kinship = scale;
        context.residual = 0.0;
        context.squares = 0.0;

        let (weight, b) = (f64::from(context.weight), f64::from(context.log_baseline));
        let precision = weight * f64::from(scale * square / (square * square * (1.0 + NOISE) - scale * scale));
        self.all += weight;
        self.all_b += weight * b;
        self.similarity += 1.0 / f64::from(square);
        self.near += precision;
        self.near_b += precision * b;
        self.runs += weight * nearby(k) * f64::from(context.runs);
    }
}

/// How far a decision made at this similarity was made nearby: so that the many that are far away count for nothing.
pub fn nearby(similarity: f32) -> f64 {
    let square = f64::from(similarity * similarity);
    square * square
}

/// What cells of one type nearby differ by, of what their noise is believed to be, at most 1: where contexts never come back,
/// only their neighbours tell how much runs vary.
fn noise_share(types: &[Type]) -> f64 {
    let [mut pairs, mut found, mut believed] = [0.0; 3];
    for Type { near, .. } in types.iter().filter(|of_type| of_type.near.weight > 0.0) {
        let Residuals { weight, residual, squares, variances, weights2, .. } = near;
        let cells = weight * weight / weights2; // as many of equal weight would say as much (Kish 1965)
        let mean = residual / weight;
        pairs += cells - 1.0;
        found += cells * (squares / weight - mean * mean).max(0.0);
        believed += (cells - 1.0) * variances / weight;
    }
    if believed > 0.0 {
        ((NOISE_PAIRS * believed / pairs + found) / ((NOISE_PAIRS + pairs) * believed / pairs)).min(1.0)
    } else {
        1.0
    }
}

/// Share of the variance of residuals that is between contexts: the mean product of two of one context.
fn intraclass_correlation(contexts: &[Context], variance: f64) -> f64 {
    let [mut products, mut pairs] = [0.0; 2];
    for context in contexts.iter().filter(|context| context.cells > 1) {
        let (weight, cells) = (f64::from(context.weight), f64::from(context.cells));
        let sum = f64::from(context.residual);
        products += weight * (sum * sum - f64::from(context.squares)) / (cells - 1.0);
        pairs += weight * cells;
    }
    let [least, most] = CORRELATIONS;
    ((products / variance + CORRELATION * CORRELATION_PAIRS) / (pairs + CORRELATION_PAIRS)).max(least).min(most)
}
