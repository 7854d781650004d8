//! A ring of what was tried and how well it went, with statistics over everything recorded.

mod totals;

use alloc::boxed::Box;

use bytemuck::{cast_slice, cast_slice_mut};

use crate::check;
use crate::error::{Argument, Error};
use crate::kernels;
use crate::operators::{OPERATOR_COUNT, Operator};
use crate::recommend::Advisor;
use crate::rows::{BLOCK_LEN, Block, Row, blocks_for, clear, row, values, values_mut, zeroed};
use crate::state::Metadata;

pub use totals::Totals;

/// Largest number of trajectories a buffer can hold.
pub const MAX_CAPACITY: usize = 1_000_000;

const DEFAULT_CAPACITY: usize = 1000;
const DEFAULT_DIM: usize = 256;

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
pub struct TrajectoryBuffer {
    pub(crate) capacity: usize,
    pub(crate) dim: usize,
    pub(crate) ring: Ring,
    pub(crate) total: Totals,
    /// Statistics of each operator.
    pub(crate) operators: Box<[Totals]>,
    /// Slot that the next trajectory goes to.
    pub(crate) next: usize,
    /// Where an embedding waits until it has been checked.
    pub(crate) embedding: Row,
    pub(crate) advisor: Advisor,
    /// The user's own, of the file that it was loaded from.
    pub(crate) metadata: Metadata,
}

/// What is recorded of each trajectory, a column each. Slots that nothing was recorded in hold zeros.
#[derive(Clone, Debug)]
pub(crate) struct Ring {
    /// One row after the other.
    pub embeddings: Box<[Block]>,
    /// Operator id and attention type.
    pub tags: Box<[[u8; 2]]>,
    improvements: Box<[Block]>,
    /// Times of the baseline, ms; infinite if too long for an `f32`.
    pub baselines: Box<[f32]>,
}

impl Ring {
    fn new(capacity: usize, dim: usize) -> Result<Self, Error> {
        Ok(Self {
            // By far the most: nothing else is asked for without it.
            embeddings: zeroed(capacity.saturating_mul(blocks_for(dim)))?,
            tags: zeroed(capacity)?,
            improvements: zeroed(blocks_for(capacity))?,
            baselines: zeroed(capacity)?,
        })
    }

    /// The embedding in a slot, a row of `blocks` blocks.
    #[inline(always)]
    pub fn embedding(&self, slot: usize, blocks: usize) -> &[Block] {
        &self.embeddings[slot * blocks..][..blocks]
    }

    /// By slot.
    #[inline(always)]
    pub fn improvements(&self) -> &[f32] {
        cast_slice(&self.improvements)
    }

    /// By slot, writable.
    #[inline(always)]
    pub fn improvements_mut(&mut self) -> &mut [f32] {
        cast_slice_mut(&mut self.improvements)
    }
}

impl TrajectoryBuffer {
    /// An empty buffer; `None` takes the default (1000, 256). All of its memory is set aside here.
    ///
    /// # Errors
    /// [`Error::Number`] unless `capacity` is an integer from 1 to 1,000,000 and `embedding_dim` one from 1 to 4096;
    /// [`Error::OutOfMemory`].
    pub fn new(capacity: Option<f64>, embedding_dim: Option<f64>) -> Result<Self, Error> {
        let capacity =
            capacity.map_or(Ok(DEFAULT_CAPACITY), |capacity| check::integer(Argument::Capacity, capacity))?;
        let dim = embedding_dim.map_or(Ok(DEFAULT_DIM), |dim| check::integer(Argument::EmbeddingDim, dim))?;
        Ok(Self {
            capacity,
            dim,
            ring: Ring::new(capacity, dim)?,
            total: Totals::default(),
            operators: zeroed(OPERATOR_COUNT)?,
            next: 0,
            embedding: row(dim)?,
            advisor: Advisor::new(capacity)?,
            metadata: Metadata::default(),
        })
    }

