//! What the tests measure against: the maths in `f64` and naive loops, and seeded inputs.
#![allow(dead_code, reason = "every test binary uses a part of it")]

#[cfg(feature = "safetensors")]
pub mod files;
pub mod mixed_model;

use ruvector_learning_wasm::{BLOCK_LEN, Block, Config, Factors, MicroLora, Pair};

/// Whether this runs in wasm, maybe in a browser: that gives up on a page which does not answer for long, so the longest tests
/// do a part of their work there. The whole of it is done natively, with the same numbers bit by bit (`determinism.rs`).
pub const IN_WASM: bool = cfg!(target_arch = "wasm32");

/// Unit roundoff of `f32`.
pub const EPS: f64 = 5.960_464_477_539_063e-8;

/// A linear congruential generator of 64 bits (Knuth's MMIX constants), so that inputs do not come from the generator
/// under test.
pub struct Inputs(u64);

impl Inputs {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(2_862_933_555_777_941_757).wrapping_add(3_037_000_493))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    /// Uniform on [0, 1).
    pub fn uniform(&mut self) -> f64 {
        self.next() as f64 / (1u64 << 31) as f64
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.uniform() * n as f64) as usize
    }

    /// Standard normal, by the sum of twelve uniforms.
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }

    pub fn vector(&mut self, dim: usize, scale: f64) -> Vec<f32> {
        (0..dim).map(|_| (scale * self.normal()) as f32).collect()
    }
}

/// Blocks that hold `values`, padded with zeros.
pub fn blocks(values: &[f32]) -> Vec<Block> {
    let block = |chunk: &[f32]| {
        let mut lanes = [0.0; BLOCK_LEN];
        lanes[..chunk.len()].copy_from_slice(chunk);
        Block(lanes)
    };
    values.chunks(BLOCK_LEN).map(block).collect()
}

/// The block-by-block pair of two rows.
pub fn pairs(rows: [&[f32]; 2]) -> Vec<Pair> {
    blocks(rows[0]).into_iter().zip(blocks(rows[1])).map(Pair::from).collect()
}

pub fn flat(blocks: &[Block]) -> Vec<f32> {
    blocks.iter().flat_map(|block| block.0).collect()
}

pub fn dot(x: &[f32], y: &[f32]) -> f64 {
    x.iter().zip(y).map(|(&x, &y)| f64::from(x) * f64::from(y)).sum()
}

fn dot64(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

/// Bound on the rounding error of an `f32` dot product of `n` terms in any order: γ_n Σ|x||y| (Higham, Accuracy and
/// Stability of Numerical Algorithms, §3.1).
pub fn dot_bound(x: &[f32], y: &[f32]) -> f64 {
    let n = x.len() as f64 + 8.0;
    let magnitude: f64 = x.iter().zip(y).map(|(&x, &y)| (f64::from(x) * f64::from(y)).abs()).sum();
    n * EPS / (1.0 - n * EPS) * magnitude + f64::from(f32::MIN_POSITIVE)
}

pub fn widen(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| f64::from(value)).collect()
}

pub fn adapter(dim: usize, alpha: f64, learning_rate: f64) -> MicroLora {
    MicroLora::new(Config::new(Some(dim as f64), Some(alpha), Some(learning_rate)).unwrap()).unwrap()
}

/// Both factors, bit by bit.
pub fn bits(lora: &MicroLora) -> Vec<u32> {
    let factors = lora.factors();
    [a_of(factors), b_of(factors)].concat().iter().map(|value| value.to_bits()).collect()
}

/// A, column after column.
pub fn a_of(factors: Factors<'_>) -> Vec<f32> {
    factors.a(0).chain(factors.a(1)).collect()
}

/// B, row after row.
pub fn b_of(factors: Factors<'_>) -> Vec<f32> {
    factors.b(0).chain(factors.b(1)).collect()
}

/// The adapter by the formulas of docs/learning.md, word for word.
#[derive(Clone, Debug)]
pub struct Reference {
    pub a: [Vec<f64>; 2],
    pub b: [Vec<f64>; 2],
    pub alpha: f64,
    pub learning_rate: f64,
    /// Whether a reward has just put A's second column where it is.
    second_is_open: bool,
}

