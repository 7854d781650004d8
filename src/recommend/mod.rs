//! From what was tried to what to try: predictions and recommendations of a trajectory buffer.

mod history;
mod model;

use alloc::boxed::Box;

use crate::check;
use crate::error::{Argument, Error};
use crate::kernels;
use crate::operators::Operator;
use crate::rng::Stream;
use crate::rows::{values, zeroed};
use crate::trajectory::{TrajectoryBuffer, slots};
use history::{History, inverse_sqrt};
use model::{Posterior, TYPES, Type, View, kinships};

/// Scores that differ by less are the same.
const TIE: f64 = 1e-6;

/// Parts of a ring that are forgotten at once.
const PARTS: usize = 16;

/// What recommendations need beside the ring.
#[derive(Clone, Debug)]
pub struct Advisor {
    history: History,
    /// Of all trajectories recorded, how many it has notes of, and the number of the first that counts.
    noted: u64,
    started: u64,
    pub(crate) seed: u32,
    /// Recommendations made, from which the next one's draws follow.
    pub(crate) draws: u32,
    types: Box<[Type]>,
}

impl Advisor {
    /// For a ring of this capacity.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn new(capacity: usize) -> Result<Self, Error> {
        Ok(Self { history: History::new(capacity)?, noted: 0, started: 0, seed: 0, draws: 0, types: zeroed(TYPES)? })
    }

    /// Forgets what was recorded and recommended; the seed stays.
    pub fn reset(&mut self) {
        self.draws = 0;
        self.noted = 0;
        self.started = 0;
        self.history.clear();
    }
}

impl TrajectoryBuffer {
    /// Expected gain ln(baseline / execution) of each of `attention_types` for an embedding under an operator, in the same
    /// order: 0 for type 0, the baseline. Model and sources: the module `model`.
    ///
    /// An operator with little history borrows from its category, and then from all.
    ///
    /// # Errors
    /// [`Error::Length`], [`Error::NotFinite`] or [`Error::TooLarge`] for the embedding; [`Error::Operator`];
    /// [`Error::Number`] unless there are 1 to 256 attention types, and as many `gains`.
    pub fn predict(
        &mut self,
        embedding: &[f32],
        op_type: f64,
        attention_types: &[u8],
        gains: &mut [f32],
    ) -> Result<(), Error> {
        check::number(Argument::Gains, gains.len() as f64, gains.len() == attention_types.len())?;
        self.put_embedding(embedding)?;
        self.predict_embedding(op_type, attention_types, gains)
    }

    /// [`TrajectoryBuffer::predict`] for what [`TrajectoryBuffer::embedding_mut`] holds.
    pub(crate) fn predict_embedding(
        &mut self,
        op_type: f64,
        attention_types: &[u8],
        gains: &mut [f32],
    ) -> Result<(), Error> {
        let posterior = self.posterior(op_type, attention_types, false)?;
        for (gain, &attention) in gains.iter_mut().zip(attention_types) {
            *gain = posterior.gain(attention)[0] as f32;
        }
        Ok(())
    }

    /// Which of `attention_types` to try now for an embedding under an operator. Type 0 is the baseline.
    ///
    /// It is the one with the highest expected gain, plus some for what is unknown of it, less some for what that may
    /// cost; the effect of long baselines and the mean of all types are drawn from what is known of them. The draws follow
    /// from the seed and from the number of recommendations made.
    ///
    /// # Errors
    /// As [`TrajectoryBuffer::predict`].
    pub fn recommend(&mut self, embedding: &[f32], op_type: f64, attention_types: &[u8]) -> Result<u8, Error> {
        self.put_embedding(embedding)?;
        self.recommend_embedding(op_type, attention_types)
    }

    /// [`TrajectoryBuffer::recommend`] for what [`TrajectoryBuffer::embedding_mut`] holds.
    pub(crate) fn recommend_embedding(&mut self, op_type: f64, attention_types: &[u8]) -> Result<u8, Error> {
        let seed = u64::from(self.advisor.seed) << 32;
        let posterior = self.posterior(op_type, attention_types, true)?;
        let mut best = (0, f64::NEG_INFINITY);
        for &attention in attention_types {
            // Types of which nothing is known score alike. Which of them is tried first must not hang on who lists them.
            let rank = if attention == 0 { 0.0 } else { Stream::new(!seed ^ u64::from(attention)).next_signed() };
            let score = posterior.score(posterior.gain(attention)) + TIE * f64::from(rank);
            if score > best.1 {
                best = (attention, score);
            }
        }
        Ok(best.0)
    }

    /// Starts the draws of recommendations anew. A new buffer has seed 0.
    pub fn set_seed(&mut self, seed: u32) {
        self.advisor.seed = seed;
        self.advisor.draws = 0;
    }

    fn put_embedding(&mut self, embedding: &[f32]) -> Result<(), Error> {
        check::length(Argument::Embedding, embedding.len(), self.dim())?;
        self.embedding_mut().copy_from_slice(embedding);
        Ok(())
    }

    /// What is known, seen from the embedding in its buffer under an operator; what that leaves to chance is `drawn`, or else
    /// it is left out.
    fn posterior(&mut self, op_type: f64, attention_types: &[u8], drawn: bool) -> Result<Posterior<'_>, Error> {
        let operator = Operator::new(op_type)?;
        check::entries(Argument::AttentionTypes, attention_types.len())?;
        let Self { embedding, dim, ring, total, capacity, advisor, .. } = self;
        let Advisor { history, noted, started, seed, draws, types } = advisor;
        let norm2 = kernels::norm2(embedding);
        check::finite(Argument::Embedding, norm2, values(embedding, *dim))?;

        let blocks = embedding.len();
        for slot in slots(*noted, total.count, *capacity) {
            let (embedding, operator) = (ring.embedding(slot, blocks), ring.tags[slot][0]);
            history.note(slot, embedding, operator, ring.improvements()[slot], ring.baselines[slot]);
        }
        // To start anew takes a look at every slot, so what the ring forgets is forgotten a part of it at a time.
        let start = total.count.saturating_sub(*capacity as u64).next_multiple_of(capacity.div_ceil(PARTS) as u64);
        if *started < start {
            history.clear();
            *noted = start;
            *started = start;
        }
        for slot in slots(*noted, total.count, *capacity) {
            history.add(slot, ring.tags[slot]);
        }
        *noted = total.count;
        let (contexts, cells, counts) = history.found();
        let kinships = kinships(operator, counts);
        let inverse_norm = inverse_sqrt(norm2);
        let zero = inverse_norm == 0.0;
        let mut view = View::default();
        for context in &mut *contexts {
            let recorded = ring.embedding(context.slot as usize, blocks);
            let mut cosine = kernels::dot(recorded, embedding) * context.inverse_norm * inverse_norm;
            if zero && context.inverse_norm == 0.0 {
                cosine = 1.0; // zeros have no direction, but are alike
            }
            let kinship = kinships[usize::from(context.operator)];
            view.add(context, if cosine < 1.0 { 1.0 - cosine } else { 0.0 }, kinship);
        }

        let seed = u64::from(*seed) << 32;
        let mut normal = [0.0; 2];
        if drawn {
            let mut rng = Stream::new(seed | u64::from(*draws));
            normal = normal.map(|_| rng.next_normal());
            *draws = draws.wrapping_add(1);
        }
        Ok(Posterior::new(types, &view, contexts, cells, normal))
    }
}
