//! `WasmScopedLoRA`.

use alloc::boxed::Box;

use js_sys::{Array, Float32Array, JsString, Object, Uint8Array};
use wasm_bindgen::prelude::*;

use super::arrays::{self, Batch, Output};
use super::exception::{Exception, Outcome, attempt, set};
use super::host::{JavaScript, peft_config};
use super::{lists, objects};
use crate::config::Config;
use crate::error::Argument;
use crate::operators::{Operator, Operators};
use crate::rows::Block;
use crate::scoped::ScopedLora;
use crate::state::Class;

/// One adapter for each of 17 query operators and one for each of their 7 categories, or for operators of your own.
///
/// An operator that has learned n times answers with `x + w · Δ_operator(x) + (1 − w) · Δ_category(x)`,
/// w = min(n / 10, 1): a new operator starts from what its category knows. Adapting an operator adapts its category
/// too, each towards the same target from its own output. An adapter takes memory from its first adaptation on.
///
/// Every method throws an Error after `free()`, and before `init()`.
///
/// @example
/// const scoped = new WasmScopedLoRA(256, 0.1, 0.1);
/// const output = scoped.forward_array(OperatorType.Join, input);
/// scoped.adapt_with_reward(OperatorType.Join, 0.25);
#[wasm_bindgen]
pub struct WasmScopedLoRA {
    scoped: ScopedLora,
    /// Rows of a batch, made when first needed.
    room: Box<[Block]>,
}

impl WasmScopedLoRA {
    fn of(scoped: ScopedLora) -> Self {
        Self { scoped, room: Box::default() }
    }

    /// Name, category and numbers of one operator.
    fn operator_stats(&self, operator: Operator) -> Result<Object, Exception> {
        let (scoped, id) = (&self.scoped, operator.id());
        let stats = Object::new();
        set(&stats, "name", &scoped.operators().name(id).into());
        set(&stats, "category", &scoped.operators().category_of(id).into());
        set(&stats, "adapt_count", &(scoped.adapt_count(operator)? as f64).into());
        set(&stats, "forward_count", &(scoped.forward_count(operator)? as f64).into());
        set(&stats, "delta_norm", &scoped.delta_norm(operator)?.into());
        Ok(stats)
    }
}

#[wasm_bindgen]
impl WasmScopedLoRA {
    /// @param dim - numbers per vector, an integer from 1 to 4096; 256 if left out
    /// @param alpha - scale of the low-rank terms, above 0; 0.1 if left out
    /// @param learning_rate - share of the error that a step corrects, above 0 and at most 1: 0.5 for clean targets and for
    /// likes, 0.1 for noisy ones, 0.01 for thousands of signals that contradict each other; 0.01 if left out
    /// @throws {RangeError} for any other value, or if the memory cannot be had
    /// @throws {TypeError} for anything but a number
    /// @example const scoped = new WasmScopedLoRA(256, 0.1, 0.1);
    #[wasm_bindgen(constructor)]
    pub fn new(dim: Option<f64>, alpha: Option<f64>, learning_rate: Option<f64>) -> Outcome<WasmScopedLoRA> {
        attempt(|| {
            arrays::connect_snippet();
            let config = Config::new(dim, alpha, learning_rate)?;
            objects::with_room(Self::of(ScopedLora::new(config)?))
        })
    }

    /// A set for operators of your own.
    ///
    /// @param names - 1 to 1024 distinct names; the position is the id
    /// @param categories - for each operator, the name of the category that it leans on
    /// @param dim - numbers per vector, an integer from 1 to 4096; 256 if left out
    /// @param alpha - scale of the low-rank terms, above 0; 0.1 if left out
    /// @param learning_rate - share of the error that a step corrects, above 0 and at most 1: 0.5 for clean targets and for
    /// likes, 0.1 for noisy ones, 0.01 for thousands of signals that contradict each other; 0.01 if left out
    /// @throws {RangeError} for any other value, too few or too many names, or one that comes twice
    /// @throws {TypeError} if `names` or `categories` is no array of strings that UTF-8 can hold
    /// @example const tools = WasmScopedLoRA.with_operators(['search', 'browse', 'run'], ['web', 'web', 'code'], 384);
    pub fn with_operators(
        #[wasm_bindgen(unchecked_param_type = "readonly string[]")] names: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "readonly string[]")] categories: &JsValue,
        dim: Option<f64>,
        alpha: Option<f64>,
        learning_rate: Option<f64>,
    ) -> Outcome<WasmScopedLoRA> {
        attempt(|| {
            arrays::connect_snippet();
            objects::ensure_room(0)?;
            let names = lists::read_texts(names, Argument::Names)?;
            let categories = lists::read_texts(categories, Argument::Categories)?;
            let config = Config::new(dim, alpha, learning_rate)?;
            objects::with_room(Self::of(ScopedLora::with_operators(config, &names, &categories)?))
        })
    }

