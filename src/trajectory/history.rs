//! What a ring of trajectories says, without its repetitions: contexts (an embedding under an operator), and cells (an
//! attention type that was tried in a context).

use alloc::boxed::Box;

use bytemuck::{Zeroable, cast_slice};

use crate::buffer::{Block, zeroed};
use crate::kernel;
use crate::operators::OPERATOR_COUNT;

/// Gains are kept within this: a speed-up or slow-down by a factor of 400.
const MAX_GAIN: f32 = 6.0;

/// Runs that the gain of a cell is the mean of; from then on, each one counts for a share of 1 in so many.
const MEMORY: u8 = 6;

/// Shortest baseline told from a shorter one, ms.
const MIN_BASELINE: f32 = 1e-6;

/// A trajectory as the model sees it: all but the first field is made when it is first asked for, so that recording does not
/// wait for it.
#[derive(Clone, Copy, Debug, Zeroable)]
#[repr(C)]
pub struct Note {
    /// Time of the baseline, ms; infinite if it is too long for an `f32`.
    pub baseline: f32,
    /// ln(baseline).
    log_baseline: f32,
    /// ln(baseline / execution).
    gain: f32,
    /// 1 / |embedding|, or 0.
    inverse_norm: f32,
    /// Hash of embedding and operator.
    key: u64,
}

pinned!(Note[24] { baseline: 0 });

/// An embedding under an operator.
#[derive(Clone, Copy, Debug, Zeroable)]
pub struct Context {
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
    /// How many runs its gain is the mean of, up to [`MEMORY`].
    runs: u8,
    /// ln(baseline / execution).
    pub gain: f32,
}

/// Room for the contexts and cells of a ring, and those that were found last.
#[derive(Clone, Debug)]
#[repr(C)]
pub struct History {
    /// By slot.
    pub notes: Box<[Note]>,
    contexts: Box<[Context]>,
    context_count: u32,
    cells: Box<[Cell]>,
    cell_count: u32,
    /// How many of the cells are of each operator.
    operators: [u32; OPERATOR_COUNT],
    /// Two hash tables with linear probing, of contexts and of cells. Their length is a power of two, and more than there can be
    /// of either.
    tables: Box<[[Entry; 2]]>,
}

pinned!(History[108] { notes: 0 });

impl History {
    /// Without room, if there is not enough memory.
    pub fn new(capacity: usize) -> Self {
        Self {
            notes: zeroed(capacity).unwrap_or_default(),
            contexts: zeroed(capacity).unwrap_or_default(),
            context_count: 0,
            cells: zeroed(capacity).unwrap_or_default(),
            cell_count: 0,
            operators: [0; OPERATOR_COUNT],
            tables: zeroed((capacity + capacity / 2 + 1).next_power_of_two()).unwrap_or_default(),
        }
    }

    pub fn has_room(&self) -> bool {
        let Self { notes, contexts, cells, tables, .. } = self;
        !notes.is_empty() && !contexts.is_empty() && !cells.is_empty() && !tables.is_empty()
    }

    /// Makes the note of what was recorded in a slot.
    pub fn note(&mut self, slot: usize, embedding: &[Block], operator: u8, improvement: f32) {
        if let Some(note) = self.notes.get_mut(slot) {
            *note = Note {
                log_baseline: libm::logf(note.baseline.clamp(MIN_BASELINE, f32::MAX)),
                gain: libm::logf(1.0 + improvement).clamp(-MAX_GAIN, MAX_GAIN),
                inverse_norm: inverse_sqrt(kernel::norm2(embedding)),
                key: hash(embedding, operator),
                ..*note
            };
        }
    }

    /// Forgets the contexts and cells.
    pub fn clear(&mut self) {
        self.context_count = 0;
        self.cell_count = 0;
        self.operators = [0; OPERATOR_COUNT];
        self.tables.fill(Zeroable::zeroed());
    }

    /// Adds what was recorded in a slot to the contexts and cells. Slots come oldest first.
    pub fn add(&mut self, slot: usize, [operator, attention]: [u8; 2]) {
        let Self { notes, contexts, context_count, cells, cell_count, operators, tables } = self;
        let Some(note) = notes.get(slot) else { return };
        let (position, known) = find(tables, 0, note.key, note.key as u32, *context_count);
        let Some(context) = contexts.get_mut(position as usize) else { return };
        if !known {
            *context = Context { operator, inverse_norm: note.inverse_norm, ..Context::zeroed() };
            *context_count += 1;
        }
        context.slot = slot as u32;
        context.runs += 1;
        context.log_baseline = note.log_baseline;
        if attention == 0 {
            return;
        }
        let cell = Cell { context: position, attention, runs: 1, gain: note.gain };
        let name = position << 8 | u32::from(attention);
        let (position, known) = find(tables, 1, u64::from(name).wrapping_mul(FACTOR), name, *cell_count);
        let (Some(found), Some(of_operator)) =
            (cells.get_mut(position as usize), operators.get_mut(usize::from(operator)))
        else {
            return;
        };
        if known {
            found.runs = MEMORY.min(found.runs + 1);
            found.gain += (cell.gain - found.gain) / f32::from(found.runs);
        } else {
            *found = cell;
            *cell_count += 1;
            *of_operator += 1;
            context.cells += 1;
        }
    }

    /// The contexts and cells, and how many of the cells are of each operator.
    pub fn found(&mut self) -> (&mut [Context], &[Cell], &[u32; OPERATOR_COUNT]) {
        let contexts = self.contexts.get_mut(..self.context_count as usize).unwrap_or_default();
        (contexts, self.cells.get(..self.cell_count as usize).unwrap_or_default(), &self.operators)
    }
}

#[derive(Clone, Copy, Debug, Zeroable)]
struct Entry {
    /// The position plus 1, or 0 if nothing is here.
    end: u32,
    name: u32,
}

/// The position of a name, which has this hash, and whether it was there; if not, it is given position `next`.
fn find(tables: &mut [[Entry; 2]], table: usize, hash: u64, name: u32, next: u32) -> (u32, bool) {
    let mask = tables.len() - 1;
    let mut at = (hash >> 32) as usize & mask;
    while let Some(entry) = tables.get_mut(at).map(|entries| &mut entries[table]) {
        if entry.end == 0 {
            *entry = Entry { end: next + 1, name };
            break;
        }
        if entry.name == name {
            return (entry.end - 1, true);
        }
        at = (at + 1) & mask;
    }
    (next, false)
}

/// The golden ratio's, as in Fibonacci hashing.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// A hash of the bits of an embedding, and of the operator.
fn hash(embedding: &[Block], operator: u8) -> u64 {
    let words: &[u32] = cast_slice(embedding);
    words
        .iter()
        .fold(u64::from(operator) + 1, |hash, &word| (hash.rotate_left(5) ^ u64::from(word)).wrapping_mul(FACTOR))
}

/// 1 / √x, or 0 for 0.
pub fn inverse_sqrt(x: f32) -> f32 {
    if x > 0.0 { 1.0 / kernel::sqrt(f64::from(x)) as f32 } else { 0.0 }
}
