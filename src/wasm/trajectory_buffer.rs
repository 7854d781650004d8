//! `WasmTrajectoryBuffer`.

use wasm_bindgen::prelude::*;

use crate::operators::Operator;
use crate::trajectory::TrajectoryBuffer;
use crate::wasm::error::{outcome, range_error};
use crate::wasm::room_for;

/// A ring of what was tried and how well it went: the last `capacity` trajectories, and statistics over all of them.
/// A trajectory's improvement is `baseline_ms / execution_ms − 1`: 1 means twice as fast as the baseline.
///
/// @example
/// const buffer = new WasmTrajectoryBuffer(1000, 256);
/// buffer.record(embedding, 2, 5, 45.2, 120.5); // a join with attention type 5, 45.2 ms instead of 120.5
/// console.log(buffer.mean_improvement());
#[wasm_bindgen]
pub struct WasmTrajectoryBuffer {
    buffer: TrajectoryBuffer,
}

// Written in JavaScript, as the array methods of `WasmMicroLoRA` are.
#[wasm_bindgen(typescript_custom_section)]
const ARRAYS: &str = r#"
export interface WasmTrajectoryBuffer {
    /**
     * Records a trajectory; the oldest one makes room.
     *
     * @param embedding - `embedding_dim` numbers
     * @param op_type - operator, an integer from 0 to 16
     * @param attention_type - what was tried, an integer from 0 to 255
     * @param execution_ms - time that it took, above 0
     * @param baseline_ms - time that the baseline takes, at least 0
     * @throws {RangeError} if `embedding` has not `embedding_dim` values, or if any argument is out of range or not
     * finite
     * @throws {TypeError} if `embedding` is not an array
     * @example buffer.record(embedding, 2, 5, 45.2, 120.5);
     */
    record(embedding: ArrayLike<number>, op_type: number, attention_type: number, execution_ms: number, baseline_ms: number): void;
}
"#;

#[wasm_bindgen]
impl WasmTrajectoryBuffer {
    /// @param capacity - trajectories held, an integer from 1 to 1,000,000; 1000 if left out
    /// @param embedding_dim - numbers per embedding, an integer from 1 to 4096; 256 if left out
    /// @throws {RangeError} for any other value, or if the memory cannot be had: it is all set aside here
    #[wasm_bindgen(constructor)]
    pub fn new(capacity: Option<f64>, embedding_dim: Option<f64>) -> Result<WasmTrajectoryBuffer, JsValue> {
        let buffer = TrajectoryBuffer::new(capacity, embedding_dim).map_err(range_error)?;
        room_for::<Self>().map_err(range_error)?;
        Ok(Self { buffer })
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

    /// How many of the trajectories that the ring holds have an improvement above `threshold`.
    ///
    /// @param threshold - 0.5 asks for those over 50 % better than the baseline
    /// @throws {RangeError} if `threshold` is NaN
    pub fn high_quality_count(&self, threshold: f64) -> Result<u32, JsValue> {
        self.buffer.high_quality_count(threshold).map_err(range_error)
    }

    /// How many of the trajectories that the ring holds are of one operator.
    ///
    /// @param op_type - an integer from 0 to 16
    /// @throws {RangeError} if `op_type` is no operator
    pub fn count_by_operator(&self, op_type: u32) -> u32 {
        self.buffer.count_by_operator(Operator::at(op_type))
    }

    /// Forgets everything; the memory stays set aside.
    pub fn reset(&mut self) {
        self.buffer.reset();
    }

    /// Address of the buffer for the next embedding.
    #[wasm_bindgen(js_name = _embedding_ptr, skip_typescript)]
    pub fn embedding_ptr(&self) -> usize {
        self.buffer.embedding_ptr() as usize
    }

    /// Numbers per embedding.
    #[wasm_bindgen(js_name = _dim, skip_typescript)]
    pub fn dim(&self) -> usize {
        self.buffer.dim()
    }

    /// `record` of the embedding in its buffer.
    #[wasm_bindgen(js_name = _record_embedding, skip_typescript)]
    pub fn record_embedding(
        &mut self,
        op_type: f64,
        attention_type: f64,
        execution_ms: f64,
        baseline_ms: f64,
    ) -> JsValue {
        outcome(self.buffer.record_embedding(op_type, attention_type, execution_ms, baseline_ms))
    }
}
