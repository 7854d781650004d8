//! The model behind predictions, written down a second time: `f64`, plain loops, sums over the cells themselves.

use std::collections::BTreeMap;

use super::dot;
use ruvector_learning_wasm::Operator;

/// What was recorded: a gain ln(baseline / execution), the gain that a run which was cut off has at most, or an outcome.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Gain,
    Bound,
    Outcome,
}

/// A trajectory: embedding, operator, attention type, value, ln(baseline).
#[derive(Clone)]
pub struct Record {
    pub embedding: Vec<f32>,
    pub operator: u8,
    pub attention: u8,
    pub kind: Kind,
    pub value: f64,
    pub log_baseline: f64,
}

fn category(operator: u8) -> Option<usize> {
    Operator::at(operator.into()).category()
}

fn cosine(x: &[f32], y: &[f32]) -> f64 {
    let scale = dot(x, x).sqrt() * dot(y, y).sqrt();
    if scale > 0.0 {
        dot(x, y) / scale
    } else if dot(x, x) == dot(y, y) {
        1.0
    } else {
        0.0
    }
}

struct Cell {
    context: usize,
    attention: u8,
    runs: f64,
    /// Records of the context up to its last one, and that one's position among all.
    at: usize,
    last: usize,
    bound: bool,
    known: f64,
    first: f64,
    value: f64,
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / (values.len() as f64).max(1.0)
}

fn squares(values: &[f64]) -> f64 {
    values.iter().map(|value| (value - mean(values)).powi(2)).sum()
}

/// What the history says of all values.
struct Scale {
    outcomes: bool,
    unit: f64,
    first: f64,
    noise: f64,
    shift: f64,
    signal: f64,
}

#[derive(Default)]
struct Seen {
    values: Vec<f64>,
    gains: usize,
    /// First values of cells.
    of_cells: Vec<f64>,
    /// Differences of the second and the first run of a cell; later ones with their weight and spread.
    first: Vec<f64>,
    later: Vec<[f64; 3]>,
}

impl Seen {
    fn scale(&self) -> Scale {
        let outcomes = self.gains == 0 && !self.values.is_empty();
        let spread = squares(&self.values);
        let variance = if outcomes && spread > 0.0 { spread / self.values.len() as f64 } else { 1.0 };
        let n = self.first.len() as f64;
        let shift = if outcomes { 0.0 } else { (self.first.iter().sum::<f64>() / (n + 5.0)).max(0.0) };
        let unlike: f64 = self.first.iter().map(|d| 0.5 * (d - shift).powi(2) / variance).sum();
        let later: f64 = self.later.iter().map(|[d, w, s]| w * d * d / s / variance).sum();
        let later_n: f64 = self.later.iter().map(|[_, w, _]| w).sum();
        let noise = ((0.1 * 5.0 + later) / (5.0 + later_n)).max(1e-6);
        let first = ((0.1 * 5.0 + unlike) / (5.0 + n)).max(noise);
        let cells = self.of_cells.len() as f64;
        let prior = 10.0 * if outcomes { 0.2 } else { 0.5 };
        let between = squares(&self.of_cells) / variance;
        let signal = ((between - cells * first + prior) / (cells + 10.0)).max(0.1 * (between + prior) / (cells + 10.0));
        Scale { outcomes, unit: variance.sqrt(), first, noise, shift, signal }
    }
}

/// erfc by its continued fraction and its series.
fn erfc(x: f64) -> f64 {
    if x < 0.0 {
        return 2.0 - erfc(-x);
    }
    let root_pi = std::f64::consts::PI.sqrt();
    if x < 2.0 {
        let (mut term, mut sum) = (x, x);
        for n in 1..100 {
            term *= -x * x / f64::from(n);
            sum += term / f64::from(2 * n + 1);
        }
        return 1.0 - 2.0 / root_pi * sum;
    }
    let fraction = (1..200).rev().fold(x, |below, n| x + f64::from(n) / 2.0 / below);
    (-x * x).exp() / root_pi / fraction
}