    /// The output of one operator for `input`, as a new array. `input` becomes the operator's context: what the
    /// operator's next adaptation is about.
    ///
    /// NaN and infinity pass through to the output.
    ///
    /// @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
    /// @param input - `dim` numbers; they stay in the input buffer
    /// @returns `dim` numbers
    /// @throws {RangeError} if `op_type` is no operator, or `input` has not `dim` values
    /// @throws {TypeError} if `input` is no array of numbers
    /// @example const output = scoped.forward_array(2, new Float32Array(256).fill(0.1));
    #[wasm_bindgen(unchecked_return_type = "Float32Array")]
    pub fn forward_array(
        &mut self,
        op_type: f64,
        #[wasm_bindgen(unchecked_param_type = "ArrayLike<number>")] input: &JsValue,
    ) -> Outcome<Float32Array> {
        attempt(|| {
            let operator = self.scoped.operator(op_type)?;
            arrays::read(input, Argument::Input, self.scoped.argument_mut())?;
            self.scoped.forward_argument(operator)?;
            arrays::array(self.scoped.output())
        })
    }

    /// `forward_array` into an array that is there already: allocates nothing but the operator's context, once.
    ///
    /// @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
    /// @param input - `dim` numbers; they stay in the input buffer
    /// @param output - takes the `dim` numbers of the output; it may be `input`
    /// @throws {RangeError} if `op_type` is no operator, or `input` or `output` has not `dim` values
    /// @throws {TypeError} if `input` is no array of numbers, or `output` no Float32Array
    /// @example scoped.forward_into(2, input, output);
    pub fn forward_into(
        &mut self,
        op_type: f64,
        #[wasm_bindgen(unchecked_param_type = "ArrayLike<number>")] input: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "Float32Array")] output: &JsValue,
    ) -> Outcome<()> {
        attempt(|| {
            let operator = self.scoped.operator(op_type)?;
            arrays::read(input, Argument::Input, self.scoped.argument_mut())?;
            let output = Output::new(output, self.scoped.config().dim())?;
            self.scoped.forward_argument(operator)?;
            output.write(self.scoped.output());
            Ok(())
        })
    }

    /// The outputs for many inputs. The last input becomes the operator's context, and stays in the input buffer.
    ///
    /// @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
    /// @param inputs - n · `dim` numbers, one input after the other; n may be 0, and then nothing changes
    /// @param outputs - takes the n · `dim` numbers of the outputs; a new array if left out
    /// @returns `outputs`; it may be `inputs`, but must not overlap them otherwise
    /// @throws {RangeError} if `op_type` is no operator, or `inputs` has not a multiple of `dim` values, or `outputs`
    /// not as many
    /// @throws {TypeError} if `inputs` or `outputs` is no Float32Array
    /// @example const outputs = scoped.forward_batch(2, inputs); // outputs.subarray(256, 512) belongs to the second input
    #[wasm_bindgen(unchecked_return_type = "Float32Array")]
    pub fn forward_batch(
        &mut self,
        op_type: f64,
        #[wasm_bindgen(unchecked_param_type = "Float32Array")] inputs: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Float32Array")] outputs: &JsValue,
    ) -> Outcome<JsValue> {
        attempt(|| {
            let operator = self.scoped.operator(op_type)?;
            let Self { scoped, room } = self;
            let batch = Batch::new(inputs, outputs, scoped.config().dim())?;
            batch.run(room, |x, y| scoped.forward_rows(operator, x, y))?;
            Ok(batch.outputs(outputs))
        })
    }

    /// The forward pass on the fixed buffers: reads the input buffer, writes the output buffer, allocates nothing but
    /// the operator's context, once.
    ///
    /// @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
    /// @throws {RangeError} if `op_type` is no operator
    /// @example
    /// scoped.input_view().set(input);
    /// scoped.forward(2);
    /// const output = scoped.output_view();
    pub fn forward(&mut self, op_type: f64) -> Outcome<()> {
        attempt(|| Ok(self.scoped.forward(self.scoped.operator(op_type)?)?))
    }

