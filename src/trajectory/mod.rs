//! A ring of what was tried and how well it went, with statistics over everything recorded.

mod totals;

use alloc::boxed::Box;

use bytemuck::{Zeroable, cast_slice, cast_slice_mut};

use crate::check;
use crate::error::{Argument, Error};
use crate::kernels;
use crate::operators::{Operator, Operators};
use crate::recommend::Advisor;
use crate::rows::{BLOCK_LEN, Block, Row, blocks_for, clear, row, values, values_mut, zeroed};
use crate::state::Metadata;

pub use totals::Totals;

/// Largest number of trajectories a buffer can hold.
pub const MAX_CAPACITY: usize = 1_000_000;

const DEFAULT_CAPACITY: usize = 1000;
const DEFAULT_DIM: usize = 256;

/// How many attention types there can be: 0 to 255.
pub(crate) const ATTENTION_TYPES: usize = 256;

/// One recorded trajectory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trajectory<'a> {
    /// The embedding `[d]`.
    pub embedding: &'a [f32],
    /// Operator id.
    pub operator: u16,
    /// Attention type.
    pub attention: u8,
    /// What `improvement` is.
    pub kind: Kind,
    /// baseline / execution − 1; of a run that was cut off, what it is at most; or the outcome itself.
    pub improvement: f32,
    /// Time of the baseline; infinite if it is too long for an `f32`. 0 of an outcome.
    pub baseline_ms: f32,
}

/// What was recorded of a trajectory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// The time that a run took, beside the baseline's.
    #[default]
    Time,
    /// The time after which a run was cut off, beside the baseline's.
    Timeout,
    /// A number of any scale, larger is better.
    Outcome,
}

impl Kind {
    /// By number in files and in the ring.
    pub(crate) const ALL: [Self; 3] = [Self::Time, Self::Timeout, Self::Outcome];
}

/// What a slot of the ring says beside numbers.
#[derive(Clone, Copy, Debug, Default, Zeroable)]
pub(crate) struct Tag {
    /// Operator id.
    pub operator: u16,
    pub attention: u8,
    /// Position in [`Kind::ALL`].
    pub kind: u8,
}

impl Tag {
    pub fn kind(self) -> Kind {
        Kind::ALL[usize::from(self.kind)]
    }
}

/// The last `capacity` trajectories, and statistics over all of them since the last reset.
#[derive(Clone, Debug)]
pub struct TrajectoryBuffer {
    pub(crate) capacity: usize,
    pub(crate) dim: usize,
    pub(crate) ring: Ring,
    pub(crate) total: Totals,
    pub(crate) operators: Operators,
    /// Statistics of each operator.
    pub(crate) of_operators: Box<[Totals]>,
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
    pub tags: Box<[Tag]>,
    improvements: Box<[Block]>,
    /// Times of the baseline, ms; infinite if too long for an `f32`; 0 of outcomes.
    pub baselines: Box<[f32]>,
}

