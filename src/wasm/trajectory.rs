//! The ring of `WasmTrajectoryBuffer`.

use wasm_bindgen::prelude::*;

use crate::operators::Operator;
use crate::trajectory::TrajectoryBuffer;
use crate::wasm::handle::{Handle, keep};
use crate::wasm::status::{or_status, status};

type Buffer = Handle<TrajectoryBuffer>;

/// A new buffer's address, or what was refused.
#[wasm_bindgen]
pub fn buffer_new(capacity: Option<f64>, embedding_dim: Option<f64>) -> f64 {
    or_status(TrajectoryBuffer::try_new(capacity, embedding_dim).and_then(keep).map(|address| address as f64))
}

#[wasm_bindgen]
pub fn buffer_free(buffer: Buffer) {
    buffer.release();
}

#[wasm_bindgen]
pub fn buffer_dim(buffer: Buffer) -> usize {
    buffer.dim()
}

#[wasm_bindgen]
pub fn buffer_capacity(buffer: Buffer) -> usize {
    buffer.capacity()
}

/// Address of the buffer for the next embedding.
#[wasm_bindgen]
pub fn buffer_embedding(buffer: Buffer) -> *const f32 {
    buffer.embedding_ptr()
}

/// Records the embedding in its buffer.
#[wasm_bindgen]
pub fn buffer_record(
    mut buffer: Buffer,
    op_type: f64,
    attention_type: f64,
    execution_ms: f64,
    baseline_ms: f64,
) -> u32 {
    status(buffer.try_record(op_type, attention_type, execution_ms, baseline_ms))
}

#[wasm_bindgen]
pub fn buffer_total_count(buffer: Buffer) -> u64 {
    buffer.total_count()
}

#[wasm_bindgen]
pub fn buffer_success_rate(buffer: Buffer) -> f64 {
    buffer.success_rate()
}

#[wasm_bindgen]
pub fn buffer_mean_improvement(buffer: Buffer) -> f64 {
    buffer.mean_improvement()
}

#[wasm_bindgen]
pub fn buffer_best_improvement(buffer: Buffer) -> f64 {
    buffer.best_improvement()
}

#[wasm_bindgen]
pub fn buffer_best_attention(buffer: Buffer) -> u8 {
    buffer.best_attention()
}

#[wasm_bindgen]
pub fn buffer_variance(buffer: Buffer) -> f64 {
    buffer.variance()
}

#[wasm_bindgen]
pub fn buffer_len(buffer: Buffer) -> usize {
    buffer.len()
}

/// How many improvements are above the threshold, or what was refused.
#[wasm_bindgen]
pub fn buffer_high_quality_count(buffer: Buffer, threshold: f64) -> f64 {
    or_status(buffer.try_high_quality_count(threshold).map(f64::from))
}

#[wasm_bindgen]
pub fn buffer_count_by_operator(buffer: Buffer, op_type: u32) -> u32 {
    buffer.count_by_operator(Operator::at(op_type as u16))
}

#[wasm_bindgen]
pub fn buffer_success_rate_for(buffer: Buffer, op_type: u32) -> f64 {
    buffer.success_rate_for(Operator::at(op_type as u16))
}

#[wasm_bindgen]
pub fn buffer_mean_improvement_for(buffer: Buffer, op_type: u32) -> f64 {
    buffer.mean_improvement_for(Operator::at(op_type as u16))
}

#[wasm_bindgen]
pub fn buffer_best_attention_for(buffer: Buffer, op_type: u32) -> u8 {
    buffer.best_attention_for(Operator::at(op_type as u16))
}

/// Address of the buffer for the attention types to ask about.
#[wasm_bindgen]
pub fn buffer_types(mut buffer: Buffer) -> *const f32 {
    buffer.types_mut().as_ptr()
}

/// Turns the first `count` attention types in their buffer into predictions for the embedding in its, and returns one of
/// them to try; or what was refused.
#[wasm_bindgen]
pub fn buffer_ask(mut buffer: Buffer, op_type: f64, count: usize, drawn: bool) -> f64 {
    or_status(buffer.try_ask(op_type, count, drawn).map(f64::from))
}

#[wasm_bindgen]
pub fn buffer_set_seed(mut buffer: Buffer, seed: u32) {
    buffer.set_seed(seed);
}

#[wasm_bindgen]
pub fn buffer_reset(mut buffer: Buffer) {
    buffer.reset();
}
