//! A ring of what was tried and how well it went, with statistics over everything recorded.

mod history;
mod posterior;
mod recommend;

use alloc::boxed::Box;

use bytemuck::{cast_slice, cast_slice_mut};

use crate::buffer::{self, Block, LANES, Row, blocks_for, clear, row, values_mut, zeroed};
use crate::check;
use crate::config::check_dim;
use crate::error::{Argument, Error, Refusal};
use crate::kernel;
use crate::operators::{OPERATOR_COUNT, Operator};
use crate::totals::Totals;
use crate::trajectory::recommend::Advisor;

/// Largest number of trajectories a buffer can hold.
pub const MAX_CAPACITY: usize = 1_000_000;

const DEFAULT_CAPACITY: f64 = 1000.0;
const DEFAULT_DIM: f64 = 256.0;

/// One recorded trajectory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trajectory<'a> {
    /// The embedding `[d]`.
    pub embedding: &'a [f32],
    /// Operator id.
    pub operator: u8,
    /// Attention type.
    pub attention: u8,
    /// baseline / execution − 1.
    pub improvement: f32,
    /// Time of the baseline; infinite if it is too long for an `f32`.
    pub baseline_ms: f32,
}

/// The last `capacity` trajectories, and statistics over all of them since the last reset.
#[derive(Clone, Debug)]
#[repr(C)]
pub struct TrajectoryBuffer {
    /// Where an embedding waits until it has been checked.
    embedding: Row,
    embeddings: Box<[Block]>,
    /// Operator id and attention type.
    tags: Box<[[u8; 2]]>,
    improvements: Box<[Block]>,
    total: Totals,
    capacity: usize,
    dim: usize,
    /// Slot that the next trajectory goes to.
    next: usize,
    /// Statistics of each operator.
    operators: Box<[Totals]>,
    advisor: Advisor,
}

pinned!(TrajectoryBuffer[1272] {
    embeddings: 8, tags: 16, improvements: 24, total: 32, next: 88, operators: 92, advisor: 104
});

impl TrajectoryBuffer {
    /// An empty buffer; `None` takes the default (1000, 256). All of its memory is set aside here.
    ///
    /// # Errors
    /// [`Error::Number`] unless `capacity` is an integer from 1 to 1,000,000 and `embedding_dim` one from 1 to 4096;
    /// [`Error::OutOfMemory`].
    pub fn new(capacity: Option<f64>, embedding_dim: Option<f64>) -> Result<Self, Error> {
        Self::try_new(capacity, embedding_dim).map_err(|refusal| {
            let dim = refusal == Refusal::Argument(Argument::EmbeddingDim);
            Error::number(refusal, if dim { embedding_dim } else { capacity }.unwrap_or(f64::NAN))
        })
    }

    pub(crate) fn try_new(capacity: Option<f64>, embedding_dim: Option<f64>) -> Result<Self, Refusal> {
        let capacity = capacity.unwrap_or(DEFAULT_CAPACITY);
        let capacity = check::integer(Argument::Capacity, capacity, 1, MAX_CAPACITY)?;
        let dim = check_dim(Argument::EmbeddingDim, embedding_dim.unwrap_or(DEFAULT_DIM))?;
        Self::with_room(capacity, dim).ok_or(Refusal::OutOfMemory)
    }

    fn with_room(capacity: usize, dim: usize) -> Option<Self> {
        let made = Self {
            // By far the most: nothing else is asked for without it.
            embeddings: zeroed(capacity.saturating_mul(blocks_for(dim)))?,
            embedding: row(dim).unwrap_or_default(),
            tags: zeroed(capacity).unwrap_or_default(),
            improvements: zeroed(blocks_for(capacity)).unwrap_or_default(),
            operators: zeroed(OPERATOR_COUNT).unwrap_or_default(),
            advisor: Advisor::new(capacity),
            capacity,
            dim,
            next: 0,
            total: Totals::default(),
        };
        made.has_room().then_some(made)
    }

    /// Whether all of the memory was there to be had.
    fn has_room(&self) -> bool {
        let Self { embedding, tags, improvements, operators, advisor, .. } = self;
        !embedding.is_empty()
            && !improvements.is_empty()
            && !tags.is_empty()
            && !operators.is_empty()
            && advisor.has_room()
    }