    /// One step against a gradient, by the operator's adapter and by its category's, each towards the same target
    /// from its own output. Before the first forward the context is the unit vector (1/√dim, …).
    ///
    /// A gradient or a context with a squared norm below 1e-16 changes nothing and is not counted.
    ///
    /// @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
    /// @param gradient - `dim` numbers: ∂loss/∂y for the output y of this operator's last forward; `y − target` for a
    /// squared error
    /// @throws {RangeError} if `op_type` is no operator, or `gradient` has not `dim` values, if it or the context is
    /// not finite, or if the weights would overflow
    /// @throws {TypeError} if `gradient` is no array of numbers
    /// @example scoped.adapt_array(2, scoped.forward_array(2, input).map((y, i) => y - target[i]));
    pub fn adapt_array(
        &mut self,
        op_type: f64,
        #[wasm_bindgen(unchecked_param_type = "ArrayLike<number>")] gradient: &JsValue,
    ) -> Outcome<()> {
        attempt(|| {
            let operator = self.scoped.operator(op_type)?;
            arrays::read(gradient, Argument::Gradient, self.scoped.argument_mut())?;
            Ok(self.scoped.adapt_argument(operator)?)
        })
    }

    /// `adapt_array` with the gradient in the input buffer. Allocates nothing once the operator has learned before.
    ///
    /// @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
    /// @throws {RangeError} if `op_type` is no operator, or the gradient or the context is not finite, or the weights
    /// would overflow
    /// @example
    /// scoped.forward(2);
    /// scoped.input_view().set(gradient);
    /// scoped.adapt(2);
    pub fn adapt(&mut self, op_type: f64) -> Outcome<()> {
        attempt(|| Ok(self.scoped.adapt(self.scoped.operator(op_type)?)?))
    }

    /// `forward_array` of `input`, then one step towards `target`. Allocates nothing once the operator has learned before.
    ///
    /// @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
    /// @param input - `dim` numbers; they become the operator's context, and stay in the input buffer
    /// @param target - `dim` numbers: what the output should have been
    /// @returns the mean squared error before the step
    /// @throws {RangeError} if `op_type` is no operator, `input` or `target` has not `dim` values or is not finite, or the
    /// weights would overflow
    /// @throws {TypeError} if `input` or `target` is no array of numbers
    /// @example const loss = scoped.train(2, input, target);
    pub fn train(
        &mut self,
        op_type: f64,
        #[wasm_bindgen(unchecked_param_type = "ArrayLike<number>")] input: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "ArrayLike<number>")] target: &JsValue,
    ) -> Outcome<f64> {
        attempt(|| {
            let operator = self.scoped.operator(op_type)?;
            arrays::read(input, Argument::Input, self.scoped.argument_mut())?;
            arrays::read(target, Argument::Target, self.scoped.target_mut())?;
            Ok(self.scoped.train_argument(operator)?)
        })
    }

    /// One step from a reward for the operator's context, the input of its last forward, by the operator's adapter and by
    /// its category's. Each makes the error of what it expects of that input smaller by the share `learning_rate`: after
    /// one reward r an adapter expects learning_rate · r, after n equal ones (1 − (1 − learning_rate)^n) · r, and for
    /// rewards that vary on average their mean, as long as two directions hold what is taught. Its output moves towards
    /// `(1 + improvement) · input`. 0 is an observation like any other; a zero input changes nothing and is not counted.
    /// `reward` does the forward, too.
    ///
    /// @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
    /// @param improvement - 0.15 for 15 % better than the baseline; clamped to [-1, 2]
    /// @throws {RangeError} if `op_type` is no operator, or `improvement` or the context is not finite, or the weights
    /// would overflow
    /// @throws {TypeError} if `improvement` is no number
    /// @example
    /// scoped.forward_array(2, input);
    /// scoped.adapt_with_reward(2, 0.15);
    pub fn adapt_with_reward(&mut self, op_type: f64, improvement: f64) -> Outcome<()> {
        attempt(|| Ok(self.scoped.adapt_with_reward(self.scoped.operator(op_type)?, improvement)?))
    }