    /// The buffer for the next embedding `[d]`, to be written before [`TrajectoryBuffer::record_embedding`].
    pub fn embedding_mut(&mut self) -> &mut [f32] {
        values_mut(&mut self.embedding, self.dim)
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
        let operator = Operator::new(op_type)?;
        let attention = check::integer(Argument::AttentionType, attention_type)? as u8;
        let improvement = improvement_of(execution_ms, baseline_ms)?;
        let Self { ring, dim, embedding, next: slot, .. } = self;
        check::finite(Argument::Embedding, kernels::norm2(embedding), values(embedding, *dim))?;

        let slot = *slot;
        kernels::copy(embedding, &mut ring.embeddings[slot * embedding.len()..][..embedding.len()]);
        ring.tags[slot] = [operator.id() as u8, attention];
        ring.improvements_mut()[slot] = improvement as f32;
        ring.baselines[slot] = baseline_ms as f32;
        self.operators[operator.id()].add(improvement, attention);
        self.total.add(improvement, attention);
        self.next = if slot + 1 == self.capacity { 0 } else { slot + 1 };
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
        clear(&mut self.ring.improvements); // those of empty slots must be zero
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
        Trajectory {
            embedding: values(self.ring.embedding(slot, self.embedding.len()), self.dim),
            operator: self.ring.tags[slot][0],
            attention: self.ring.tags[slot][1],
            improvement: self.ring.improvements()[slot],
            baseline_ms: self.ring.baselines[slot],
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
    ///
    /// # Errors
    /// [`Error::Operator`] unless the built-in table has it; so do those below.
    pub fn success_rate_for(&self, operator: Operator) -> Result<f64, Error> {
        Ok(self.of(operator)?.success_rate())
    }

    /// Mean improvement of all trajectories of an operator; 0 if there are none.
    pub fn mean_improvement_for(&self, operator: Operator) -> Result<f64, Error> {
        Ok(self.of(operator)?.mean)
    }

    /// Attention type of an operator's best improvement, the earliest one among equals; 0 if there are none.
    pub fn best_attention_for(&self, operator: Operator) -> Result<u8, Error> {
        Ok(self.of(operator)?.best_attention)
    }

    /// Statistics of one operator.
    fn of(&self, operator: Operator) -> Result<&Totals, Error> {
        operator.check(OPERATOR_COUNT)?;
        Ok(&self.operators[operator.id()])
    }

    /// How many of the trajectories held have an improvement above `threshold` (both as `f32`): 0.5 asks for those over
    /// 50 % faster than the baseline's speed.
    ///
    /// # Errors
    /// [`Error::Number`] if `threshold` is NaN.
    pub fn high_quality_count(&self, threshold: f64) -> Result<u32, Error> {
        check::number(Argument::Threshold, threshold, !threshold.is_nan())?;
        let threshold = threshold as f32;
        let held = &self.ring.improvements[..blocks_for(self.len())];
        // The last blocks end in zeros that stand for nothing.
        let nothing = if 0.0 > threshold { held.len() * BLOCK_LEN - self.len() } else { 0 };
        Ok(kernels::count_above(held, threshold) - nothing as u32)
    }

    /// How many of the trajectories held are of this operator.
    ///
    /// # Errors
    /// [`Error::Operator`] unless the built-in table has it.
    pub fn count_by_operator(&self, operator: Operator) -> Result<u32, Error> {
        operator.check(OPERATOR_COUNT)?;
        let held = &self.ring.tags[..self.len()];
        Ok(held.iter().map(|tag| u32::from(usize::from(tag[0]) == operator.id())).sum())
    }
}

/// Slots of the trajectories number `from` to `count` that are held, oldest first.
pub(crate) fn slots(from: u64, count: u64, capacity: usize) -> impl Iterator<Item = usize> {
    let first = from.max(count.saturating_sub(capacity as u64));
    let start = (first % capacity as u64) as usize;
    (start..start + (count - first) as usize).map(move |at| if at < capacity { at } else { at - capacity })
}

/// baseline / execution − 1.
fn improvement_of(execution_ms: f64, baseline_ms: f64) -> Result<f64, Error> {
    check::number(Argument::ExecutionMs, execution_ms, execution_ms > 0.0 && execution_ms.is_finite())?;
    check::number(Argument::BaselineMs, baseline_ms, baseline_ms >= 0.0 && baseline_ms.is_finite())?;
    let quotient = baseline_ms / execution_ms;
    check::number(Argument::Quotient, quotient, (quotient as f32).is_finite())?;
    Ok(quotient - 1.0)
}
