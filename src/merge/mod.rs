//! Merging: Σ weight · alpha · A B over many adapters as one adapter, exactly where they share an A (FFA-LoRA, Sun et al.
//! 2024), else as the best rank-2 approximation. (The average of the A's times that of the B's is another matrix.)

mod low_rank;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::adapter::{Adapter, Context, Factors, Learned, MAX_NORM2};
use crate::check;
use crate::config::Config;
use crate::error::{Argument, Error, reason};
use crate::kernels::sqrt;
use crate::operators::Operators;
use crate::state::{Class, Contents, Host, Merged, load};
use low_rank::{Singular, Term, best_rank_two, orthogonal_part};

/// Most files that are merged at once.
pub const MAX_FILES: usize = 1000;

/// Length of the columns of A at the start, where they are uniform on (−1/√d, 1/√d): √(1/3).
const COLUMN_LENGTH: f64 = 0.577_350_269_189_625_7;

/// Sums of squares of what was merged, and of what the merged adapters hold of it.
#[derive(Default)]
pub(crate) struct Energy {
    all: f64,
    kept: f64,
}

/// The file of an object of `class` that `count` files merge to, each of which `file` gives.
pub(crate) fn files<H: Host, E: From<Box<Error>>>(
    class: Class,
    count: usize,
    file: &mut dyn FnMut(usize) -> Result<Vec<u8>, E>,
    weights: Option<&[f64]>,
    normalized: bool,
) -> Result<Merged, E> {
    check::entries(Argument::Files, count).map_err(Box::new)?;
    let shares = shares(weights, count, normalized)?;
    let mut objects: Vec<Contents> = Vec::new();
    for i in 0..count {
        let source = source(i);
        let object = load::<H>(class, &file(i)?, &source, None)?;
        if let Some(first) = objects.first() {
            check_alike(&object, first, &source)?;
        }
        objects.push(object);
    }
    let mut energy = Energy::default();
    let merged = merged(&objects, &shares, &mut energy)?;
    let dropped = if energy.all > 0.0 { (1.0 - energy.kept / energy.all).max(0.0) } else { 0.0 };
    Ok(Merged { bytes: merged.save::<H>()?, dropped })
}

/// How file number `i` is called.
pub(crate) fn source(i: usize) -> String {
    ["files[", itoa::Buffer::new().format(i), "]"].concat()
}

/// The share of each file: its weight, divided by the sum of all if they are to be `normalized`.
fn shares(weights: Option<&[f64]>, count: usize, normalized: bool) -> Result<Vec<f64>, Box<Error>> {
    let Some(weights) = weights else {
        return Ok(alloc::vec![if normalized { 1.0 / count as f64 } else { 1.0 }; count]);
    };
    if weights.len() != count {
        let (argument, actual) = (Argument::Weights, weights.len());
        return Err(Error::Unequal { argument, actual, other: Argument::Files, expected: count }.into());
    }
    let is_right = |weight: f64| weight.is_finite() && (weight >= 0.0 || !normalized);
    if let Some((index, &value)) = weights.iter().enumerate().find(|&(_, &weight)| !is_right(weight)) {
        return Err(Error::Weight { index, value, normalized }.into());
    }
    if !normalized {
        return Ok(weights.into());
    }
    let largest = weights.iter().fold(0.0, |largest: f64, &weight| largest.max(weight));
    if largest == 0.0 {
        return Err(Error::NoWeight.into());
    }
    let relative: Vec<f64> = weights.iter().map(|weight| weight / largest).collect(); // whose sum is finite
    let sum = relative[1..].iter().fold(relative[0], |sum, share| sum + share);
    Ok(relative.iter().map(|weight| weight / sum).collect())
}

/// Refuses an object that is not of the kind of the first.
fn check_alike(object: &Contents, first: &Contents, source: &str) -> Result<(), Box<Error>> {
    let (dim, expected) = (object.config.dim(), first.config.dim());
    if dim != expected {
        return Err(Error::file(source, reason!["dim is ", dim, ", that of files[0] is ", expected]));
    }
    let (Some(operators), Some(expected)) = (&object.operators, &first.operators) else { return Ok(()) };
    let same = |of: fn(&Operators, usize) -> &str| {
        let list = |operators| (0..Operators::count(operators)).map(move |id| of(operators, id));
        list(operators).eq(list(expected))
    };
    let what = match (same(Operators::name), same(Operators::category_of)) {
        (false, _) => "operators",
        (_, false) => "categories",
        _ => return Ok(()),
    };
    Err(Error::file(source, reason![what, " are not those of files[0]"]))
}

/// An adapter that is merged, with its share times its own alpha.
struct Part<'a> {
    share: f64,
    factors: Factors<'a>,
    steps: u64,
}

fn part<'a>(share: f64, adapter: &'a Adapter, config: &Config) -> Part<'a> {
    Part { share: share * f64::from(config.alpha()), factors: adapter.factors(config), steps: adapter.steps() }
}