    /// `forward_array` of `input`, then `adapt_with_reward(op_type, improvement)`. Allocates nothing after the operator's
    /// first call. Where only the step is refused (the weights would overflow), the output buffer has the output for
    /// `input`, and all else is as it was.
    ///
    /// @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
    /// @param input - `dim` numbers; they become the operator's context, and stay in the input buffer
    /// @param improvement - 0.15 for 15 % better than the baseline, or 1 for a like; clamped to [-1, 2]
    /// @throws {RangeError} if `op_type` is no operator, if `input` has not `dim` values, if it or `improvement` is not
    /// finite, or if the weights would overflow
    /// @throws {TypeError} if `input` is no array of numbers, or `improvement` no number
    /// @example scoped.reward(2, input, 0.15);
    pub fn reward(
        &mut self,
        op_type: f64,
        #[wasm_bindgen(unchecked_param_type = "ArrayLike<number>")] input: &JsValue,
        improvement: f64,
    ) -> Outcome<()> {
        attempt(|| {
            let operator = self.scoped.operator(op_type)?;
            arrays::read(input, Argument::Input, self.scoped.argument_mut())?;
            Ok(self.scoped.reward_argument(operator, improvement)?)
        })
    }

    /// The improvement that rewards have taught the operator to expect for inputs like `input`: (y · x) / |x|² − 1, for the
    /// output y of x = `input`. Changes neither a context nor a counter.
    ///
    /// It is blind to the sign: `input` and `−input` have the same. Append a constant to every embedding (0.5 to
    /// embeddings of length 1, `dim` one larger) where opposite embeddings mean opposite things.
    ///
    /// @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
    /// @param input - `dim` numbers
    /// @returns 0.15 for 15 % better than the baseline
    /// @throws {RangeError} if `op_type` is no operator, or `input` has not `dim` values or is not finite
    /// @throws {TypeError} if `input` is no array of numbers
    /// @example if (scoped.predicted_improvement(2, input) > 0.1) usePlanB();
    pub fn predicted_improvement(
        &mut self,
        op_type: f64,
        #[wasm_bindgen(unchecked_param_type = "ArrayLike<number>")] input: &JsValue,
    ) -> Outcome<f64> {
        attempt(|| {
            let operator = self.scoped.operator(op_type)?;
            arrays::read(input, Argument::Input, self.scoped.argument_mut())?;
            Ok(self.scoped.predict_argument(operator)?)
        })
    }

    /// `predicted_improvement` of many inputs: what to rank a list by. Changes neither a context nor a counter.
    ///
    /// @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
    /// @param inputs - n · `dim` numbers, one input after the other; n may be 0
    /// @returns n numbers, one for each input
    /// @throws {RangeError} if `op_type` is no operator, or `inputs` has not a multiple of `dim` values or is not finite
    /// @throws {TypeError} if `inputs` is no Float32Array
    /// @example const scores = scoped.predicted_improvements(2, catalogue);
    #[wasm_bindgen(unchecked_return_type = "Float32Array")]
    pub fn predicted_improvements(
        &mut self,
        op_type: f64,
        #[wasm_bindgen(unchecked_param_type = "Float32Array")] inputs: &JsValue,
    ) -> Outcome<JsValue> {
        attempt(|| {
            let Self { scoped, room } = self;
            let operator = scoped.operator(op_type)?;
            let batch = Batch::of_scores(inputs, scoped.config().dim())?;
            batch.score(room, |x, scores| scoped.predicted_improvements(operator, x, scores))?;
            Ok(batch.outputs(&JsValue::UNDEFINED))
        })
    }

    /// How far the operator's own adapter is from the identity: alpha · ‖A B‖, the Frobenius norm.
    ///
    /// @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
    /// @throws {RangeError} if `op_type` is no operator
    /// @example const unchanged = scoped.delta_norm(OperatorType.Join) === 0;
    pub fn delta_norm(&self, op_type: f64) -> Outcome<f32> {
        attempt(|| Ok(self.scoped.delta_norm(self.scoped.operator(op_type)?)?))
    }

    /// Adaptations since construction or reset, less those that had nothing to learn from (see `adapt_array`).
    ///
    /// @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
    /// @throws {RangeError} if `op_type` is no operator
    /// @example const weight = Math.min(Number(scoped.adapt_count(OperatorType.Join)) / 10, 1); // of its own adapter
    pub fn adapt_count(&self, op_type: f64) -> Outcome<u64> {
        attempt(|| Ok(self.scoped.adapt_count(self.scoped.operator(op_type)?)?))
    }

