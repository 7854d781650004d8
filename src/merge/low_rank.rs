//! The best rank-2 approximation of a sum of many rank-1 matrices W = Σ scale · left rightᵀ, `[d, d]`, which is never built.
//!
//! A basis of W's column space is grown by block Krylov steps, and the singular vectors inside it are found by one-sided
//! Jacobi rotations; the best of them start the next round (thick restart; Golub and Van Loan, Matrix Computations, §10). With
//! few terms the basis is the whole column space, and the first round is the textbook way: thin QR, then the SVD of the small
//! core. With many (1000 files have 2000 terms) a dense core would take minutes, and the rounds need seconds. All in f64 and
//! without transcendental functions, so that every host gets the same bits.

use alloc::vec::Vec;

use crate::kernels::sqrt;
use crate::order::sorted_indices;

/// Vectors that are kept from one round for the next.
const KEPT: usize = 8;

/// Most vectors of a basis.
const MOST: usize = 32;

/// Most rounds.
const ROUNDS: usize = 500;

/// The share of energy that a round must still find.
const ROUND_GAIN: f64 = 1e-12;

/// Of a vector of length 1, a rest that is no longer than this is rounding.
const ROUNDING: f64 = 1e-13;

type Vector = Vec<f64>;

/// scale · left rightᵀ.
pub struct Term {
    pub scale: f64,
    pub left: Vector,
    pub right: Vector,
}

/// size · left rightᵀ with vectors of length 1.
pub struct Singular {
    pub size: f64,
    pub left: Vector,
    pub right: Vector,
}

/// `x · y`.
fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).fold(0.0, |sum, (x, y)| sum + x * y)
}

/// y += factor · x.
fn add(y: &mut [f64], factor: f64, x: &[f64]) {
    y.iter_mut().zip(x).for_each(|(y, x)| *y += factor * x);
}

fn scaled(x: &[f64], factor: f64) -> Vector {
    x.iter().map(|value| value * factor).collect()
}

/// W x.
fn times(terms: &[Term], x: &[f64]) -> Vector {
    let mut y = alloc::vec![0.0; x.len()];
    terms.iter().for_each(|term| add(&mut y, term.scale * dot(&term.right, x), &term.left));
    y
}

/// Wᵀ x.
fn transposed_times(terms: &[Term], x: &[f64]) -> Vector {
    let mut y = alloc::vec![0.0; x.len()];
    terms.iter().for_each(|term| add(&mut y, term.scale * dot(&term.left, x), &term.right));
    y
}

/// The part of `x` that is orthogonal to the orthonormal `basis`, with length 1; `None` if there is none.
pub fn orthogonal_part(basis: &[Vector], x: &[f64]) -> Option<Vector> {
    let before = sqrt(dot(x, x));
    if before.is_nan() || before <= 0.0 {
        return None;
    }
    let mut rest = scaled(x, 1.0 / before);
    for pass in 0..3 {
        for vector in basis {
            let along = -dot(vector, &rest);
            add(&mut rest, along, vector);
        }
        let length = sqrt(dot(&rest, &rest));
        // Rounding is only small beside what was there at the start.
        if length.is_nan() || length <= if pass == 0 { ROUNDING } else { 0.5 } {
            return None;
        }
        rest = scaled(&rest, 1.0 / length);
    }
    Some(rest)
}

/// The sum of the squares of W, by the cheaper of two ways.
fn energy_of(terms: &[Term], dim: usize) -> f64 {
    let mut sum = 0.0;
    if terms.len() < dim {
        for (i, a) in terms.iter().enumerate() {
            for (j, b) in terms[..=i].iter().enumerate() {
                let times = if i == j { 1.0 } else { 2.0 };
                sum += times * a.scale * b.scale * dot(&a.left, &b.left) * dot(&a.right, &b.right);
            }
        }
        return sum;
    }
    for i in 0..dim {
        let mut row = alloc::vec![0.0; dim];
        terms.iter().for_each(|term| add(&mut row, term.scale * term.left[i], &term.right));
        sum += dot(&row, &row);
    }
    sum
}

