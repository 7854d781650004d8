//! `WasmMicroLoRA`.

use wasm_bindgen::prelude::*;

use crate::config::Config;
use crate::lora::MicroLora;
use crate::wasm::batch::Batch;
use crate::wasm::error::{outcome, range_error};
use crate::wasm::room_for;

/// A rank-2 LoRA adapter over vectors of `dim` numbers that learns online: `y = x + alpha · x A B`, with
/// A `[dim, 2]` and B `[2, dim]`. A new adapter is exactly the identity.
///
/// `free()` releases its memory at once; left to the garbage collector, it is released some time later.
///
/// @example
/// const lora = new WasmMicroLoRA(256, 0.1, 0.01);
/// const output = lora.forward_array(input);
/// lora.adapt_array(output.map((y, i) => y - target[i]));
#[wasm_bindgen]
pub struct WasmMicroLoRA {
    lora: MicroLora,
    batch: Batch,
}

// What takes or gives an array is written in JavaScript (pkg/js/classes.js), on top of the `_…` methods below: there, a copy
// costs a third of one that wasm has to ask for.
#[wasm_bindgen(typescript_custom_section)]
const ARRAYS: &str = r#"
export interface WasmMicroLoRA {
    /**
     * The output for `input`, as a new array. `input` becomes the context: what the next adaptation is about.
     *
     * NaN and infinity pass through to the output.
     *
     * @param input - `dim` numbers; they stay in the input buffer
     * @returns `dim` numbers
     * @throws {RangeError} if `input` has not `dim` values
     * @throws {TypeError} if `input` is not an array
     * @example const output = lora.forward_array(new Float32Array(256).fill(0.1));
     */
    forward_array(input: ArrayLike<number>): Float32Array;
    /**
     * `forward_array` into an array that is there already: nothing is allocated.
     *
     * @param input - `dim` numbers; they stay in the input buffer
     * @param output - takes the `dim` numbers of the output; it may be `input`
     * @throws {RangeError} if `input` or `output` has not `dim` values
     * @throws {TypeError} if `input` is not an array, or `output` not a Float32Array
     * @example lora.forward_into(input, output);
     */
    forward_into(input: ArrayLike<number>, output: Float32Array): void;
    /**
     * The outputs for many inputs. The last input becomes the context, and stays in the input buffer.
     *
     * @param inputs - n · `dim` numbers, one input after the other; n may be 0, and then nothing changes
     * @param outputs - takes the n · `dim` numbers of the outputs; a new array if left out
     * @returns `outputs`; it may be `inputs`, but must not overlap them otherwise
     * @throws {RangeError} if `inputs` has not a multiple of `dim` values, or `outputs` not as many as `inputs`
     * @throws {TypeError} if `inputs` or `outputs` is not a Float32Array
     * @example const outputs = lora.forward_batch(inputs); // outputs.subarray(256, 512) belongs to the second input
     */
    forward_batch(inputs: Float32Array, outputs?: Float32Array): Float32Array;
    /**
     * One step against a gradient. Before the first forward the context is the unit vector (1/√dim, …).
     *
     * A gradient or a context with a squared norm below 1e-16 changes nothing and is not counted.
     *
     * @param gradient - `dim` numbers: ∂loss/∂y for the output y of the last forward; `y − target` for a squared error
     * @throws {RangeError} if `gradient` has not `dim` values, if it or the context is not finite, or if the weights
     * would overflow
     * @throws {TypeError} if `gradient` is not an array
     * @example lora.adapt_array(lora.forward_array(input).map((y, i) => y - target[i]));
     */
    adapt_array(gradient: ArrayLike<number>): void;
    /**
     * The improvement that rewards have taught the adapter to expect for inputs like `input`: (y · x) / |x|² − 1.
     * Changes neither the context nor a counter.
     *
     * @param input - `dim` numbers
     * @throws {RangeError} if `input` has not `dim` values, or if they are not finite
     * @throws {TypeError} if `input` is not an array
     * @example if (lora.predicted_improvement(input) > 0.1) usePlanB();
     */
    predicted_improvement(input: ArrayLike<number>): number;
}
"#;

#[wasm_bindgen]
impl WasmMicroLoRA {
    /// @param dim - numbers per vector, an integer from 1 to 4096; 256 if left out
    /// @param alpha - scale of the low-rank term, above 0; 0.1 if left out
    /// @param learning_rate - share of the error that each of A and B corrects per step, above 0 and at most 1; 0.01 if left
    /// out, and above 0.5 steps overshoot
    /// @throws {RangeError} for any other value
    #[wasm_bindgen(constructor)]
    pub fn new(dim: Option<f64>, alpha: Option<f64>, learning_rate: Option<f64>) -> Result<WasmMicroLoRA, JsValue> {
        let lora = Config::new(dim, alpha, learning_rate).and_then(MicroLora::new).map_err(range_error)?;
        room_for::<Self>().map_err(range_error)?;
        Ok(Self { lora, batch: Batch::default() })
    }