    /// Forward passes since construction or reset.
    ///
    /// @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
    /// @throws {RangeError} if `op_type` is no operator
    /// @example const asked = Number(scoped.forward_count(OperatorType.Join));
    pub fn forward_count(&self, op_type: f64) -> Outcome<u64> {
        attempt(|| Ok(self.scoped.forward_count(self.scoped.operator(op_type)?)?))
    }

    /// Adaptations of all operators.
    ///
    /// @example const steps = Number(scoped.total_adapt_count());
    pub fn total_adapt_count(&self) -> u64 {
        self.scoped.total_adapt_count()
    }

    /// Forward passes of all operators.
    ///
    /// @example const asked = Number(scoped.total_forward_count());
    pub fn total_forward_count(&self) -> u64 {
        self.scoped.total_forward_count()
    }

    /// Trained numbers of one operator's adapter: 4 · dim.
    ///
    /// @example const bytes = 4 * scoped.param_count();
    pub fn param_count(&self) -> usize {
        self.scoped.param_count()
    }

    /// Numbers per vector.
    ///
    /// @example const input = new Float32Array(scoped.dim());
    pub fn dim(&self) -> usize {
        self.scoped.config().dim()
    }

    /// Scale of the low-rank terms, as a 32-bit float.
    ///
    /// @example const again = new WasmScopedLoRA(scoped.dim(), scoped.alpha());
    pub fn alpha(&self) -> f32 {
        self.scoped.config().alpha()
    }

    /// Share of the error that a step corrects, as a 32-bit float.
    ///
    /// @example scoped.set_learning_rate(scoped.learning_rate() / 2);
    pub fn learning_rate(&self) -> f32 {
        self.scoped.config().learning_rate()
    }

    /// Changes the learning rate of all adapters.
    ///
    /// For noisy signals: start high, to learn from the first ones, and go down, to average over the later ones. With
    /// max(0.5 / √n, 0.02) for the n-th signal, old signals still fade, but slowly.
    ///
    /// @param learning_rate - above 0 and at most 1
    /// @throws {RangeError} for any other number
    /// @throws {TypeError} if it is no number
    /// @example scoped.set_learning_rate(Math.max(0.5 / Math.sqrt(n), 0.02)); // before the n-th signal
    pub fn set_learning_rate(&mut self, learning_rate: f64) -> Outcome<()> {
        self.scoped.set_learning_rate(learning_rate).into()
    }

    /// Whether A stays as it is and only B learns (FFA-LoRA). Adapters that started alike and kept A can be averaged
    /// exactly.
    ///
    /// @param on - off unless told otherwise
    /// @throws {TypeError} if it is no boolean
    /// @example scoped.freeze_a(true); // before it learns, if it is to be averaged
    pub fn freeze_a(&mut self, on: bool) {
        self.scoped.freeze_a(on);
    }

    /// Whether operators that have learned little lean on their category. Categories go on learning either way.
    ///
    /// @param enabled - on unless told otherwise
    /// @throws {TypeError} if it is no boolean
    /// @example scoped.set_category_fallback(false); // each operator by what it has learned itself
    pub fn set_category_fallback(&mut self, enabled: bool) {
        self.scoped.set_category_fallback(enabled);
    }

    // Its two signatures are in `types`.
    #[allow(missing_docs)]
    #[wasm_bindgen(skip_typescript)]
    pub fn stats(&self, op_type: Option<f64>) -> Outcome<Object> {
        attempt(|| {
            let scoped = &self.scoped;
            if let Some(op_type) = op_type {
                return self.operator_stats(scoped.operator(op_type)?);
            }
            let stats = objects::of_numbers(&[
                ("dim", scoped.config().dim() as f64),
                ("alpha", scoped.config().alpha().into()),
                ("learning_rate", scoped.config().learning_rate().into()),
                ("total_adapt_count", scoped.total_adapt_count() as f64),
                ("total_forward_count", scoped.total_forward_count() as f64),
            ]);
            let operators = Array::new();
            for id in 0..scoped.operators().count() {
                let stats = self.operator_stats(Operator::at(id as u16))?;
                operators.push(&stats);
            }
            set(&stats, "operators", &operators);
            Ok(stats)
        })
    }

    /// What `JSON.stringify` makes of it: its `stats()`. Its state is in `to_safetensors()`.
    ///
    /// @example const text = JSON.stringify({ scoped });
    #[wasm_bindgen(js_name = toJSON, unchecked_return_type = "ScopedStats")]
    pub fn to_json(&self) -> Outcome<Object> {
        self.stats(None)
    }

