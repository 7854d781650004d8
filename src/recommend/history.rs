//! The trajectories of a ring, grouped: contexts (an embedding under an operator), and cells (an attention type that was
//! tried in a context, with the mean of its runs).

use alloc::boxed::Box;

use bytemuck::{Zeroable, cast_slice};
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::model::nearby;
use crate::error::Error;
use crate::kernels;
use crate::rows::{Block, zeroed};
use crate::trajectory::{Kind, Ring, Tag};

/// Gains are kept within this, a speed-up or slow-down by a factor of 400; and outcomes, in standard deviations from their mean.
pub const LIMIT: f32 = 6.0;

/// Shortest baseline told from a shorter one, ms.
const MIN_BASELINE: f32 = 1e-6;

/// Most trajectories that a question looks at, the newest ones: it bounds its time, at dim 384 to milliseconds.
const WINDOW: usize = 20_000;

/// Parts of the window that are forgotten at once.
const PARTS: usize = 16;

/// Variance of a run before anything was repeated, in units of the scale's variance, and the pairs of runs it counts as.
const NOISE: f64 = 0.1;
pub const NOISE_PAIRS: f64 = 5.0;

/// Least variance of a run: f32 says no more.
const MIN_NOISE: f64 = 1e-6;

/// Pairs of runs that do not differ, which first runs being no worse than later ones counts as.
const SHIFT_PAIRS: f64 = 5.0;

/// Variance between cells before anything was seen, of gains and of outcomes (whose variance, noise and all, is 1), and the
/// cells it counts as.
const VARIANCE: f64 = 0.5;
const OUTCOME_VARIANCE: f64 = 0.2;
const VARIANCE_CELLS: f64 = 10.0;

/// Least share of the variance of cells that is no noise.
const SIGNAL: f64 = 0.1;

/// A trajectory as the model sees it, made when a question is first asked after it: recording does not wait for it.
#[derive(Clone, Copy, Debug, Zeroable)]
struct Note {
    /// ln(baseline).
    log_baseline: f32,
    /// ln(baseline / execution), or the outcome.
    value: f32,
    /// 1 / |embedding|, or 0.
    inverse_norm: f32,
    /// Positions of its context and cell.
    context: u32,
    cell: u32,
    /// Hash of embedding and operator.
    key: u64,
}

/// An embedding under an operator.
#[derive(Clone, Copy, Debug, Zeroable)]
pub struct Context {
    /// Hash of embedding and operator.
    key: u64,
    /// Where its last trajectory is.
    pub slot: u32,
    pub operator: u16,
    /// Attention types tried here, but for type 0.
    pub cells: u16,
    /// Trajectories.
    pub runs: u32,
    /// 1 / |embedding|, or 0.
    pub inverse_norm: f32,
    /// ln(baseline), of its last trajectory.
    pub log_baseline: f32,
    /// Kernel between its embedding and the one in question, 0 to 1; at first its distance.
    pub similarity: f32,
    /// What the kernel is at most, by its operator.
    pub kinship: f32,
    /// How much its operator counts for the one in question, 0 to 1.
    pub weight: f32,
    /// Sum of its cells' residuals, and of their squares.
    pub residual: f32,
    pub squares: f32,
}

/// An attention type in a context.
#[derive(Clone, Copy, Debug, Zeroable)]
pub struct Cell {
    /// Position of the context.
    pub context: u32,
    /// Number of its last trajectory, in the window.
    last: u32,
    /// Trajectories of the context up to the last one here.
    at: u32,
    /// Runs.
    pub runs: u32,
    pub attention: u8,
    /// Whether all that is known is a bound: each run was cut off.
    pub bound: bool,
    /// What its mean knows, in runs.
    pub known: f32,
    /// Share of the first run in it.
    pub first: f32,
    /// Mean of its values.
    pub value: f64,
    /// Decisions made since, as far as they were made nearby.
    pub age: f64,
    /// What it comes to in units, and its variance.
    pub y: f64,
    pub noise: f64,
}

/// Sums of differences between runs in one cell.
#[derive(Clone, Copy, Debug, Default)]
struct Pairs {
    count: f64,
    sum: f64,
    squares: f64,
}