impl Reference {
    pub fn new(factors: Factors<'_>, alpha: f32, learning_rate: f32) -> Self {
        Self {
            a: [0, 1].map(|i| factors.a(i).map(f64::from).collect()),
            b: [0, 1].map(|i| factors.b(i).map(f64::from).collect()),
            alpha: alpha.into(),
            learning_rate: learning_rate.into(),
            second_is_open: false,
        }
    }

    pub fn hidden(&self, x: &[f64]) -> [f64; 2] {
        [dot64(x, &self.a[0]), dot64(x, &self.a[1])]
    }

    pub fn forward(&self, x: &[f64]) -> Vec<f64> {
        let h = self.hidden(x);
        (0..x.len()).map(|j| x[j] + self.alpha * (h[0] * self.b[0][j] + h[1] * self.b[1][j])).collect()
    }

    /// ∂loss/∂A and ∂loss/∂B for a loss whose gradient at the output is g: alpha xᵀ u and alpha hᵀ g.
    pub fn gradients(&self, x: &[f64], g: &[f64]) -> ([Vec<f64>; 2], [Vec<f64>; 2]) {
        let (h, u) = (self.hidden(x), [dot64(&self.b[0], g), dot64(&self.b[1], g)]);
        (
            u.map(|u| x.iter().map(|x| self.alpha * x * u).collect()),
            h.map(|h| g.iter().map(|g| self.alpha * h * g).collect()),
        )
    }

    /// One step. `taken` is what the adapter under test came to: B's step starts from the A that it has, since the
    /// preconditioners would amplify what rounding did to that A once more.
    pub fn adapt(&mut self, x: &[f64], g: &[f64], taken: &Self) {
        self.step(x, g, None, taken);
    }

    /// One step, each factor by learning_rate; or towards a reward, by what docs/learning.md says.
    fn step(&mut self, x: &[f64], g: &[f64], reward: Option<f64>, taken: &Self) {
        let (x2, rate) = (dot64(x, x), self.learning_rate);
        if x2 < 1e-16 || dot64(g, g) < 1e-16 {
            return;
        }
        let [b_x, u] = [x, g].map(|row| [dot64(&self.b[0], row), dot64(&self.b[1], row)]);
        let v = if trace(&self.b) > 0.0 { solve(gram(&self.b), u) } else { [0.0; 2] };
        let predicted = |h: [f64; 2]| self.alpha * (h[0] * b_x[0] + h[1] * b_x[1]) / x2;
        let (mut rate_a, mut rate_b) = (rate, rate);
        if let Some(reward) = reward {
            let error = predicted(self.hidden(x)) - reward;
            let share = (v[0] * b_x[0] + v[1] * b_x[1]) / (x2 * error);
            rate_a = if share > 0.0 { (2.0 * rate).min(1.0).min(rate / share) } else { 0.0 };
        }
        let left: Vec<f64> =
            (0..x.len()).map(|j| g[j] - rate_a * (v[0] * self.b[0][j] + v[1] * self.b[1][j])).collect();
        let before = self.hidden(x);
        for (column, v) in self.a.iter_mut().zip(v) {
            column.iter_mut().zip(x).for_each(|(a, x)| *a -= rate_a / (self.alpha * x2) * x * v);
        }
        let moved = self.hidden(x);

        let rescale = self.rescale_to(&taken.a);
        let a = taken.a.each_ref().map(|column| column.iter().map(|a| rescale * a).collect::<Vec<_>>());
        let h = [dot64(x, &a[0]), dot64(x, &a[1])];
        let row_is_closed = reward.is_some() && dot64(&self.b[1], &self.b[1]) == 0.0 && !self.second_is_open;
        let first2 = dot64(&a[0], &a[0]);
        let w = match row_is_closed {
            true if first2 == 0.0 => [0.0; 2],
            true => [h[0] / first2, 0.0],
            false => solve(gram(&a), h),
        };
        if let Some(reward) = reward {
            let [error, rest] = [before, moved].map(|h| predicted(h) - reward);
            let corrected = (h[0] * w[0] + h[1] * w[1]) / x2;
            let wanted = (1.0 - (1.0 - rate) * error / rest) / corrected;
            rate_b = if wanted.is_finite() { wanted.clamp(0.0, rate) } else { rate };
        }
        for (row, w) in self.b.iter_mut().zip(w) {
            let by = rate_b / (self.alpha * x2) * w;
            row.iter_mut().zip(&left).for_each(|(b, left)| *b = rescale * (*b - by * left));
        }
        self.a.iter_mut().flatten().for_each(|a| *a /= rescale);
    }

