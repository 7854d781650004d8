//! `WasmMicroLoRA`.

use alloc::boxed::Box;

use js_sys::{Float32Array, JsString, Object, Uint8Array};
use wasm_bindgen::prelude::*;

use super::arrays::{self, Batch, Output};
use super::exception::{Outcome, attempt};
use super::host::{JavaScript, peft_config};
use super::objects;
use crate::config::Config;
use crate::error::Argument;
use crate::micro::MicroLora;
use crate::rows::Block;
use crate::state::Class;

/// A rank-2 LoRA adapter over vectors of `dim` numbers that learns online: `y = x + alpha · x A B`, with
/// A `[dim, 2]` and B `[2, dim]`. A new adapter is exactly the identity.
///
/// Every method throws an Error after `free()`, and before `init()`.
///
/// @example
/// const lora = new WasmMicroLoRA(256, 0.1, 0.1);
/// const loss = lora.train(input, target);
/// const output = lora.forward_array(input);
#[wasm_bindgen]
pub struct WasmMicroLoRA {
    lora: MicroLora,
    /// Rows of a batch, made when first needed.
    room: Box<[Block]>,
}

impl WasmMicroLoRA {
    fn of(lora: MicroLora) -> Self {
        Self { lora, room: Box::default() }
    }
}

#[wasm_bindgen]
impl WasmMicroLoRA {
    /// @param dim - numbers per vector, an integer from 1 to 4096; 256 if left out
    /// @param alpha - scale of the low-rank term, above 0; 0.1 if left out
    /// @param learning_rate - share of the error that a step corrects, above 0 and at most 1: 0.5 for clean targets and for
    /// likes, 0.1 for noisy ones, 0.01 for thousands of signals that contradict each other; 0.01 if left out
    /// @throws {RangeError} for any other value, or if the memory cannot be had
    /// @throws {TypeError} for anything but a number
    /// @example const lora = new WasmMicroLoRA(256, 0.1, 0.5);
    #[wasm_bindgen(constructor)]
    pub fn new(dim: Option<f64>, alpha: Option<f64>, learning_rate: Option<f64>) -> Outcome<WasmMicroLoRA> {
        attempt(|| {
            arrays::connect_snippet();
            let config = Config::new(dim, alpha, learning_rate)?;
            objects::with_room(Self::of(MicroLora::new(config)?))
        })
    }