    /// How many operators there are: 17, or those of `with_operators`.
    ///
    /// @example const ids = Array.from({ length: scoped.operator_count() }, (_, id) => id);
    pub fn operator_count(&self) -> usize {
        self.scoped.operators().count()
    }

    /// The name of an operator of this set.
    ///
    /// @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
    /// @throws {RangeError} if `op_type` is no operator
    /// @example const name = scoped.operator_name(2); // 'Join'
    #[wasm_bindgen(unchecked_return_type = "string")]
    pub fn operator_name(&self, op_type: f64) -> Outcome<JsString> {
        attempt(|| Ok(self.scoped.operators().name(self.scoped.operator(op_type)?.id()).into()))
    }

    /// The category that an operator of this set leans on.
    ///
    /// @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
    /// @throws {RangeError} if `op_type` is no operator
    /// @example const category = scoped.category_name(OperatorType.HashJoin);
    #[wasm_bindgen(unchecked_return_type = "string")]
    pub fn category_name(&self, op_type: f64) -> Outcome<JsString> {
        attempt(|| Ok(self.scoped.operators().category_of(self.scoped.operator(op_type)?.id()).into()))
    }

    /// The name of a built-in operator.
    ///
    /// @param op_type - an integer from 0 to 16
    /// @throws {RangeError} if `op_type` is no operator
    /// @example WasmScopedLoRA.scope_name(2); // "Join"
    #[wasm_bindgen(unchecked_return_type = "string")]
    pub fn scope_name(op_type: f64) -> Outcome<JsString> {
        attempt(|| Ok(Operators::BuiltIn.name(Operator::new(op_type)?.id()).into()))
    }

    /// Byte offset of the input buffer in wasm memory: `dim` 32-bit floats, 16-byte aligned, fixed until `free()`.
    /// Views of the memory go stale whenever it grows (a construction can make it grow, an operator's first forward
    /// or adaptation, too); the offset does not.
    ///
    /// @example const view = new Float32Array((await init()).memory.buffer, scoped.get_input_ptr(), scoped.dim());
    pub fn get_input_ptr(&self) -> *const f32 {
        self.scoped.input().as_ptr()
    }

    /// Byte offset of the output buffer in wasm memory: `dim` 32-bit floats, 16-byte aligned, fixed until `free()`.
    ///
    /// @example const view = new Float32Array((await init()).memory.buffer, scoped.get_output_ptr(), scoped.dim());
    pub fn get_output_ptr(&self) -> *const f32 {
        self.scoped.output().as_ptr()
    }

    /// A new view of the input buffer. It goes stale (its length becomes 0) when the memory grows: take a new one
    /// after a construction or an operator's first use.
    ///
    /// @example scoped.input_view().set(input);
    pub fn input_view(&self) -> Float32Array {
        arrays::view(self.scoped.input())
    }

    /// A new view of the output buffer, like `input_view`.
    ///
    /// @example const first = scoped.output_view()[0];
    pub fn output_view(&self) -> Float32Array {
        arrays::view(self.scoped.output())
    }

    /// Forgets what one operator has learned, its counters and its context. What its category has learned stays.
    ///
    /// @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
    /// @throws {RangeError} if `op_type` is no operator
    /// @example scoped.reset_scope(OperatorType.Join);
    pub fn reset_scope(&mut self, op_type: f64) -> Outcome<()> {
        attempt(|| Ok(self.scoped.reset_scope(self.scoped.operator(op_type)?)?))
    }

    /// Back to the state of a new object, but for your own metadata. The buffers become zero and keep their addresses, and
    /// adapters their memory.
    ///
    /// @example scoped.reset_all(); // total_adapt_count() is 0 again
    pub fn reset_all(&mut self) {
        self.scoped.reset_all();
    }

