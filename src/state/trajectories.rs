//! Files of trajectories: what the ring holds, a column each, oldest first, and the statistics over everything recorded.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::Host;
use super::adapters::{read_operators, write_operators};
use super::container::{Dtype, NewFile, decode};
use super::fields::Fields;
use super::fields::{put, square};
use crate::error::{Argument, Error, TOO_LARGE, reason};
use crate::operators::{OPERATOR_COUNT, Operators};
use crate::recommend::FORGETTING;
use crate::rows::{values, values_mut};
use crate::trajectory::{Kind, Tag, Totals, TrajectoryBuffer, slots};

impl TrajectoryBuffer {
    /// Name of the class in files and in JavaScript.
    pub(crate) const CLASS: &str = "WasmTrajectoryBuffer";

    pub(crate) fn save<H: Host>(&self) -> Result<Vec<u8>, Box<Error>> {
        let Self { capacity, dim, ring, total, operators, of_operators, advisor, embedding, metadata: user, .. } = self;
        let (dim, blocks, length) = (*dim, embedding.len(), self.len());
        let held = || slots(0, total.count, *capacity);
        let rows = || core::iter::once(total).chain(of_operators.iter());
        let mut file = NewFile::of_class(Self::CLASS);
        file.text("capacity", &H::number(*capacity as f64));
        file.text("embedding_dim", &H::number(dim as f64));
        // What follows is there where it differs from what files said before it could.
        let own = matches!(operators, Operators::Own(_));
        if own {
            write_operators::<H>(&mut file, operators);
        }
        user.iter().for_each(|(key, value)| file.text(key, value));
        let embeddings = file.tensor("embeddings", Dtype::F32, &[length, dim])?;
        held().for_each(|slot| embeddings.f32(values(ring.embedding(slot, blocks), dim)));
        let tags = file.tensor("operators", if own { Dtype::I64 } else { Dtype::U8 }, &[length])?;
        held().for_each(|slot| match ring.tags[slot].operator {
            id if own => tags.i64(&[id.into()]),
            id => tags.u8(id as u8),
        });
        let tags = file.tensor("attention_types", Dtype::U8, &[length])?;
        held().for_each(|slot| tags.u8(ring.tags[slot].attention));
        if held().any(|slot| ring.tags[slot].kind() != Kind::Time) {
            let kinds = file.tensor("kinds", Dtype::U8, &[length])?;
            held().for_each(|slot| kinds.u8(ring.tags[slot].kind));
        }
        for (name, column) in [("improvements", ring.improvements()), ("baselines", &ring.baselines)] {
            let values = file.tensor(name, Dtype::F32, &[length])?;
            held().for_each(|slot| values.f32(&[column[slot]]));
        }
        let statistics = file.tensor("state.statistics", Dtype::F64, &[rows().count(), 3])?;
        rows().for_each(|total| statistics.f64(&[total.mean, total.deviation2, total.best]));
        let counts = file.tensor("state.counts", Dtype::I64, &[rows().count(), 2])?;
        rows().for_each(|total| counts.i64(&[total.count, total.successes]));
        let attentions = file.tensor("state.best_attention", Dtype::U8, &[rows().count()])?;
        rows().for_each(|total| attentions.u8(total.best_attention));
        file.tensor("state.draws", Dtype::I64, &[2])?.i64(&[advisor.seed.into(), advisor.draws.into()]);
        let unanswered = advisor.unanswered_at(total.count);
        if unanswered > 0 {
            file.tensor("state.unanswered", Dtype::I64, &[1])?.i64(&[unanswered.into()]);
        }
        if advisor.forgetting != FORGETTING {
            // 0 for infinity: numbers in files are finite.
            let pace = if advisor.forgetting.is_finite() { advisor.forgetting } else { 0.0 };
            file.tensor("state.forgetting", Dtype::F64, &[1])?.f64(&[pace]);
        }
        file.encode::<H>()
    }