    /// What A is divided by, and B multiplied with: a power of two where they were a thousandfold apart.
    fn rescale_to(&self, a: &[Vec<f64>; 2]) -> f64 {
        let exponent = (0.5 * (trace(&self.a) / trace(a)).log2()).round();
        if exponent.abs() > 3.0 { exponent.exp2() } else { 1.0 }
    }

    pub fn reward(&mut self, x: &[f64], improvement: f64, taken: &Self) {
        let reward = improvement.clamp(-1.0, 2.0);
        let started = Self { second_is_open: false, ..self.clone() };
        let mut next = started.clone();
        next.start(x);
        let g: Vec<f64> = next.forward(x).iter().zip(x).map(|(y, x)| y - (1.0 + reward) * x).collect();
        *self = if dot64(&g, &g) < 1e-16 { started } else { next };
        self.step(x, &g, Some(reward), taken);
    }

    /// While rows of B are zero, their columns of A go where a reward's input needs them.
    fn start(&mut self, x: &[f64]) {
        let x2 = dot64(x, x);
        let [b0, b1] = self.b.each_ref().map(|row| dot64(row, row));
        if x2 < 1e-16 || b1 > 0.0 {
            return;
        }
        let [first, second] = &mut self.a;
        if b0 == 0.0 {
            let share = dot64(second, x) / x2;
            second.iter_mut().zip(x).for_each(|(a, x)| *a -= share * x);
            first.iter_mut().zip(x).for_each(|(a, x)| *a = x / (3.0 * x2).sqrt());
            return;
        }
        let share = dot64(first, x) / dot64(first, first);
        let own: Vec<f64> = first.iter().zip(x).map(|(a, x)| x - share * a).collect();
        if norm(&own) > 0.1 * x2.sqrt() {
            let scale = norm(first) / norm(&own);
            second.iter_mut().zip(own).for_each(|(a, own)| *a = scale * own);
            self.second_is_open = true;
        }
    }

    /// alpha · ‖A B‖, by forming the matrix.
    pub fn delta_norm(&self) -> f64 {
        let entry = |i: usize, j: usize| self.a[0][i] * self.b[0][j] + self.a[1][i] * self.b[1][j];
        let dim = self.a[0].len();
        let squares: f64 = (0..dim).flat_map(|i| (0..dim).map(move |j| (i, j))).map(|(i, j)| entry(i, j).powi(2)).sum();
        self.alpha * squares.sqrt()
    }

    pub fn distance(&self, other: &Self) -> f64 {
        let rows = |r: &Self| [r.a.concat(), r.b.concat()].concat();
        let difference: Vec<f64> = rows(self).iter().zip(rows(other)).map(|(p, q)| p - q).collect();
        dot64(&difference, &difference).sqrt()
    }

    /// Whether the two rows of a factor are nearly parallel, or one is nearly zero.
    fn is_ill_conditioned(&self) -> bool {
        [gram(&self.a), gram(&self.b)].iter().any(|[p, q, r]| p * r - q * q < 0.025 * (p + r) * (p + r))
    }