impl Ring {
    fn new(capacity: usize, dim: usize) -> Result<Self, Error> {
        Ok(Self {
            // First, as by far the largest: if it cannot be had, nothing else is allocated.
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
        Self::of(capacity, embedding_dim, Operators::BuiltIn)
    }

    /// [`TrajectoryBuffer::new`] for operators with these names, each in a category with this name, instead of the built-in
    /// ones: an operator with little history borrows from its category, and then from all.
    ///
    /// # Errors
    /// As [`TrajectoryBuffer::new`]; [`Error::Entries`] unless there are 1 to 1024 names; [`Error::Unequal`] unless there
    /// are as many categories; [`Error::SameName`].
    pub fn with_operators<T: AsRef<str>>(
        capacity: Option<f64>,
        embedding_dim: Option<f64>,
        names: &[T],
        categories: &[T],
    ) -> Result<Self, Error> {
        Self::of(capacity, embedding_dim, Operators::own(names, categories)?)
    }

    pub(crate) fn of(capacity: Option<f64>, embedding_dim: Option<f64>, operators: Operators) -> Result<Self, Error> {
        let capacity =
            capacity.map_or(Ok(DEFAULT_CAPACITY), |capacity| check::integer(Argument::Capacity, capacity))?;
        let dim = embedding_dim.map_or(Ok(DEFAULT_DIM), |dim| check::integer(Argument::EmbeddingDim, dim))?;
        Ok(Self {
            capacity,
            dim,
            ring: Ring::new(capacity, dim)?,
            total: Totals::default(),
            of_operators: zeroed(operators.count())?,
            advisor: Advisor::new(capacity, operators.count())?,
            operators,
            next: 0,
            embedding: row(dim)?,
            metadata: Metadata::default(),
        })
    }

    /// The buffer for the next embedding `[d]`, to be written before [`TrajectoryBuffer::record_embedding`].
    pub fn embedding_mut(&mut self) -> &mut [f32] {
        values_mut(&mut self.embedding, self.dim)
    }

    /// The names of the operators, and their categories.
    pub fn operators(&self) -> &Operators {
        &self.operators
    }

    /// The operator with an id.
    ///
    /// # Errors
    /// [`Error::Operator`] unless `op_type` is an integer from 0 up to the last operator.
    pub fn operator(&self, op_type: f64) -> Result<Operator, Error> {
        Operator::of(op_type, self.of_operators.len())
    }

    /// Records what [`TrajectoryBuffer::embedding_mut`] holds; the oldest trajectory makes room.
    /// The improvement is `baseline_ms` / `execution_ms` − 1.
    ///
    /// # Errors
    /// [`Error::NotFinite`] or [`Error::TooLarge`] for the embedding; [`Error::Operator`] for `op_type`; [`Error::Number`]
    /// unless `attention_type` is an integer from 0 to 255, `execution_ms` and `baseline_ms` above 0 and finite, and the
    /// improvement finite as `f32`.
    pub fn record_embedding(
        &mut self,
        op_type: f64,
        attention_type: f64,
        execution_ms: f64,
        baseline_ms: f64,
    ) -> Result<(), Error> {
        let tag = self.tag(op_type, attention_type, Kind::Time)?;
        let improvement = improvement_of([Argument::ExecutionMs, Argument::Quotient], execution_ms, baseline_ms)?;
        self.put(tag, improvement, baseline_ms)
    }

    /// [`TrajectoryBuffer::record_timeout`] of what [`TrajectoryBuffer::embedding_mut`] holds.
    ///
    /// # Errors
    /// As [`TrajectoryBuffer::record_embedding`], with `limit_ms` for `execution_ms`.
    pub fn record_timeout_embedding(
        &mut self,
        op_type: f64,
        attention_type: f64,
        limit_ms: f64,
        baseline_ms: f64,
    ) -> Result<(), Error> {
        let tag = self.tag(op_type, attention_type, Kind::Timeout)?;
        let improvement = improvement_of([Argument::LimitMs, Argument::LimitQuotient], limit_ms, baseline_ms)?;
        self.put(tag, improvement, baseline_ms)
    }

    /// [`TrajectoryBuffer::record_outcome`] of what [`TrajectoryBuffer::embedding_mut`] holds.
    ///
    /// # Errors
    /// [`Error::NotFinite`] or [`Error::TooLarge`] for the embedding; [`Error::Operator`] for `op_type`; [`Error::Number`]
    /// unless `attention_type` is an integer from 0 to 255 and `value` finite as `f32`.
    pub fn record_outcome_embedding(&mut self, op_type: f64, attention_type: f64, value: f64) -> Result<(), Error> {
        let tag = self.tag(op_type, attention_type, Kind::Outcome)?;
        check::number(Argument::Value, value, (value as f32).is_finite())?;
        self.put(tag, value, 0.0)
    }

    fn tag(&self, op_type: f64, attention_type: f64, kind: Kind) -> Result<Tag, Error> {
        let operator = self.operator(op_type)?.id() as u16;
        let attention = check::integer(Argument::AttentionType, attention_type)? as u8;
        Ok(Tag { operator, attention, kind: kind as u8 })
    }

    fn put(&mut self, tag: Tag, improvement: f64, baseline_ms: f64) -> Result<(), Error> {
        let Self { ring, dim, embedding, next: slot, .. } = self;
        check::finite(Argument::Embedding, kernels::norm2(embedding), values(embedding, *dim))?;

        let slot = *slot;
        kernels::copy(embedding, &mut ring.embeddings[slot * embedding.len()..][..embedding.len()]);
        ring.tags[slot] = tag;
        ring.improvements_mut()[slot] = improvement as f32;
        ring.baselines[slot] = baseline_ms as f32;
        self.of_operators[usize::from(tag.operator)].add(improvement, tag.attention);
        self.total.add(improvement, tag.attention);
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
        self.put_embedding(embedding)?;
        self.record_embedding(op_type, attention_type, execution_ms, baseline_ms)
    }

    /// Records a run that was cut off after `limit_ms`: it would have taken at least as long. Its improvement is at most
    /// `baseline_ms` / `limit_ms` − 1, and counts as that in the statistics; the decision model expects less, as far as
    /// what it knows of the type says so.
    ///
    /// # Errors
    /// As [`TrajectoryBuffer::record_timeout_embedding`], and [`Error::Length`].
    pub fn record_timeout(
        &mut self,
        embedding: &[f32],
        op_type: f64,
        attention_type: f64,
        limit_ms: f64,
        baseline_ms: f64,
    ) -> Result<(), Error> {
        self.put_embedding(embedding)?;
        self.record_timeout_embedding(op_type, attention_type, limit_ms, baseline_ms)
    }

    /// Records an outcome of any kind, such as a click (1) or none (0), or −milliseconds where there is no baseline. Larger is
    /// better; the scale is estimated from what the ring holds, and predictions are in the same unit. In the statistics it
    /// counts as an improvement of `value`.
    ///
    /// In a buffer that holds times with baselines, too, each outcome counts as a gain ln(baseline / execution): 0 as the
    /// baseline, 0.69 as twice as good. [`TrajectoryBuffer::record`] says the same as an outcome of that value.
    ///
    /// # Errors
    /// As [`TrajectoryBuffer::record_outcome_embedding`], and [`Error::Length`].
    pub fn record_outcome(
        &mut self,
        embedding: &[f32],
        op_type: f64,
        attention_type: f64,
        value: f64,
    ) -> Result<(), Error> {
        self.put_embedding(embedding)?;
        self.record_outcome_embedding(op_type, attention_type, value)
    }

    pub(crate) fn put_embedding(&mut self, embedding: &[f32]) -> Result<(), Error> {
        check::length(Argument::Embedding, embedding.len(), self.dim)?;
        self.embedding_mut().copy_from_slice(embedding);
        Ok(())
    }

    /// Forgets what was recorded. The seed, the pace of forgetting and the metadata stay, and the memory stays set aside.
    pub fn reset(&mut self) {
        self.next = 0;
        clear(&mut self.ring.improvements); // those of empty slots must be zero
        self.total = Totals::default();
        self.of_operators.fill(Totals::default());
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
            operator: self.ring.tags[slot].operator,
            attention: self.ring.tags[slot].attention,
            kind: self.ring.tags[slot].kind(),
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
    /// [`Error::Operator`] unless the buffer has it; so do those below.
    pub fn success_rate_for(&self, operator: Operator) -> Result<f64, Error> {
        Ok(self.statistics(operator)?.success_rate())
    }

    /// Mean improvement of all trajectories of an operator; 0 if there are none.
    pub fn mean_improvement_for(&self, operator: Operator) -> Result<f64, Error> {
        Ok(self.statistics(operator)?.mean)
    }

    /// Attention type of an operator's best improvement, the earliest one among equals; 0 if there are none.
    pub fn best_attention_for(&self, operator: Operator) -> Result<u8, Error> {
        Ok(self.statistics(operator)?.best_attention)
    }

    /// Statistics of one operator.
    fn statistics(&self, operator: Operator) -> Result<&Totals, Error> {
        operator.check(self.of_operators.len())?;
        Ok(&self.of_operators[operator.id()])
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
    /// [`Error::Operator`] unless the buffer has it.
    pub fn count_by_operator(&self, operator: Operator) -> Result<u32, Error> {
        operator.check(self.of_operators.len())?;
        let held = &self.ring.tags[..self.len()];
        Ok(held.iter().map(|tag| u32::from(usize::from(tag.operator) == operator.id())).sum())
    }
}

/// Slots of the trajectories number `from` to `count` that are held, oldest first.
pub(crate) fn slots(from: u64, count: u64, capacity: usize) -> impl Iterator<Item = usize> {
    let first = from.max(count.saturating_sub(capacity as u64));
    let start = (first % capacity as u64) as usize;
    (start..start + (count - first) as usize).map(move |at| if at < capacity { at } else { at - capacity })
}

/// baseline / time − 1, of the time that a run took or was cut off after. `arguments`: the time, and the quotient.
fn improvement_of(arguments: [Argument; 2], ms: f64, baseline_ms: f64) -> Result<f64, Error> {
    let [time, of_quotient] = arguments;
    check::number(time, ms, ms > 0.0 && ms.is_finite())?;
    check::number(Argument::BaselineMs, baseline_ms, baseline_ms > 0.0 && baseline_ms.is_finite())?;
    let quotient = baseline_ms / ms;
    check::number(of_quotient, quotient, (quotient as f32).is_finite())?;
    Ok(quotient - 1.0)
}
