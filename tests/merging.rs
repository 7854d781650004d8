//! Merging: what is exact, that the rest is the best of rank 2, what becomes of everything but the factors, and what is
//! refused.
#![cfg(feature = "safetensors")]

use crate::common::files::Raw;
use crate::common::{self, Inputs, a_of, b_of};
use proptest::prelude::*;
use ruvector_learning_wasm::{Config, Error, Factors, Merged, MicroLora, Operator, ScopedLora};

/// An adapter with a past.
struct Past {
    dim: usize,
    seed: u64,
    frozen: bool,
    alpha: f64,
    steps: usize,
}

impl Past {
    fn new(dim: usize, seed: u64) -> Self {
        Self { dim, seed, frozen: false, alpha: 0.3, steps: 30 }
    }

    fn lora(&self) -> MicroLora {
        let mut lora = common::adapter(self.dim, self.alpha, 0.5);
        lora.freeze_a(self.frozen);
        let mut inputs = Inputs::new(self.seed);
        for _ in 0..self.steps {
            let [x, target] = [(); 2].map(|()| inputs.vector(self.dim, 1.0));
            lora.train(&x, &target).unwrap();
        }
        lora
    }

    fn file(&self) -> Vec<u8> {
        self.lora().to_safetensors().unwrap()
    }
}

fn merge(files: &[Vec<u8>], weights: Option<&[f64]>, normalized: bool) -> Result<Merged, Error> {
    let files: Vec<&[u8]> = files.iter().map(Vec::as_slice).collect();
    MicroLora::merge_safetensors(&files, weights, normalized)
}

fn merge_sets(files: &[Vec<u8>], weights: Option<&[f64]>) -> Result<Merged, Error> {
    let files: Vec<&[u8]> = files.iter().map(Vec::as_slice).collect();
    ScopedLora::merge_safetensors(&files, weights, true)
}

fn load(file: &[u8]) -> MicroLora {
    MicroLora::from_safetensors(file, None).unwrap()
}

/// A matrix, row by row.
type Matrix = Vec<Vec<f64>>;

fn dense(factors: Factors<'_>, alpha: f32) -> Matrix {
    let [a0, a1] = [0, 1].map(|i| factors.a(i).map(f64::from).collect::<Vec<_>>());
    let [b0, b1] = [0, 1].map(|i| factors.b(i).map(f64::from).collect::<Vec<_>>());
    let row = |(p, q): (&f64, &f64)| b0.iter().zip(&b1).map(|(r, s)| f64::from(alpha) * (p * r + q * s)).collect();
    a0.iter().zip(&a1).map(row).collect()
}

/// alpha · A B of a file's only adapter.
fn delta(file: &[u8]) -> Matrix {
    let lora = load(file);
    dense(lora.factors(), lora.config().alpha())
}

fn combined(matrices: &[Matrix], weights: &[f64]) -> Matrix {
    let dim = matrices[0].len();
    let entry = |i: usize, j: usize| matrices.iter().zip(weights).map(|(matrix, weight)| weight * matrix[i][j]).sum();
    (0..dim).map(|i| (0..dim).map(|j| entry(i, j)).collect()).collect()
}

fn norm(matrix: &Matrix) -> f64 {
    matrix.iter().flatten().map(|value| value * value).sum::<f64>().sqrt()
}

fn apart(x: &Matrix, y: &Matrix) -> f64 {
    norm(&combined(&[x.clone(), y.clone()], &[1.0, -1.0]))
}

/// The singular values of a matrix, largest first, by one-sided Jacobi rotations of its rows (Hestenes 1958).
fn singular_values(matrix: &Matrix) -> Vec<f64> {
    let mut rows = matrix.clone();
    let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    for _ in 0..100 {
        let mut turned = false;
        for p in 0..rows.len() {
            for q in p + 1..rows.len() {
                let (xx, yy, xy) = (dot(&rows[p], &rows[p]), dot(&rows[q], &rows[q]), dot(&rows[p], &rows[q]));
                if xy.abs() <= 1e-15 * (xx * yy).sqrt() {
                    continue;
                }
                turned = true;
                let zeta = (yy - xx) / (2.0 * xy);
                let t = zeta.signum() / (zeta.abs() + zeta.hypot(1.0));
                let c = 1.0 / t.hypot(1.0);
                for k in 0..rows[p].len() {
                    let (x, y) = (rows[p][k], rows[q][k]);
                    (rows[p][k], rows[q][k]) = (c * (x - t * y), c * (t * x + y));
                }
            }
        }
        if !turned {
            break;
        }
    }
    let mut values: Vec<f64> = rows.iter().map(|row| dot(row, row).sqrt()).collect();
    values.sort_by(|x, y| y.total_cmp(x));
    values
}

