//! `WasmTrajectoryBuffer`.

use alloc::boxed::Box;

use js_sys::{Float32Array, Object, Uint8Array};
use wasm_bindgen::prelude::*;

use super::arrays;
use super::exception::{Exception, Outcome, attempt};
use super::host::JavaScript;
use super::objects;
use crate::check;
use crate::error::Argument;
use crate::operators::Operator;
use crate::rows::zeroed;
use crate::trajectory::TrajectoryBuffer;

/// Attention types that there are.
const TYPES: usize = 256;

/// A ring of what was tried and how well it went: the last `capacity` trajectories, and statistics over all of them.
/// A trajectory's improvement is `baseline_ms / execution_ms − 1`: 1 means twice as fast as the baseline.
///
/// Every method throws an Error after `free()`, and before `init()`.
///
/// @example
/// const buffer = new WasmTrajectoryBuffer(1000, 256);
/// buffer.record(embedding, 2, 5, 45.2, 120.5); // a join with attention type 5, 45.2 ms instead of 120.5
/// console.log(buffer.mean_improvement());
#[wasm_bindgen]
pub struct WasmTrajectoryBuffer {
    buffer: TrajectoryBuffer,
    /// Attention types as they are given, then as they are used, and what to expect of them.
    given: Box<[f64]>,
    types: [u8; TYPES],
    gains: Box<[f32]>,
}

impl WasmTrajectoryBuffer {
    fn of(buffer: TrajectoryBuffer) -> Result<Self, Exception> {
        Ok(Self { buffer, given: zeroed(TYPES)?, types: [0; TYPES], gains: zeroed(TYPES)? })
    }

    /// Reads what a question is about; returns how many attention types there are.
    fn ask(&mut self, embedding: &JsValue, op_type: f64, attention_types: &JsValue) -> Result<usize, Exception> {
        Operator::new(op_type)?;
        let count = arrays::read_types(attention_types, &mut self.given, &mut self.types)?;
        arrays::read(embedding, Argument::Embedding, self.buffer.embedding_mut())?;
        Ok(count)
    }
}

#[wasm_bindgen]
impl WasmTrajectoryBuffer {
    /// @param capacity - trajectories held, an integer from 1 to 1,000,000; 1000 if left out
    /// @param embedding_dim - numbers per embedding, an integer from 1 to 4096; 256 if left out
    /// @throws {RangeError} for any other value, or if the memory cannot be had: it is all set aside here
    /// @throws {TypeError} for anything but a number
    #[wasm_bindgen(constructor)]
    pub fn new(capacity: Option<f64>, embedding_dim: Option<f64>) -> Outcome<WasmTrajectoryBuffer> {
        attempt(|| {
            arrays::connect_snippet();
            objects::with_room(Self::of(TrajectoryBuffer::new(capacity, embedding_dim)?)?)
        })
    }

