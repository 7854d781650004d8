//! Files of trajectories: what the ring holds, a column each, oldest first, and the statistics over everything recorded.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::Host;
use super::container::{Dtype, NewFile, decode};
use super::fields::Fields;
use crate::config::MAX_DIM;
use crate::error::{Error, reason};
use crate::operators::OPERATOR_COUNT;
use crate::rows::{values, values_mut};
use crate::trajectory::{MAX_CAPACITY, Tag, Totals, TrajectoryBuffer, slots};

/// Statistics are of all trajectories, and then of those of each operator.
const ROWS: usize = 1 + OPERATOR_COUNT;

impl TrajectoryBuffer {
    /// Name of the class in files and in JavaScript.
    pub(crate) const CLASS: &str = "WasmTrajectoryBuffer";

    pub(crate) fn save<H: Host>(&self) -> Result<Vec<u8>, Box<Error>> {
        let Self { capacity, dim, ring, total, of_operators, advisor, embedding, metadata: user, .. } = self;
        let (dim, blocks, length) = (*dim, embedding.len(), self.len());
        let held = || slots(0, total.count, *capacity);
        let rows = || core::iter::once(total).chain(of_operators.iter());
        let mut file = NewFile::of_class(Self::CLASS);
        file.text("capacity", &H::number(*capacity as f64));
        file.text("embedding_dim", &H::number(dim as f64));
        user.iter().for_each(|(key, value)| file.text(key, value));
        let embeddings = file.tensor("embeddings", Dtype::F32, &[length, dim])?;
        held().for_each(|slot| embeddings.f32(values(ring.embedding(slot, blocks), dim)));
        let tags = file.tensor("operators", Dtype::U8, &[length])?;
        held().for_each(|slot| tags.u8(ring.tags[slot].operator as u8));
        let tags = file.tensor("attention_types", Dtype::U8, &[length])?;
        held().for_each(|slot| tags.u8(ring.tags[slot].attention));
        for (name, column) in [("improvements", ring.improvements()), ("baselines", &ring.baselines)] {
            let values = file.tensor(name, Dtype::F32, &[length])?;
            held().for_each(|slot| values.f32(&[column[slot]]));
        }
        let statistics = file.tensor("state.statistics", Dtype::F64, &[ROWS, 3])?;
        rows().for_each(|total| statistics.f64(&[total.mean, total.deviation2, total.best]));
        let counts = file.tensor("state.counts", Dtype::I64, &[ROWS, 2])?;
        rows().for_each(|total| counts.i64(&[total.count, total.successes]));
        let attentions = file.tensor("state.best_attention", Dtype::U8, &[ROWS])?;
        rows().for_each(|total| attentions.u8(total.best_attention));
        file.tensor("state.draws", Dtype::I64, &[2])?.i64(&[advisor.seed.into(), advisor.draws.into()]);
        file.encode::<H>()
    }

    /// A file of this class. `source` is the argument that it came in.
    pub(crate) fn load<H: Host>(bytes: &[u8], source: &str) -> Result<Self, Box<Error>> {
        let mut fields = Fields::of_class(decode::<H>(bytes, source)?, source, Self::CLASS)?;
        let integer = |fields: &Fields<'_>, key, most: usize| {
            let is_right = |value: f64| value >= 1.0 && value <= most as f64 && f64::from(value as u32) == value;
            fields.number::<H>(key, &reason!["an integer from 1 to ", most], &is_right)
        };
        let capacity = integer(&fields, "capacity", MAX_CAPACITY)?;
        let dim = integer(&fields, "embedding_dim", MAX_DIM)?;
        let counts = fields.counts("state.counts", &[ROWS, 2])?;
        let (counts, _) = counts.as_chunks::<2>();
        if let Some([count, successes]) = counts.iter().find(|[count, successes]| successes > count) {
            return fields.refuse(reason!["state.counts has ", *successes, " successes of ", *count]);
        }
        let [[count, _], of_operators @ ..] = counts else { unreachable!("there are ROWS of them") };
        let sum = of_operators.iter().try_fold(0u64, |sum, [count, _]| sum.checked_add(*count));
        if sum != Some(*count) {
            let sum = sum.map_or(f64::INFINITY, |sum| sum as f64);
            return fields.refuse(reason!["state.counts has ", sum, " of all operators, and ", *count, " in all"]);
        }

        let length = (*count).min(capacity as u64) as usize;
        let dim_values = dim as usize;
        let embeddings = fields.f32("embeddings", &[length, dim_values], "finite", f32::is_finite)?;
        for (i, embedding) in embeddings.chunks_exact(dim_values).enumerate() {
            let norm2: f64 = embedding.iter().map(|&value| f64::from(value) * f64::from(value)).sum();
            if norm2 > f64::from(f32::MAX) {
                let reason = reason!["embeddings number ", i, " is too large: its squared norm overflows f32"];
                return fields.refuse(reason);
            }
        }
        let last = OPERATOR_COUNT - 1;
        let rule = ["an integer from 0 to ", itoa::Buffer::new().format(last)].concat();
        let operators = fields.u8("operators", &[length], &rule, |id| usize::from(id) < OPERATOR_COUNT)?;
        let attentions = fields.u8("attention_types", &[length], "", |_| true)?;
        let is_improvement: fn(f32) -> bool = |value| value >= -1.0 && value.is_finite();
        let improvements = fields.f32("improvements", &[length], "finite and at least -1", is_improvement)?;
        let baselines = fields.f32("baselines", &[length], "at least 0", |value| value >= 0.0)?;
        let statistics = fields.f64("state.statistics", &[ROWS, 3])?;
        let best_attentions = fields.u8("state.best_attention", &[ROWS], "", |_| true)?;
        let is_u32 = |value: i64, _| u32::try_from(value).is_ok();
        let draws = fields.i64("state.draws", &[Some(2)], "an integer from 0 to 4294967295", &is_u32)?;
        let (statistics, _) = statistics.as_chunks::<3>();
        if let Some([_, negative, _]) = statistics.iter().find(|[_, deviation2, _]| *deviation2 < 0.0) {
            return fields.refuse(reason!["state.statistics has ", *negative, " as a sum of squares"]);
        }
        let user = fields.end()?;

        let mut buffer = Self::new(Some(capacity), Some(dim))?;
        buffer.metadata = user;
        let blocks = buffer.embedding.len();
        for (i, slot) in slots(0, *count, capacity as usize).enumerate() {
            let row = &mut buffer.ring.embeddings[slot * blocks..][..blocks];
            values_mut(row, dim_values).copy_from_slice(&embeddings[i * dim_values..][..dim_values]);
            buffer.ring.tags[slot] = Tag { operator: operators[i].into(), attention: attentions[i], kind: 0 };
            buffer.ring.improvements_mut()[slot] = improvements[i];
            buffer.ring.baselines[slot] = baselines[i];
        }
        let totals = core::iter::once(&mut buffer.total).chain(buffer.of_operators.iter_mut());
        for (i, total) in totals.enumerate() {
            let ([count, successes], [mean, deviation2, best]) = (counts[i], statistics[i]);
            *total = Totals { count, successes, mean, deviation2, best, best_attention: best_attentions[i] };
        }
        buffer.next = (*count % capacity as u64) as usize;
        buffer.advisor.seed = draws[0] as u32;
        buffer.advisor.draws = draws[1] as u32;
        Ok(buffer)
    }
}
