//! A ring of what was tried and how well it went, with statistics over everything recorded.

use alloc::boxed::Box;
use alloc::vec::Vec;

use bytemuck::{cast_slice, cast_slice_mut};

use crate::buffer::{Block, LANES, Rows, blocks_for, reserved, values_mut};
use crate::check;
use crate::config::{check_dim, positive_integer};
use crate::error::Error;
use crate::kernel;
use crate::operators::Operator;
use crate::totals::Totals;

/// Largest number of trajectories a buffer can hold.
pub const MAX_CAPACITY: usize = 1_000_000;

const DEFAULT_CAPACITY: usize = 1000;
const DEFAULT_DIM: usize = 256;

/// What a slot of the ring that holds nothing says: below every threshold, and no operator.
const NO_IMPROVEMENT: f32 = f32::NEG_INFINITY;
const NO_OPERATOR: u8 = u8::MAX;

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
}

/// The last `capacity` trajectories, and statistics over all of them since the last reset.
#[derive(Clone, Debug)]
pub struct TrajectoryBuffer {
    capacity: usize,
    dim: usize,
    /// Where an embedding waits until it has been checked.
    embedding: Rows<1>,
    /// Slot that the next trajectory goes to.
    next: usize,
    embeddings: Vec<Block>,
    operators: Box<[u8]>,
    attentions: Box<[u8]>,
    improvements: Vec<Block>,
    total: Totals,
}

impl TrajectoryBuffer {
    /// An empty buffer; `None` takes the default (1000, 256). All of its memory is set aside here.
    ///
    /// # Errors
    /// [`Error::Number`] unless `capacity` is an integer from 1 to 1,000,000 and `embedding_dim` one from 1 to 4096;
    /// [`Error::OutOfMemory`].
    pub fn new(capacity: Option<f64>, embedding_dim: Option<f64>) -> Result<Self, Error> {
        let capacity = match capacity {
            None => DEFAULT_CAPACITY,
            Some(value) => positive_integer(value, MAX_CAPACITY).ok_or(Error::Number {
                name: "capacity",
                allowed: "an integer from 1 to 1000000",
                value,
            })?,
        };
        let dim = match embedding_dim {
            None => DEFAULT_DIM,
            Some(value) => check_dim("embedding_dim", value)?,
        };
        let mut buffer = Self {
            capacity,
            dim,
            embedding: Rows::zeroed(dim)?,
            next: 0,
            embeddings: reserved(capacity, blocks_for(dim))?,
            operators: filled(capacity, NO_OPERATOR)?,
            attentions: filled(capacity, 0)?,
            improvements: reserved(blocks_for(capacity), 1)?,
            total: Totals::default(),
        };
        buffer.improvements.resize(blocks_for(capacity), Block([NO_IMPROVEMENT; LANES]));
        Ok(buffer)
    }

    /// The buffer for the next embedding `[d]`, to be written before [`TrajectoryBuffer::record_embedding`].
    pub fn embedding_mut(&mut self) -> &mut [f32] {
        let [embedding] = self.embedding.each_mut();
        values_mut(embedding, self.dim)
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
        let attention = check_attention(attention_type)?;
        let improvement = check_improvement(execution_ms, baseline_ms)?;
        let [embedding] = self.embedding.each();
        check::finite("embedding", embedding, kernel::norm2(embedding))?;

        self.total.add(improvement, attention);
        self.operators[self.next] = operator.id() as u8;
        self.attentions[self.next] = attention;
        cast_slice_mut(&mut self.improvements)[self.next] = improvement as f32;
        let start = self.next * embedding.len();
        match self.embeddings.get_mut(start..start + embedding.len()) {
            Some(slot) => slot.copy_from_slice(embedding),
            None => self.embeddings.extend_from_slice(embedding), // within what `new` has reserved
        }
        self.next = (self.next + 1) % self.capacity;
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
        check::length("embedding", embedding.len(), "buffer", self.dim)?;
        self.embedding_mut().copy_from_slice(embedding);
        self.record_embedding(op_type, attention_type, execution_ms, baseline_ms)
    }

    /// Forgets everything; the memory stays set aside.
    pub fn reset(&mut self) {
        self.next = 0;
        self.embeddings.clear();
        self.operators.fill(NO_OPERATOR);
        self.improvements.fill(Block([NO_IMPROVEMENT; LANES]));
        self.total = Totals::default();
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
        let first = self.next + self.capacity - self.len();
        (first..first + self.len()).map(|slot| self.trajectory(slot % self.capacity))
    }

    fn trajectory(&self, slot: usize) -> Trajectory<'_> {
        let row = blocks_for(self.dim);
        Trajectory {
            embedding: &cast_slice(&self.embeddings[slot * row..][..row])[..self.dim],
            operator: self.operators[slot],
            attention: self.attentions[slot],
            improvement: cast_slice(&self.improvements)[slot],
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

    /// How many of the trajectories held have an improvement above `threshold` (both as `f32`): 0.5 asks for those over
    /// 50 % faster than the baseline's speed.
    ///
    /// # Errors
    /// [`Error::Number`] if `threshold` is NaN.
    pub fn high_quality_count(&self, threshold: f64) -> Result<u32, Error> {
        if threshold.is_nan() {
            return Err(Error::Number { name: "threshold", allowed: "a number", value: threshold });
        }
        Ok(kernel::count_above(&self.improvements, threshold as f32))
    }

    /// How many of the trajectories held are of this operator.
    pub fn count_by_operator(&self, operator: Operator) -> u32 {
        self.operators.iter().map(|&id| u32::from(usize::from(id) == operator.id())).sum()
    }
}

fn filled(len: usize, value: u8) -> Result<Box<[u8]>, Error> {
    let mut bytes = reserved(len, 1)?;
    bytes.resize(len, value);
    Ok(bytes.into_boxed_slice())
}

fn check_attention(value: f64) -> Result<u8, Error> {
    let attention = value as u8; // saturates; NaN becomes 0
    if f64::from(attention) == value {
        Ok(attention)
    } else {
        Err(Error::Number { name: "attention_type", allowed: "an integer from 0 to 255", value })
    }
}

fn check_improvement(execution_ms: f64, baseline_ms: f64) -> Result<f64, Error> {
    let number = |name, allowed, value| Err(Error::Number { name, allowed, value });
    if !(execution_ms > 0.0 && execution_ms.is_finite()) {
        return number("execution_ms", "above 0 and finite", execution_ms);
    }
    if !(baseline_ms >= 0.0 && baseline_ms.is_finite()) {
        return number("baseline_ms", "at least 0 and finite", baseline_ms);
    }
    let improvement = baseline_ms / execution_ms - 1.0;
    if (improvement as f32).is_finite() {
        Ok(improvement)
    } else {
        number("baseline_ms / execution_ms", "finite as a 32-bit float", baseline_ms / execution_ms)
    }
}