    /// The buffer for the next embedding `[d]`, to be written before [`TrajectoryBuffer::record_embedding`].
    pub fn embedding_mut(&mut self) -> &mut [f32] {
        values_mut(&mut self.embedding, self.dim)
    }

    /// Address of that buffer: 16-byte aligned, the same for life.
    pub fn embedding_ptr(&self) -> *const f32 {
        self.embedding.as_ptr().cast()
    }

    /// Records what [`TrajectoryBuffer::embedding_mut`] holds; the oldest trajectory makes room.
    /// The improvement is `baseline_ms` / `execution_ms` − 1.
    ///
    /// # Errors
    /// [`Error::NotFinite`] or [`Error::TooLarge`] for the embedding; [`Error::Number`] unless `op_type` is an integer
    /// from 0 to 16, `attention_type` one from 0 to 255, `execution_ms` above 0 and finite, `baseline_ms` at least 0
    /// and finite, and the improvement finite as `f32`.
    pub fn record_embedding(
        &mut self,
        op_type: f64,
        attention_type: f64,
        execution_ms: f64,
        baseline_ms: f64,
    ) -> Result<(), Error> {
        let recorded = self.try_record(op_type, attention_type, execution_ms, baseline_ms);
        recorded.map_err(|refusal| match refusal {
            Refusal::Argument(Argument::AttentionType) => Error::number(refusal, attention_type),
            Refusal::Argument(Argument::ExecutionMs) => Error::number(refusal, execution_ms),
            Refusal::Argument(Argument::BaselineMs) => Error::number(refusal, baseline_ms),
            Refusal::Argument(Argument::Quotient) => Error::number(refusal, baseline_ms / execution_ms),
            Refusal::Operator => Error::Operator { count: OPERATOR_COUNT, value: op_type },
            _ => Error::vector(refusal, self.embedding_mut()),
        })
    }

    pub(crate) fn try_record(
        &mut self,
        op_type: f64,
        attention_type: f64,
        execution_ms: f64,
        baseline_ms: f64,
    ) -> Result<(), Refusal> {
        let operator = Operator::of(op_type, OPERATOR_COUNT).ok_or(Refusal::Operator)?;
        let attention = check::integer(Argument::AttentionType, attention_type, 0, 255)? as u8;
        let improvement = improvement_of(execution_ms, baseline_ms)?;
        let embedding = &*self.embedding;
        check::finite(Argument::Embedding, kernel::norm2(embedding))?;

        let start = self.next * embedding.len();
        if let (Some(slot), Some(tag), Some(value), Some(note), Some(total)) = (
            self.embeddings.get_mut(start..start + embedding.len()),
            self.tags.get_mut(self.next),
            cast_slice_mut(&mut self.improvements).get_mut(self.next),
            self.advisor.history.notes.get_mut(self.next),
            self.operators.get_mut(operator.id()),
        ) {
            buffer::copy(embedding, slot);
            *tag = [operator.id() as u8, attention];
            *value = improvement as f32;
            note.baseline = baseline_ms as f32;
            total.add(improvement, attention);
        }
        self.total.add(improvement, attention);
        self.next = if self.next + 1 == self.capacity { 0 } else { self.next + 1 };
        Ok(())
    }

    /// Records a trajectory; the oldest one makes room.
    ///
    /// # Errors
    /// As [`TrajectoryBuffer::record_embedding`], and [`Error::Length`].
    pub fn record(
        &mut self,
        embedding: &[f32],
        op_type: f64,
        attention_type: f64,
        execution_ms: f64,
        baseline_ms: f64,
    ) -> Result<(), Error> {
        check::length(Argument::Embedding, embedding.len(), self.dim)?;
        self.embedding_mut().copy_from_slice(embedding);
        self.record_embedding(op_type, attention_type, execution_ms, baseline_ms)
    }

    /// Forgets everything; the memory stays set aside.
    pub fn reset(&mut self) {
        self.next = 0;
        clear(&mut self.improvements); // of those that hold nothing, they must be zero
        self.total = Totals::default();
        self.operators.fill(Totals::default());
        self.advisor.reset();
    }

    /// Values per embedding.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// Trajectories that the buffer can hold.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Trajectories that the buffer holds.
    pub fn len(&self) -> usize {
        self.total.count.min(self.capacity as u64) as usize
    }

    /// Whether nothing has been recorded since construction or reset.
    pub fn is_empty(&self) -> bool {
        self.total.count == 0
    }

