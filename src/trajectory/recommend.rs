//! From what was tried to what to try: predictions and recommendations of a trajectory buffer.

use alloc::boxed::Box;

use bytemuck::cast_slice;

use crate::buffer::zeroed;
use crate::check;
use crate::error::{Argument, Error, Refusal};
use crate::kernel;
use crate::operators::{OPERATOR_COUNT, Operator};
use crate::rng::SplitMix64;
use crate::trajectory::history::{History, inverse_sqrt};
use crate::trajectory::posterior::{Posterior, TYPES, Type, View, kinships};
use crate::trajectory::{TrajectoryBuffer, slots};

/// Scores that differ by less are the same.
const TIE: f64 = 1e-6;

/// Parts of a ring that are forgotten at once.
const PARTS: usize = 16;

/// What recommendations need beside the ring.
#[derive(Clone, Debug)]
#[repr(C)]
pub struct Advisor {
    pub history: History,
    /// Of all trajectories recorded, how many it has notes of, and the number of the first that counts.
    noted: u64,
    started: u64,
    seed: u32,
    /// Recommendations made, from which the next one's draws follow.
    draws: u32,
    /// Attention types asked about, and then their predictions.
    asked: [f32; TYPES],
    types: Box<[Type]>,
}

pinned!(Advisor[1168] { history: 0, seed: 128, draws: 132 });

impl Advisor {
    /// Without room, if there is not enough memory.
    pub fn new(capacity: usize) -> Self {
        Self {
            history: History::new(capacity),
            noted: 0,
            started: 0,
            seed: 0,
            draws: 0,
            asked: [0.0; TYPES],
            types: zeroed(TYPES).unwrap_or_default(),
        }
    }

    pub fn has_room(&self) -> bool {
        !self.types.is_empty() && self.history.has_room()
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
    /// order: 0 for type 0, the baseline. Model and sources: the module `posterior`.
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
        if gains.len() != attention_types.len() {
            return Err(Error::Number { argument: Argument::Gains, value: gains.len() as f64 });
        }
        self.ask(embedding, attention_types)?;
        let predicted = self.try_ask(op_type, attention_types.len(), false);
        predicted.map_err(|refusal| self.asked_wrong(refusal, op_type))?;
        gains.copy_from_slice(&self.types_mut()[..attention_types.len()]);
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
        self.ask(embedding, attention_types)?;
        self.try_ask(op_type, attention_types.len(), true).map_err(|refusal| self.asked_wrong(refusal, op_type))
    }

    /// Starts the draws of recommendations anew. A new buffer has seed 0.
    pub fn set_seed(&mut self, seed: u32) {
        self.advisor.seed = seed;
        self.advisor.draws = 0;
    }

    fn ask(&mut self, embedding: &[f32], attention_types: &[u8]) -> Result<(), Error> {
        check::length(Argument::Embedding, embedding.len(), self.dim())?;
        let count = attention_types.len();
        if count > TYPES {
            return Err(Error::Number { argument: Argument::AttentionTypes, value: count as f64 });
        }
        self.embedding_mut().copy_from_slice(embedding);
        for (asked, &given) in self.types_mut().iter_mut().zip(attention_types) {
            *asked = f32::from(given);
        }
        Ok(())
    }

    fn asked_wrong(&mut self, refusal: Refusal, op_type: f64) -> Error {
        match refusal {
            Refusal::Operator => Error::Operator { count: OPERATOR_COUNT, value: op_type },
            Refusal::Argument(Argument::AttentionTypes) => Error::number(refusal, 0.0),
            _ => Error::vector(refusal, self.embedding_mut()),
        }
    }

    /// Where attention types are put before [`TrajectoryBuffer::try_ask`], and found as predictions after it.
    pub(crate) fn types_mut(&mut self) -> &mut [f32] {
        &mut self.advisor.asked
    }

    /// Turns the first `count` attention types into predictions, and returns the one to try; what that leaves to chance is
    /// `drawn`, or else it is left out.
    pub(crate) fn try_ask(&mut self, op_type: f64, count: usize, drawn: bool) -> Result<u8, Refusal> {
        let operator = Operator::of(op_type, OPERATOR_COUNT).ok_or(Refusal::Operator)?;
        let Self { embedding, embeddings, tags, improvements, total, capacity, advisor, .. } = self;
        let Advisor { history, noted, started, seed, draws, asked, types } = advisor;
        let asked = asked.get_mut(..count).unwrap_or_default();
        let known = asked.iter().all(|&value| f32::from(value as u8) == value);
        check::number(Argument::AttentionTypes, known && !asked.is_empty())?;
        let norm2 = kernel::norm2(embedding);
        check::finite(Argument::Embedding, norm2)?;

        let blocks = embedding.len();
        let recorded = |slot: usize| embeddings.get(slot * blocks..slot * blocks + blocks).unwrap_or_default();
        for slot in slots(*noted, total.count, *capacity) {
            if let (Some(tag), Some(&improvement)) = (tags.get(slot), cast_slice(improvements).get(slot)) {
                history.note(slot, recorded(slot), tag[0], improvement);
            }
        }
        // To start anew takes a look at every slot, so what the ring forgets is forgotten a part of it at a time.
        let start = total.count.saturating_sub(*capacity as u64).next_multiple_of(capacity.div_ceil(PARTS) as u64);
        if *started < start {
            history.clear();
            *noted = start;
            *started = start;
        }
        for slot in slots(*noted, total.count, *capacity) {
            if let Some(&tag) = tags.get(slot) {
                history.add(slot, tag);
            }
        }
        *noted = total.count;
        let (contexts, cells, counts) = history.found();
        let kinships = kinships(operator, counts);
        let inverse_norm = inverse_sqrt(norm2);
        let zero = inverse_norm == 0.0;
        let mut view = View::default();
        for context in &mut *contexts {
            let mut cosine =
                kernel::dot(recorded(context.slot as usize), embedding) * context.inverse_norm * inverse_norm;
            if zero && context.inverse_norm == 0.0 {
                cosine = 1.0; // zeros have no direction, but are alike
            }
            if let Some(&kinship) = kinships.get(usize::from(context.operator)) {
                view.add(context, if cosine < 1.0 { 1.0 - cosine } else { 0.0 }, kinship);
            }
        }

        let seed = u64::from(*seed) << 32;
        let mut normal = [0.0; 2];
        if drawn {
            let mut rng = SplitMix64::stream(seed | u64::from(*draws));
            normal = normal.map(|_| rng.next_normal());
            *draws = draws.wrapping_add(1);
        }
        let posterior = Posterior::new(types, &view, contexts, cells, normal);
        let mut best = (0, f64::NEG_INFINITY);
        for value in asked {
            let attention = *value as u8;
            let gain = posterior.gain(attention);
            *value = gain[0] as f32;
            // Types of which nothing is known score alike. Which of them is tried first must not hang on who lists them.
            let rank =
                if attention == 0 { 0.0 } else { SplitMix64::stream(!seed ^ u64::from(attention)).next_signed() };
            let score = posterior.score(gain) + TIE * f64::from(rank);
            if score > best.1 {
                best = (attention, score);
            }
        }
        Ok(best.0)
    }
}
