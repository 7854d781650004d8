//! `WasmScopedLoRA`.

use js_sys::Float32Array;
use wasm_bindgen::prelude::*;

use crate::config::Config;
use crate::operators::Operator;
use crate::scoped::ScopedLora;
use crate::wasm::arrays::Window;
use crate::wasm::error::{range_error, type_error};
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
    staging: Window,
    output: Window,
}

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
        Ok(Self { lora, staging: Window::default(), output: Window::default() })
    }

    /// The output of one operator for `input`, as a new array. `input` becomes the operator's context: what its next
    /// adaptation is about.
    ///
    /// NaN and infinity pass through to the output.
    ///
    /// @param op_type - an integer from 0 to 16
    /// @param input - `dim` numbers; they stay in the input buffer
    /// @returns `dim` numbers
    /// @throws {RangeError} if `op_type` is no operator, or `input` has not `dim` values
    /// @throws {TypeError} if `input` is not an array
    /// @example const output = scoped.forward_array(2, input);
    pub fn forward_array(
        &mut self,
        op_type: f64,
        #[wasm_bindgen(unchecked_param_type = "ArrayLike<number>")] input: &JsValue,
    ) -> Result<Float32Array, JsValue> {
        let operator = operator(op_type)?;
        self.staging.read("input", input, "adapter", self.lora.staging_mut())?;
        self.lora.forward_staged(operator).map_err(range_error)?;
        self.output.copy_out(self.lora.output())
    }

    /// The forward pass of one operator on the fixed buffers: reads the input buffer, writes the output buffer.
    /// Allocates nothing but the operator's context, once.
    ///
    /// @param op_type - an integer from 0 to 16
    /// @throws {RangeError} if `op_type` is no operator
    /// @example
    /// new Float32Array(wasm.memory.buffer, scoped.get_input_ptr(), scoped.dim()).set(input);
    /// scoped.forward(2);
    pub fn forward(&mut self, op_type: f64) -> Result<(), JsValue> {
        self.lora.forward(operator(op_type)?).map_err(range_error)
    }

    /// One step against a gradient, by the operator's adapter and by its category's.
    ///
    /// A gradient or a context with a squared norm below 1e-16 changes nothing and is not counted. Before the
    /// operator's first forward its context is the unit vector (1/√dim, …).
    ///
    /// @param op_type - an integer from 0 to 16
    /// @param gradient - `dim` numbers: ∂loss/∂y for the output y of this operator's last forward
    /// @throws {RangeError} if `op_type` is no operator, if `gradient` has not `dim` values, if it or the context is not
    /// finite, or if the weights would overflow
    /// @throws {TypeError} if `gradient` is not an array
    /// @example scoped.adapt_array(2, scoped.forward_array(2, input).map((y, i) => y - target[i]));
    pub fn adapt_array(
        &mut self,
        op_type: f64,
        #[wasm_bindgen(unchecked_param_type = "ArrayLike<number>")] gradient: &JsValue,
    ) -> Result<(), JsValue> {
        let operator = operator(op_type)?;
        self.staging.read("gradient", gradient, "adapter", self.lora.staging_mut())?;
        self.lora.adapt_staged(operator).map_err(range_error)
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
    pub fn adapt(&mut self, op_type: f64) -> Result<(), JsValue> {
        self.lora.adapt(operator(op_type)?).map_err(range_error)
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
    pub fn adapt_with_reward(&mut self, op_type: f64, improvement: f64) -> Result<(), JsValue> {
        self.lora.adapt_with_reward(operator(op_type)?, improvement).map_err(range_error)
    }

    /// The improvement that rewards have taught an operator to expect for inputs like `input`: (y · x) / |x|² − 1.
    /// Changes neither a context nor a counter.
    ///
    /// @param op_type - an integer from 0 to 16
    /// @param input - `dim` numbers
    /// @throws {RangeError} if `op_type` is no operator, if `input` has not `dim` values, or if they are not finite
    /// @throws {TypeError} if `input` is not an array
    /// @example const expected = scoped.predicted_improvement(2, input);
    pub fn predicted_improvement(
        &mut self,
        op_type: f64,
        #[wasm_bindgen(unchecked_param_type = "ArrayLike<number>")] input: &JsValue,
    ) -> Result<f64, JsValue> {
        let operator = operator(op_type)?;
        self.staging.read("input", input, "adapter", self.lora.staging_mut())?;
        self.lora.predicted_staged(operator).map_err(range_error)
    }

    /// How far the operator's own adapter is from the identity: alpha · ‖A B‖, the Frobenius norm.
    ///
    /// @param op_type - an integer from 0 to 16
    /// @throws {RangeError} if `op_type` is no operator
    pub fn delta_norm(&self, op_type: f64) -> Result<f32, JsValue> {
        Ok(self.lora.delta_norm(operator(op_type)?))
    }

    /// Steps of one operator since construction or reset.
    ///
    /// @param op_type - an integer from 0 to 16
    /// @throws {RangeError} if `op_type` is no operator
    pub fn adapt_count(&self, op_type: f64) -> Result<u64, JsValue> {
        Ok(self.lora.adapt_count(operator(op_type)?))
    }

    /// Forward passes of one operator since construction or reset.
    ///
    /// @param op_type - an integer from 0 to 16
    /// @throws {RangeError} if `op_type` is no operator
    pub fn forward_count(&self, op_type: f64) -> Result<u64, JsValue> {
        Ok(self.lora.forward_count(operator(op_type)?))
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
    pub fn scope_name(op_type: f64) -> Result<JsValue, JsValue> {
        Ok(JsValue::from_str(operator(op_type)?.name()))
    }

    /// Whether operators that have learned little lean on their category; they do unless told otherwise. Categories go
    /// on learning either way.
    ///
    /// @throws {TypeError} if `enabled` is not a boolean
    pub fn set_category_fallback(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "boolean")] enabled: &JsValue,
    ) -> Result<(), JsValue> {
        let enabled = enabled.as_bool().ok_or_else(|| type_error("enabled", "a boolean"))?;
        self.lora.set_category_fallback(enabled);
        Ok(())
    }

    /// Forgets what one operator has learned, its counters and its context. What its category has learned stays.
    ///
    /// @param op_type - an integer from 0 to 16
    /// @throws {RangeError} if `op_type` is no operator
    pub fn reset_scope(&mut self, op_type: f64) -> Result<(), JsValue> {
        self.lora.reset_scope(operator(op_type)?);
        Ok(())
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
        self.lora.input().as_ptr() as usize
    }

    /// Byte offset of the output buffer in wasm memory: `dim` 32-bit floats, 16-byte aligned, fixed until `free()`.
    pub fn get_output_ptr(&self) -> usize {
        self.lora.output().as_ptr() as usize
    }
}

/// An operator id as the classes take it.
pub(super) fn operator(op_type: f64) -> Result<Operator, JsValue> {
    Operator::new(op_type).map_err(range_error)
}
