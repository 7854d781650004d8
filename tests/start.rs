//! The start of A: uniform on (−1/√d, 1/√d), its two columns independent, every adapter with numbers of its own.

use crate::common::{b_of, dot};
use ruvector_learning_wasm::{Config, MicroLora};
use wasm_bindgen_test::wasm_bindgen_test;

const DIM: usize = 4096;

fn start() -> [Vec<f32>; 2] {
    let lora = MicroLora::new(Config::new(Some(DIM as f64), None, None).unwrap()).unwrap();
    let factors = lora.factors();
    assert!(b_of(factors).iter().all(|&value| value == 0.0));
    [0, 1].map(|i| factors.a(i).collect())
}

fn mean(values: &[f32]) -> f64 {
    values.iter().map(|&value| f64::from(value)).sum::<f64>() / values.len() as f64
}

/// Four standard errors of a statistic with variance `variance / n`: false alarms once in 16,000 draws, and this draw is
/// fixed.
fn four_sigma(variance: f64, n: usize) -> f64 {
    4.0 * (variance / n as f64).sqrt()
}

#[wasm_bindgen_test(unsupported = test)]
fn mean_variance_and_range_are_those_of_the_uniform_distribution() {
    let bound = 1.0 / (DIM as f64).sqrt();
    let variance = bound * bound / 3.0;
    for column in start() {
        assert!(mean(&column).abs() < four_sigma(variance, DIM));
        // The variance of a squared uniform on (−b, b) is 4 b⁴ / 45.
        let measured = dot(&column, &column) / DIM as f64;
        assert!((measured - variance).abs() < four_sigma(4.0 * bound.powi(4) / 45.0, DIM));
        assert!(column.iter().all(|&value| value != 0.0 && f64::from(value).abs() < bound));
        let largest = column.iter().fold(0.0f64, |max, &value| max.max(f64::from(value).abs()));
        assert!(largest > 0.99 * bound);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn neighbours_columns_and_lags_are_uncorrelated() {
    let [first, second] = start();
    let correlation = |x: &[f32], y: &[f32]| dot(x, y) / (dot(x, x) * dot(y, y)).sqrt();
    let bound = four_sigma(1.0, DIM - 8);
    assert!(correlation(&first, &second).abs() < bound);
    for lag in 1..8 {
        assert!(correlation(&first[lag..], &first[..DIM - lag]).abs() < bound, "lag {lag}");
        assert!(correlation(&first[lag..], &second[..DIM - lag]).abs() < bound, "cross lag {lag}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn values_are_spread_evenly() {
    // Chi-square over 64 equal cells: 63 degrees of freedom, 99.99 % quantile 112.
    let bound = 1.0 / (DIM as f64).sqrt();
    for column in start() {
        let mut cells = [0.0; 64];
        for value in column {
            cells[((f64::from(value) / bound + 1.0) * 32.0) as usize] += 1.0;
        }
        let expected = DIM as f64 / 64.0;
        let chi_square: f64 = cells.iter().map(|count: &f64| (count - expected).powi(2) / expected).sum();
        assert!(chi_square < 112.0, "{chi_square}");
    }
}