/// What the history says of all its values.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// Zero and unit that values are measured by: 0 and 1 of gains.
    pub zero: f64,
    pub unit: f64,
    /// Whether all are outcomes.
    pub outcomes: bool,
    /// In units: variance of a first run, and of another one; how much worse a first run is; variance of what is no noise.
    pub first: f64,
    pub noise: f64,
    pub shift: f64,
    pub signal: f64,
}

/// The contexts and cells that a ring's trajectories make, with room for as many as there are in the window.
#[derive(Clone, Debug)]
pub struct History {
    window: usize,
    /// Of all trajectories recorded, how many it has notes of, and the number of the first that counts.
    noted: u64,
    started: u64,
    /// By number, from 0 again after the window's length.
    notes: Box<[Note]>,
    contexts: Box<[Context]>,
    context_count: usize,
    cells: Box<[Cell]>,
    cell_count: usize,
    /// Positions of the cells in the order of their last trajectories, oldest first.
    by_age: Box<[u32]>,
    /// How many of the cells are of each operator.
    cells_of: Box<[u32]>,
    /// Positions of contexts and of cells, by what they are.
    context_table: HashTable<u32>,
    cell_table: HashTable<u32>,
    /// Trajectories, those of them that are gains, mean of the values and sum of squared deviations.
    count: f64,
    gains: f64,
    mean: f64,
    deviation2: f64,
    /// The same of the first values of cells.
    cell_mean: f64,
    cell_deviation2: f64,
    /// Differences of second and first runs, and of later ones and the mean before.
    first: Pairs,
    later: Pairs,
}

