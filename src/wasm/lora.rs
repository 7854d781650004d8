//! Adapters: one set for `WasmScopedLoRA`, and one of a single operator for `WasmMicroLoRA`.

use alloc::boxed::Box;

use wasm_bindgen::prelude::*;

use crate::buffer::{Block, blocks_for, zeroed};
use crate::config::Config;
use crate::error::Refusal;
use crate::operators::Operator;
use crate::set::{Buffer, Set};
use crate::wasm::handle::{Handle, keep};
use crate::wasm::status::{or_status, status};

/// Rows that one part of a batch can have: so few that they stay in the nearest cache.
const BATCH_ROWS: usize = 16;

/// An object of either class.
#[repr(C)]
pub struct Object {
    /// Inputs of a part of a batch, then their outputs; made at first use.
    batch: Box<[Block]>,
    set: Set,
}

pinned!(Object[120] { set: 8 });

type Lora = Handle<Object>;

fn operator(op_type: u32) -> Operator {
    Operator::at(op_type as u16)
}

/// A new set's address, or what was refused. With 0 operators it is a single adapter.
#[wasm_bindgen]
pub fn lora_new(
    dim: Option<f64>,
    alpha: Option<f64>,
    learning_rate: Option<f64>,
    operators: usize,
    categories: usize,
) -> f64 {
    let make = |config| match operators {
        0 => Set::single(config),
        _ => Set::new(config, operators, categories),
    };
    let set = Config::checked(dim, alpha, learning_rate).and_then(make);
    let object = set.and_then(|set| keep(Object { set, batch: Box::default() }));
    or_status(object.map(|address| address as f64))
}

/// Says which category an operator leans on.
#[wasm_bindgen]
pub fn lora_set_category(mut lora: Lora, op_type: u32, category: usize) {
    lora.set.set_category(operator(op_type), category);
}

#[wasm_bindgen]
pub fn lora_free(lora: Lora) {
    lora.release();
}

#[wasm_bindgen]
pub fn lora_dim(lora: Lora) -> usize {
    lora.set.config().dim()
}

#[wasm_bindgen]
pub fn lora_alpha(lora: Lora) -> f32 {
    lora.set.config().alpha()
}

#[wasm_bindgen]
pub fn lora_learning_rate(lora: Lora) -> f32 {
    lora.set.config().learning_rate()
}

#[wasm_bindgen]
pub fn lora_set_learning_rate(mut lora: Lora, learning_rate: f64) -> u32 {
    status(lora.set.config_mut().try_set_learning_rate(learning_rate))
}

#[wasm_bindgen]
pub fn lora_freeze_a(mut lora: Lora, on: bool) {
    lora.set.config_mut().freeze_a(on);
}

#[wasm_bindgen]
pub fn lora_set_category_fallback(mut lora: Lora, on: bool) {
    lora.set.set_category_fallback(on);
}

/// Addresses of the fixed buffers.
#[wasm_bindgen]
pub fn lora_input(lora: Lora) -> *const f32 {
    lora.set.input().as_ptr()
}

#[wasm_bindgen]
pub fn lora_output(lora: Lora) -> *const f32 {
    lora.set.output().as_ptr()
}

#[wasm_bindgen]
pub fn lora_staging(lora: Lora) -> *const f32 {
    lora.set.staging().as_ptr()
}

#[wasm_bindgen]
pub fn lora_target(lora: Lora) -> *const f32 {
    lora.set.target().as_ptr()
}

/// Where an operator's context is now, once it has one.
#[wasm_bindgen]
pub fn lora_context(lora: Lora, op_type: u32) -> *const f32 {
    lora.set.context(operator(op_type)).as_ptr()
}

/// Address of the buffer for batches, [`BATCH_ROWS`] inputs, then as many outputs; or what was refused.
#[wasm_bindgen]
pub fn lora_batch(mut lora: Lora) -> f64 {
    if lora.batch.is_empty() {
        let room = zeroed(2 * BATCH_ROWS * blocks_for(lora.set.config().dim()));
        match room {
            Some(batch) => lora.batch = batch,
            None => return or_status(Err(Refusal::OutOfMemory)),
        }
    }
    lora.batch.as_ptr() as usize as f64
}

/// The first `rows` inputs of the buffer for batches to its first outputs.
#[wasm_bindgen]
pub fn lora_forward_rows(mut lora: Lora, op_type: u32, rows: usize) -> u32 {
    let Object { set, batch } = &mut *lora;
    let (inputs, outputs) = batch.split_at_mut(batch.len() / 2);
    let wanted = rows * blocks_for(set.config().dim());
    status(match (inputs.get(..wanted), outputs.get_mut(..wanted)) {
        (Some(inputs), Some(outputs)) => set.forward_rows(operator(op_type), inputs, outputs),
        _ => Err(Refusal::OutOfMemory),
    })
}

/// From the input buffer to the output buffer.
#[wasm_bindgen]
pub fn lora_forward(mut lora: Lora, op_type: u32) -> u32 {
    status(lora.set.forward(operator(op_type)))
}

/// One step against the gradient in the input buffer.
#[wasm_bindgen]
pub fn lora_adapt(mut lora: Lora, op_type: u32) -> u32 {
    status(lora.set.adapt(operator(op_type), Buffer::Input))
}

/// One step against the gradient in the staging buffer.
#[wasm_bindgen]
pub fn lora_adapt_staged(mut lora: Lora, op_type: u32) -> u32 {
    status(lora.set.adapt(operator(op_type), Buffer::Staging))
}

/// A forward of the staging buffer and a step towards the target in its buffer: the loss before, or what was refused.
#[wasm_bindgen]
pub fn lora_train(mut lora: Lora, op_type: u32) -> f64 {
    or_status(lora.set.train(operator(op_type)))
}

#[wasm_bindgen]
pub fn lora_reward(mut lora: Lora, op_type: u32, improvement: f64) -> u32 {
    status(lora.set.reward(operator(op_type), improvement))
}

/// The reward to expect for what the staging buffer holds, or NaN if that is not finite.
#[wasm_bindgen]
pub fn lora_predict(mut lora: Lora, op_type: u32) -> f64 {
    lora.set.predict(operator(op_type)).unwrap_or(f64::NAN)
}

#[wasm_bindgen]
pub fn lora_delta_norm(lora: Lora, op_type: u32) -> f32 {
    lora.set.delta_norm(operator(op_type))
}

#[wasm_bindgen]
pub fn lora_adapt_count(lora: Lora, op_type: u32) -> u64 {
    lora.set.adapt_count(operator(op_type))
}

#[wasm_bindgen]
pub fn lora_forward_count(lora: Lora, op_type: u32) -> u64 {
    lora.set.forward_count(operator(op_type))
}

#[wasm_bindgen]
pub fn lora_reset_scope(mut lora: Lora, op_type: u32) {
    lora.set.reset_scope(operator(op_type));
}

#[wasm_bindgen]
pub fn lora_reset(mut lora: Lora) {
    lora.set.reset();
}
