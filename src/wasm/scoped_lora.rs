//! `WasmScopedLoRA`.

use wasm_bindgen::prelude::*;

use crate::config::Config;
use crate::operators::{OPERATOR_COUNT, Operator};
use crate::scoped::ScopedLora;
use crate::wasm::error::{outcome, range_error};
use crate::wasm::room_for;

/// One adapter for each of 17 query operators and one for each of their 7 categories.
///
/// An operator that has learned n times answers with `x + w · Δ_operator(x) + (1 − w) · Δ_category(x)`,
/// w = min(n / 10, 1): a new operator starts from what its category knows. Adapting an operator adapts its category
/// too, each towards the same target from its own output. An adapter takes memory from its first adaptation on.
///
/// Operators: 0 Scan, 1 Filter, 2 Join, 3 Aggregate, 4 Project, 5 Sort, 6 IndexScan, 7 HnswScan, 8 IvfFlatScan,
/// 9 HashJoin, 10 MergeJoin, 11 GroupBy, 12 Limit, 13 VectorDistance, 14 Rerank, 15 Materialize, 16 Result.
///
/// @example
/// const scoped = new WasmScopedLoRA(256, 0.1, 0.01);
/// const output = scoped.forward_array(2, input);
/// scoped.adapt_with_reward(2, 0.25);
#[wasm_bindgen]
pub struct WasmScopedLoRA {
    lora: ScopedLora,
}

// Written in JavaScript, as the array methods of `WasmMicroLoRA` are.
#[wasm_bindgen(typescript_custom_section)]
const ARRAYS: &str = r#"
export interface WasmScopedLoRA {
    /**
     * The output of one operator for `input`, as a new array. `input` becomes the operator's context: what its next
     * adaptation is about.
     *
     * NaN and infinity pass through to the output.
     *
     * @param op_type - an integer from 0 to 16
     * @param input - `dim` numbers; they stay in the input buffer
     * @returns `dim` numbers
     * @throws {RangeError} if `op_type` is no operator, or `input` has not `dim` values
     * @throws {TypeError} if `input` is not an array
     * @example const output = scoped.forward_array(2, input);
     */
    forward_array(op_type: number, input: ArrayLike<number>): Float32Array;
    /**
     * `forward_array` into an array that is there already: nothing is allocated but the operator's context, once.
     *
     * @param op_type - an integer from 0 to 16
     * @param input - `dim` numbers; they stay in the input buffer
     * @param output - takes the `dim` numbers of the output; it may be `input`
     * @throws {RangeError} if `op_type` is no operator, or `input` or `output` has not `dim` values
     * @throws {TypeError} if `input` is not an array, or `output` not a Float32Array
     * @example scoped.forward_into(2, input, output);
     */
    forward_into(op_type: number, input: ArrayLike<number>, output: Float32Array): void;
    /**
     * The outputs of one operator for many inputs. The last input becomes its context, and stays in the input buffer.
     *
     * @param op_type - an integer from 0 to 16
     * @param inputs - n · `dim` numbers, one input after the other; n may be 0, and then nothing changes
     * @param outputs - takes the n · `dim` numbers of the outputs; a new array if left out
     * @returns `outputs`; it may be `inputs`, but must not overlap them otherwise
     * @throws {RangeError} if `op_type` is no operator, if `inputs` has not a multiple of `dim` values, or `outputs` not
     * as many as `inputs`
     * @throws {TypeError} if `inputs` or `outputs` is not a Float32Array
     * @example const outputs = scoped.forward_batch(2, inputs);
     */
    forward_batch(op_type: number, inputs: Float32Array, outputs?: Float32Array): Float32Array;
    /**
     * One step against a gradient, by the operator's adapter and by its category's.
     *
     * A gradient or a context with a squared norm below 1e-16 changes nothing and is not counted. Before the
     * operator's first forward its context is the unit vector (1/√dim, …).
     *
     * @param op_type - an integer from 0 to 16
     * @param gradient - `dim` numbers: ∂loss/∂y for the output y of this operator's last forward
     * @throws {RangeError} if `op_type` is no operator, if `gradient` has not `dim` values, if it or the context is not
     * finite, or if the weights would overflow
     * @throws {TypeError} if `gradient` is not an array
     * @example scoped.adapt_array(2, scoped.forward_array(2, input).map((y, i) => y - target[i]));
     */
    adapt_array(op_type: number, gradient: ArrayLike<number>): void;
    /**
     * The improvement that rewards have taught an operator to expect for inputs like `input`: (y · x) / |x|² − 1.
     * Changes neither a context nor a counter.
     *
     * @param op_type - an integer from 0 to 16
     * @param input - `dim` numbers
     * @throws {RangeError} if `op_type` is no operator, if `input` has not `dim` values, or if they are not finite
     * @throws {TypeError} if `input` is not an array
     * @example const expected = scoped.predicted_improvement(2, input);
     */
    predicted_improvement(op_type: number, input: ArrayLike<number>): number;
    /**
     * Whether operators that have learned little lean on their category; they do unless told otherwise. Categories go
     * on learning either way.
     *
     * @throws {TypeError} if `enabled` is not a boolean
     */
    set_category_fallback(enabled: boolean): void;
}
"#;