/// Rotates the vectors of `images`, and those of `basis` alike, until the images are orthogonal; longest first.
fn rotate(basis: &mut Vec<Vector>, images: &mut Vec<Vector>) {
    for _ in 0..60 {
        let mut turned = false;
        for p in 0..images.len() {
            for q in p + 1..images.len() {
                let (x, y) = (&images[p], &images[q]);
                let (xx, yy, xy) = (dot(x, x), dot(y, y), dot(x, y));
                if xy.is_nan() || xy.max(-xy) <= 1e-15 * sqrt(xx) * sqrt(yy) {
                    continue;
                }
                turned = true;
                let zeta = (yy - xx) / (2.0 * xy);
                let t = if zeta < 0.0 { -1.0 } else { 1.0 } / (zeta.max(-zeta) + sqrt(1.0 + zeta * zeta));
                let c = 1.0 / sqrt(1.0 + t * t);
                for vectors in [&mut *images, &mut *basis] {
                    let (left, right) = vectors.split_at_mut(q);
                    for (v, w) in left[p].iter_mut().zip(&mut right[0]) {
                        (*v, *w) = (c * (*v - t * *w), c * (*w + t * *v));
                    }
                }
            }
        }
        if !turned {
            break;
        }
    }
    let lengths: Vec<f64> = images.iter().map(|image| dot(image, image)).collect();
    let order = sorted_indices(lengths.len(), &|i, j| lengths[j].total_cmp(&lengths[i]));
    for vectors in [images, basis] {
        *vectors = order.iter().map(|&i| core::mem::take(&mut vectors[i])).collect();
    }
}

/// Pseudo-random vectors to start with.
fn directions(dim: usize) -> Vec<Vector> {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state) / 2_147_483_648.0 - 1.0
    };
    (0..KEPT).map(|_| (0..dim).map(|_| next()).collect()).collect()
}

/// Orthonormal vectors with their images Wᵀ v.
struct Basis<'a> {
    terms: &'a [Term],
    vectors: Vec<Vector>,
    images: Vec<Vector>,
}

impl Basis<'_> {
    /// Adds what is new in the candidates; returns where that begins.
    fn grow(&mut self, candidates: &[Vector]) -> usize {
        let before = self.vectors.len();
        for candidate in candidates {
            if let Some(fresh) = orthogonal_part(&self.vectors, candidate) {
                self.images.push(transposed_times(self.terms, &fresh));
                self.vectors.push(fresh);
            }
        }
        before
    }
}

/// Up to two singular vectors whose sum is the best rank-2 approximation of W, and the sum of the squares of W, which is not
/// finite if those of its terms overflow.
pub fn best_rank_two(terms: &[Term], dim: usize) -> (Vec<Singular>, f64) {
    let total = energy_of(terms, dim);
    let parts = terms
        .iter()
        .fold(0.0, |sum, Term { scale, left, right }| sum + scale * scale * dot(left, left) * dot(right, right));
    if !parts.is_finite() {
        return (Vec::new(), parts);
    }
    if total.is_nan() || total <= 1e-24 * parts {
        return (Vec::new(), 0.0); // they cancel
    }

    let mut basis = Basis { terms, vectors: Vec::new(), images: Vec::new() };
    let is_whole = terms.len() <= MOST;
    let start: Vec<Vector> = if is_whole {
        terms.iter().map(|term| term.left.clone()).collect()
    } else {
        directions(dim).iter().map(|x| times(terms, x)).collect()
    };
    let mut fresh = basis.grow(&start);
    let mut found = 0.0;
    for _ in 0..ROUNDS {
        while !is_whole && fresh < basis.images.len() && basis.vectors.len() < MOST {
            let candidates: Vec<Vector> = basis.images[fresh..].iter().map(|image| times(terms, image)).collect();
            fresh = basis.grow(&candidates);
        }
        let is_exhausted = fresh == basis.images.len();
        rotate(&mut basis.vectors, &mut basis.images);
        let energy = basis.images.iter().take(2).fold(0.0, |sum, image| sum + dot(image, image));
        if is_whole || is_exhausted || energy - found <= ROUND_GAIN * total {
            break;
        }
        found = energy;
        basis.vectors.truncate(KEPT);
        basis.images.truncate(KEPT);
        fresh = 0;
    }
    let singular = |(left, image): (Vector, Vector)| {
        let size = sqrt(dot(&image, &image));
        (size > 0.0).then(|| Singular { size, right: scaled(&image, 1.0 / size), left })
    };
    (basis.vectors.into_iter().zip(basis.images).take(2).filter_map(singular).collect(), total)
}
