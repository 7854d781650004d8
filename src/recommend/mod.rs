//! From what was tried to what to try: predictions and recommendations of a trajectory buffer.

mod history;
mod model;

use alloc::boxed::Box;

use crate::check;
use crate::error::{Argument, Error};
use crate::kernels;
use crate::rng::Stream;
use crate::rows::{values, zeroed};
use crate::trajectory::{ATTENTION_TYPES, TrajectoryBuffer};
use history::{FACTOR, History, inverse_sqrt};
use model::{Kinship, Posterior, Type, View, kinships};

/// Scores that differ by less are the same.
const TIE: f64 = 1e-6;

/// Decisions made nearby after which what is known of a type is as uncertain as if nothing were: with fewer, clicks are forgotten
/// before they tell anything; with more, a change is noticed later.
pub(crate) const FORGETTING: f64 = 500.0;

/// What recommendations need beside the ring.
#[derive(Clone, Debug)]
pub struct Advisor {
    history: History,
    pub(crate) seed: u32,
    /// Recommendations made, from which the next one's draws follow.
    pub(crate) draws: u32,
    /// Recommendations made since the last trajectory was recorded, and how many there were by then.
    pub(crate) unanswered: u32,
    pub(crate) answered: u64,
    /// Pace of forgetting, in decisions.
    pub(crate) forgetting: f64,
    types: Box<[Type]>,
    kinships: Box<[Kinship]>,
}

impl Advisor {
    /// For a ring of this capacity and this many operators.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn new(capacity: usize, operators: usize) -> Result<Self, Error> {
        Ok(Self {
            history: History::new(capacity, operators)?,
            seed: 0,
            draws: 0,
            unanswered: 0,
            answered: 0,
            forgetting: FORGETTING,
            types: zeroed(ATTENTION_TYPES)?,
            kinships: zeroed(operators)?,
        })
    }

    /// Recommendations of which nothing is known yet, when `count` trajectories have been recorded: those made since the last
    /// one was.
    pub(crate) fn unanswered_at(&self, count: u64) -> u32 {
        if self.answered == count { self.unanswered } else { 0 }
    }

    /// Forgets what was recorded and recommended; the seed and the pace of forgetting stay.
    pub fn reset(&mut self) {
        self.draws = 0;
        self.unanswered = 0;
        self.answered = 0;
        self.history.reset();
    }
}

impl TrajectoryBuffer {
    /// Expected gain ln(baseline / execution) of each of `attention_types` for an embedding under an operator, in the same
    /// order: 0 for type 0, the baseline, as long as its own runs say so. Model and sources: the module `model`.
    ///
    /// An operator with little history borrows from its category, and then from all.
    ///
    /// # Errors
    /// [`Error::Length`], [`Error::NotFinite`] or [`Error::TooLarge`] for the embedding; [`Error::Operator`];
    /// [`Error::Entries`] unless there are 1 to 256 attention types; [`Error::Unequal`] unless there are as many `gains`.
    pub fn predict(
        &mut self,
        embedding: &[f32],
        op_type: f64,
        attention_types: &[u8],
        gains: &mut [f32],
    ) -> Result<(), Error> {
        if gains.len() != attention_types.len() {
            let (argument, actual) = (Argument::Gains, gains.len());
            return Err(Error::Unequal {
                argument,
                actual,
                other: Argument::AttentionTypes,
                expected: attention_types.len(),
            });
        }
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
        let posterior = self.posterior(op_type, attention_types)?;
        for (gain, &attention) in gains.iter_mut().zip(attention_types) {
            *gain = posterior.prediction(attention) as f32;
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
        self.operator(op_type)?;
        check::entries(Argument::AttentionTypes, attention_types.len())?;
        let unanswered = self.advisor.unanswered_at(self.total.count);
        let Advisor { seed, draws, .. } = &self.advisor;
        let number = u64::from(*seed) << 32 | u64::from(*draws);
        let mut rng = Stream::new(number);
        let normal = [0; 2].map(|_| rng.next_normal());
        let mut posterior = self.posterior(op_type, attention_types)?;
        posterior.draw(normal, unanswered, attention_types.len());
        let mut best = (0, f64::NEG_INFINITY);
        for &attention in attention_types {
            // Each type has draws of its own, whoever lists it where.
            let mut rng = Stream::new(number ^ (u64::from(attention) + 1).wrapping_mul(FACTOR));
            let score = posterior.score(attention, rng.next_normal()) + TIE * f64::from(rng.next_signed());
            if score > best.1 {
                best = (attention, score);
            }
        }
        self.advisor.draws = self.advisor.draws.wrapping_add(1);
        self.advisor.unanswered = unanswered.saturating_add(1);
        self.advisor.answered = self.total.count;
        Ok(best.0)
    }

    /// Starts the draws of recommendations anew. A new buffer has seed 0.
    pub fn set_seed(&mut self, seed: u32) {
        self.advisor.seed = seed;
        self.advisor.draws = 0;
    }

    /// Sets the pace of forgetting: after this many decisions made nearby, the variance of what was seen before has grown by
    /// as much as there is between attention types, so that it counts half. The default is 500; infinity forgets nothing but what
    /// the ring does.
    ///
    /// # Errors
    /// [`Error::Number`] unless it is at least 1.
    pub fn set_forgetting(&mut self, decisions: f64) -> Result<(), Error> {
        check::number(Argument::Decisions, decisions, decisions >= 1.0)?;
        self.advisor.forgetting = decisions;
        self.advisor.history.reset(); // means depend on it
        Ok(())
    }

    /// The pace of forgetting, in decisions.
    pub fn forgetting(&self) -> f64 {
        self.advisor.forgetting
    }

    /// What is known, seen from the embedding in its buffer under an operator.
    fn posterior(&mut self, op_type: f64, attention_types: &[u8]) -> Result<Posterior<'_>, Error> {
        let operator = self.operator(op_type)?;
        check::entries(Argument::AttentionTypes, attention_types.len())?;
        let Self { embedding, dim, ring, total, capacity, advisor, operators, .. } = self;
        let Advisor { history, forgetting, types, kinships: kin, .. } = advisor;
        let pace = *forgetting;
        let norm2 = kernels::norm2(embedding);
        check::finite(Argument::Embedding, norm2, values(embedding, *dim))?;

        let blocks = embedding.len();
        history.update(ring, blocks, total.count, *capacity, pace);
        let (contexts, counts) = history.contexts();
        kinships(operator, operators, counts, kin);
        let inverse_norm = inverse_sqrt(norm2);
        let zero = inverse_norm == 0.0;
        let mut view = View::default();
        for context in &mut *contexts {
            let recorded = ring.embedding(context.slot as usize, blocks);
            let mut cosine = kernels::dot(recorded, embedding) * context.inverse_norm * inverse_norm;
            if zero && context.inverse_norm == 0.0 {
                cosine = 1.0; // zeros have no direction, but are alike
            }
            view.look(context, if cosine < 1.0 { 1.0 - cosine } else { 0.0 }, kin[usize::from(context.operator)]);
        }
        let range = view.range();
        for context in &mut *contexts {
            view.add(context, range, kin[usize::from(context.operator)]);
        }
        let scale = history.scale();
        let (contexts, cells, by_age) = history.aged();
        Ok(Posterior::new(types, &view, contexts, cells, by_age, scale, pace))
    }
}