    /// The whole state of the set as a safetensors file: what is loaded from it goes on bit for bit as this object does.
    /// Adapters that have been made are in it, as `operators.<name>` and `categories.<name>`.
    ///
    /// @param metadata - texts of your own that go into this file and later ones; if left out, those that were given last, or that
    /// the file had which this was loaded from
    /// @throws {RangeError} if a key is one of the format's own, or if the memory cannot be had
    /// @throws {TypeError} if `metadata` is no object of strings
    /// @example await writeFile('adapters.safetensors', scoped.to_safetensors());
    #[wasm_bindgen(unchecked_return_type = "FileBytes")]
    pub fn to_safetensors(
        &mut self,
        #[wasm_bindgen(unchecked_optional_param_type = "Record<string, string>")] metadata: &JsValue,
    ) -> Outcome<Uint8Array> {
        attempt(|| {
            let size = self.scoped.file_size();
            let bytes =
                objects::saved(&mut self.scoped, size, |of| &mut of.metadata, metadata, |of| of.save::<JavaScript>())?;
            objects::new_bytes(&bytes)
        })
    }

    /// Texts of your own that files carry beside the state: those given to `to_safetensors`, or of the file that this was
    /// loaded from.
    ///
    /// @example const { user } = scoped.metadata();
    #[wasm_bindgen(unchecked_return_type = "Record<string, string>")]
    pub fn metadata(&self) -> Object {
        objects::of_texts(&self.scoped.metadata)
    }

    /// The `adapter_config.json` with which PEFT loads the file onto identity `Linear(dim, dim)`s named `operators.<name>`
    /// and `categories.<name>`. Each computes what its adapter adds; their blend is the package's own.
    ///
    /// @throws {RangeError} if the memory cannot be had
    /// @example await writeFile('adapter_config.json', scoped.peft_config());
    #[wasm_bindgen(unchecked_return_type = "string")]
    pub fn peft_config(&self) -> Outcome<JsString> {
        attempt(|| {
            objects::ensure_room(self.scoped.file_size())?;
            Ok(self.scoped.peft_config_json::<JavaScript>().into())
        })
    }

    /// A new set with the state, operators and categories of a file; or with the factors of rank-2 adapters that Hugging
    /// Face PEFT has trained for modules `operators.<name>` and `categories.<name>` of the built-in operators. Such
    /// operators no longer lean on their category.
    ///
    /// @param bytes - what `to_safetensors` or `merge_safetensors` has written, or another program in the same way
    /// @param adapter_config - the adapter_config.json that PEFT has saved beside the file, for the scale of the adapters;
    /// 1 without it. Not used for files of `to_safetensors`, which have the scale
    /// @throws {RangeError} that names the field, if anything about the file is wrong; or if the memory cannot be had
    /// @throws {TypeError} if `bytes` is no Uint8Array or ArrayBuffer, or `adapter_config` no JSON of an object
    /// @example const scoped = WasmScopedLoRA.from_safetensors(await readFile('adapters.safetensors'));
    pub fn from_safetensors(
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | ArrayBuffer")] bytes: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "AdapterConfig | null")] adapter_config: &JsValue,
    ) -> Outcome<WasmScopedLoRA> {
        attempt(|| {
            arrays::connect_snippet();
            let bytes = arrays::read_bytes(bytes, "bytes")?;
            objects::ensure_room(bytes.len().saturating_mul(2))?; // the header and the factors
            let config = peft_config(adapter_config)?;
            objects::with_room(Self::of(ScopedLora::load::<JavaScript>(&bytes, "bytes", config.as_ref())?))
        })
    }

    /// The weighted sums of sets, adapter by adapter, as one set; an adapter that a file has not counts as the identity.
    /// See `WasmMicroLoRA.merge_safetensors`.
    ///
    /// @param files - 1 to 1000 files of sets with one dimension and the same operators
    /// @param weights - a number for each file; all alike if left out
    /// @param normalize - whether the weights, which are then at least 0 and not all 0, are divided by their sum, as they are
    /// if this is left out; or taken as they are, negative ones too
    /// @throws {RangeError} that names the file and the field, if anything about a file is wrong; if dimensions or operators
    /// differ; if `weights` are not as they must be; or if a sum overflows 32-bit floats
    /// @throws {TypeError} if `files` is no array of Uint8Arrays, or `weights` no array of numbers
    /// @example const { bytes } = WasmScopedLoRA.merge_safetensors([mine, theirs], [3, 1]);
    #[wasm_bindgen(unchecked_return_type = "Merged")]
    pub fn merge_safetensors(
        #[wasm_bindgen(unchecked_param_type = "ReadonlyArray<Uint8Array | ArrayBuffer>")] files: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "ReadonlyArray<number> | Float32Array | Float64Array | null")]
        weights: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "boolean | null")] normalize: Option<bool>,
    ) -> Outcome<Object> {
        objects::merged(Class::Scoped, files, weights, normalize).into()
    }
}