impl History {
    /// An empty one.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn new(capacity: usize, operators: usize) -> Result<Self, Error> {
        let window = capacity.min(WINDOW);
        Ok(Self {
            window,
            noted: 0,
            started: 0,
            notes: zeroed(window)?,
            contexts: zeroed(window)?,
            context_count: 0,
            cells: zeroed(window)?,
            cell_count: 0,
            by_age: zeroed(window)?,
            cells_of: zeroed(operators)?,
            context_table: table(window)?,
            cell_table: table(window)?,
            count: 0.0,
            gains: 0.0,
            mean: 0.0,
            deviation2: 0.0,
            cell_mean: 0.0,
            cell_deviation2: 0.0,
            first: Pairs::default(),
            later: Pairs::default(),
        })
    }

    /// Forgets everything.
    pub fn reset(&mut self) {
        self.noted = 0;
        self.started = 0;
        self.clear();
    }

    /// Forgets the contexts and cells.
    fn clear(&mut self) {
        self.context_count = 0;
        self.cell_count = 0;
        self.cells_of.fill(0);
        self.context_table.clear();
        self.cell_table.clear();
        [self.count, self.gains, self.mean, self.deviation2] = [0.0; 4];
        [self.cell_mean, self.cell_deviation2] = [0.0; 2];
        self.first = Pairs::default();
        self.later = Pairs::default();
    }

    /// Takes in what was recorded since it was last asked: `count` trajectories in all. `pace`: decisions nearby after which
    /// what was seen is worth half.
    pub fn update(&mut self, ring: &Ring, blocks: usize, count: u64, capacity: usize, pace: f64) {
        let window = self.window as u64;
        let slot = |number: u64| (number % capacity as u64) as usize;
        for number in self.noted.max(count.saturating_sub(window))..count {
            let (slot, tag) = (slot(number), ring.tags[slot(number)]);
            let (embedding, improvement) = (ring.embedding(slot, blocks), ring.improvements()[slot]);
            self.notes[(number % window) as usize] = Note {
                log_baseline: libm::logf(ring.baselines[slot].clamp(MIN_BASELINE, f32::MAX)),
                value: match tag.kind() {
                    Kind::Outcome => improvement,
                    _ => libm::logf(1.0 + improvement).clamp(-LIMIT, LIMIT),
                },
                inverse_norm: inverse_sqrt(kernels::norm2(embedding)),
                key: hash(embedding, tag.operator),
                ..Note::zeroed()
            };
        }
        // To start anew takes a look at the whole window, so what it forgets is forgotten a part of it at a time.
        let start = count.saturating_sub(window).next_multiple_of(window.div_ceil(PARTS as u64));
        let mut from = self.noted;
        if self.started < start {
            self.clear();
            from = start;
            self.started = start;
        }
        for number in from..count {
            self.add((number % window) as u32, slot(number), ring.tags[slot(number)], pace);
        }
        self.noted = count;
    }

    /// Adds a noted trajectory to the contexts and cells. They come oldest first.
    fn add(&mut self, number: u32, slot: usize, tag: Tag, pace: f64) {
        let Tag { operator, attention, .. } = tag;
        let Note { log_baseline, value, inverse_norm, key, .. } = self.notes[number as usize];
        let value = f64::from(value);
        let kind = tag.kind();
        let scale = self.scale();
        let position = match self.context_table.entry(
            key,
            |&position| self.contexts[position as usize].key == key,
            |&position| self.contexts[position as usize].key,
        ) {
            Entry::Occupied(found) => *found.get() as usize,
            Entry::Vacant(place) => {
                place.insert(self.context_count as u32);
                self.contexts[self.context_count] = Context { key, operator, inverse_norm, ..Context::zeroed() };
                self.context_count += 1;
                self.context_count - 1
            }
        };
        let context = &mut self.contexts[position];
        context.slot = slot as u32;
        context.runs += 1;
        context.log_baseline = log_baseline;
        let name = (position as u32, attention);
        let cell = match self.cell_table.entry(
            hash_of_cell(name),
            |&position| self.cells[position as usize].name() == name,
            |&position| hash_of_cell(self.cells[position as usize].name()),
        ) {
            Entry::Occupied(found) => {
                let cell = &mut self.cells[*found.get() as usize];
                let since = f64::from(context.runs - cell.at);
                let known = if cell.runs == 1 { scale.noise / scale.first } else { f64::from(cell.known) };
                let known = 1.0 / (1.0 / known + scale.signal / (pace * scale.noise) * since);
                let bound = kind == Kind::Timeout;
                let difference = value - cell.value;
                if cell.bound && !bound {
                    cell.value = value; // the first run to its end says more than any bound
                    cell.bound = false;
                } else if !bound || difference < 0.0 {
                    if !bound && (attention != 0 || scale.outcomes) {
                        // A cell that was run often does not speak for all; its mean is uncertain, too.
                        let (pairs, weight, spread) = match cell.runs {
                            1 => (&mut self.first, 1.0, 2.0),
                            runs => (&mut self.later, 1.0 / f64::from(runs), 1.0 + 1.0 / known),
                        };
                        pairs.count += weight;
                        pairs.sum += weight * difference;
                        pairs.squares += weight * difference * difference / spread;
                    }
                    cell.value += difference / (known + 1.0);
                    cell.first *= (known / (known + 1.0)) as f32;
                    cell.known = (known + 1.0) as f32;
                } else {
                    cell.known = known as f32; // a bound above what is expected anyway says nothing
                }
                cell.runs += 1;
                *found.get()
            }
            Entry::Vacant(place) => {
                let position = self.cell_count as u32;
                place.insert(position);
                self.cells[self.cell_count] = Cell {
                    context: name.0,
                    attention,
                    runs: 1,
                    bound: kind == Kind::Timeout,
                    known: 1.0,
                    first: 1.0,
                    value,
                    ..Cell::zeroed()
                };
                self.cell_count += 1;
                let deviation = value - self.cell_mean;
                self.cell_mean += deviation / self.cell_count as f64;
                self.cell_deviation2 += deviation * (value - self.cell_mean);
                if attention != 0 {
                    self.cells_of[usize::from(operator)] += 1;
                    context.cells += 1;
                }
                position
            }
        };
        self.cells[cell as usize].at = context.runs;
        self.cells[cell as usize].last = number;
        self.notes[number as usize].context = name.0;
        self.notes[number as usize].cell = cell;
        self.count += 1.0;
        self.gains += f64::from(u8::from(kind != Kind::Outcome));
        let deviation = value - self.mean;
        self.mean += deviation / self.count;
        self.deviation2 += deviation * (value - self.mean);
    }

    /// What is known of all values.
    pub fn scale(&self) -> Scale {
        let outcomes = self.gains == 0.0 && self.count > 0.0;
        let variance = if outcomes && self.deviation2 > 0.0 { self.deviation2 / self.count } else { 1.0 };
        let unit = if outcomes { kernels::sqrt(variance) } else { 1.0 };
        let Pairs { count, sum, squares } = self.first;
        let shift = if outcomes { 0.0 } else { (sum / (count + SHIFT_PAIRS)).max(0.0) };
        // Half of the squared differences from the shift.
        let unlike = (squares / variance - shift * sum + 0.5 * count * shift * shift).max(0.0);
        let prior = NOISE * NOISE_PAIRS;
        let noise = ((prior + self.later.squares / variance) / (NOISE_PAIRS + self.later.count)).max(MIN_NOISE);
        let first = ((prior + unlike) / (NOISE_PAIRS + count)).max(noise);
        let cells = self.cell_count as f64;
        let prior = VARIANCE_CELLS * if outcomes { OUTCOME_VARIANCE } else { VARIANCE };
        let squares = self.cell_deviation2 / variance;
        let total = (squares + prior) / (cells + VARIANCE_CELLS);
        let signal = ((squares - cells * first + prior) / (cells + VARIANCE_CELLS)).max(SIGNAL * total);
        Scale { zero: if outcomes { self.mean } else { 0.0 }, unit, outcomes, first, noise, shift, signal }
    }

    /// The contexts, and how many cells are of each operator.
    pub fn contexts(&mut self) -> (&mut [Context], &[u32]) {
        (&mut self.contexts[..self.context_count], &self.cells_of)
    }

    /// The contexts, the cells, and the positions of the cells, oldest first. Each cell is told how many decisions were made since,
    /// as far as they were made nearby. The contexts have been looked at.
    pub fn aged(&mut self) -> (&mut [Context], &mut [Cell], &[u32]) {
        let mut age = 0.0;
        let mut younger = self.cell_count;
        for number in (self.started..self.noted).rev() {
            let number = (number % self.window as u64) as u32;
            let Note { context, cell: position, .. } = self.notes[number as usize];
            let Context { similarity, weight, .. } = self.contexts[context as usize];
            let cell = &mut self.cells[position as usize];
            if cell.last == number {
                cell.age = age;
                younger -= 1;
                self.by_age[younger] = position;
            }
            age += f64::from(weight) * nearby(similarity);
        }
        (&mut self.contexts[..self.context_count], &mut self.cells[..self.cell_count], &self.by_age[..self.cell_count])
    }
}

