//! After millions of steps the Gram matrices are still those of the factors, and the loss has not grown.
extern crate std;

use std::println;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test;

use super::Gram;
use crate::config::Config;
use crate::micro::MicroLora;
use crate::vec2::Vec2;

const DIM: usize = 8;

/// Unit roundoff of `f32`.
const EPS: f64 = 5.960_464_477_539_063e-8;

/// Bound on the error of a matrix that has been kept up to date, relative to its trace.
///
/// With P the largest trace of a matrix plus |s|²|x|² since it was computed, rows −= s x costs, in units of EPS · P:
/// rounding of the new rows, each by at most EPS (|s||x| + |row|), twice times √(2P) in their squares: 2 √2 (1 + √2) < 7;
/// the dot products row · x and |x|² of n = 8 values, of which a sum in four lanes rounds at most five times:
/// 2 · 5 + 5 = 15; for B, the vector in place of x, which is made of three terms, each rounded twice: 2 · 6 √2 < 17. So
/// less than 39 per step, of which there are 256 until the matrix is computed again, and that happens sooner if its trace
/// gets under P / 8.
const BOUND: f64 = 39.0 * 256.0 * 8.0 * EPS;

/// Uniform on (−1, 1), by Knuth's MMIX generator.
struct Inputs(u64);

impl Inputs {
    fn signed(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 40) as f32 + 0.5) / 8_388_608.0 - 1.0
    }
}

/// Largest difference of two matrices on the unit vectors, relative to the trace.
fn error(kept: Gram, computed: Gram) -> f64 {
    let difference = |v: Vec2| {
        let Vec2(p, q) = kept.times(v) - computed.times(v);
        p.abs().max(q.abs())
    };
    difference(Vec2(1.0, 0.0)).max(difference(Vec2(0.0, 1.0))) / computed.trace()
}

/// Learns the map x + 2 u (v · x) while u and v rotate in their planes by 1e-4 per step; every `flip` steps the map changes
/// its sign. Returns the mean loss of each tenth of the steps, and the largest error of the matrices.
fn drift(steps: usize, rate: f64, flip: usize) -> ([f64; 10], f64) {
    let mut lora = MicroLora::new(Config::new(Some(DIM as f64), None, Some(rate)).unwrap()).unwrap();
    let mut inputs = Inputs(1);
    let (mut cosine, mut sine) = (1.0_f64, 0.0_f64);
    let (mut losses, mut worst) = ([0.0; 10], 0.0_f64);
    for i in 0..steps {
        (cosine, sine) = (cosine - 1e-4 * sine, sine + 1e-4 * cosine);
        if i % 1000 == 0 {
            let length = (cosine * cosine + sine * sine).sqrt(); // each turn makes it longer by 5e-9
            (cosine, sine) = (cosine / length, sine / length);
        }
        let x: [f32; DIM] = core::array::from_fn(|_| inputs.signed());
        let sign = if (i / flip).is_multiple_of(2) { 2.0 } else { -2.0 };
        let strength = sign * (cosine as f32 * x[0] + sine as f32 * x[1]);
        let mut target = x;
        target[2] += strength * cosine as f32;
        target[3] += strength * sine as f32;
        losses[10 * i / steps] += lora.train(&x, &target).unwrap() * 10.0 / steps as f64;
        // A prime, so that every age of the matrices comes up.
        if i % 127 == 0 {
            worst = worst.max(error(lora.adapter.gram_a, Gram::of(lora.adapter.a())));
            worst = worst.max(error(lora.adapter.gram_b, Gram::of(lora.adapter.b())));
        }
    }
    println!("rate {rate}, flips after {flip}: losses {losses:.6?}, Gram matrices within {worst:.1e}");
    (losses, worst)
}

/// The map rotates by the same angle in every tenth, so no tenth is harder than another; only the first has the loss before
/// anything was learned.
fn assert_nothing_is_lost(steps: usize) {
    let (losses, worst) = drift(steps, 0.1, usize::MAX);
    assert!(worst < BOUND, "{worst:e}");
    for loss in &losses[2..] {
        assert!(*loss < 1.05 * losses[1], "{losses:?}");
    }
}

fn assert_jumps_leave_the_matrices_right(steps: usize) {
    for rate in [0.02, 0.5, 1.0] {
        let (_, worst) = drift(steps, rate, 777);
        assert!(worst < BOUND, "{worst:e}");
    }
}

#[test]
fn rewards_between_gradients_leave_the_matrices_right() {
    let mut lora = MicroLora::new(Config::new(Some(DIM as f64), None, Some(0.1)).unwrap()).unwrap();
    let mut inputs = Inputs(3);
    let mut x = [0.0; DIM];
    for i in 0..30_000 {
        let mut target: [f32; DIM] = core::array::from_fn(|_| inputs.signed());
        match i % 4 {
            0 => x = core::array::from_fn(|_| inputs.signed()),
            1 | 2 => lora.train(&x, &target).map(drop).unwrap(),
            _ => lora.reward(&x, 3.0 * f64::from(inputs.signed())).unwrap(),
        }
        target[0] = 0.0;
        let worst = error(lora.adapter.gram_a, Gram::of(lora.adapter.a()))
            .max(error(lora.adapter.gram_b, Gram::of(lora.adapter.b())));
        assert!(worst < BOUND, "{worst:e} after {i}");
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn ten_million_steps_on_a_drifting_target_lose_nothing() {
    assert_nothing_is_lost(10_000_000);
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn a_target_that_jumps_for_a_million_steps_leaves_the_matrices_right() {
    assert_jumps_leave_the_matrices_right(1_000_000);
}

// A browser gives up on a page that does not answer for long: in wasm there are fewer steps. They are bit for bit the first
// ones of the native tests (tests/determinism.rs), which have the proof.

#[cfg(target_arch = "wasm32")]
#[wasm_bindgen_test]
fn three_hundred_thousand_steps_on_a_drifting_target_lose_nothing() {
    assert_nothing_is_lost(300_000);
}

#[cfg(target_arch = "wasm32")]
#[wasm_bindgen_test]
fn a_target_that_jumps_for_fifty_thousand_steps_leaves_the_matrices_right() {
    assert_jumps_leave_the_matrices_right(50_000);
}
