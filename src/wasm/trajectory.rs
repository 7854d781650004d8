//! `WasmTrajectoryBuffer`.

use alloc::boxed::Box;

use js_sys::{Float32Array, JsString, Object, Uint8Array};
use wasm_bindgen::prelude::*;

use super::arrays;
use super::exception::{Exception, Outcome, attempt};
use super::host::JavaScript;
use super::{lists, objects};
use crate::check;
use crate::error::Argument;
use crate::rows::zeroed;
use crate::trajectory::{ATTENTION_TYPES, TrajectoryBuffer};

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
    types: [u8; ATTENTION_TYPES],
    gains: Box<[f32]>,
}

impl WasmTrajectoryBuffer {
    fn of(buffer: TrajectoryBuffer) -> Result<Self, Exception> {
        Ok(Self {
            buffer,
            given: zeroed(ATTENTION_TYPES)?,
            types: [0; ATTENTION_TYPES],
            gains: zeroed(ATTENTION_TYPES)?,
        })
    }

    /// Reads what a question is about; returns how many attention types there are.
    fn ask(&mut self, embedding: &JsValue, op_type: f64, attention_types: &JsValue) -> Result<usize, Exception> {
        self.buffer.operator(op_type)?;
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
    /// @example const buffer = new WasmTrajectoryBuffer(1000, 256);
    #[wasm_bindgen(constructor)]
    pub fn new(capacity: Option<f64>, embedding_dim: Option<f64>) -> Outcome<WasmTrajectoryBuffer> {
        attempt(|| {
            arrays::connect_snippet();
            objects::with_room(Self::of(TrajectoryBuffer::new(capacity, embedding_dim)?)?)
        })
    }

    /// A buffer for operators of your own, such as the routes of a service or the tools of an agent.
    ///
    /// @param names - 1 to 1024 distinct names; the position is the id
    /// @param categories - for each operator, the name of its category: an operator with little history borrows from its
    /// category, and then from all
    /// @param capacity - trajectories held, an integer from 1 to 1,000,000; 1000 if left out
    /// @param embedding_dim - numbers per embedding, an integer from 1 to 4096; 256 if left out
    /// @throws {RangeError} for any other value, too few or too many names, one that comes twice, or if the memory cannot be
    /// had
    /// @throws {TypeError} if `names` or `categories` is no array of strings that UTF-8 can hold
    /// @example const buffer = WasmTrajectoryBuffer.with_operators(['search', 'browse'], ['web', 'web'], 1000, 384);
    pub fn with_operators(
        #[wasm_bindgen(unchecked_param_type = "readonly string[]")] names: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "readonly string[]")] categories: &JsValue,
        capacity: Option<f64>,
        embedding_dim: Option<f64>,
    ) -> Outcome<WasmTrajectoryBuffer> {
        attempt(|| {
            arrays::connect_snippet();
            let names = lists::read_texts(names, Argument::Names)?;
            let categories = lists::read_texts(categories, Argument::Categories)?;
            let buffer = TrajectoryBuffer::with_operators(capacity, embedding_dim, &names, &categories)?;
            objects::with_room(Self::of(buffer)?)
        })
    }

    /// Records how long a run took, beside the baseline; the oldest trajectory makes room. Its improvement is
    /// `baseline_ms / execution_ms − 1`; `predict` speaks of the same as ln(baseline / execution). It copies the embedding and
    /// looks at nothing else: the next question learns from it.
    ///
    /// @param embedding - `embedding_dim` numbers
    /// @param op_type - operator, an integer from 0 up to the last operator (16 for the built-in ones)
    /// @param attention_type - what was tried, an integer from 0 to 255
    /// @param execution_ms - milliseconds that it took, above 0
    /// @param baseline_ms - milliseconds that the baseline takes, above 0
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

    /// Records a run that was cut off: it would have taken `limit_ms` or longer. In the statistics its improvement is
    /// `baseline_ms / limit_ms − 1`, which it is at most; `predict` and `recommend` expect less of it, as far as other runs of
    /// the type say so.
    ///
    /// @param embedding - `embedding_dim` numbers
    /// @param op_type - operator, an integer from 0 up to the last operator (16 for the built-in ones)
    /// @param attention_type - what was tried, an integer from 0 to 255
    /// @param limit_ms - milliseconds after which it was cut off, above 0
    /// @param baseline_ms - milliseconds that the baseline takes, above 0
    /// @throws {RangeError} and {TypeError} as `record`
    /// @example buffer.record_timeout(embedding, 2, 5, 100, 120.5);
    pub fn record_timeout(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "ArrayLike<number>")] embedding: &JsValue,
        op_type: f64,
        attention_type: f64,
        limit_ms: f64,
        baseline_ms: f64,
    ) -> Outcome<()> {
        attempt(|| {
            arrays::read(embedding, Argument::Embedding, self.buffer.embedding_mut())?;
            Ok(self.buffer.record_timeout_embedding(op_type, attention_type, limit_ms, baseline_ms)?)
        })
    }

    /// Records an outcome of any kind, of which more is better: 1 for a click and 0 for none, or −milliseconds where there is
    /// no baseline. The scale is estimated from what the ring holds, and `predict` answers in the same unit. In the statistics
    /// `value` counts as the improvement.
    ///
    /// In a buffer that holds times, too, a value counts as a gain ln(baseline / execution).
    ///
    /// @param embedding - `embedding_dim` numbers
    /// @param op_type - operator, an integer from 0 up to the last operator (16 for the built-in ones)
    /// @param attention_type - what was tried, an integer from 0 to 255
    /// @param value - how well it went, finite
    /// @throws {RangeError} and {TypeError} as `record`
    /// @example buffer.record_outcome(embedding, OperatorType.Rerank, 3, clicked ? 1 : 0);
    pub fn record_outcome(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "ArrayLike<number>")] embedding: &JsValue,
        op_type: f64,
        attention_type: f64,
        value: f64,
    ) -> Outcome<()> {
        attempt(|| {
            arrays::read(embedding, Argument::Embedding, self.buffer.embedding_mut())?;
            Ok(self.buffer.record_outcome_embedding(op_type, attention_type, value)?)
        })
    }

    /// How many operators there are: 17, unless they are of your own.
    ///
    /// @example const ids = Array.from({ length: buffer.operator_count() }, (_, id) => id);
    pub fn operator_count(&self) -> usize {
        self.buffer.operators().count()
    }

    /// The name of an operator.
    ///
    /// @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
    /// @throws {RangeError} if `op_type` is no operator
    /// @example const name = buffer.operator_name(2); // 'Join'
    #[wasm_bindgen(unchecked_return_type = "string")]
    pub fn operator_name(&self, op_type: f64) -> Outcome<JsString> {
        attempt(|| Ok(self.buffer.operators().name(self.buffer.operator(op_type)?.id()).into()))
    }

    /// The category of an operator.
    ///
    /// @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
    /// @throws {RangeError} if `op_type` is no operator
    /// @example const category = buffer.category_name(OperatorType.HashJoin);
    #[wasm_bindgen(unchecked_return_type = "string")]
    pub fn category_name(&self, op_type: f64) -> Outcome<JsString> {
        attempt(|| Ok(self.buffer.operators().category_of(self.buffer.operator(op_type)?.id()).into()))
    }

    /// Trajectories recorded since construction or `reset()`.
    ///
    /// @example const recorded = Number(buffer.total_count());
    pub fn total_count(&self) -> u64 {
        self.buffer.total_count()
    }

    /// Share of all trajectories with an improvement above 0; 0 if there are none.
    ///
    /// @example const percent = 100 * buffer.success_rate();
    pub fn success_rate(&self) -> f64 {
        self.buffer.success_rate()
    }

    /// Mean improvement of all trajectories; 0 if there are none.
    ///
    /// @example const faster = 1 + buffer.mean_improvement(); // baseline / execution, on average
    pub fn mean_improvement(&self) -> f64 {
        self.buffer.mean_improvement()
    }

    /// Best improvement of all trajectories; 0 if there are none.
    ///
    /// @example const record = 1 + buffer.best_improvement(); // baseline / execution
    pub fn best_improvement(&self) -> f64 {
        self.buffer.best_improvement()
    }

    /// Attention type of the best improvement, the earliest one among equals; 0 if there are none.
    ///
    /// @example const winner = buffer.best_attention();
    pub fn best_attention(&self) -> u8 {
        self.buffer.best_attention()
    }

    /// Sample variance of all improvements; 0 if there are fewer than two.
    ///
    /// @example const spread = Math.sqrt(buffer.variance());
    pub fn variance(&self) -> f64 {
        self.buffer.variance()
    }

    /// Trajectories that the ring holds.
    ///
    /// @example const dropped = Number(buffer.total_count()) - buffer.len();
    pub fn len(&self) -> usize {
        self.buffer.len()
    }

    /// Whether nothing has been recorded since construction or `reset()`.
    ///
    /// @example const type = buffer.is_empty() ? 0 : buffer.best_attention();
    pub fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    /// How many of the trajectories that the ring holds have an improvement above `threshold`, both as 32-bit floats.
    ///
    /// @param threshold - 0.5 asks for those over 50 % better than the baseline
    /// @throws {RangeError} if `threshold` is NaN
    /// @throws {TypeError} if it is no number
    /// @example const share = buffer.high_quality_count(0.5) / buffer.len();
    pub fn high_quality_count(&self, threshold: f64) -> Outcome<u32> {
        self.buffer.high_quality_count(threshold).into()
    }

    /// How many of the trajectories that the ring holds are of one operator.
    ///
    /// @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
    /// @throws {RangeError} if `op_type` is no operator
    /// @example const joins = buffer.count_by_operator(OperatorType.Join);
    pub fn count_by_operator(&self, op_type: f64) -> Outcome<u32> {
        attempt(|| Ok(self.buffer.count_by_operator(self.buffer.operator(op_type)?)?))
    }

    /// Share of all trajectories of one operator with an improvement above 0; 0 if there are none.
    ///
    /// @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
    /// @throws {RangeError} if `op_type` is no operator
    /// @example const percent = 100 * buffer.success_rate_for(OperatorType.Join);
    pub fn success_rate_for(&self, op_type: f64) -> Outcome<f64> {
        attempt(|| Ok(self.buffer.success_rate_for(self.buffer.operator(op_type)?)?))
    }

    /// Mean improvement of all trajectories of one operator; 0 if there are none.
    ///
    /// @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
    /// @throws {RangeError} if `op_type` is no operator
    /// @example const faster = 1 + buffer.mean_improvement_for(OperatorType.Join);
    pub fn mean_improvement_for(&self, op_type: f64) -> Outcome<f64> {
        attempt(|| Ok(self.buffer.mean_improvement_for(self.buffer.operator(op_type)?)?))
    }

    /// Attention type of one operator's best improvement, the earliest one among equals; 0 if there are none.
    ///
    /// @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
    /// @throws {RangeError} if `op_type` is no operator
    /// @example const winner = buffer.best_attention_for(OperatorType.Join);
    pub fn best_attention_for(&self, op_type: f64) -> Outcome<u8> {
        attempt(|| Ok(self.buffer.best_attention_for(self.buffer.operator(op_type)?)?))
    }

    /// What to expect of each of some attention types for an embedding under an operator, in the order of `attention_types`:
    /// gains ln(baseline / execution), so that `Math.exp(gain)` is the speed-up and `Math.exp(gain) − 1` what `record` calls
    /// the improvement; or, if the buffer holds nothing but outcomes, their mean in their own unit. Gains are kept within ±6, a
    /// factor of 400, and type 0, the baseline, is expected to gain 0 unless its own runs say otherwise.
    ///
    /// Learned from what the ring holds by a linear mixed model: the mean of each type, a slope over ln(baseline), an effect
    /// of the context, and a kernel regression over similar embeddings. An operator with little history borrows from its
    /// category, and then from all. Asking twice gives the same answer; it changes nothing.
    ///
    /// It reads each embedding in the ring once, up to the newest 20,000, so the time grows with what is recorded, but no further.
    ///
    /// @param embedding - `embedding_dim` numbers; their length does not matter, their direction does
    /// @param op_type - operator, an integer from 0 up to the last operator (16 for the built-in ones)
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

    /// Which of some attention types to try now for an embedding under an operator: what was tried before is drawn by how
    /// uncertain it is (Thompson sampling), what was not gets the benefit of the doubt, less what that may cost. Type 0, the
    /// baseline, is chosen where no other one promises more.
    ///
    /// Each call draws anew, so that decisions whose results are still to come spread over what is plausible. The draws follow
    /// from the seed and the number of recommendations made, so a run can be repeated exactly. Up to a sixteenth of a full ring,
    /// its oldest part, is not looked at. It takes as long as `predict`.
    ///
    /// @param embedding - `embedding_dim` numbers
    /// @param op_type - operator, an integer from 0 up to the last operator (16 for the built-in ones)
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
    /// @example buffer.set_seed(threadId); // threads that start alike then try different types
    pub fn set_seed(&mut self, seed: f64) -> Outcome<()> {
        attempt(|| {
            self.buffer.set_seed(check::integer(Argument::Seed, seed)? as u32);
            Ok(())
        })
    }

    /// The pace of forgetting. After this many decisions made nearby, an attention type that was not tried again in the
    /// meantime is as uncertain again as types differ from each other, so what has changed is noticed. Smaller for what
    /// changes often.
    ///
    /// @param decisions - at least 1; a new buffer has 500; Infinity forgets nothing but what the ring drops
    /// @throws {RangeError} for any other number
    /// @throws {TypeError} for anything but a number
    /// @example buffer.set_forgetting(100); // what it has seen changes often
    pub fn set_forgetting(&mut self, decisions: f64) -> Outcome<()> {
        self.buffer.set_forgetting(decisions).into()
    }

    /// The pace of forgetting, in decisions made nearby.
    ///
    /// @example buffer.set_forgetting(2 * buffer.forgetting());
    pub fn forgetting(&self) -> f64 {
        self.buffer.forgetting()
    }

    /// All numbers of the buffer, for JSON.
    ///
    /// @example console.table(buffer.stats());
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
    ///
    /// @example const text = JSON.stringify({ buffer });
    #[wasm_bindgen(js_name = toJSON, unchecked_return_type = "TrajectoryStats")]
    pub fn to_json(&self) -> Object {
        self.stats()
    }

    /// Forgets what was recorded. The seed, the pace of forgetting and your own metadata stay, and the memory stays set aside.
    ///
    /// @example buffer.reset(); // total_count() is 0 again
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
    ///
    /// @example const { user } = buffer.metadata();
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