    /// Bound on the distance between one `f32` step from here and this reference's, for context x and a gradient that
    /// was itself computed from terms of size `g`; `steps` have been taken until then.
    ///
    /// h and u carry rounding of γ|A||x| and γ|B||g|, where γ is a few roundoffs and √d of them for the sums. Where a
    /// Gram matrix is singular, as that of B is after one step, the preconditioner multiplies them by 1/δ; and where A's
    /// step cancels most of A, what is left carries the rounding of the whole. B's step has that of u and that of h. The Gram matrices carry the rounding of up
    /// to 256 steps, at traces between one and eight times the present one: √8 in the geometric mean. Where both are well
    /// conditioned it is not amplified by 1/δ, and that of 16 steps with 1/δ is more.
    /// Rounding the factors adds one roundoff of their own size, before and after the step.
    pub fn step_bound(&self, x: &[f64], g: f64, after: &Self, steps: u64) -> f64 {
        let (a, new_a, b) = (trace(&self.a), trace(&after.a), trace(&self.b));
        let worst = if self.is_ill_conditioned() || after.is_ill_conditioned() { steps.min(256) as f64 } else { 0.0 };
        let gamma = 4.0 * ((x.len() as f64).sqrt() + (8.0_f64.sqrt() * worst).max(16.0)) * EPS;
        let rate = self.learning_rate * g / (self.alpha * dot64(x, x).sqrt());
        let amplified = 2.0 * a.max(new_a).sqrt() / (1e-3 * a.min(new_a) / 2.0) + b.sqrt() / (1e-3 * b / 2.0 + 1e-30);
        gamma * rate * amplified + 2.0 * EPS * (self.norm() + after.norm())
    }

    pub fn norm(&self) -> f64 {
        (trace(&self.a) + trace(&self.b)).sqrt()
    }
}

fn gram(rows: &[Vec<f64>; 2]) -> [f64; 3] {
    [dot64(&rows[0], &rows[0]), dot64(&rows[0], &rows[1]), dot64(&rows[1], &rows[1])]
}

/// (G + δI)⁻¹ v.
fn solve([p, q, r]: [f64; 3], [v, w]: [f64; 2]) -> [f64; 2] {
    let damping = 1e-3 * (p + r) / 2.0 + 1e-30;
    let (p, r) = (p + damping, r + damping);
    let determinant = p * r - q * q;
    [(r * v - q * w) / determinant, (p * w - q * v) / determinant]
}

fn trace(rows: &[Vec<f64>; 2]) -> f64 {
    rows.iter().map(|row| dot64(row, row)).sum()
}

pub fn norm(x: &[f64]) -> f64 {
    dot64(x, x).sqrt()
}

/// A rank-2 map x → x + U diag(1, ½) Vᵀ x with orthonormal U and V, for an adapter to learn.
pub struct Teacher {
    u: [Vec<f64>; 2],
    v: [Vec<f64>; 2],
}

impl Teacher {
    pub fn new(dim: usize, inputs: &mut Inputs) -> Self {
        let mut orthonormal = || {
            let mut rows = [(); 2].map(|()| widen(&inputs.vector(dim, 1.0)));
            let [first, second] = &mut rows;
            let scale = |row: &mut Vec<f64>| {
                let norm = dot64(row, row).sqrt();
                row.iter_mut().for_each(|value| *value /= norm);
            };
            scale(first);
            let overlap = dot64(first, second);
            second.iter_mut().zip(&*first).for_each(|(q, p)| *q -= overlap * p);
            scale(second);
            rows
        };
        Self { u: orthonormal(), v: orthonormal() }
    }

    pub fn target(&self, x: &[f32]) -> Vec<f32> {
        let x = widen(x);
        let h = [dot64(&x, &self.v[0]), 0.5 * dot64(&x, &self.v[1])];
        (0..x.len()).map(|j| (x[j] + h[0] * self.u[0][j] + h[1] * self.u[1][j]) as f32).collect()
    }
}

pub fn squared_distance(x: &[f32], y: &[f32]) -> f64 {
    x.iter().zip(y).map(|(&x, &y)| (f64::from(x) - f64::from(y)).powi(2)).sum()
}

pub fn squared_distance64(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| (x - y).powi(2)).sum()
}

pub fn subtract(x: &[f32], y: &[f32]) -> Vec<f32> {
    x.iter().zip(y).map(|(x, y)| x - y).collect()
}
