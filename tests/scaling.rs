//! What scale cannot change: inputs times 2ᵏ and alpha times 2ʲ give the same bits, whenever the factors are balanced.
//!
//! Products and sums of numbers times a power of two are rounded alike, so every step of such a run is that of the plain
//! run times powers of two, until a floor is met: |x|², |g|² over 1e-16, and δ = 5e-4 trace(B Bᵀ) + 1e-30 loses its second
//! term as long as the trace is over 4e-11. Alpha times 2ʲ is B times 2⁻ʲ, so the runs find A and B too far apart at other
//! steps, or never: what balancing them did to an output would show.

use crate::common::{self, Inputs, a_of, b_of};
use ruvector_learning_wasm::{Config, Operator, ScopedLora};
use wasm_bindgen_test::wasm_bindgen_test;

const STEPS: usize = 3000;

/// 2ⁿ.
fn power(n: i32) -> f64 {
    f64::from_bits(((1023 + n) as u64) << 52)
}

struct Run {
    /// Every output over 2ᵏ, every predicted improvement, every loss over 4ᵏ; their bits.
    answers: Vec<u64>,
    /// ‖A‖∞.
    size: f32,
}

/// Steps of every kind on operators of one category, whose targets no adapter can reach.
fn run(dim: usize, rate: f64, alpha: i32, input: i32) -> Run {
    let (scale, back) = (power(input) as f32, power(-input));
    let config = Config::new(Some(dim as f64), Some(0.125 * power(alpha)), Some(rate)).unwrap();
    let mut set = ScopedLora::new(config).unwrap();
    let operators = [0, 6].map(Operator::at);
    let mut inputs = Inputs::new(dim as u64);
    let mut answers = Vec::new();
    for _ in 0..STEPS {
        let operator = operators[inputs.below(2)];
        let x: Vec<f32> = inputs.vector(dim, 1.0).iter().map(|value| scale * value).collect();
        let noise = inputs.vector(dim, 1.0);
        let target: Vec<f32> = (0..dim).map(|i| x[dim - 1 - i] + scale * noise[i]).collect();
        let y = set.forward_array(operator, &x).unwrap().to_vec();
        answers.extend(y.iter().map(|&y| (f64::from(y) * back).to_bits()));
        match inputs.below(3) {
            0 => set.adapt_array(operator, &common::subtract(&y, &target)).unwrap(),
            1 => set.adapt_with_reward(operator, inputs.normal()).unwrap(),
            _ => answers.push((set.train(operator, &x, &target).unwrap() * back * back).to_bits()),
        }
        answers.push(set.predicted_improvement(operator, &x).unwrap().to_bits());
        let factors = set.factors(operator).unwrap().unwrap();
        let trace: f64 = b_of(factors).iter().map(|&b| f64::from(b).powi(2)).sum();
        assert!(trace == 0.0 || trace > 4e-11, "the floor is near: {trace:e}");
    }
    let size = a_of(set.factors(operators[0]).unwrap().unwrap()).iter().fold(0.0, |size: f32, a| size.max(a.abs()));
    Run { answers, size }
}

#[wasm_bindgen_test(unsupported = test)]
fn powers_of_two_change_no_bit() {
    for (dim, rate) in [(1, 0.1), (2, 1.0), (3, 0.5), (24, 0.1), (256, 0.01)] {
        let plain = run(dim, rate, 0, 0);
        for (alpha, input) in [(0, -4), (0, 20), (-20, 0), (-8, 5), (3, -3), (10, 15)] {
            let scaled = run(dim, rate, alpha, input);
            let parts = plain.answers.iter().zip(&scaled.answers).position(|(p, q)| p != q);
            assert_eq!(parts, None, "d = {dim}, alpha · 2^{alpha}, inputs · 2^{input}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn balancing_changes_no_output() {
    for dim in [1, 3, 24] {
        let (plain, small_alpha) = (run(dim, 0.3, 0, 0), run(dim, 0.3, -20, 0));
        // Only the second had a B so large that A had to give: by a power of two, and nothing else shows it.
        let ratio = small_alpha.size / plain.size;
        assert!(plain.answers == small_alpha.answers);
        assert!(ratio > 4.0 && ratio.log2().fract() == 0.0, "{ratio}");
    }
}
