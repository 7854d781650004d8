//! The trajectories of a ring, grouped: contexts (an embedding under an operator), and cells (an attention type that was
//! tried in a context, with the mean of its runs).

use alloc::boxed::Box;

use bytemuck::{Zeroable, cast_slice};
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use crate::error::Error;
use crate::kernels;
use crate::operators::OPERATOR_COUNT;
use crate::rows::{Block, zeroed};

/// Gains are kept within this: a speed-up or slow-down by a factor of 400.
const GAIN_LIMIT: f32 = 6.0;

/// The gain of a cell is the mean of its first runs, up to this many; each later run counts for 1 / this.
const AVERAGED_RUNS: u8 = 6;

/// Shortest baseline told from a shorter one, ms.
const MIN_BASELINE: f32 = 1e-6;

/// A trajectory as the model sees it, made when a question is first asked after it: recording does not wait for it.
#[derive(Clone, Copy, Debug, Zeroable)]
struct Note {
    /// ln(baseline).
    log_baseline: f32,
    /// ln(baseline / execution).
    gain: f32,
    /// 1 / |embedding|, or 0.
    inverse_norm: f32,
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
    pub operator: u8,
    /// Attention types tried here, but for the baseline.
    pub cells: u16,
    /// Trajectories.
    pub runs: u32,
    /// 1 / |embedding|, or 0.
    pub inverse_norm: f32,
    /// ln(baseline), of its last trajectory.
    pub log_baseline: f32,
    /// Kernel between its embedding and the one in question, 0 to 1.
    pub similarity: f32,
    /// What it says of the one in question: 1 / variance.
    pub precision: f32,
    /// How much its operator counts for the one in question, 0 to 1.
    pub weight: f32,
    /// Sum of its cells' residuals, and of their squares.
    pub residual: f32,
    pub squares: f32,
}

/// An attention type, not the baseline, in a context.
#[derive(Clone, Copy, Debug, Zeroable)]
pub struct Cell {
    /// Position of the context.
    pub context: u32,
    pub attention: u8,
    /// How many runs its gain is the mean of, up to [`AVERAGED_RUNS`].
    runs: u8,
    /// ln(baseline / execution).
    pub gain: f32,
}

/// The contexts and cells that a ring's trajectories make, with room for as many as there are slots.
#[derive(Clone, Debug)]
pub struct History {
    /// By slot.
    notes: Box<[Note]>,
    contexts: Box<[Context]>,
    context_count: usize,
    cells: Box<[Cell]>,
    cell_count: usize,
    /// How many of the cells are of each operator.
    cells_of: [u32; OPERATOR_COUNT],
    /// Positions of contexts and of cells, by what they are.
    context_table: HashTable<u32>,
    cell_table: HashTable<u32>,
}

impl History {
    /// An empty one.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn new(capacity: usize) -> Result<Self, Error> {
        Ok(Self {
            notes: zeroed(capacity)?,
            contexts: zeroed(capacity)?,
            context_count: 0,
            cells: zeroed(capacity)?,
            cell_count: 0,
            cells_of: [0; OPERATOR_COUNT],
            context_table: table(capacity)?,
            cell_table: table(capacity)?,
        })
    }

    /// Makes the note of what was recorded in a slot.
    pub fn note(&mut self, slot: usize, embedding: &[Block], operator: u8, improvement: f32, baseline: f32) {
        self.notes[slot] = Note {
            log_baseline: libm::logf(baseline.clamp(MIN_BASELINE, f32::MAX)),
            gain: libm::logf(1.0 + improvement).clamp(-GAIN_LIMIT, GAIN_LIMIT),
            inverse_norm: inverse_sqrt(kernels::norm2(embedding)),
            key: hash(embedding, operator),
        };
    }

    /// Forgets the contexts and cells.
    pub fn clear(&mut self) {
        self.context_count = 0;
        self.cell_count = 0;
        self.cells_of = [0; OPERATOR_COUNT];
        self.context_table.clear();
        self.cell_table.clear();
    }

    /// Adds what was recorded in a slot, and noted, to the contexts and cells. Slots come oldest first.
    pub fn add(&mut self, slot: usize, [operator, attention]: [u8; 2]) {
        let Note { log_baseline, gain, inverse_norm, key } = self.notes[slot];
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
        if attention == 0 {
            return;
        }
        let name = (position as u32, attention);
        match self.cell_table.entry(
            hash_of_cell(name),
            |&position| self.cells[position as usize].name() == name,
            |&position| hash_of_cell(self.cells[position as usize].name()),
        ) {
            Entry::Occupied(found) => {
                let found = &mut self.cells[*found.get() as usize];
                found.runs = AVERAGED_RUNS.min(found.runs + 1);
                found.gain += (gain - found.gain) / f32::from(found.runs);
            }
            Entry::Vacant(place) => {
                place.insert(self.cell_count as u32);
                self.cells[self.cell_count] = Cell { context: position as u32, attention, runs: 1, gain };
                self.cell_count += 1;
                self.cells_of[usize::from(operator)] += 1;
                context.cells += 1;
            }
        }
    }

    /// The contexts and cells, and how many of the cells are of each operator.
    pub fn found(&mut self) -> (&mut [Context], &[Cell], &[u32; OPERATOR_COUNT]) {
        (&mut self.contexts[..self.context_count], &self.cells[..self.cell_count], &self.cells_of)
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
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// A hash of the bits of an embedding, and of the operator.
fn hash(embedding: &[Block], operator: u8) -> u64 {
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
