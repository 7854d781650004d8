//! What a ring of trajectories says, without its repetitions: contexts (an embedding under an operator), and cells (an
//! attention type that was tried in a context).

use alloc::boxed::Box;

use bytemuck::{Zeroable, cast_slice};

use crate::buffer::{Block, clear, zeroed};
use crate::kernel;

/// Gains are kept within this: a speed-up or slow-down by a factor of 400.
const MAX_GAIN: f32 = 6.0;

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
    /// ln(baseline / execution), smoothed: each run counts as much as all before it.
    pub gain: f32,
}

/// Room for the contexts and cells of a ring, and what was found in it last.
#[derive(Clone, Debug)]
#[repr(C)]
pub struct History {
    /// By slot.
    pub notes: Box<[Note]>,
    contexts: Box<[Context]>,
    cells: Box<[Cell]>,
    /// Two hash tables with linear probing, of the positions of contexts and of cells plus 1. A power of two, and more than
    /// there can be of either.
    tables: Box<[[u32; 2]]>,
}

impl History {
    /// Without room, if there is not enough memory.
    pub fn new(capacity: usize) -> Self {
        Self {
            notes: zeroed(capacity).unwrap_or_default(),
            contexts: zeroed(capacity).unwrap_or_default(),
            cells: zeroed(capacity).unwrap_or_default(),
            tables: zeroed((capacity + capacity / 2 + 1).next_power_of_two()).unwrap_or_default(),
        }
    }

    pub fn has_room(&self) -> bool {
        let Self { notes, contexts, cells, tables } = self;
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

    /// Finds the contexts and cells of `slots`, which come oldest first.
    pub fn group(&mut self, tags: &[[u8; 2]], slots: impl Iterator<Item = usize>) -> (&mut [Context], &[Cell]) {
        let Self { notes, contexts, cells, tables } = self;
        clear(tables);
        let [mut context_count, mut cell_count] = [0; 2];
        for slot in slots {
            let (Some(note), Some(&[operator, attention])) = (notes.get(slot), tags.get(slot)) else { continue };
            let same = |position: usize| {
                contexts.get(position).and_then(|context| notes.get(context.slot as usize)).is_some_and(|other| other.key == note.key)
            };
            let (position, known) = find(tables, 0, note.key, context_count, same);
            let Some(context) = contexts.get_mut(position) else { continue };
            if !known {
                *context = Context { operator, inverse_norm: note.inverse_norm, ..Context::zeroed() };
                context_count += 1;
            }
            context.slot = slot as u32;
            context.log_baseline = note.log_baseline;
            if attention == 0 {
                continue;
            }
            let cell = Cell { context: position as u32, attention, gain: note.gain };
            let same = |position: usize| {
                cells.get(position).is_some_and(|other| other.context == cell.context && other.attention == attention)
            };
            let key = (position as u64 * 256 + u64::from(attention)).wrapping_mul(FACTOR);
            let (position, known) = find(tables, 1, key, cell_count, same);
            let Some(found) = cells.get_mut(position) else { continue };
            if known {
                found.gain = 0.5 * (found.gain + cell.gain);
            } else {
                *found = cell;
                cell_count += 1;
                context.cells += 1;
            }
        }
        (contexts.get_mut(..context_count).unwrap_or_default(), cells.get(..cell_count).unwrap_or_default())
    }
}

/// Finds a hash in a table: the position of what is the `same`, and whether there is any; if not, it is given position `next`.
fn find(tables: &mut [[u32; 2]], table: usize, hash: u64, next: usize, same: impl Fn(usize) -> bool) -> (usize, bool) {
    let mask = tables.len() - 1;
    let mut at = (hash >> 32) as usize & mask;
    while let Some(entry) = tables.get_mut(at).map(|entries| &mut entries[table]) {
        if *entry == 0 {
            *entry = next as u32 + 1;
            break;
        }
        let position = *entry as usize - 1;
        if same(position) {
            return (position, true);
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
    words.iter().fold(u64::from(operator) + 1, |hash, &word| (hash.rotate_left(5) ^ u64::from(word)).wrapping_mul(FACTOR))
}

/// 1 / √x, or 0 for 0.
pub fn inverse_sqrt(x: f32) -> f32 {
    if x > 0.0 { 1.0 / kernel::sqrt(f64::from(x)) as f32 } else { 0.0 }
}