#[wasm_bindgen]
impl WasmScopedLoRA {
    /// @param dim - numbers per vector, an integer from 1 to 4096; 256 if left out
    /// @param alpha - scale of the low-rank terms, above 0; 0.1 if left out
    /// @param learning_rate - share of the error that each of A and B corrects per step, above 0 and at most 1; 0.01 if left
    /// out, and above 0.5 steps overshoot
    /// @throws {RangeError} for any other value
    #[wasm_bindgen(constructor)]
    pub fn new(dim: Option<f64>, alpha: Option<f64>, learning_rate: Option<f64>) -> Result<WasmScopedLoRA, JsValue> {
        let lora = Config::new(dim, alpha, learning_rate).and_then(ScopedLora::new).map_err(range_error)?;
        room_for::<Self>().map_err(range_error)?;
        Ok(Self { lora })
    }

    /// The forward pass of one operator on the fixed buffers: reads the input buffer, writes the output buffer.
    /// Allocates nothing but the operator's context, once.
    ///
    /// @param op_type - an integer from 0 to 16
    /// @throws {RangeError} if `op_type` is no operator
    /// @example
    /// new Float32Array(wasm.memory.buffer, scoped.get_input_ptr(), scoped.dim()).set(input);
    /// scoped.forward(2);
    #[wasm_bindgen(unchecked_return_type = "undefined")]
    pub fn forward(&mut self, op_type: u32) -> JsValue {
        outcome(self.lora.forward(Operator::at(op_type)))
    }

    /// One step against the gradient in the input buffer. Allocates nothing once the operator has learned before.
    ///
    /// @param op_type - an integer from 0 to 16
    /// @throws {RangeError} if `op_type` is no operator, if the gradient or the context is not finite, or if the weights
    /// would overflow
    /// @example
    /// scoped.forward(2);
    /// new Float32Array(wasm.memory.buffer, scoped.get_input_ptr(), scoped.dim()).set(gradient);
    /// scoped.adapt(2);
    #[wasm_bindgen(unchecked_return_type = "undefined")]
    pub fn adapt(&mut self, op_type: u32) -> JsValue {
        outcome(self.lora.adapt(Operator::at(op_type)))
    }

    /// One step from a reward, by the operator's adapter and by its category's: the output of each for what the input
    /// buffer holds (`forward_array` fills it) moves towards `(1 + improvement) · input`. A zero input changes nothing
    /// and is not counted.
    ///
    /// @param op_type - an integer from 0 to 16
    /// @param improvement - 0.15 for 15 % better than the baseline; clamped to [-1, 2]
    /// @throws {RangeError} if `op_type` is no operator, if `improvement` or the input is not finite, or if the weights
    /// would overflow
    /// @example scoped.adapt_with_reward(2, 0.25);
    #[wasm_bindgen(unchecked_return_type = "undefined")]
    pub fn adapt_with_reward(&mut self, op_type: u32, improvement: f64) -> JsValue {
        outcome(self.lora.adapt_with_reward(Operator::at(op_type), improvement))
    }