/// The adapter that `parts` merge to, `None` if there are none.
fn merged_adapter(
    parts: &[Part<'_>],
    config: &Config,
    stream: u64,
    energy: &mut Energy,
) -> Result<Option<Adapter>, Box<Error>> {
    let Some(first) = parts.first() else { return Ok(None) };
    let (dim, alpha) = (config.dim(), f64::from(config.alpha()));
    let steps = parts.iter().fold(0, |sum: u64, part| sum.saturating_add(part.steps));
    let has_first_a = |part: &Part<'_>| (0..2).all(|i| part.factors.a(i).eq(first.factors.a(i)));
    if parts.iter().all(has_first_a) {
        let b = [0, 1].map(|i| {
            let mut sum = alloc::vec![0.0; dim];
            for part in parts {
                sum.iter_mut().zip(part.factors.b(i)).for_each(|(sum, b)| *sum += part.share / alpha * f64::from(b));
            }
            sum
        });
        let a = [0, 1].map(|i| first.factors.a(i).map(f64::from).collect());
        let adapter = adapter_of(a, b, config, stream, steps)?;
        let Learned { gram_a, gram_b, .. } = adapter.learned();
        let all = alpha * alpha * gram_a.trace_of_product(gram_b);
        energy.all += all;
        energy.kept += all;
        return Ok(Some(adapter));
    }

    let row = |values: &mut dyn Iterator<Item = f32>| -> Vec<f64> { values.map(f64::from).collect() };
    let mut terms = Vec::new();
    for part in parts {
        for i in 0..2 {
            let (left, right) = (row(&mut part.factors.a(i)), row(&mut part.factors.b(i)));
            if right.iter().any(|&value| value != 0.0) {
                terms.push(Term { scale: part.share, left, right });
            }
        }
    }
    let (vectors, all) = best_rank_two(&terms, dim);
    if !all.is_finite() {
        return Err(Error::MergeOverflow.into());
    }
    energy.all += all;
    energy.kept += vectors.iter().fold(0.0, |sum, Singular { size, .. }| sum + size * size);
    let mut columns: Vec<Vec<f64>> = vectors.iter().map(|vector| vector.left.clone()).collect();
    // A column that nothing was learned for keeps a direction to learn with.
    for i in 0..2 {
        if columns.len() < 2 {
            columns.extend(orthogonal_part(&columns, &row(&mut first.factors.a(i))));
        }
    }
    while columns.len() < 2 {
        // In one dimension there is no second direction.
        let unit = || alloc::vec![1.0 / sqrt(dim as f64); dim];
        columns.push(columns.first().cloned().unwrap_or_else(unit));
    }
    let scaled = |values: &[f64], factor: f64| values.iter().map(|value| factor * value).collect();
    let a = [0, 1].map(|i| scaled(&columns[i], COLUMN_LENGTH));
    let b = [0, 1].map(|i| match vectors.get(i) {
        Some(Singular { size, right, .. }) => scaled(right, size / (COLUMN_LENGTH * alpha)),
        None => alloc::vec![0.0; dim],
    });
    adapter_of(a, b, config, stream, steps).map(Some)
}

/// The adapter with these factors, two rows each.
fn adapter_of(
    a: [Vec<f64>; 2],
    b: [Vec<f64>; 2],
    config: &Config,
    stream: u64,
    steps: u64,
) -> Result<Adapter, Box<Error>> {
    let [a, b] = [a, b].map(|rows| rows.map(|row| row.into_iter().map(|value| value as f32).collect::<Vec<f32>>()));
    let adapter = Adapter::restored(config, stream, &|i, j| a[i][j], &|i, j| b[i][j], None)?;
    let Learned { gram_a, gram_b, .. } = adapter.learned();
    let sizes = [gram_a.trace(), gram_b.trace()];
    if sizes.iter().any(|size| size.is_nan() || *size > MAX_NORM2) {
        return Err(Error::MergeOverflow.into());
    }
    Ok(adapter.with_steps(steps))
}

/// What `objects` merge to, with the share of each in it. It has the settings of the first.
fn merged(objects: &[Contents], shares: &[f64], energy: &mut Energy) -> Result<Contents, Box<Error>> {
    let first = &objects[0];
    let mut merged = Contents::new(first.initial, first.operators.clone())?;
    merged.config = first.config;
    merged.config.freeze_a(objects.iter().all(|object| object.config.is_a_frozen()));
    merged.category_fallback = first.category_fallback;
    let config = merged.config;
    let heard: Vec<_> = objects.iter().zip(shares).filter(|&(_, &share)| share != 0.0).collect();
    for number in 0..first.owners().all() {
        let mut parts = Vec::new();
        for (object, share) in &heard {
            parts.extend(object.adapter(number).map(|adapter| part(**share, adapter, &object.config)));
        }
        *merged.adapter_mut(number) = merged_adapter(&parts, &config, first.owners().stream(number), energy)?;
    }
    for (id, scope) in merged.scopes.iter_mut().enumerate() {
        if first.operators.is_none() && scope.adapter.is_none() {
            scope.adapter = Some(Adapter::new(&config, first.owners().stream(id))?);
        }
        if scope.adapter.is_some() {
            scope.context = Some(Context::new(&config)?); // it has learned what they have, and has met nothing yet
        }
        for (object, _) in &heard {
            scope.adapt_count = scope.adapt_count.saturating_add(object.scopes[id].adapt_count);
            scope.forward_count = scope.forward_count.saturating_add(object.scopes[id].forward_count);
        }
    }
    Ok(merged)
}