    /// What the ring holds, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = Trajectory<'_>> {
        slots(0, self.total.count, self.capacity).map(|slot| self.trajectory(slot))
    }

    fn trajectory(&self, slot: usize) -> Trajectory<'_> {
        let blocks = blocks_for(self.dim);
        Trajectory {
            embedding: &cast_slice(&self.embeddings[slot * blocks..][..blocks])[..self.dim],
            operator: self.tags[slot][0],
            attention: self.tags[slot][1],
            improvement: cast_slice(&self.improvements)[slot],
            baseline_ms: self.advisor.history.notes[slot].baseline,
        }
    }

    /// Trajectories recorded since construction or reset.
    pub fn total_count(&self) -> u64 {
        self.total.count
    }

    /// Share of all trajectories with an improvement above 0; 0 if there are none.
    pub fn success_rate(&self) -> f64 {
        self.total.success_rate()
    }

    /// Mean improvement of all trajectories; 0 if there are none.
    pub fn mean_improvement(&self) -> f64 {
        self.total.mean
    }

    /// Best improvement of all trajectories; 0 if there are none.
    pub fn best_improvement(&self) -> f64 {
        self.total.best
    }

    /// Attention type of the best improvement, the earliest one among equals; 0 if there are none.
    pub fn best_attention(&self) -> u8 {
        self.total.best_attention
    }

    /// Sample variance of all improvements; 0 if there are fewer than two.
    pub fn variance(&self) -> f64 {
        self.total.variance()
    }

    /// Share of all trajectories of an operator with an improvement above 0; 0 if there are none.
    pub fn success_rate_for(&self, operator: Operator) -> f64 {
        self.of(operator).success_rate()
    }

    /// Mean improvement of all trajectories of an operator; 0 if there are none.
    pub fn mean_improvement_for(&self, operator: Operator) -> f64 {
        self.of(operator).mean
    }

    /// Attention type of an operator's best improvement, the earliest one among equals; 0 if there are none.
    pub fn best_attention_for(&self, operator: Operator) -> u8 {
        self.of(operator).best_attention
    }

    fn of(&self, operator: Operator) -> Totals {
        self.operators.get(operator.id()).copied().unwrap_or_default()
    }

    /// How many of the trajectories held have an improvement above `threshold` (both as `f32`): 0.5 asks for those over
    /// 50 % faster than the baseline's speed.
    ///
    /// # Errors
    /// [`Error::Number`] if `threshold` is NaN.
    pub fn high_quality_count(&self, threshold: f64) -> Result<u32, Error> {
        self.try_high_quality_count(threshold).map_err(|refusal| Error::number(refusal, threshold))
    }

    pub(crate) fn try_high_quality_count(&self, threshold: f64) -> Result<u32, Refusal> {
        check::number(Argument::Threshold, !threshold.is_nan())?;
        let threshold = threshold as f32;
        let held = self.improvements.get(..blocks_for(self.len())).unwrap_or_default();
        // The last blocks end in zeros that stand for nothing.
        let nothing = if 0.0 > threshold { held.len() * LANES - self.len() } else { 0 };
        Ok(kernel::count_above(held, threshold) - nothing as u32)
    }

    /// How many of the trajectories held are of this operator.
    pub fn count_by_operator(&self, operator: Operator) -> u32 {
        self.tags.iter().take(self.len()).map(|tag| u32::from(usize::from(tag[0]) == operator.id())).sum()
    }
}

/// Slots of the trajectories number `from` to `count` that are held, oldest first.
fn slots(from: u64, count: u64, capacity: usize) -> impl Iterator<Item = usize> {
    let first = from.max(count.saturating_sub(capacity as u64));
    let start = (first % capacity as u64) as usize;
    (start..start + (count - first) as usize).map(move |at| if at < capacity { at } else { at - capacity })
}

fn improvement_of(execution_ms: f64, baseline_ms: f64) -> Result<f64, Refusal> {
    check::number(Argument::ExecutionMs, execution_ms > 0.0 && execution_ms.is_finite())?;
    check::number(Argument::BaselineMs, baseline_ms >= 0.0 && baseline_ms.is_finite())?;
    let quotient = baseline_ms / execution_ms;
    check::number(Argument::Quotient, (quotient as f32).is_finite())?;
    Ok(quotient - 1.0)
}