    /// Records a trajectory; the oldest one makes room.
    ///
    /// @param embedding - `embedding_dim` numbers
    /// @param op_type - operator, an integer from 0 to 16
    /// @param attention_type - what was tried, an integer from 0 to 255
    /// @param execution_ms - time that it took, above 0
    /// @param baseline_ms - time that the baseline takes, at least 0
    /// @throws {RangeError} if `embedding` has not `embedding_dim` values, or if any argument is out of range or not
    /// finite
    /// @throws {TypeError} if `embedding` is no array of numbers, or anything else no number
    /// @example buffer.record(embedding, 2, 5, 45.2, 120.5);
    pub fn record(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "ArrayLike<number>")] embedding: &JsValue,
        op_type: f64,
        attention_type: f64,
        execution_ms: f64,
        baseline_ms: f64,
    ) -> Outcome<()> {
        attempt(|| {
            arrays::read(embedding, Argument::Embedding, self.buffer.embedding_mut())?;
            Ok(self.buffer.record_embedding(op_type, attention_type, execution_ms, baseline_ms)?)
        })
    }

    /// Trajectories recorded since construction or `reset()`.
    pub fn total_count(&self) -> u64 {
        self.buffer.total_count()
    }

    /// Share of all trajectories with an improvement above 0; 0 if there are none.
    pub fn success_rate(&self) -> f64 {
        self.buffer.success_rate()
    }

    /// Mean improvement of all trajectories; 0 if there are none.
    pub fn mean_improvement(&self) -> f64 {
        self.buffer.mean_improvement()
    }

    /// Best improvement of all trajectories; 0 if there are none.
    pub fn best_improvement(&self) -> f64 {
        self.buffer.best_improvement()
    }

    /// Attention type of the best improvement, the earliest one among equals; 0 if there are none.
    pub fn best_attention(&self) -> u8 {
        self.buffer.best_attention()
    }

    /// Sample variance of all improvements; 0 if there are fewer than two.
    pub fn variance(&self) -> f64 {
        self.buffer.variance()
    }

    /// Trajectories that the ring holds.
    pub fn len(&self) -> usize {
        self.buffer.len()
    }

    /// Whether nothing has been recorded since construction or `reset()`.
    pub fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    /// How many of the trajectories that the ring holds have an improvement above `threshold`, both as 32-bit floats.
    ///
    /// @param threshold - 0.5 asks for those over 50 % better than the baseline
    /// @throws {RangeError} if `threshold` is NaN
    /// @throws {TypeError} if it is no number
    pub fn high_quality_count(&self, threshold: f64) -> Outcome<u32> {
        self.buffer.high_quality_count(threshold).into()
    }

    /// How many of the trajectories that the ring holds are of one operator.
    ///
    /// @param op_type - an integer from 0 to 16
    /// @throws {RangeError} if `op_type` is no operator
    pub fn count_by_operator(&self, op_type: f64) -> Outcome<u32> {
        attempt(|| Ok(self.buffer.count_by_operator(Operator::new(op_type)?)?))
    }

    /// Share of all trajectories of one operator with an improvement above 0; 0 if there are none.
    ///
    /// @param op_type - an integer from 0 to 16
    /// @throws {RangeError} if `op_type` is no operator
    pub fn success_rate_for(&self, op_type: f64) -> Outcome<f64> {
        attempt(|| Ok(self.buffer.success_rate_for(Operator::new(op_type)?)?))
    }

    /// Mean improvement of all trajectories of one operator; 0 if there are none.
    ///
    /// @param op_type - an integer from 0 to 16
    /// @throws {RangeError} if `op_type` is no operator
    pub fn mean_improvement_for(&self, op_type: f64) -> Outcome<f64> {
        attempt(|| Ok(self.buffer.mean_improvement_for(Operator::new(op_type)?)?))
    }

    /// Attention type of one operator's best improvement, the earliest one among equals; 0 if there are none.
    ///
    /// @param op_type - an integer from 0 to 16
    /// @throws {RangeError} if `op_type` is no operator
    pub fn best_attention_for(&self, op_type: f64) -> Outcome<u8> {
        attempt(|| Ok(self.buffer.best_attention_for(Operator::new(op_type)?)?))
    }

    /// What to expect of each of some attention types for an embedding under an operator: posterior means of
    /// ln(baseline / execution), in the order of `attention_types`. `Math.exp(gain)` is the speed-up; type 0 is the baseline,
    /// whose gain is 0.
    ///
    /// Learned from what the ring holds by a linear mixed model: the mean of each type, a slope over ln(baseline), an effect
    /// of the context, and a kernel regression over similar embeddings. An operator with little history borrows from its
    /// category, and then from all. Runs of one type with one embedding are averaged, from the sixth on a new one counting a
    /// sixth. Gains are kept within ±6, a factor of 400.
    ///
    /// @param embedding - `embedding_dim` numbers; their length does not matter, their direction does
    /// @param op_type - operator, an integer from 0 to 16
    /// @param attention_types - 1 to 256 integers from 0 to 255
    /// @returns as many numbers as there are attention types
    /// @throws {RangeError} if anything is out of range or not finite, or if `embedding` has not `embedding_dim` values
    /// @throws {TypeError} if `embedding` or `attention_types` is no array of numbers, or `op_type` no number
    /// @example const gains = buffer.predict(embedding, OperatorType.Join, [0, 1, 2, 3]);
    #[wasm_bindgen(unchecked_return_type = "Float32Array")]
    pub fn predict(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "ArrayLike<number>")] embedding: &JsValue,
        op_type: f64,
        #[wasm_bindgen(unchecked_param_type = "ArrayLike<number>")] attention_types: &JsValue,
    ) -> Outcome<Float32Array> {
        attempt(|| {
            let count = self.ask(embedding, op_type, attention_types)?;
            let Self { buffer, types, gains, .. } = self;
            let gains = &mut gains[..count];
            buffer.predict_embedding(op_type, &types[..count], gains)?;
            arrays::array(gains)
        })
    }

    /// Which of some attention types to try now for an embedding under an operator. Type 0, the baseline, is chosen where no
    /// other one promises more.
    ///
    /// The choice is the type with the highest `predict`ed gain, plus some for what is unknown of it, less what that
    /// uncertainty may cost; the slope and the common mean of the types are drawn from their posterior (Thompson sampling). The
    /// draws follow from the seed and the number of recommendations made, so a run can be repeated exactly. Up to a sixteenth
    /// of a full ring, its oldest part, is not looked at.
    ///
    /// @param embedding - `embedding_dim` numbers
    /// @param op_type - operator, an integer from 0 to 16
    /// @param attention_types - 1 to 256 integers from 0 to 255
    /// @returns one of `attention_types`
    /// @throws {RangeError} and {TypeError} as `predict`
    /// @example
    /// const type = buffer.recommend(embedding, OperatorType.Join, [0, 1, 2, 3]);
    /// buffer.record(embedding, OperatorType.Join, type, run(type), baseline_ms);
    pub fn recommend(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "ArrayLike<number>")] embedding: &JsValue,
        op_type: f64,
        #[wasm_bindgen(unchecked_param_type = "ArrayLike<number>")] attention_types: &JsValue,
    ) -> Outcome<u8> {
        attempt(|| {
            let count = self.ask(embedding, op_type, attention_types)?;
            Ok(self.buffer.recommend_embedding(op_type, &self.types[..count])?)
        })
    }

    /// Starts the draws of `recommend` anew. A new buffer has seed 0; `reset()` starts them anew with the same seed.
    ///
    /// @param seed - an integer from 0 to 4294967295
    /// @throws {RangeError} for any other number
    /// @throws {TypeError} for anything but a number
    pub fn set_seed(&mut self, seed: f64) -> Outcome<()> {
        attempt(|| {
            self.buffer.set_seed(check::integer(Argument::Seed, seed)? as u32);
            Ok(())
        })
    }

    /// All numbers of the buffer, for JSON.
    #[wasm_bindgen(unchecked_return_type = "TrajectoryStats")]
    pub fn stats(&self) -> Object {
        let buffer = &self.buffer;
        objects::of_numbers(&[
            ("capacity", buffer.capacity() as f64),
            ("embedding_dim", buffer.dim() as f64),
            ("total_count", buffer.total_count() as f64),
            ("success_rate", buffer.success_rate()),
            ("mean_improvement", buffer.mean_improvement()),
            ("best_improvement", buffer.best_improvement()),
            ("best_attention", buffer.best_attention().into()),
            ("variance", buffer.variance()),
            ("len", buffer.len() as f64),
        ])
    }

    /// What `JSON.stringify` makes of it: its `stats()`. Its state is in `to_safetensors()`.
    #[wasm_bindgen(js_name = toJSON, unchecked_return_type = "TrajectoryStats")]
    pub fn to_json(&self) -> Object {
        self.stats()
    }

    /// Forgets everything; the memory stays set aside.
    pub fn reset(&mut self) {
        self.buffer.reset();
    }

    /// What the ring holds, a column each (`embeddings` [n, embedding_dim], `operators`, `attention_types`, `improvements`,
    /// `baselines` in ms, oldest first), the statistics over everything recorded, and where the draws of `recommend` are, as a
    /// safetensors file.
    ///
    /// @param metadata - texts of your own that go into this file and later ones; if left out, those that were given last, or that
    /// the file had which this was loaded from
    /// @throws {RangeError} if a key is one of the format's own, or if the memory cannot be had
    /// @throws {TypeError} if `metadata` is no object of strings
    /// @example await writeFile('trajectories.safetensors', buffer.to_safetensors());
    #[wasm_bindgen(unchecked_return_type = "FileBytes")]
    pub fn to_safetensors(
        &mut self,
        #[wasm_bindgen(unchecked_optional_param_type = "Record<string, string>")] metadata: &JsValue,
    ) -> Outcome<Uint8Array> {
        attempt(|| {
            let size = self.len() * (4 * self.buffer.dim() + 16); // embeddings, and the other columns
            let bytes =
                objects::saved(&mut self.buffer, size, |of| &mut of.metadata, metadata, |of| of.save::<JavaScript>())?;
            objects::new_bytes(&bytes)
        })
    }

    /// Texts of your own that files carry beside the state: those given to `to_safetensors`, or of the file that this was
    /// loaded from.
    #[wasm_bindgen(unchecked_return_type = "Record<string, string>")]
    pub fn metadata(&self) -> Object {
        objects::of_texts(&self.buffer.metadata)
    }

    /// A new buffer with the state of a file.
    ///
    /// @param bytes - what `to_safetensors` has written, or another program in the same way
    /// @throws {RangeError} that names the field, if anything about the file is wrong; or if the memory cannot be had
    /// @throws {TypeError} if `bytes` is no Uint8Array or ArrayBuffer
    /// @example const buffer = WasmTrajectoryBuffer.from_safetensors(await readFile('trajectories.safetensors'));
    pub fn from_safetensors(
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | ArrayBuffer")] bytes: &JsValue,
    ) -> Outcome<WasmTrajectoryBuffer> {
        attempt(|| {
            arrays::connect_snippet();
            let bytes = arrays::read_bytes(bytes, "bytes")?;
            objects::ensure_room(bytes.len().saturating_mul(2))?; // the header and the columns
            objects::with_room(Self::of(TrajectoryBuffer::load::<JavaScript>(&bytes, "bytes")?)?)
        })
    }
}