    /// The output for `input`, as a new array. `input` becomes the context: what the next adaptation is about.
    ///
    /// NaN and infinity pass through to the output.
    ///
    /// @param input - `dim` numbers; they stay in the input buffer
    /// @returns `dim` numbers
    /// @throws {RangeError} if `input` has not `dim` values
    /// @throws {TypeError} if `input` is no array of numbers
    /// @example const output = lora.forward_array(new Float32Array(256).fill(0.1));
    #[wasm_bindgen(unchecked_return_type = "Float32Array")]
    pub fn forward_array(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "ArrayLike<number>")] input: &JsValue,
    ) -> Outcome<Float32Array> {
        attempt(|| {
            arrays::read(input, Argument::Input, self.lora.input_mut())?;
            self.lora.forward();
            arrays::array(self.lora.output())
        })
    }

    /// `forward_array` into an array that is there already: allocates nothing.
    ///
    /// @param input - `dim` numbers; they stay in the input buffer
    /// @param output - takes the `dim` numbers of the output; it may be `input`
    /// @throws {RangeError} if `input` or `output` has not `dim` values
    /// @throws {TypeError} if `input` is no array of numbers, or `output` no Float32Array
    /// @example lora.forward_into(input, output);
    pub fn forward_into(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "ArrayLike<number>")] input: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "Float32Array")] output: &JsValue,
    ) -> Outcome<()> {
        attempt(|| {
            arrays::read(input, Argument::Input, self.lora.argument_mut())?;
            let output = Output::new(output, self.lora.config().dim())?;
            self.lora.forward_argument();
            output.write(self.lora.output());
            Ok(())
        })
    }

    /// The outputs for many inputs. The last input becomes the context, and stays in the input buffer.
    ///
    /// @param inputs - n · `dim` numbers, one input after the other; n may be 0, and then nothing changes
    /// @param outputs - takes the n · `dim` numbers of the outputs; a new array if left out
    /// @returns `outputs`; it may be `inputs`, but must not overlap them otherwise
    /// @throws {RangeError} if `inputs` has not a multiple of `dim` values, or `outputs` not as many
    /// @throws {TypeError} if `inputs` or `outputs` is no Float32Array
    /// @example const outputs = lora.forward_batch(inputs); // outputs.subarray(256, 512) belongs to the second input
    #[wasm_bindgen(unchecked_return_type = "Float32Array")]
    pub fn forward_batch(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Float32Array")] inputs: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Float32Array")] outputs: &JsValue,
    ) -> Outcome<JsValue> {
        attempt(|| {
            let Self { lora, room } = self;
            let batch = Batch::new(inputs, outputs, lora.config().dim())?;
            batch.run(room, |x, y| lora.forward_rows(x, y))?;
            Ok(batch.outputs(outputs))
        })
    }

    /// The forward pass on the fixed buffers: reads the input buffer, writes the output buffer, allocates nothing.
    ///
    /// @example
    /// lora.input_view().set(input);
    /// lora.forward();
    /// const output = lora.output_view();
    pub fn forward(&mut self) {
        self.lora.forward();
    }

    /// One step against a gradient. Before the first forward the context is the unit vector (1/√dim, …).
    ///
    /// A gradient or a context with a squared norm below 1e-16 changes nothing and is not counted.
    ///
    /// @param gradient - `dim` numbers: ∂loss/∂y for the output y of the last forward; `y − target` for a squared error
    /// @throws {RangeError} if `gradient` has not `dim` values, if it or the context is not finite, or if the weights
    /// would overflow
    /// @throws {TypeError} if `gradient` is no array of numbers
    /// @example lora.adapt_array(lora.forward_array(input).map((y, i) => y - target[i]));
    pub fn adapt_array(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "ArrayLike<number>")] gradient: &JsValue,
    ) -> Outcome<()> {
        attempt(|| {
            arrays::read(gradient, Argument::Gradient, self.lora.argument_mut())?;
            Ok(self.lora.adapt_argument()?)
        })
    }

    /// `adapt_array` with the gradient in the input buffer. Allocates nothing.
    ///
    /// @throws {RangeError} if the gradient or the context is not finite, or the weights would overflow
    /// @example
    /// lora.forward();
    /// lora.input_view().set(gradient);
    /// lora.adapt();
    pub fn adapt(&mut self) -> Outcome<()> {
        self.lora.adapt().into()
    }

    /// `forward_array` of `input`, then one step towards `target`. Allocates nothing. Where only the step is
    /// refused (the weights would overflow), the output buffer has the output for `input`, and all else is as it was.
    ///
    /// @param input - `dim` numbers; they become the context, and stay in the input buffer
    /// @param target - `dim` numbers: what the output should have been
    /// @returns the mean squared error before the step
    /// @throws {RangeError} if `input` or `target` has not `dim` values or is not finite, or if the weights would overflow
    /// @throws {TypeError} if `input` or `target` is no array of numbers
    /// @example const loss = lora.train(input, target);
    pub fn train(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "ArrayLike<number>")] input: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "ArrayLike<number>")] target: &JsValue,
    ) -> Outcome<f64> {
        attempt(|| {
            arrays::read(input, Argument::Input, self.lora.argument_mut())?;
            arrays::read(target, Argument::Target, self.lora.target_mut())?;
            Ok(self.lora.train_argument()?)
        })
    }

    /// One step from a reward for the context, the input of the last forward. It makes the error of
    /// `predicted_improvement` for that input smaller by the share `learning_rate`: after one reward r it is
    /// learning_rate · r, after n equal ones (1 − (1 − learning_rate)^n) · r, and for rewards that vary it is on average
    /// their mean, as long as two directions hold what is taught (with `freeze_a(true)` from the start they seldom do).
    /// The output moves towards `(1 + improvement) · input`. 0 is an observation like any other; a zero input changes
    /// nothing and is not counted. `reward` does the forward, too.
    ///
    /// @param improvement - 0.15 for 15 % better than the baseline; clamped to [-1, 2]
    /// @throws {RangeError} if `improvement` or the context is not finite, or the weights would overflow
    /// @throws {TypeError} if `improvement` is no number
    /// @example
    /// lora.forward_array(input);
    /// lora.adapt_with_reward(0.15);
    pub fn adapt_with_reward(&mut self, improvement: f64) -> Outcome<()> {
        self.lora.adapt_with_reward(improvement).into()
    }

    /// `forward_array` of `input`, then `adapt_with_reward(improvement)`. Allocates nothing. Where only the step is refused
    /// (the weights would overflow), the output buffer has the output for `input`, and all else is as it was.
    ///
    /// @param input - `dim` numbers; they become the context, and stay in the input buffer
    /// @param improvement - 0.15 for 15 % better than the baseline, or 1 for a like; clamped to [-1, 2]
    /// @throws {RangeError} if `input` has not `dim` values, if it or `improvement` is not finite, or if the weights would
    /// overflow
    /// @throws {TypeError} if `input` is no array of numbers, or `improvement` no number
    /// @example lora.reward(input, 1); // a like
    pub fn reward(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "ArrayLike<number>")] input: &JsValue,
        improvement: f64,
    ) -> Outcome<()> {
        attempt(|| {
            arrays::read(input, Argument::Input, self.lora.argument_mut())?;
            Ok(self.lora.reward_argument(improvement)?)
        })
    }

    /// The improvement that rewards have taught the adapter to expect for inputs like `input`: (y · x) / |x|² − 1, for the
    /// output y of x = `input`. Changes neither the context nor a counter.
    ///
    /// It is blind to the sign: `input` and `−input` have the same. Append a constant to every embedding (0.5 to
    /// embeddings of length 1, `dim` one larger) where opposite embeddings mean opposite things.
    ///
    /// @param input - `dim` numbers
    /// @returns 0.15 for 15 % better than the baseline
    /// @throws {RangeError} if `input` has not `dim` values or is not finite
    /// @throws {TypeError} if `input` is no array of numbers
    /// @example if (lora.predicted_improvement(input) > 0.1) usePlanB();
    pub fn predicted_improvement(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "ArrayLike<number>")] input: &JsValue,
    ) -> Outcome<f64> {
        attempt(|| {
            arrays::read(input, Argument::Input, self.lora.argument_mut())?;
            Ok(self.lora.predict_argument()?)
        })
    }

    /// `predicted_improvement` of many inputs: what to rank a list by. Changes neither the context nor a counter.
    ///
    /// @param inputs - n · `dim` numbers, one input after the other; n may be 0
    /// @returns n numbers, one for each input
    /// @throws {RangeError} if `inputs` has not a multiple of `dim` values or is not finite
    /// @throws {TypeError} if `inputs` is no Float32Array
    /// @example
    /// const scores = lora.predicted_improvements(catalogue);
    /// const best = [...scores.keys()].sort((a, b) => scores[b] - scores[a]);
    #[wasm_bindgen(unchecked_return_type = "Float32Array")]
    pub fn predicted_improvements(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Float32Array")] inputs: &JsValue,
    ) -> Outcome<JsValue> {
        attempt(|| {
            let Self { lora, room } = self;
            let batch = Batch::of_scores(inputs, lora.config().dim())?;
            batch.score(room, |x, scores| lora.predicted_improvements(x, scores))?;
            Ok(batch.outputs(&JsValue::UNDEFINED))
        })
    }

    /// How far the adapter is from the identity: alpha · ‖A B‖, the Frobenius norm.
    ///
    /// @example const unchanged = lora.delta_norm() === 0; // as long as it has learned nothing
    pub fn delta_norm(&self) -> f32 {
        self.lora.delta_norm()
    }

    /// Adaptations since construction or reset, less those that had nothing to learn from (see `adapt_array`).
    ///
    /// @example const n = Number(lora.adapt_count()) + 1; // the next signal is the n-th
    pub fn adapt_count(&self) -> u64 {
        self.lora.adapt_count()
    }

    /// Forward passes since construction or reset.
    ///
    /// @example const perStep = Number(lora.forward_count()) / Number(lora.adapt_count());
    pub fn forward_count(&self) -> u64 {
        self.lora.forward_count()
    }

    /// Trained numbers: 4 · dim.
    ///
    /// @example const bytes = 4 * lora.param_count();
    pub fn param_count(&self) -> usize {
        self.lora.param_count()
    }

    /// Numbers per vector.
    ///
    /// @example const input = new Float32Array(lora.dim());
    pub fn dim(&self) -> usize {
        self.lora.config().dim()
    }

    /// Scale of the low-rank term, as a 32-bit float.
    ///
    /// @example const again = new WasmMicroLoRA(lora.dim(), lora.alpha());
    pub fn alpha(&self) -> f32 {
        self.lora.config().alpha()
    }

    /// Share of the error that a step corrects, as a 32-bit float.
    ///
    /// @example lora.set_learning_rate(lora.learning_rate() / 2);
    pub fn learning_rate(&self) -> f32 {
        self.lora.config().learning_rate()
    }

    /// Changes the learning rate.
    ///
    /// For noisy signals: start high, to learn from the first ones, and go down, to average over the later ones. With
    /// max(0.5 / √n, 0.02) for the n-th signal, old signals still fade, but slowly.
    ///
    /// @param learning_rate - above 0 and at most 1
    /// @throws {RangeError} for any other number
    /// @throws {TypeError} if it is no number
    /// @example lora.set_learning_rate(Math.max(0.5 / Math.sqrt(n), 0.02)); // before the n-th signal
    pub fn set_learning_rate(&mut self, learning_rate: f64) -> Outcome<()> {
        self.lora.set_learning_rate(learning_rate).into()
    }

    /// Whether A stays as it is and only B learns (FFA-LoRA). Adapters that started alike and kept A can be averaged
    /// exactly.
    ///
    /// @param on - off unless told otherwise
    /// @throws {TypeError} if it is no boolean
    /// @example lora.freeze_a(true); // before it learns, if it is to be averaged
    pub fn freeze_a(&mut self, on: bool) {
        self.lora.freeze_a(on);
    }

    /// All numbers of the adapter, for JSON.
    ///
    /// @example fetch(url, { method: "POST", body: JSON.stringify(lora.stats()) });
    #[wasm_bindgen(unchecked_return_type = "MicroStats")]
    pub fn stats(&self) -> Object {
        let lora = &self.lora;
        objects::of_numbers(&[
            ("dim", lora.config().dim() as f64),
            ("alpha", lora.config().alpha().into()),
            ("learning_rate", lora.config().learning_rate().into()),
            ("param_count", lora.param_count() as f64),
            ("adapt_count", lora.adapt_count() as f64),
            ("forward_count", lora.forward_count() as f64),
            ("delta_norm", lora.delta_norm().into()),
        ])
    }

    /// What `JSON.stringify` makes of it: its `stats()`. Its state is in `to_safetensors()`.
    ///
    /// @example const text = JSON.stringify({ lora });
    #[wasm_bindgen(js_name = toJSON, unchecked_return_type = "MicroStats")]
    pub fn to_json(&self) -> Object {
        self.stats()
    }

    /// Byte offset of the input buffer in wasm memory: `dim` 32-bit floats, 16-byte aligned, fixed until `free()`.
    /// Views of the memory go stale whenever it grows (a construction can make it grow); the offset does not.
    ///
    /// @example const view = new Float32Array((await init()).memory.buffer, lora.get_input_ptr(), lora.dim());
    pub fn get_input_ptr(&self) -> *const f32 {
        self.lora.input().as_ptr()
    }

    /// Byte offset of the output buffer in wasm memory: `dim` 32-bit floats, 16-byte aligned, fixed until `free()`.
    ///
    /// @example const view = new Float32Array((await init()).memory.buffer, lora.get_output_ptr(), lora.dim());
    pub fn get_output_ptr(&self) -> *const f32 {
        self.lora.output().as_ptr()
    }

    /// A new view of the input buffer. It goes stale (its length becomes 0) when the memory grows: take a new one
    /// after a construction.
    ///
    /// @example lora.input_view().set(input);
    pub fn input_view(&self) -> Float32Array {
        arrays::view(self.lora.input())
    }

    /// A new view of the output buffer, like `input_view`.
    ///
    /// @example const first = lora.output_view()[0];
    pub fn output_view(&self) -> Float32Array {
        arrays::view(self.lora.output())
    }

    /// Back to the state of a new adapter. The buffers become zero and keep their addresses. Your own metadata stay.
    ///
    /// @example lora.reset(); // adapt_count() and delta_norm() are 0 again
    pub fn reset(&mut self) {
        self.lora.reset();
    }

    /// The whole state as a safetensors file: what is loaded from it goes on bit for bit as this object does. The factors
    /// have the keys and shapes of Hugging Face PEFT; `peft_config` is the text that goes with them.
    ///
    /// @param metadata - texts of your own that go into this file and later ones; if left out, those that were given last, or that
    /// the file had which this was loaded from
    /// @throws {RangeError} if a key is one of the format's own, or if the memory cannot be had
    /// @throws {TypeError} if `metadata` is no object of strings
    /// @example await writeFile('adapter.safetensors', lora.to_safetensors());
    #[wasm_bindgen(unchecked_return_type = "FileBytes")]
    pub fn to_safetensors(
        &mut self,
        #[wasm_bindgen(unchecked_optional_param_type = "Record<string, string>")] metadata: &JsValue,
    ) -> Outcome<Uint8Array> {
        attempt(|| {
            let size = 32 * self.dim(); // A, B, context, input and output
            let bytes =
                objects::saved(&mut self.lora, size, |of| &mut of.metadata, metadata, |of| of.save::<JavaScript>())?;
            objects::new_bytes(&bytes)
        })
    }

    /// Texts of your own that files carry beside the state: those given to `to_safetensors`, or of the file that this was
    /// loaded from.
    ///
    /// @example const { user } = lora.metadata();
    #[wasm_bindgen(unchecked_return_type = "Record<string, string>")]
    pub fn metadata(&self) -> Object {
        objects::of_texts(&self.lora.metadata)
    }

    /// The `adapter_config.json` with which PEFT loads the file onto an identity `Linear(dim, dim)` named `linear`, and
    /// computes what `forward_array` computes.
    ///
    /// @throws {RangeError} if the memory cannot be had
    /// @example await writeFile('adapter_config.json', lora.peft_config());
    #[wasm_bindgen(unchecked_return_type = "string")]
    pub fn peft_config(&self) -> Outcome<JsString> {
        attempt(|| {
            objects::ensure_room(0)?;
            Ok(self.lora.peft_config_json::<JavaScript>().into())
        })
    }

    /// A new adapter with the state of a file; or with the factors of a rank-2 adapter that Hugging Face PEFT has trained
    /// and saved (32-bit floats, float16 or bfloat16).
    ///
    /// @param bytes - what `to_safetensors` or `merge_safetensors` has written, or another program in the same way
    /// @param adapter_config - the adapter_config.json that PEFT has saved beside the file, for the scale of the adapter;
    /// 1 without it. Not used for files of `to_safetensors`, which have the scale
    /// @throws {RangeError} that names the field, if anything about the file is wrong; or if the memory cannot be had
    /// @throws {TypeError} if `bytes` is no Uint8Array or ArrayBuffer, or `adapter_config` no JSON of an object
    /// @example const lora = WasmMicroLoRA.from_safetensors(await readFile('adapter.safetensors'));
    pub fn from_safetensors(
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | ArrayBuffer")] bytes: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "AdapterConfig | null")] adapter_config: &JsValue,
    ) -> Outcome<WasmMicroLoRA> {
        attempt(|| {
            arrays::connect_snippet();
            let bytes = arrays::read_bytes(bytes, "bytes")?;
            objects::ensure_room(bytes.len().saturating_mul(2))?; // the header and the factors
            let config = peft_config(adapter_config)?;
            objects::with_room(Self::of(MicroLora::load::<JavaScript>(&bytes, "bytes", config.as_ref())?))
        })
    }

    /// The weighted sum of what adapters add to their inputs, alpha · A B, as one adapter: exact if all have the same A
    /// (`freeze_a(true)` from the start), else the best one of rank 2. It has the settings of the first file, A frozen if it is
    /// so in all of them, no metadata of your own, and the sums of the counts of those that have a weight.
    ///
    /// @param files - 1 to 1000 files of adapters of one dimension
    /// @param weights - a number for each file; all alike if left out
    /// @param normalize - whether the weights, which are then at least 0 and not all 0, are divided by their sum, as they are
    /// if this is left out; or taken as they are, negative ones too
    /// @throws {RangeError} that names the file and the field, if anything about a file is wrong; if dimensions differ; if
    /// `weights` are not as they must be; or if the sum overflows 32-bit floats
    /// @throws {TypeError} if `files` is no array of Uint8Arrays, or `weights` no array of numbers
    /// @example const { bytes, dropped } = WasmMicroLoRA.merge_safetensors(files, files.map((_, i) => counts[i]));
    #[wasm_bindgen(unchecked_return_type = "Merged")]
    pub fn merge_safetensors(
        #[wasm_bindgen(unchecked_param_type = "ReadonlyArray<Uint8Array | ArrayBuffer>")] files: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "ReadonlyArray<number> | Float32Array | Float64Array | null")]
        weights: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "boolean | null")] normalize: Option<bool>,
    ) -> Outcome<Object> {
        objects::merged(Class::Micro, files, weights, normalize).into()
    }
}