    /// The forward pass on the fixed buffers: reads the input buffer, writes the output buffer, allocates nothing.
    ///
    /// @example
    /// const wasm = await init();
    /// new Float32Array(wasm.memory.buffer, lora.get_input_ptr(), lora.dim()).set(input);
    /// lora.forward();
    /// const output = new Float32Array(wasm.memory.buffer, lora.get_output_ptr(), lora.dim());
    pub fn forward(&mut self) {
        self.lora.forward();
    }

    /// One step against the gradient in the input buffer. Allocates nothing.
    ///
    /// @throws {RangeError} if the gradient or the context is not finite, or if the weights would overflow
    /// @example
    /// lora.forward();
    /// new Float32Array(wasm.memory.buffer, lora.get_input_ptr(), lora.dim()).set(gradient);
    /// lora.adapt();
    #[wasm_bindgen(unchecked_return_type = "undefined")]
    pub fn adapt(&mut self) -> JsValue {
        outcome(self.lora.adapt())
    }

    /// One step from a reward: the output for what the input buffer holds (`forward_array` fills it) moves towards
    /// `(1 + improvement) · input`. Inputs like it come to be amplified by the improvement to expect from them, and
    /// `predicted_improvement` reads that back. 0 is an observation like any other; a zero input changes nothing and is
    /// not counted.
    ///
    /// @param improvement - 0.15 for 15 % better than the baseline; clamped to [-1, 2]
    /// @throws {RangeError} if `improvement` or the input is not finite, or if the weights would overflow
    /// @example
    /// lora.forward_array(input);
    /// lora.adapt_with_reward(0.15);
    #[wasm_bindgen(unchecked_return_type = "undefined")]
    pub fn adapt_with_reward(&mut self, improvement: f64) -> JsValue {
        outcome(self.lora.adapt_with_reward(improvement))
    }

    /// How far the adapter is from the identity: alpha · ‖A B‖, the Frobenius norm.
    pub fn delta_norm(&self) -> f32 {
        self.lora.delta_norm()
    }

    /// Adaptations since construction or `reset()`, less those that had nothing to learn from (see `adapt_array`).
    pub fn adapt_count(&self) -> u64 {
        self.lora.adapt_count()
    }

    /// Forward passes since construction or `reset()`.
    pub fn forward_count(&self) -> u64 {
        self.lora.forward_count()
    }

    /// Trained numbers: 4 · dim.
    pub fn param_count(&self) -> usize {
        self.lora.param_count()
    }

    /// Numbers per vector.
    pub fn dim(&self) -> usize {
        self.lora.config().dim()
    }

    /// Back to the very state of a new adapter. The buffers become zero and keep their addresses.
    pub fn reset(&mut self) {
        self.lora.reset();
    }

    /// Byte offset of the input buffer in wasm memory: `dim` 32-bit floats, 16-byte aligned, fixed until `free()`.
    /// Views of the memory go stale whenever it grows (a construction can grow it, and so can an operator's first forward
    /// or adaptation); the offset does not.
    pub fn get_input_ptr(&self) -> usize {
        self.lora.input_ptr() as usize
    }

    /// Byte offset of the output buffer in wasm memory: `dim` 32-bit floats, 16-byte aligned, fixed until `free()`.
    pub fn get_output_ptr(&self) -> usize {
        self.lora.output_ptr() as usize
    }

    /// Address of the staging buffer.
    #[wasm_bindgen(js_name = _staging_ptr, skip_typescript)]
    pub fn staging_ptr(&self) -> usize {
        self.lora.staging_ptr() as usize
    }

    /// `adapt_array` with what the staging buffer holds.
    #[wasm_bindgen(js_name = _adapt_staged, skip_typescript)]
    pub fn adapt_staged(&mut self) -> JsValue {
        outcome(self.lora.adapt_staged())
    }

    /// `predicted_improvement` of what the staging buffer holds.
    #[wasm_bindgen(js_name = _predicted_staged, skip_typescript)]
    pub fn predicted_staged(&self) -> Result<f64, JsValue> {
        self.lora.predicted_staged().map_err(range_error)
    }

    /// Address of the buffer for batches: [`Batch::ROWS`] inputs, then as many outputs.
    #[wasm_bindgen(js_name = _batch_ptr, skip_typescript)]
    pub fn batch_ptr(&mut self) -> Result<usize, JsValue> {
        self.batch.address(self.lora.config().dim()).map_err(range_error)
    }

    /// The first `rows` inputs of the buffer for batches to the first outputs.
    #[wasm_bindgen(js_name = _forward_rows, skip_typescript)]
    pub fn forward_rows(&mut self, rows: usize) {
        let (x, y) = self.batch.rows(rows, self.lora.config().dim());
        let _ = self.lora.forward_rows(x, y); // there are as many of each
    }
}