/// The files merge to the best of rank 2 (Eckart and Young 1936): what is left is as large as the singular values that are
/// left out, and so is the share that is said to be dropped.
fn assert_best(files: &[Vec<u8>], weights: &[f64], normalized: bool) {
    let Merged { bytes, dropped } = merge(files, Some(weights), normalized).unwrap();
    let sum: f64 = if normalized { weights.iter().sum() } else { 1.0 };
    let shares: Vec<f64> = weights.iter().map(|weight| weight / sum).collect();
    let matrices: Vec<_> = files.iter().map(|file| delta(file)).collect();
    let exact = combined(&matrices, &shares);
    let scale =
        norm(&exact) + matrices.iter().zip(&shares).map(|(matrix, share)| share.abs() * norm(matrix)).sum::<f64>();
    let left_out: f64 = singular_values(&exact).iter().skip(2).map(|value| value * value).sum();
    let error = apart(&delta(&bytes), &exact);
    assert!((error - left_out.sqrt()).abs() <= 1e-6 * scale + 1e-30, "{error:e}, not {:e}", left_out.sqrt());
    if norm(&exact) > 1e-3 * scale {
        let share = left_out / norm(&exact).powi(2);
        assert!((dropped - share).abs() <= 1e-9, "{dropped}, not {share}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_files_merge_to_the_best_of_rank_2(
        dim in prop::sample::select(&[1, 2, 3, 5, 8, 17][..]),
        pasts in prop::collection::vec((any::<u64>(), 0usize..5, 0.1..2.0), 1..7),
        seed in any::<u64>(),
        normalized in any::<bool>(),
    ) {
        let files: Vec<_> =
            pasts.iter().map(|&(seed, steps, alpha)| Past { steps, alpha, ..Past::new(dim, seed) }.file()).collect();
        let mut inputs = Inputs::new(seed);
        let weight = |_| if normalized { 0.01 + inputs.uniform() } else { inputs.normal() };
        let weights: Vec<_> = files.iter().map(weight).collect();
        assert_best(&files, &weights, normalized);
    }
}

#[test]
fn many_files_are_merged_as_few_are() {
    // More terms than a basis has vectors: the thick restart, against the singular values of the dense matrix.
    let files: Vec<_> = (0..60).map(|seed| Past { steps: 5, ..Past::new(40, seed) }.file()).collect();
    assert_best(&files, &vec![1.0; files.len()], true);
    let signs: Vec<f64> = (0..files.len()).map(|i| if i % 3 == 0 { -0.7 } else { 1.0 }).collect();
    assert_best(&files, &signs, false);
}

#[test]
fn a_thousand_files_of_256_dimensions() {
    let files: Vec<_> = (0..20).map(|seed| Past { steps: 5, ..Past::new(256, seed) }.file()).collect();
    let many: Vec<_> = (0..1000).map(|i| files[i % 20].clone()).collect();
    let (few, many) = (merge(&files, None, true).unwrap(), merge(&many, None, true).unwrap());
    let expected = delta(&few.bytes);
    assert!(apart(&delta(&many.bytes), &expected) < 1e-5 * norm(&expected));
    assert!((many.dropped - few.dropped).abs() < 1e-9 && many.dropped > 0.1 && many.dropped < 1.0);
}

#[test]
fn one_file_keeps_its_factors_and_counts_and_has_a_new_context() {
    let lora = Past::new(24, 1).lora();
    let Merged { bytes, dropped } = merge(&[lora.to_safetensors().unwrap()], None, true).unwrap();
    let mut merged = load(&bytes);
    assert_eq!(dropped, 0.0);
    assert_eq!(merged.factors(), lora.factors());
    assert_eq!((merged.adapt_count(), merged.forward_count()), (30, 30));
    assert_eq!(merged.config(), lora.config());
    merged.adapt_array(&[0.0; 24]).unwrap(); // at the context of a new adapter
    let contexts = Raw::parse(&merged.to_safetensors().unwrap()).floats("state.contexts");
    assert!(contexts.iter().all(|&x| x == (1.0 / 24f64.sqrt()) as f32));
}

#[test]
fn adapters_that_kept_their_a_are_added_exactly() {
    let pasts = [(1, 0.1), (2, 0.2), (3, 0.4)].map(|(seed, alpha)| Past { frozen: true, alpha, ..Past::new(20, seed) });
    let loras = pasts.map(|past| past.lora());
    let files = loras.each_ref().map(|lora| lora.to_safetensors().unwrap());
    for (weights, shares, normalized) in
        [([2.0, 1.0, 1.0], [0.5, 0.25, 0.25], true), ([2.0, -1.0, 0.5], [2.0, -1.0, 0.5], false)]
    {
        let Merged { bytes, dropped } = merge(&files, Some(&weights), normalized).unwrap();
        let merged = load(&bytes);
        assert_eq!(dropped, 0.0);
        assert_eq!(a_of(merged.factors()), a_of(loras[0].factors()));
        assert!(merged.config().is_a_frozen());
        assert_eq!(merged.config().alpha(), loras[0].config().alpha());
        // In f64, rounded once.
        let rows = loras.each_ref().map(|lora| b_of(lora.factors()));
        for (j, &got) in b_of(merged.factors()).iter().enumerate() {
            let term = |k: usize| {
                let alpha = |k: usize| f64::from(loras[k].config().alpha());
                shares[k] * alpha(k) / alpha(0) * f64::from(rows[k][j])
            };
            let expected = term(0) + term(1) + term(2);
            let bound =
                common::EPS * expected.abs() + 1e-15 * rows.iter().map(|row| f64::from(row[j].abs())).sum::<f64>();
            assert!((f64::from(got) - expected).abs() <= 4.0 * bound, "{got}, not {expected}");
        }
    }
}

#[test]
fn a_map_that_has_rank_2_is_found_exactly_whatever_its_factors() {
    // The same map twice, by different factors: A R and R⁻¹ B for a rotation R.
    let file = Past::new(16, 2).file();
    let mut raw = Raw::parse(&file);
    let [key_a, key_b] = ["A", "B"].map(|factor| format!("base_model.model.linear.lora_{factor}.weight"));
    let (a, b) = (raw.floats(&key_a), raw.floats(&key_b));
    let (c, s) = (0.6, 0.8);
    let (mut new_a, mut new_b) = (a.clone(), b.clone());
    for j in 0..16 {
        (new_a[j], new_a[16 + j]) = (c * a[j] - s * a[16 + j], s * a[j] + c * a[16 + j]);
        (new_b[2 * j], new_b[2 * j + 1]) = (c * b[2 * j] - s * b[2 * j + 1], s * b[2 * j] + c * b[2 * j + 1]);
    }
    let bytes = |values: &[f32]| values.iter().flat_map(|value| value.to_le_bytes()).collect();
    raw.tensor(&key_a).bytes = bytes(&new_a);
    raw.tensor(&key_b).bytes = bytes(&new_b);
    let Merged { bytes, dropped } = merge(&[file.clone(), raw.signed().write()], None, true).unwrap();
    assert!(apart(&delta(&bytes), &delta(&file)) < 1e-6 * norm(&delta(&file)));
    assert!(dropped < 1e-9, "{dropped}");
}

#[test]
fn weights_are_divided_by_their_sum_unless_they_are_to_be_taken_as_they_are() {
    let files = [1, 2, 3].map(|seed| Past::new(12, seed).file());
    let same = |x: Result<Merged, Error>, y: Result<Merged, Error>| {
        let (x, y) = (x.unwrap(), y.unwrap());
        assert!(apart(&delta(&x.bytes), &delta(&y.bytes)) < 1e-6 && (x.dropped - y.dropped).abs() < 1e-9);
    };
    let by = |weights: [f64; 3], normalized| merge(&files, Some(&weights), normalized);
    same(merge(&files, None, true), by([7.0; 3], true));
    same(merge(&files, None, false), by([1.0; 3], false));
    same(by([1.0, 2.0, 3.0], true), by([1e-300, 2e-300, 3e-300], true));
    same(by([1.0, 2.0, 3.0], true), by([0.5e308, 1e308, 1.5e308], true));
    same(by([1.0, 1.0, 2.0], true), by([0.25, 0.25, 0.5], false));
    same(by([1.0, 0.0, 2.0], true), merge(&[files[0].clone(), files[2].clone()], Some(&[1.0, 2.0]), true));
    // A file without weight does not count.
    assert_eq!(load(&by([1.0, 0.0, 2.0], true).unwrap().bytes).adapt_count(), 60);
    assert_eq!(load(&by([0.0; 3], false).unwrap().bytes).delta_norm(), 0.0);
}

#[test]
fn what_was_added_is_taken_away_again() {
    let [base, task] = [4, 5].map(|seed| Past { frozen: true, ..Past::new(8, seed) }.file());
    let sum = merge(&[base.clone(), task.clone()], Some(&[1.0, 1.0]), false).unwrap().bytes;
    let back = merge(&[sum, task.clone()], Some(&[1.0, -1.0]), false).unwrap().bytes;
    assert!(apart(&delta(&back), &delta(&base)) < 1e-6 * norm(&delta(&base)));

    let minus = merge(std::slice::from_ref(&task), Some(&[-1.0]), false).unwrap();
    assert!(apart(&delta(&minus.bytes), &combined(&[delta(&task)], &[-1.0])) < 1e-7 * norm(&delta(&task)));
    assert_eq!(minus.dropped, 0.0);
}

#[test]
fn files_that_cancel_are_the_identity_which_goes_on_learning() {
    let opposite = || Past { seed: 9, ..Past::new(8, 4) }.file();
    let new = common::adapter(8, 0.1, 0.5).to_safetensors().unwrap();
    for (files, weights) in [
        (vec![new.clone(), new], vec![1.0, 1.0]),
        (vec![Past::new(8, 4).file(), Past::new(8, 4).file()], vec![1.0, -1.0]),
        (vec![opposite(), Past::new(8, 4).file(), opposite(), Past::new(8, 4).file()], vec![1.0, -2.0, -1.0, 2.0]),
    ] {
        let Merged { bytes, dropped } = merge(&files, Some(&weights), false).unwrap();
        let mut lora = load(&bytes);
        assert!(lora.delta_norm() < 1e-6);
        assert_eq!(dropped, 0.0);
        let (x, target) = ([1.0; 8], [0, 1, 2, 3, 4, 5, 6, 7].map(|value| value as f32));
        let before = lora.train(&x, &target).unwrap();
        for _ in 0..50 {
            lora.train(&x, &target).unwrap();
        }
        assert!(lora.train(&x, &target).unwrap() < 1e-3 * before);
    }
}

#[test]
fn what_is_merged_has_the_settings_of_the_first_and_the_counts_of_all() {
    let [mut first, second] = [1, 2].map(|seed| Past::new(6, seed).lora());
    first.set_learning_rate(0.125).unwrap();
    first.freeze_a(true);
    let files = [first, second].map(|lora| lora.to_safetensors().unwrap());
    let mut merged = load(&merge(&files, None, true).unwrap().bytes);
    assert_eq!(merged.config().learning_rate(), 0.125);
    assert!(!merged.config().is_a_frozen()); // only if all are
    assert_eq!((merged.adapt_count(), merged.forward_count()), (60, 60));
    merged.reset();
    assert_eq!(merged.config().learning_rate(), 0.5);
}

#[test]
fn counts_too_large_to_be_added_do_not_spoil_the_file() {
    let file = Past::new(3, 1).file();
    let with = |steps: bool| {
        let mut raw = Raw::parse(&file);
        for name in if steps { vec!["state.counts", "state.steps"] } else { vec!["state.counts"] } {
            let most = i64::MAX.to_le_bytes();
            raw.tensor(name).bytes.chunks_exact_mut(8).for_each(|count| count.copy_from_slice(&most));
        }
        raw.signed().write()
    };
    for file in [with(false), with(true)] {
        let mut merged = load(&merge(&[file.clone(), file], None, true).unwrap().bytes);
        assert_eq!(merged.adapt_count(), i64::MAX as u64);
        // It learns on, and what it saves loads.
        merged.train(&[1.0; 3], &[2.0; 3]).unwrap();
        assert_eq!(load(&merged.to_safetensors().unwrap()).adapt_count(), i64::MAX as u64);
    }
}

#[test]
fn sets_are_merged_adapter_by_adapter_and_one_that_is_not_there_counts_as_the_identity() {
    let config = Config::new(Some(8.0), Some(0.3), Some(0.5)).unwrap();
    let make = |ops: &[u16]| {
        let mut set = ScopedLora::with_operators(config, &["a", "b", "c"], &["x", "x", "y"]).unwrap();
        let mut inputs = Inputs::new(5);
        for i in 0..30 {
            let [x, target] = [(); 2].map(|()| inputs.vector(8, 1.0));
            set.train(Operator::at(ops[i % ops.len()]), &x, &target).unwrap();
        }
        set
    };
    let sets = [make(&[0]), make(&[0, 2])];
    let files = sets.each_ref().map(|set| set.to_safetensors().unwrap());
    let Merged { bytes, dropped } = merge_sets(&files, Some(&[3.0, 1.0])).unwrap();
    let mut merged = ScopedLora::from_safetensors(&bytes, None).unwrap();
    let [a, b, c] = [0, 1, 2].map(Operator::at);
    assert_eq!([a, b, c].map(|op| merged.adapt_count(op).unwrap()), [45, 0, 15]);
    assert_eq!(merged.operators(), sets[0].operators());
    assert!(dropped > 0.0 && dropped < 1.0, "{dropped}");
    let matrix = |set: &ScopedLora, op| dense(set.factors(op).unwrap().unwrap(), 0.3);
    let quarter = combined(&[matrix(&sets[1], c)], &[0.25]);
    assert!(apart(&matrix(&merged, c), &quarter) < 1e-6 * norm(&quarter));
    assert_eq!(merged.factors(b).unwrap(), None);
    let both = combined(&[matrix(&sets[0], a), matrix(&sets[1], a)], &[0.75, 0.25]);
    let left_out: f64 = singular_values(&both).iter().skip(2).map(|value| value * value).sum();
    assert!((apart(&matrix(&merged, a), &both) - left_out.sqrt()).abs() < 1e-6 * norm(&both));
    merged.train(b, &[1.0; 8], &[0.0; 8]).unwrap();

    let new = ScopedLora::new(config).unwrap().to_safetensors().unwrap();
    assert_eq!(merge_sets(&[new], None).unwrap().dropped, 0.0);
}

#[test]
fn what_cannot_be_merged_is_refused_by_name() {
    let said = |files: &[Vec<u8>], weights: Option<&[f64]>, normalized| {
        merge(files, weights, normalized).unwrap_err().to_string()
    };
    let two = [1, 2].map(|seed| Past::new(8, seed).file());
    assert_eq!(said(&[], None, true), "files has 0 entries, it must have 1 to 1000");
    assert_eq!(said(&vec![two[0].clone(); 1001], None, true), "files has 1001 entries, it must have 1 to 1000");
    assert_eq!(said(&two, Some(&[1.0]), true), "weights has 1 values, files has 2");
    assert_eq!(said(&two, Some(&[1.0, -0.5]), true), "weights[1] is -0.5, it must be finite and at least 0");
    assert_eq!(said(&two, Some(&[f64::NAN, 1.0]), true), "weights[0] is NaN, it must be finite and at least 0");
    assert_eq!(said(&two, Some(&[1.0, f64::INFINITY]), false), "weights[1] is inf, it must be finite");
    assert_eq!(said(&two, Some(&[0.0, 0.0]), true), "weights are all 0, their sum must be above 0");

    let nine = Past::new(9, 3).file();
    assert_eq!(said(&[&two[..], &[nine]].concat(), None, true), "files[2]: dim is 9, that of files[0] is 8");
    let config = Config::new(Some(8.0), None, None).unwrap();
    let set = |names: &[&str], categories: &[&str]| {
        ScopedLora::with_operators(config, names, categories).unwrap().to_safetensors().unwrap()
    };
    let first = set(&["a", "b"], &["x", "x"]);
    let said_of_sets = |other: Vec<u8>| merge_sets(&[first.clone(), other], None).unwrap_err().to_string();
    assert_eq!(said_of_sets(set(&["a", "c"], &["x", "x"])), "files[1]: operators are not those of files[0]");
    assert_eq!(said_of_sets(set(&["a", "b"], &["x", "y"])), "files[1]: categories are not those of files[0]");
    assert_eq!(said_of_sets(set(&["a"], &["x"])), "files[1]: operators are not those of files[0]");
    assert_eq!(
        said(&[two[0].clone(), first], None, true),
        "files[1]: class is \"WasmScopedLoRA\", it must be \"WasmMicroLoRA\""
    );
    assert_eq!(
        said(&[two[0].clone(), Vec::new()], None, true),
        "files[1]: 0 bytes are too few for the length of a header"
    );
}

#[test]
fn a_sum_that_32_bit_floats_do_not_hold_is_refused() {
    let small = Past { alpha: 1e-38, steps: 0, ..Past::new(2, 1) }.file();
    let mut large = common::adapter(2, 1e30, 0.5);
    large.adapt_array(&[1.0, 1.0]).unwrap();
    let large = large.to_safetensors().unwrap();
    for normalized in [true, false] {
        let error = merge(&[small.clone(), large.clone()], Some(&[1.0, 1e10]), normalized);
        assert_eq!(error.unwrap_err(), Error::MergeOverflow);
    }
    let error = merge(&[Past { frozen: true, ..Past::new(2, 1) }.file()], Some(&[1e300]), false).unwrap_err();
    assert_eq!(error.to_string(), "files: what they add up to overflows f32");
}
