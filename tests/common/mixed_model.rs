//! The model behind recommendations, written down a second time: `f64`, plain loops, sums over the cells themselves.

use std::collections::BTreeMap;

use super::dot;
use ruvector_learning_wasm::Operator;

/// A trajectory: embedding, operator, attention type, gain ln(baseline / execution), ln(baseline).
#[derive(Clone)]
pub struct Record {
    pub embedding: Vec<f32>,
    pub operator: u8,
    pub attention: u8,
    pub gain: f64,
    pub log_baseline: f64,
}

fn category(operator: u8) -> Option<usize> {
    Operator::at(operator.into()).category()
}

fn cosine(x: &[f32], y: &[f32]) -> f64 {
    let scale = dot(x, x).sqrt() * dot(y, y).sqrt();
    if scale > 0.0 { dot(x, y) / scale } else { 0.0 }
}

struct Cell {
    context: usize,
    attention: u8,
    runs: f64,
    gain: f64,
}

/// The posterior means of `types`. `held`: oldest first.
pub fn posterior_means(held: &[Record], x: &[f32], operator: u8, types: &[u8]) -> Vec<f64> {
    // Contexts by operator and embedding, with their last baseline; cells by context and type.
    let mut contexts: Vec<&Record> = Vec::new();
    let mut cells: Vec<Cell> = Vec::new();
    for record in held {
        let same = |other: &&Record| other.operator == record.operator && other.embedding == record.embedding;
        let context = contexts.iter().position(same).unwrap_or_else(|| {
            contexts.push(record);
            contexts.len() - 1
        });
        contexts[context] = record;
        if record.attention == 0 {
            continue;
        }
        match cells.iter_mut().find(|cell| cell.context == context && cell.attention == record.attention) {
            Some(cell) => {
                cell.runs = 6f64.min(cell.runs + 1.0);
                cell.gain += (record.gain - cell.gain) / cell.runs;
            }
            None => cells.push(Cell { context, attention: record.attention, runs: 1.0, gain: record.gain }),
        }
    }

    let kin = |other: u8| if other == operator { 0 } else { 1 + usize::from(category(other) != category(operator)) };
    let mut counts = [0.0; 3];
    for cell in &cells {
        counts[kin(contexts[cell.context].operator)] += 1.0;
    }
    let weights = [1.0, 4.0 / (4.0 + counts[0]), 4.0 / (4.0 + counts[0] + counts[1])];
    let weight: Vec<f64> = contexts.iter().map(|context| weights[kin(context.operator)]).collect();
    let similarity = |context: &&Record| {
        let root = 1.0 + 10.0 * (1.0 - cosine(&context.embedding, x)).max(0.0);
        [1.0, 0.7, 0.5][kin(context.operator)] / (root * root)
    };
    let kernel: Vec<f64> = contexts.iter().map(similarity).collect();
    let precision: Vec<f64> = kernel.iter().map(|k| k / (1.0 - k * k + 0.01)).collect();
    let mean_b = contexts.iter().zip(&weight).map(|(context, w)| w * context.log_baseline).sum::<f64>()
        / weight.iter().sum::<f64>().max(1e-300);
    let b: Vec<f64> = contexts.iter().map(|context| context.log_baseline - mean_b).collect();
    let near: f64 = weight.iter().zip(&precision).map(|(w, p)| w * p).sum();
    let here = (0..contexts.len()).map(|c| weight[c] * precision[c] * b[c]).sum::<f64>() / (near + 0.1);

    // By type: number, sum of gains, sum of b.
    let mut by_type: BTreeMap<u8, [f64; 3]> = BTreeMap::new();
    for cell in &cells {
        let sums = by_type.entry(cell.attention).or_default();
        let w = weight[cell.context];
        for (sum, value) in sums.iter_mut().zip([1.0, cell.gain, b[cell.context]]) {
            *sum += w * value;
        }
    }
    let n: f64 = by_type.values().map(|[n, ..]| n).sum();
    // Squares within types, from the deviations themselves.
    let [mut yy, mut yb, mut bb] = [0.0; 3];
    for cell in &cells {
        let [n, y, sum_b] = by_type[&cell.attention];
        let (dy, db) = (cell.gain - y / n, b[cell.context] - sum_b / n);
        let w = weight[cell.context];
        yy += w * dy * dy;
        yb += w * dy * db;
        bb += w * db * db;
    }
    let slope = (yb + 0.3 * 40.0) / (bb + 40.0);
    let left = (yy - 2.0 * slope * yb + slope * slope * bb).max(0.0);
    let variance = (0.5 * 10.0 + left) / (10.0 + (n - by_type.len() as f64).max(0.0));
    let sum = |k: usize| by_type.values().map(|sums| sums[k]).sum::<f64>();
    let mean = (sum(1) - slope * sum(2) - 0.5 * 5.0) / (n + 5.0);
    let type_mean = |attention: u8| {
        let [n, y, b] = by_type.get(&attention).copied().unwrap_or_default();
        (y - slope * b + 3.0 * mean) / (n + 3.0)
    };

    let residual = |cell: &Cell| cell.gain - type_mean(cell.attention) - slope * b[cell.context];
    let squares: f64 = cells.iter().map(|cell| weight[cell.context] * residual(cell).powi(2)).sum();
    let residual_variance = (squares + 10.0 * variance) / (n + 10.0);
    let [mut products, mut pairs] = [0.0; 2];
    for (c, weight) in weight.iter().enumerate() {
        let own: Vec<f64> = cells.iter().filter(|cell| cell.context == c).map(residual).collect();
        if own.len() > 1 {
            let of_two = own.iter().sum::<f64>().powi(2) - own.iter().map(|r| r * r).sum::<f64>();
            products += weight * of_two / (own.len() as f64 - 1.0);
            pairs += weight * own.len() as f64;
        }
    }
    let correlation = ((products / residual_variance + 0.3 * 50.0) / (pairs + 50.0)).clamp(0.02, 0.9);
    let ridge = (1.0 - correlation) / correlation;
    let near: f64 = cells.iter().map(|cell| weight[cell.context] * kernel[cell.context]).sum();
    let near_residual: f64 =
        cells.iter().map(|cell| weight[cell.context] * kernel[cell.context] * residual(cell)).sum();
    let effect = near_residual / (near + ridge);

    let gain = |&attention: &u8| {
        let own = || cells.iter().filter(move |cell| cell.attention == attention);
        let nearest = own().map(|cell| weight[cell.context] * kernel[cell.context]).fold(0.0, f64::max);
        let nearby: f64 = own().map(|cell| weight[cell.context] * precision[cell.context]).sum();
        let local: f64 = own().map(|cell| weight[cell.context] * precision[cell.context] * residual(cell)).sum();
        let own = if nearby > 0.0 { nearest * (local / nearby - effect) } else { 0.0 };
        if attention == 0 { 0.0 } else { type_mean(attention) + slope * here + effect + own }
    };
    types.iter().map(gain).collect()
}