    /// A file of this class. `source` is the argument that it came in.
    pub(crate) fn load<H: Host>(bytes: &[u8], source: &str) -> Result<Self, Box<Error>> {
        let mut fields = Fields::of_class(decode::<H>(bytes, source)?, source, Self::CLASS)?;
        let capacity = fields.integer::<H>("capacity", Argument::Capacity)?;
        let dim = fields.integer::<H>("embedding_dim", Argument::EmbeddingDim)?;
        let own = if fields.text("operators").is_some() { Some(read_operators::<H>(&fields)?) } else { None };
        let is_own = own.is_some();
        let table = own.unwrap_or_default();
        // Statistics are of all trajectories, and then of those of each operator.
        let rows = 1 + table.count();
        let counts = fields.counts("state.counts", &[rows, 2])?;
        let count_of = |row: usize| counts.as_chunks().0[row].map(u64::from_le_bytes);
        if let Some([count, successes]) = (0..rows).map(count_of).find(|[count, successes]| successes > count) {
            return fields.refuse(reason!["state.counts has ", successes, " successes of ", count]);
        }
        let [count, _] = count_of(0);
        let sum = (1..rows).try_fold(0u64, |sum, row| sum.checked_add(count_of(row)[0]));
        if sum != Some(count) {
            let sum = sum.map_or(f64::INFINITY, |sum| sum as f64);
            return fields.refuse(reason!["state.counts has ", sum, " of all operators, and ", count, " in all"]);
        }

        let length = count.min(capacity as u64) as usize;
        let dim_values = dim as usize;
        let embeddings = fields.f32("embeddings", &[length, dim_values], "finite", f32::is_finite)?;
        for (i, embedding) in embeddings.chunks_exact(dim_values).enumerate() {
            if square(embedding.iter().map(|&value| f32::from_le_bytes(value))) > f64::from(f32::MAX) {
                let reason = reason!["embeddings number ", i, TOO_LARGE];
                return fields.refuse(reason);
            }
        }
        let last = table.count() - 1;
        let rule = ["an integer from 0 to ", itoa::Buffer::new().format(last)].concat();
        let operators: Vec<u16> = if is_own {
            let is_id = |value: i64, _| (0..=last as i64).contains(&value);
            let found = fields.i64("operators", &[Some(length)], &rule, &is_id)?;
            found.iter().map(|&id| u64::from_le_bytes(id) as u16).collect()
        } else {
            let found = fields.u8("operators", &[length], &rule, |id| usize::from(id) < OPERATOR_COUNT)?;
            found.iter().copied().map(u16::from).collect()
        };
        let kinds = if fields.has("kinds") {
            fields.u8("kinds", &[length], "0, 1 or 2", |kind| usize::from(kind) < Kind::ALL.len())?
        } else {
            &[]
        };
        let kind_of = |i: usize| kinds.get(i).copied().unwrap_or_default();
        let attentions = fields.u8("attention_types", &[length], "", |_| true)?;
        let improvements = fields.f32("improvements", &[length], "finite", f32::is_finite)?;
        // Outcomes may be any number.
        let low = |&(i, value): &(usize, f32)| kind_of(i) != Kind::Outcome as u8 && value < -1.0;
        let values_of = improvements.iter().map(|&value| f32::from_le_bytes(value));
        if let Some((i, value)) = values_of.enumerate().find(low) {
            return fields.refuse(reason![
                "improvements has ",
                value,
                " at ",
                i,
                ", it must be finite and at least -1"
            ]);
        }
        let baselines = fields.f32("baselines", &[length], "at least 0", |value| value >= 0.0)?;
        let statistics = fields.f64("state.statistics", &[rows, 3])?;
        let best_attentions = fields.u8("state.best_attention", &[rows], "", |_| true)?;
        let is_u32 = |value: i64, _| u32::try_from(value).is_ok();
        let draws = fields.i64("state.draws", &[Some(2)], "an integer from 0 to 4294967295", &is_u32)?;
        let unanswered = match fields.has("state.unanswered") {
            true => fields.i64("state.unanswered", &[Some(1)], "an integer from 0 to 4294967295", &is_u32)?,
            false => &[],
        };
        let forgetting = match fields.has("state.forgetting") {
            true => fields.f64("state.forgetting", &[1])?.first().map(|&pace| f64::from_le_bytes(pace)),
            false => None,
        };
        if let Some(pace) = forgetting.filter(|&pace| pace != 0.0 && pace < 1.0) {
            return fields.refuse(reason!["state.forgetting is ", pace, ", it must be 0 or at least 1"]);
        }
        let statistics_of = |row: usize| statistics.as_chunks().0[row].map(f64::from_le_bytes);
        if let Some([_, negative, _]) = (0..rows).map(statistics_of).find(|[_, deviation2, _]| *deviation2 < 0.0) {
            return fields.refuse(reason!["state.statistics has ", negative, " as a sum of squares"]);
        }
        let user = fields.end()?;

        let mut buffer = Self::of(Some(capacity), Some(dim), table)?;
        buffer.metadata = user;
        let blocks = buffer.embedding.len();
        for (i, slot) in slots(0, count, capacity as usize).enumerate() {
            let row = &mut buffer.ring.embeddings[slot * blocks..][..blocks];
            put(&embeddings[i * dim_values..][..dim_values], values_mut(row, dim_values));
            buffer.ring.tags[slot] = Tag { operator: operators[i], attention: attentions[i], kind: kind_of(i) };
            buffer.ring.improvements_mut()[slot] = f32::from_le_bytes(improvements[i]);
            buffer.ring.baselines[slot] = f32::from_le_bytes(baselines[i]);
        }
        let totals = core::iter::once(&mut buffer.total).chain(buffer.of_operators.iter_mut());
        for (row, total) in totals.enumerate() {
            let ([count, successes], [mean, deviation2, best]) = (count_of(row), statistics_of(row));
            *total = Totals { count, successes, mean, deviation2, best, best_attention: best_attentions[row] };
        }
        buffer.next = (count % capacity as u64) as usize;
        buffer.advisor.seed = u64::from_le_bytes(draws[0]) as u32;
        buffer.advisor.draws = u64::from_le_bytes(draws[1]) as u32;
        buffer.advisor.unanswered = unanswered.first().map_or(0, |&count| u64::from_le_bytes(count) as u32);
        buffer.advisor.answered = count;
        if let Some(pace) = forgetting {
            buffer.advisor.forgetting = if pace == 0.0 { f64::INFINITY } else { pace };
        }
        Ok(buffer)
    }
}