impl Cell {
    /// What tells it from others.
    fn name(&self) -> (u32, u8) {
        (self.context, self.attention)
    }
}

/// A table with room for `capacity` positions.
fn table(capacity: usize) -> Result<HashTable<u32>, Error> {
    let mut table = HashTable::new();
    table.try_reserve(capacity, |_| 0).map_err(|_| Error::OutOfMemory)?; // it is empty: nothing is hashed
    Ok(table)
}

/// The golden ratio's, as in Fibonacci hashing.
pub const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// A hash of the bits of an embedding, and of the operator.
fn hash(embedding: &[Block], operator: u16) -> u64 {
    let words: &[u32] = cast_slice(embedding);
    let mix = |hash: u64, &word: &u32| (hash.rotate_left(5) ^ u64::from(word)).wrapping_mul(FACTOR);
    words.iter().fold(u64::from(operator) + 1, mix).rotate_left(32) // the tables look at the lower bits first
}

fn hash_of_cell((context, attention): (u32, u8)) -> u64 {
    (u64::from(context) << 8 | u64::from(attention)).wrapping_mul(FACTOR).rotate_left(32)
}

/// 1 / √x, or 0 for 0.
pub fn inverse_sqrt(x: f32) -> f32 {
    if x > 0.0 { 1.0 / kernels::sqrt(f64::from(x)) as f32 } else { 0.0 }
}