/// Mean of what is below a bound of a normal distribution.
fn below(bound: f64, mean: f64, variance: f64) -> f64 {
    let a = (bound - mean) / variance.sqrt();
    let share = 0.5 * erfc(-a / 2f64.sqrt());
    if share < 1e-12 {
        return bound;
    }
    let density = (-a * a / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    (mean - variance.sqrt() * density / share).min(bound)
}

/// Weights of the cells of a type as they are known now, where `cells` are [weight, age], oldest first: a Kalman filter's, whose state
/// drifts by a variance of `age / pace` of what the cells vary by. And the variance that the drift adds to their sum.
fn filtered(cells: &[[f64; 2]], pace: f64) -> (Vec<f64>, f64) {
    let mut known: Vec<f64> = Vec::new();
    let mut drifted = 0.0;
    for (i, [weight, age]) in cells.iter().enumerate() {
        known.push(*weight);
        let until = cells.get(i + 1).map_or(0.0, |next| next[1]);
        let drift = (age - until).max(0.0) / pace;
        let total: f64 = known.iter().sum();
        let keep = 1.0 / (1.0 + total * drift); // the variance of the mean, 1 / total, grows by `drift`
        known.iter_mut().for_each(|weight| *weight *= keep);
        drifted = keep * keep * (drifted + total * total * drift);
    }
    (known, drifted)
}

/// The posterior means of `types`. `held`: oldest first. `pace`: decisions in which a type drifts by as much as types differ.
pub fn posterior_means(held: &[Record], x: &[f32], operator: u8, types: &[u8], pace: f64) -> Vec<f64> {
    // Contexts by operator and embedding, with their last record and number of records; cells by context and type.
    let mut contexts: Vec<(&Record, usize)> = Vec::new();
    let mut cells: Vec<Cell> = Vec::new();
    let mut context_of = Vec::new();
    let mut seen = Seen::default();
    for (number, record) in held.iter().enumerate() {
        let scale = seen.scale();
        let same =
            |other: &(&Record, usize)| other.0.operator == record.operator && other.0.embedding == record.embedding;
        let context = contexts.iter().position(same).unwrap_or_else(|| {
            contexts.push((record, 0));
            contexts.len() - 1
        });
        context_of.push(context);
        contexts[context].0 = record;
        contexts[context].1 += 1;
        let at = contexts[context].1;
        let bound = record.kind == Kind::Bound;
        match cells.iter_mut().find(|cell| cell.context == context && cell.attention == record.attention) {
            Some(cell) => {
                let known = if cell.runs == 1.0 { scale.noise / scale.first } else { cell.known };
                let known = 1.0 / (1.0 / known + scale.signal / pace / scale.noise * (at - cell.at) as f64);
                let difference = record.value - cell.value;
                if cell.bound && !bound {
                    cell.value = record.value;
                    cell.bound = false;
                } else if bound && difference >= 0.0 {
                    cell.known = known;
                } else {
                    if !bound && (record.attention != 0 || scale.outcomes) {
                        if cell.runs == 1.0 {
                            seen.first.push(difference);
                        } else {
                            seen.later.push([difference, 1.0 / cell.runs, 1.0 + 1.0 / known]);
                        }
                    }
                    cell.value = (cell.value * known + record.value) / (known + 1.0);
                    cell.first *= known / (known + 1.0);
                    cell.known = known + 1.0;
                }
                cell.runs += 1.0;
                cell.at = at;
                cell.last = number;
            }
            None => {
                seen.of_cells.push(record.value);
                cells.push(Cell {
                    context,
                    attention: record.attention,
                    runs: 1.0,
                    at,
                    last: number,
                    bound,
                    known: 1.0,
                    first: 1.0,
                    value: record.value,
                });
            }
        }
        seen.values.push(record.value);
        seen.gains += usize::from(record.kind != Kind::Outcome);
    }
    let scale = seen.scale();
    let Scale { outcomes, unit, signal, .. } = scale;
    let zero = if outcomes { mean(&seen.values) } else { 0.0 };

    let kin = |other: u8| if other == operator { 0 } else { 1 + usize::from(category(other) != category(operator)) };
    let mut counts = [0.0; 3];
    for cell in cells.iter().filter(|cell| cell.attention != 0) {
        counts[kin(contexts[cell.context].0.operator)] += 1.0;
    }
    let weights = [1.0, 4.0 / (4.0 + counts[0]), 4.0 / (4.0 + counts[0] + counts[1])];
    let weight: Vec<f64> = contexts.iter().map(|context| weights[kin(context.0.operator)]).collect();
    let all = weight.iter().sum::<f64>().max(1e-300);
    let weighted = |values: &[f64]| weight.iter().zip(values).map(|(w, value)| w * value).sum::<f64>() / all;
    let distance: Vec<f64> = contexts.iter().map(|context| (1.0 - cosine(&context.0.embedding, x)).max(0.0)).collect();
    let plain = |values: &[f64]| values.iter().sum::<f64>() / (values.len() as f64).max(1.0);
    let range = 10.0 * 0.2 / plain(&distance).max(0.2);
    let alike: Vec<f64> = distance.iter().map(|distance| 1.0 / (1.0 + range * distance).powi(2)).collect();
    let far = plain(&alike).min(0.5);
    let kinship: Vec<f64> = contexts.iter().map(|context| [1.0, 0.7, 0.5][kin(context.0.operator)]).collect();
    let kernel: Vec<f64> = alike.iter().zip(&kinship).map(|(k, kinship)| k * kinship).collect();
    let nearer: Vec<f64> =
        alike.iter().zip(&kinship).map(|(k, kinship)| kinship * ((k - far) / (1.0 - far)).max(0.0)).collect();
    let baselines: Vec<f64> = contexts.iter().map(|context| context.0.log_baseline).collect();
    let mean_b = weighted(&baselines);
    let b = |cell: &Cell| if cell.attention == 0 { 0.0 } else { baselines[cell.context] - mean_b };
    let precision: Vec<f64> = kernel.iter().zip(&weight).map(|(k, w)| w * k / (1.0 - k * k + 0.01)).collect();
    let here = precision.iter().zip(&baselines).map(|(p, b)| p * (b - mean_b)).sum::<f64>()
        / (precision.iter().sum::<f64>() + 0.1);

    // What each cell says, its variance, and its age.
    let mut y: Vec<f64> = cells
        .iter()
        .map(|cell| {
            let shift = if cell.attention == 0 { 0.0 } else { scale.shift * cell.first };
            ((cell.value - zero) / unit + shift).clamp(-6.0, 6.0)
        })
        .collect();
    let noise: Vec<f64> =
        cells.iter().map(|cell| if cell.runs == 1.0 { scale.first } else { scale.noise / cell.known }).collect();
    let age = |cell: &Cell| -> f64 {
        context_of[cell.last + 1..].iter().map(|&context| weight[context] * kernel[context].powi(4)).sum()
    };
    // The cells of each type, oldest first, with their weights as they are known now, and the variance of the drift.
    let of_type = |attention: u8, weight: &dyn Fn(usize) -> f64| {
        let mut own: Vec<usize> = (0..cells.len()).filter(|&c| cells[c].attention == attention).collect();
        own.sort_by_key(|&c| cells[c].last);
        let aged: Vec<[f64; 2]> = own.iter().map(|&c| [weight(c), age(&cells[c])]).collect();
        let (known, drifted) = filtered(&aged, pace);
        (own.into_iter().zip(known).collect::<Vec<(usize, f64)>>(), drifted * signal)
    };

    // How far type 0 is a type like the others.
    let zeros: Vec<usize> = (0..cells.len()).filter(|&c| cells[c].attention == 0).collect();
    let n0: f64 = zeros.iter().map(|&c| weight[cells[c].context]).sum();
    let square0: f64 = zeros.iter().map(|&c| weight[cells[c].context] * (y[c] * y[c] - noise[c]).max(0.0)).sum();
    let ordinary = if outcomes { 1.0 } else { (4.0 * square0 / (n0 + 4.0) / signal).min(1.0) };
    let degree = |attention: u8| if attention == 0 { ordinary } else { 1.0 };
    let share: Vec<f64> = cells
        .iter()
        .zip(&noise)
        .map(|(cell, noise)| weight[cell.context] * degree(cell.attention) * signal / (signal + noise))
        .collect();

    // By type: number, sum of gains, sum of b; slope, variance and means of the types.
    let level = |y: &[f64]| {
        let mut by_type: BTreeMap<u8, [f64; 3]> = BTreeMap::new();
        let [mut yy, mut yb, mut bb] = [0.0; 3];
        for attention in 0..=255 {
            let (own, _) = of_type(attention, &|c| share[c]);
            let sum = |value: &dyn Fn(usize) -> f64| own.iter().map(|&(c, known)| known * value(c)).sum::<f64>();
            let n = sum(&|_| 1.0);
            if n <= 0.0 {
                continue;
            }
            let [mean_y, mean_b] = [sum(&|c| y[c]) / n, sum(&|c| b(&cells[c])) / n];
            let dy = |c: usize| y[c] - mean_y;
            let db = |c: usize| b(&cells[c]) - mean_b;
            yy += sum(&|c| dy(c) * dy(c) - noise[c]);
            yb += sum(&|c| dy(c) * db(c));
            bb += sum(&|c| db(c) * db(c));
            by_type.insert(attention, [n, n * mean_y, n * mean_b]);
        }
        let n: f64 = by_type.values().map(|[n, ..]| n).sum();
        let slope = (yb + 0.3 * 40.0) / (bb + 40.0);
        let left = (yy - 2.0 * slope * yb + slope * slope * bb).max(0.0);
        let variance = (0.5 * 10.0 + left) / (10.0 + (n - by_type.len() as f64).max(0.0));
        let sum = |k: usize| by_type.values().map(|sums| sums[k]).sum::<f64>();
        let prior = if outcomes { 0.0 } else { -0.5 };
        let common = (sum(1) - slope * sum(2) + prior * 5.0) / (n + 5.0);
        let means: Vec<f64> = (0..=255)
            .map(|attention| {
                let [n, y, b] = by_type.get(&attention).copied().unwrap_or_default();
                (y - slope * b + 3.0 * common) / (n + 3.0)
            })
            .collect();
        (slope, variance, means)
    };
    let expected = |cell: &Cell, slope: f64, means: &[f64]| {
        degree(cell.attention) * means[usize::from(cell.attention)] + slope * b(cell)
    };
    let (mut slope, mut variance, mut means) = level(&y);
    if cells.iter().any(|cell| cell.bound) {
        for (c, cell) in cells.iter().enumerate().filter(|(_, cell)| cell.bound) {
            y[c] = below(y[c], expected(cell, slope, &means), variance);
        }
        (slope, variance, means) = level(&y);
    }

    let residual: Vec<f64> = cells.iter().enumerate().map(|(c, cell)| y[c] - expected(cell, slope, &means)).collect();
    let mut squares_of = [0.0; 256];
    for (c, cell) in cells.iter().enumerate() {
        squares_of[usize::from(cell.attention)] += share[c] * (residual[c] * residual[c] - noise[c]);
    }
    let residual_variance =
        (squares_of.iter().sum::<f64>().max(0.0) + 10.0 * variance) / (share.iter().sum::<f64>() + 10.0);
    let [mut products, mut pairs] = [0.0; 2];
    for (c, weight) in weight.iter().enumerate() {
        let own: Vec<f64> = (0..cells.len())
            .filter(|&cell| cells[cell].context == c && cells[cell].attention != 0)
            .map(|cell| residual[cell])
            .collect();
        if own.len() > 1 {
            let of_two = own.iter().sum::<f64>().powi(2) - own.iter().map(|r| r * r).sum::<f64>();
            products += weight * of_two / (own.len() as f64 - 1.0);
            pairs += weight * own.len() as f64;
        }
    }
    let correlation = ((products / residual_variance + 0.3 * 50.0) / (pairs + 50.0)).clamp(0.02, 0.9);
    let ridge = (1.0 - correlation) / correlation;
    let near: f64 = cells.iter().zip(&share).map(|(cell, share)| share * nearer[cell.context]).sum();
    let near_residual: f64 = (0..cells.len()).map(|c| share[c] * nearer[cells[c].context] * residual[c]).sum();
    let effect = near_residual / (near + ridge);

    let kin = |c: usize| weight[cells[c].context];
    let similarity = |c: usize| nearer[cells[c].context];
    let precision =
        |c: usize| kin(c) * similarity(c).powi(2) / (1.0 - kernel[cells[c].context].powi(2) + 0.01 + noise[c] / signal);
    // How much less cells of one type nearby differ than their noise lets expect.
    let [mut pairs, mut found, mut believed] = [0.0; 3];
    for attention in 0..=255u8 {
        let (own, _) = of_type(attention, &precision);
        let sum = |value: &dyn Fn(usize) -> f64| own.iter().map(|&(c, known)| known * value(c)).sum::<f64>();
        let nearby = sum(&|_| 1.0);
        if nearby > 0.0 {
            let count = nearby.powi(2) / own.iter().map(|(_, known)| known * known).sum::<f64>();
            let local = sum(&|c| residual[c]) / nearby;
            pairs += count - 1.0;
            found += count * sum(&|c| (residual[c] - local).powi(2)) / nearby;
            believed += (count - 1.0) * sum(&|c| noise[c]) / nearby;
        }
    }
    let each = believed / pairs;
    let noise_share = if believed > 0.0 { ((5.0 * each + found) / ((5.0 + pairs) * each)).min(1.0) } else { 1.0 };

    let gain = |&attention: &u8| {
        let (near, drifted) = of_type(attention, &precision);
        let own = || near.iter().map(|&(c, _)| c);
        let nearest = own().map(|c| kin(c) * similarity(c)).fold(0.0, f64::max);
        let nearby: f64 = near.iter().map(|(_, known)| known).sum();
        let local = near.iter().map(|&(c, known)| known * residual[c]).sum::<f64>() / nearby;
        let nearest = nearest.max(nearby / (1.0 + nearby));
        let of_runs: f64 = near.iter().map(|&(c, known)| known.powi(2) * noise[c]).sum();
        let doubt = noise_share * (of_runs + drifted) / nearby.powi(2);
        let cells_of: f64 = own().map(|c| share[c]).sum();
        let degree = degree(attention);
        let variance =
            degree * (squares_of[usize::from(attention)].max(0.0) + 4.0 * residual_variance) / (cells_of + 4.0);
        let own_part = if nearby > 0.0 && variance > 0.0 {
            nearest * variance / (variance + doubt) * (local - degree * effect)
        } else {
            0.0
        };
        let slope = if attention == 0 { 0.0 } else { slope };
        let gain = degree * (means[usize::from(attention)] + effect) + slope * here + own_part;
        let bound = own().filter(|&c| cells[c].bound && kernel[cells[c].context] > 0.999).map(|c| cells[c].value);
        zero + unit * bound.fold(gain, |gain, bound| gain.min(bound))
    };
    types.iter().map(gain).collect()
}