    /// How far the operator's own adapter is from the identity: alpha · ‖A B‖, the Frobenius norm.
    ///
    /// @param op_type - an integer from 0 to 16
    /// @throws {RangeError} if `op_type` is no operator
    pub fn delta_norm(&self, op_type: u32) -> f32 {
        self.lora.delta_norm(Operator::at(op_type))
    }

    /// Steps of one operator since construction or reset.
    ///
    /// @param op_type - an integer from 0 to 16
    /// @throws {RangeError} if `op_type` is no operator
    pub fn adapt_count(&self, op_type: u32) -> u64 {
        self.lora.adapt_count(Operator::at(op_type))
    }

    /// Forward passes of one operator since construction or reset.
    ///
    /// @param op_type - an integer from 0 to 16
    /// @throws {RangeError} if `op_type` is no operator
    pub fn forward_count(&self, op_type: u32) -> u64 {
        self.lora.forward_count(Operator::at(op_type))
    }

    /// Steps of all operators.
    pub fn total_adapt_count(&self) -> u64 {
        self.lora.total_adapt_count()
    }

    /// Forward passes of all operators.
    pub fn total_forward_count(&self) -> u64 {
        self.lora.total_forward_count()
    }

    /// The name of an operator.
    ///
    /// @param op_type - an integer from 0 to 16
    /// @throws {RangeError} if `op_type` is no operator
    /// @example WasmScopedLoRA.scope_name(2); // "Join"
    #[wasm_bindgen(unchecked_return_type = "string")]
    pub fn scope_name(op_type: u32) -> JsValue {
        JsValue::from_str(Operator::at(op_type).name())
    }

    /// Forgets what one operator has learned, its counters and its context. What its category has learned stays.
    ///
    /// @param op_type - an integer from 0 to 16
    /// @throws {RangeError} if `op_type` is no operator
    pub fn reset_scope(&mut self, op_type: u32) {
        self.lora.reset_scope(Operator::at(op_type));
    }

    /// Back to the very state of a new object. The buffers become zero and keep their addresses.
    pub fn reset_all(&mut self) {
        self.lora.reset_all();
    }

    /// Trained numbers of one operator's adapter: 4 · dim.
    pub fn param_count(&self) -> usize {
        self.lora.param_count()
    }

    /// Numbers per vector.
    pub fn dim(&self) -> usize {
        self.lora.config().dim()
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
    pub fn adapt_staged(&mut self, op_type: u32) -> JsValue {
        outcome(self.lora.adapt_staged(Operator::at(op_type)))
    }

    /// `predicted_improvement` of what the staging buffer holds.
    #[wasm_bindgen(js_name = _predicted_staged, skip_typescript)]
    pub fn predicted_staged(&self, op_type: u32) -> Result<f64, JsValue> {
        self.lora.predicted_staged(Operator::at(op_type)).map_err(range_error)
    }

    /// `set_category_fallback`, of what is a boolean for sure.
    #[wasm_bindgen(js_name = _set_category_fallback, skip_typescript)]
    pub fn set_category_fallback(&mut self, enabled: bool) {
        self.lora.set_category_fallback(enabled);
    }
}

/// The error for an id that is no operator's. The methods above take ids that were checked: they are integers then, and
/// need no `Result`.
#[wasm_bindgen(js_name = _no_operator, skip_typescript)]
pub fn no_operator(op_type: f64) -> JsValue {
    outcome(Operator::new(op_type).map(|_| ()))
}

/// Operators that there are.
#[wasm_bindgen(js_name = _operator_count, skip_typescript)]
pub fn operator_count() -> usize {
    OPERATOR_COUNT
}
