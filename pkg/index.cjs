// Generated from index.js.
const moduleUrl = require('node:url').pathToFileURL(__filename).href;
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
};
var __copyProps = (to, from, except, desc) => {
  if (from && typeof from === "object" || typeof from === "function") {
    for (let key of __getOwnPropNames(from))
      if (!__hasOwnProp.call(to, key) && key !== except)
        __defProp(to, key, { get: () => from[key], enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable });
  }
  return to;
};
var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);

// index.js
var index_exports = {};
__export(index_exports, {
  WasmMicroLoRA: () => WasmMicroLoRA,
  WasmScopedLoRA: () => WasmScopedLoRA,
  WasmTrajectoryBuffer: () => WasmTrajectoryBuffer,
  default: () => init,
  initSync: () => initSync2
});
module.exports = __toCommonJS(index_exports);

// ruvector_learning_wasm.js
var WasmMicroLoRA = class {
  __destroy_into_raw() {
    const ptr = this.__wbg_ptr;
    this.__wbg_ptr = 0;
    WasmMicroLoRAFinalization.unregister(this);
    return ptr;
  }
  free() {
    const ptr = this.__destroy_into_raw();
    wasm.__wbg_wasmmicrolora_free(ptr, 0);
  }
  /**
   * One step against the gradient in the input buffer. Allocates nothing.
   *
   * @throws {RangeError} if the gradient or the context is not finite, or if the weights would overflow
   * @example
   * lora.forward();
   * new Float32Array(wasm.memory.buffer, lora.get_input_ptr(), lora.dim()).set(gradient);
   * lora.adapt();
   */
  adapt() {
    const ret = wasm.wasmmicrolora_adapt(this.__wbg_ptr);
    if (ret[1]) {
      throw takeFromExternrefTable0(ret[0]);
    }
  }
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
   * @param {ArrayLike<number>} gradient
   */
  adapt_array(gradient) {
    const ret = wasm.wasmmicrolora_adapt_array(this.__wbg_ptr, gradient);
    if (ret[1]) {
      throw takeFromExternrefTable0(ret[0]);
    }
  }
  /**
   * Adaptations since construction or `reset()`, less those that had nothing to learn from (see `adapt_array`).
   * @returns {bigint}
   */
  adapt_count() {
    const ret = wasm.wasmmicrolora_adapt_count(this.__wbg_ptr);
    return BigInt.asUintN(64, ret);
  }
  /**
   * One step from a reward: the output for what the input buffer holds (`forward_array` fills it) moves towards
   * `(1 + improvement) · input`. Inputs like it come to be amplified by the improvement to expect from them, and
   * `predicted_improvement` reads that back. 0 is an observation like any other; a zero input changes nothing and is
   * not counted.
   *
   * @param improvement - 0.15 for 15 % better than the baseline; clamped to [-1, 2]
   * @throws {RangeError} if `improvement` or the input is not finite, or if the weights would overflow
   * @example
   * lora.forward_array(input);
   * lora.adapt_with_reward(0.15);
   * @param {number} improvement
   */
  adapt_with_reward(improvement) {
    const ret = wasm.wasmmicrolora_adapt_with_reward(this.__wbg_ptr, improvement);
    if (ret[1]) {
      throw takeFromExternrefTable0(ret[0]);
    }
  }
  /**
   * How far the adapter is from the identity: alpha · ‖A B‖, the Frobenius norm.
   * @returns {number}
   */
  delta_norm() {
    const ret = wasm.wasmmicrolora_delta_norm(this.__wbg_ptr);
    return ret;
  }
  /**
   * Numbers per vector.
   * @returns {number}
   */
  dim() {
    const ret = wasm.wasmmicrolora_dim(this.__wbg_ptr);
    return ret >>> 0;
  }
  /**
   * The forward pass on the fixed buffers: reads the input buffer, writes the output buffer, allocates nothing.
   *
   * @example
   * const wasm = await init();
   * new Float32Array(wasm.memory.buffer, lora.get_input_ptr(), lora.dim()).set(input);
   * lora.forward();
   * const output = new Float32Array(wasm.memory.buffer, lora.get_output_ptr(), lora.dim());
   */
  forward() {
    wasm.wasmmicrolora_forward(this.__wbg_ptr);
  }
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
   * @param {ArrayLike<number>} input
   * @returns {Float32Array}
   */
  forward_array(input) {
    const ret = wasm.wasmmicrolora_forward_array(this.__wbg_ptr, input);
    if (ret[2]) {
      throw takeFromExternrefTable0(ret[1]);
    }
    return takeFromExternrefTable0(ret[0]);
  }
  /**
   * Forward passes since construction or `reset()`.
   * @returns {bigint}
   */
  forward_count() {
    const ret = wasm.wasmmicrolora_forward_count(this.__wbg_ptr);
    return BigInt.asUintN(64, ret);
  }
  /**
   * Byte offset of the input buffer in wasm memory: `dim` 32-bit floats, 16-byte aligned, fixed until `free()`.
   * Views of the memory go stale whenever it grows (a construction can grow it, and so can an operator's first forward
   * or adaptation); the offset does not.
   * @returns {number}
   */
  get_input_ptr() {
    const ret = wasm.wasmmicrolora_get_input_ptr(this.__wbg_ptr);
    return ret >>> 0;
  }
  /**
   * Byte offset of the output buffer in wasm memory: `dim` 32-bit floats, 16-byte aligned, fixed until `free()`.
   * @returns {number}
   */
  get_output_ptr() {
    const ret = wasm.wasmmicrolora_get_output_ptr(this.__wbg_ptr);
    return ret >>> 0;
  }
  /**
   * @param dim - numbers per vector, an integer from 1 to 4096; 256 if left out
   * @param alpha - scale of the low-rank term, above 0; 0.1 if left out
   * @param learning_rate - share of the error that each of A and B corrects per step, above 0 and at most 1; 0.01 if left
   * out, and above 0.5 steps overshoot
   * @throws {RangeError} for any other value
   * @param {number | null} [dim]
   * @param {number | null} [alpha]
   * @param {number | null} [learning_rate]
   */
  constructor(dim, alpha, learning_rate) {
    const ret = wasm.wasmmicrolora_new(!isLikeNone(dim), isLikeNone(dim) ? 0 : dim, !isLikeNone(alpha), isLikeNone(alpha) ? 0 : alpha, !isLikeNone(learning_rate), isLikeNone(learning_rate) ? 0 : learning_rate);
    if (ret[2]) {
      throw takeFromExternrefTable0(ret[1]);
    }
    this.__wbg_ptr = ret[0];
    WasmMicroLoRAFinalization.register(this, this.__wbg_ptr, this);
    return this;
  }
  /**
   * Trained numbers: 4 · dim.
   * @returns {number}
   */
  param_count() {
    const ret = wasm.wasmmicrolora_param_count(this.__wbg_ptr);
    return ret >>> 0;
  }
  /**
   * The improvement that rewards have taught the adapter to expect for inputs like `input`: (y · x) / |x|² − 1.
   * Changes neither the context nor a counter.
   *
   * @param input - `dim` numbers
   * @throws {RangeError} if `input` has not `dim` values, or if they are not finite
   * @throws {TypeError} if `input` is not an array
   * @example if (lora.predicted_improvement(input) > 0.1) usePlanB();
   * @param {ArrayLike<number>} input
   * @returns {number}
   */
  predicted_improvement(input) {
    const ret = wasm.wasmmicrolora_predicted_improvement(this.__wbg_ptr, input);
    if (ret[2]) {
      throw takeFromExternrefTable0(ret[1]);
    }
    return ret[0];
  }
  /**
   * Back to the very state of a new adapter. The buffers become zero and keep their addresses.
   */
  reset() {
    wasm.wasmmicrolora_reset(this.__wbg_ptr);
  }
};
if (Symbol.dispose) WasmMicroLoRA.prototype[Symbol.dispose] = WasmMicroLoRA.prototype.free;
var WasmScopedLoRA = class {
  __destroy_into_raw() {
    const ptr = this.__wbg_ptr;
    this.__wbg_ptr = 0;
    WasmScopedLoRAFinalization.unregister(this);
    return ptr;
  }
  free() {
    const ptr = this.__destroy_into_raw();
    wasm.__wbg_wasmscopedlora_free(ptr, 0);
  }
  /**
   * One step against the gradient in the input buffer. Allocates nothing once the operator has learned before.
   *
   * @param op_type - an integer from 0 to 16
   * @throws {RangeError} if `op_type` is no operator, if the gradient or the context is not finite, or if the weights
   * would overflow
   * @example
   * scoped.forward(2);
   * new Float32Array(wasm.memory.buffer, scoped.get_input_ptr(), scoped.dim()).set(gradient);
   * scoped.adapt(2);
   * @param {number} op_type
   */
  adapt(op_type) {
    const ret = wasm.wasmscopedlora_adapt(this.__wbg_ptr, op_type);
    if (ret[1]) {
      throw takeFromExternrefTable0(ret[0]);
    }
  }
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
   * @param {number} op_type
   * @param {ArrayLike<number>} gradient
   */
  adapt_array(op_type, gradient) {
    const ret = wasm.wasmscopedlora_adapt_array(this.__wbg_ptr, op_type, gradient);
    if (ret[1]) {
      throw takeFromExternrefTable0(ret[0]);
    }
  }
  /**
   * Steps of one operator since construction or reset.
   *
   * @param op_type - an integer from 0 to 16
   * @throws {RangeError} if `op_type` is no operator
   * @param {number} op_type
   * @returns {bigint}
   */
  adapt_count(op_type) {
    const ret = wasm.wasmscopedlora_adapt_count(this.__wbg_ptr, op_type);
    if (ret[2]) {
      throw takeFromExternrefTable0(ret[1]);
    }
    return BigInt.asUintN(64, ret[0]);
  }
  /**
   * One step from a reward, by the operator's adapter and by its category's: the output of each for what the input
   * buffer holds (`forward_array` fills it) moves towards `(1 + improvement) · input`. A zero input changes nothing
   * and is not counted.
   *
   * @param op_type - an integer from 0 to 16
   * @param improvement - 0.15 for 15 % better than the baseline; clamped to [-1, 2]
   * @throws {RangeError} if `op_type` is no operator, if `improvement` or the input is not finite, or if the weights
   * would overflow
   * @example scoped.adapt_with_reward(2, 0.25);
   * @param {number} op_type
   * @param {number} improvement
   */
  adapt_with_reward(op_type, improvement) {
    const ret = wasm.wasmscopedlora_adapt_with_reward(this.__wbg_ptr, op_type, improvement);
    if (ret[1]) {
      throw takeFromExternrefTable0(ret[0]);
    }
  }
  /**
   * How far the operator's own adapter is from the identity: alpha · ‖A B‖, the Frobenius norm.
   *
   * @param op_type - an integer from 0 to 16
   * @throws {RangeError} if `op_type` is no operator
   * @param {number} op_type
   * @returns {number}
   */
  delta_norm(op_type) {
    const ret = wasm.wasmscopedlora_delta_norm(this.__wbg_ptr, op_type);
    if (ret[2]) {
      throw takeFromExternrefTable0(ret[1]);
    }
    return ret[0];
  }
  /**
   * Numbers per vector.
   * @returns {number}
   */
  dim() {
    const ret = wasm.wasmscopedlora_dim(this.__wbg_ptr);
    return ret >>> 0;
  }
  /**
   * The forward pass of one operator on the fixed buffers: reads the input buffer, writes the output buffer.
   * Allocates nothing but the operator's context, once.
   *
   * @param op_type - an integer from 0 to 16
   * @throws {RangeError} if `op_type` is no operator
   * @example
   * new Float32Array(wasm.memory.buffer, scoped.get_input_ptr(), scoped.dim()).set(input);
   * scoped.forward(2);
   * @param {number} op_type
   */
  forward(op_type) {
    const ret = wasm.wasmscopedlora_forward(this.__wbg_ptr, op_type);
    if (ret[1]) {
      throw takeFromExternrefTable0(ret[0]);
    }
  }
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
   * @param {number} op_type
   * @param {ArrayLike<number>} input
   * @returns {Float32Array}
   */
  forward_array(op_type, input) {
    const ret = wasm.wasmscopedlora_forward_array(this.__wbg_ptr, op_type, input);
    if (ret[2]) {
      throw takeFromExternrefTable0(ret[1]);
    }
    return takeFromExternrefTable0(ret[0]);
  }
  /**
   * Forward passes of one operator since construction or reset.
   *
   * @param op_type - an integer from 0 to 16
   * @throws {RangeError} if `op_type` is no operator
   * @param {number} op_type
   * @returns {bigint}
   */
  forward_count(op_type) {
    const ret = wasm.wasmscopedlora_forward_count(this.__wbg_ptr, op_type);
    if (ret[2]) {
      throw takeFromExternrefTable0(ret[1]);
    }
    return BigInt.asUintN(64, ret[0]);
  }
  /**
   * Byte offset of the input buffer in wasm memory: `dim` 32-bit floats, 16-byte aligned, fixed until `free()`.
   * Views of the memory go stale whenever it grows (a construction can grow it, and so can an operator's first forward
   * or adaptation); the offset does not.
   * @returns {number}
   */
  get_input_ptr() {
    const ret = wasm.wasmscopedlora_get_input_ptr(this.__wbg_ptr);
    return ret >>> 0;
  }
  /**
   * Byte offset of the output buffer in wasm memory: `dim` 32-bit floats, 16-byte aligned, fixed until `free()`.
   * @returns {number}
   */
  get_output_ptr() {
    const ret = wasm.wasmscopedlora_get_output_ptr(this.__wbg_ptr);
    return ret >>> 0;
  }
  /**
   * @param dim - numbers per vector, an integer from 1 to 4096; 256 if left out
   * @param alpha - scale of the low-rank terms, above 0; 0.1 if left out
   * @param learning_rate - share of the error that each of A and B corrects per step, above 0 and at most 1; 0.01 if left
   * out, and above 0.5 steps overshoot
   * @throws {RangeError} for any other value
   * @param {number | null} [dim]
   * @param {number | null} [alpha]
   * @param {number | null} [learning_rate]
   */
  constructor(dim, alpha, learning_rate) {
    const ret = wasm.wasmscopedlora_new(!isLikeNone(dim), isLikeNone(dim) ? 0 : dim, !isLikeNone(alpha), isLikeNone(alpha) ? 0 : alpha, !isLikeNone(learning_rate), isLikeNone(learning_rate) ? 0 : learning_rate);
    if (ret[2]) {
      throw takeFromExternrefTable0(ret[1]);
    }
    this.__wbg_ptr = ret[0];
    WasmScopedLoRAFinalization.register(this, this.__wbg_ptr, this);
    return this;
  }
  /**
   * Trained numbers of one operator's adapter: 4 · dim.
   * @returns {number}
   */
  param_count() {
    const ret = wasm.wasmscopedlora_param_count(this.__wbg_ptr);
    return ret >>> 0;
  }
  /**
   * The improvement that rewards have taught an operator to expect for inputs like `input`: (y · x) / |x|² − 1.
   * Changes neither a context nor a counter.
   *
   * @param op_type - an integer from 0 to 16
   * @param input - `dim` numbers
   * @throws {RangeError} if `op_type` is no operator, if `input` has not `dim` values, or if they are not finite
   * @throws {TypeError} if `input` is not an array
   * @example const expected = scoped.predicted_improvement(2, input);
   * @param {number} op_type
   * @param {ArrayLike<number>} input
   * @returns {number}
   */
  predicted_improvement(op_type, input) {
    const ret = wasm.wasmscopedlora_predicted_improvement(this.__wbg_ptr, op_type, input);
    if (ret[2]) {
      throw takeFromExternrefTable0(ret[1]);
    }
    return ret[0];
  }
  /**
   * Back to the very state of a new object. The buffers become zero and keep their addresses.
   */
  reset_all() {
    wasm.wasmscopedlora_reset_all(this.__wbg_ptr);
  }
  /**
   * Forgets what one operator has learned, its counters and its context. What its category has learned stays.
   *
   * @param op_type - an integer from 0 to 16
   * @throws {RangeError} if `op_type` is no operator
   * @param {number} op_type
   */
  reset_scope(op_type) {
    const ret = wasm.wasmscopedlora_reset_scope(this.__wbg_ptr, op_type);
    if (ret[1]) {
      throw takeFromExternrefTable0(ret[0]);
    }
  }
  /**
   * The name of an operator.
   *
   * @param op_type - an integer from 0 to 16
   * @throws {RangeError} if `op_type` is no operator
   * @example WasmScopedLoRA.scope_name(2); // "Join"
   * @param {number} op_type
   * @returns {string}
   */
  static scope_name(op_type) {
    const ret = wasm.wasmscopedlora_scope_name(op_type);
    if (ret[2]) {
      throw takeFromExternrefTable0(ret[1]);
    }
    return takeFromExternrefTable0(ret[0]);
  }
  /**
   * Whether operators that have learned little lean on their category; they do unless told otherwise. Categories go
   * on learning either way.
   *
   * @throws {TypeError} if `enabled` is not a boolean
   * @param {boolean} enabled
   */
  set_category_fallback(enabled) {
    const ret = wasm.wasmscopedlora_set_category_fallback(this.__wbg_ptr, enabled);
    if (ret[1]) {
      throw takeFromExternrefTable0(ret[0]);
    }
  }
  /**
   * Steps of all operators.
   * @returns {bigint}
   */
  total_adapt_count() {
    const ret = wasm.wasmscopedlora_total_adapt_count(this.__wbg_ptr);
    return BigInt.asUintN(64, ret);
  }
  /**
   * Forward passes of all operators.
   * @returns {bigint}
   */
  total_forward_count() {
    const ret = wasm.wasmscopedlora_total_forward_count(this.__wbg_ptr);
    return BigInt.asUintN(64, ret);
  }
};
if (Symbol.dispose) WasmScopedLoRA.prototype[Symbol.dispose] = WasmScopedLoRA.prototype.free;
var WasmTrajectoryBuffer = class {
  __destroy_into_raw() {
    const ptr = this.__wbg_ptr;
    this.__wbg_ptr = 0;
    WasmTrajectoryBufferFinalization.unregister(this);
    return ptr;
  }
  free() {
    const ptr = this.__destroy_into_raw();
    wasm.__wbg_wasmtrajectorybuffer_free(ptr, 0);
  }
  /**
   * Attention type of the best improvement, the earliest one among equals; 0 if there are none.
   * @returns {number}
   */
  best_attention() {
    const ret = wasm.wasmtrajectorybuffer_best_attention(this.__wbg_ptr);
    return ret;
  }
  /**
   * Best improvement of all trajectories; 0 if there are none.
   * @returns {number}
   */
  best_improvement() {
    const ret = wasm.wasmtrajectorybuffer_best_improvement(this.__wbg_ptr);
    return ret;
  }
  /**
   * How many of the trajectories that the ring holds are of one operator.
   *
   * @param op_type - an integer from 0 to 16
   * @throws {RangeError} if `op_type` is no operator
   * @param {number} op_type
   * @returns {number}
   */
  count_by_operator(op_type) {
    const ret = wasm.wasmtrajectorybuffer_count_by_operator(this.__wbg_ptr, op_type);
    if (ret[2]) {
      throw takeFromExternrefTable0(ret[1]);
    }
    return ret[0] >>> 0;
  }
  /**
   * How many of the trajectories that the ring holds have an improvement above `threshold`.
   *
   * @param threshold - 0.5 asks for those over 50 % better than the baseline
   * @throws {RangeError} if `threshold` is NaN
   * @param {number} threshold
   * @returns {number}
   */
  high_quality_count(threshold) {
    const ret = wasm.wasmtrajectorybuffer_high_quality_count(this.__wbg_ptr, threshold);
    if (ret[2]) {
      throw takeFromExternrefTable0(ret[1]);
    }
    return ret[0] >>> 0;
  }
  /**
   * Whether nothing has been recorded since construction or `reset()`.
   * @returns {boolean}
   */
  is_empty() {
    const ret = wasm.wasmtrajectorybuffer_is_empty(this.__wbg_ptr);
    return ret !== 0;
  }
  /**
   * Trajectories that the ring holds.
   * @returns {number}
   */
  len() {
    const ret = wasm.wasmtrajectorybuffer_len(this.__wbg_ptr);
    return ret >>> 0;
  }
  /**
   * Mean improvement of all trajectories; 0 if there are none.
   * @returns {number}
   */
  mean_improvement() {
    const ret = wasm.wasmtrajectorybuffer_mean_improvement(this.__wbg_ptr);
    return ret;
  }
  /**
   * @param capacity - trajectories held, an integer from 1 to 1,000,000; 1000 if left out
   * @param embedding_dim - numbers per embedding, an integer from 1 to 4096; 256 if left out
   * @throws {RangeError} for any other value, or if the memory cannot be had: it is all set aside here
   * @param {number | null} [capacity]
   * @param {number | null} [embedding_dim]
   */
  constructor(capacity, embedding_dim) {
    const ret = wasm.wasmtrajectorybuffer_new(!isLikeNone(capacity), isLikeNone(capacity) ? 0 : capacity, !isLikeNone(embedding_dim), isLikeNone(embedding_dim) ? 0 : embedding_dim);
    if (ret[2]) {
      throw takeFromExternrefTable0(ret[1]);
    }
    this.__wbg_ptr = ret[0];
    WasmTrajectoryBufferFinalization.register(this, this.__wbg_ptr, this);
    return this;
  }
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
   * @param {ArrayLike<number>} embedding
   * @param {number} op_type
   * @param {number} attention_type
   * @param {number} execution_ms
   * @param {number} baseline_ms
   */
  record(embedding, op_type, attention_type, execution_ms, baseline_ms) {
    const ret = wasm.wasmtrajectorybuffer_record(this.__wbg_ptr, embedding, op_type, attention_type, execution_ms, baseline_ms);
    if (ret[1]) {
      throw takeFromExternrefTable0(ret[0]);
    }
  }
  /**
   * Forgets everything; the memory stays set aside.
   */
  reset() {
    wasm.wasmtrajectorybuffer_reset(this.__wbg_ptr);
  }
  /**
   * Share of all trajectories with an improvement above 0; 0 if there are none.
   * @returns {number}
   */
  success_rate() {
    const ret = wasm.wasmtrajectorybuffer_success_rate(this.__wbg_ptr);
    return ret;
  }
  /**
   * Trajectories recorded since construction or `reset()`.
   * @returns {bigint}
   */
  total_count() {
    const ret = wasm.wasmtrajectorybuffer_total_count(this.__wbg_ptr);
    return BigInt.asUintN(64, ret);
  }
  /**
   * Sample variance of all improvements; 0 if there are fewer than two.
   * @returns {number}
   */
  variance() {
    const ret = wasm.wasmtrajectorybuffer_variance(this.__wbg_ptr);
    return ret;
  }
};
if (Symbol.dispose) WasmTrajectoryBuffer.prototype[Symbol.dispose] = WasmTrajectoryBuffer.prototype.free;
function __wbg_get_imports() {
  const import0 = {
    __proto__: null,
    __wbg___wbindgen_boolean_get_4f1baf9a00be3c74: function(arg0) {
      const v = arg0;
      const ret = typeof v === "boolean" ? v : void 0;
      return isLikeNone(ret) ? 16777215 : ret ? 1 : 0;
    },
    __wbg___wbindgen_memory_17a1178bc3328ea3: function() {
      const ret = wasm.memory;
      return ret;
    },
    __wbg___wbindgen_throw_4c88d8bf264fd984: function(arg0, arg1) {
      throw new Error(getStringFromWasm0(arg0, arg1));
    },
    __wbg_buffer_0eaa216bac6b8749: function(arg0) {
      const ret = arg0.buffer;
      return ret;
    },
    __wbg_isArray_7fca23ce9bfa32f1: function() {
      return handleError(function(arg0) {
        const ret = Array.isArray(arg0);
        return ret;
      }, arguments);
    },
    __wbg_isView_9716c0da314983a6: function(arg0) {
      const ret = ArrayBuffer.isView(arg0);
      return ret;
    },
    __wbg_join_0eb3fa0210561997: function(arg0, arg1, arg2) {
      const ret = arg0.join(getStringFromWasm0(arg1, arg2));
      return ret;
    },
    __wbg_length_751e660a5f0b74bd: function() {
      return handleError(function(arg0, arg1) {
        const ret = arg1.length;
        getDataViewMemory0().setFloat64((arg0 >>> 0) + 8 * 1, isLikeNone(ret) ? 0 : ret, true);
        getDataViewMemory0().setInt32((arg0 >>> 0) + 4 * 0, !isLikeNone(ret), true);
      }, arguments);
    },
    __wbg_new_37eb45aaf5eeb820: function() {
      const ret = new Array();
      return ret;
    },
    __wbg_new_8210bc19bbd55995: function(arg0) {
      const ret = new TypeError(arg0);
      return ret;
    },
    __wbg_new_e2ded5ad3c089cc8: function(arg0) {
      const ret = new RangeError(arg0);
      return ret;
    },
    __wbg_new_with_byte_offset_and_length_1ea36b9f0c3bc55a: function(arg0, arg1, arg2) {
      const ret = new Float32Array(arg0, arg1 >>> 0, arg2 >>> 0);
      return ret;
    },
    __wbg_new_with_length_5c0c9043ebd9ec32: function(arg0) {
      const ret = new Float32Array(arg0 >>> 0);
      return ret;
    },
    __wbg_of_d5b2a825df1ea870: function(arg0, arg1) {
      const ret = Array.of(...getArrayJsValueViewFromWasm0(arg0, arg1));
      return ret;
    },
    __wbg_push_c9f4893fc209f768: function(arg0, arg1) {
      const ret = arg0.push(arg1);
      return ret;
    },
    __wbg_set_17af3b6d95a4a3c9: function() {
      return handleError(function(arg0, arg1) {
        arg0.set(arg1);
      }, arguments);
    },
    __wbg_slice_a5d9ed98c1089c5b: function() {
      return handleError(function(arg0) {
        const ret = arg0.slice();
        return ret;
      }, arguments);
    },
    __wbindgen_generic_0000000000000001: function(arg0) {
      const ret = arg0;
      return ret;
    },
    __wbindgen_generic_0000000000000002: function(arg0, arg1) {
      const ret = getStringFromWasm0(arg0, arg1);
      return ret;
    },
    __wbindgen_init_externref_table: function() {
      const table = wasm.__wbindgen_externrefs;
      table.set(0, void 0);
      table.set(1024, void 0);
      table.set(1025, null);
      table.set(1026, true);
      table.set(1027, false);
    }
  };
  return {
    __proto__: null,
    "./ruvector_learning_wasm_bg.js": import0
  };
}
var WasmMicroLoRAFinalization = typeof FinalizationRegistry === "undefined" ? { register: () => {
}, unregister: () => {
} } : new FinalizationRegistry((ptr) => wasm.__wbg_wasmmicrolora_free(ptr, 1));
var WasmScopedLoRAFinalization = typeof FinalizationRegistry === "undefined" ? { register: () => {
}, unregister: () => {
} } : new FinalizationRegistry((ptr) => wasm.__wbg_wasmscopedlora_free(ptr, 1));
var WasmTrajectoryBufferFinalization = typeof FinalizationRegistry === "undefined" ? { register: () => {
}, unregister: () => {
} } : new FinalizationRegistry((ptr) => wasm.__wbg_wasmtrajectorybuffer_free(ptr, 1));
function addToExternrefTable0(obj) {
  const idx = wasm.__externref_table_alloc();
  wasm.__wbindgen_externrefs.set(idx, obj);
  return idx;
}
function getArrayJsValueViewFromWasm0(ptr, len) {
  ptr = ptr >>> 0;
  const mem = getDataViewMemory0();
  const result = [];
  for (let i = ptr; i < ptr + 4 * len; i += 4) {
    result.push(wasm.__wbindgen_externrefs.get(mem.getUint32(i, true)));
  }
  return result;
}
var cachedDataViewMemory0 = null;
function getDataViewMemory0() {
  if (cachedDataViewMemory0 === null || cachedDataViewMemory0.buffer.detached === true || cachedDataViewMemory0.buffer.detached === void 0 && cachedDataViewMemory0.buffer !== wasm.memory.buffer) {
    cachedDataViewMemory0 = new DataView(wasm.memory.buffer);
  }
  return cachedDataViewMemory0;
}
function getStringFromWasm0(ptr, len) {
  ptr = ptr >>> 0;
  return decodeText(getUint8ArrayMemory0().subarray(ptr, ptr + len));
}
var cachedUint8ArrayMemory0 = null;
function getUint8ArrayMemory0() {
  if (cachedUint8ArrayMemory0 === null || cachedUint8ArrayMemory0.byteLength === 0) {
    cachedUint8ArrayMemory0 = new Uint8Array(wasm.memory.buffer);
  }
  return cachedUint8ArrayMemory0;
}
function handleError(f, args) {
  try {
    return f.apply(this, args);
  } catch (e) {
    const idx = addToExternrefTable0(e);
    wasm.__wbindgen_exn_store(idx);
  }
}
function isLikeNone(x) {
  return x === void 0 || x === null;
}
function takeFromExternrefTable0(idx) {
  const value = wasm.__wbindgen_externrefs.get(idx);
  wasm.__externref_table_dealloc(idx);
  return value;
}
var cachedTextDecoder = new TextDecoder("utf-8", { ignoreBOM: true });
cachedTextDecoder.decode();
var MAX_SAFARI_DECODE_BYTES = 2146435072;
var numBytesDecoded = 0;
function decodeText(bytes) {
  numBytesDecoded += bytes.length;
  if (numBytesDecoded >= MAX_SAFARI_DECODE_BYTES) {
    cachedTextDecoder = new TextDecoder("utf-8", { ignoreBOM: true });
    cachedTextDecoder.decode();
    numBytesDecoded = bytes.length;
  }
  return cachedTextDecoder.decode(bytes);
}
var wasmModule;
var wasmInstance;
var wasm;
function __wbg_finalize_init(instance2, module2) {
  wasmInstance = instance2;
  wasm = instance2.exports;
  wasmModule = module2;
  cachedDataViewMemory0 = null;
  cachedUint8ArrayMemory0 = null;
  wasm.__wbindgen_start();
  return wasm;
}
function initSync(module2) {
  if (wasm !== void 0) return wasm;
  if (module2 !== void 0) {
    if (Object.getPrototypeOf(module2) === Object.prototype) {
      ({ module: module2 } = module2);
    } else {
      console.warn("using deprecated parameters for `initSync()`; pass a single object instead");
    }
  }
  const imports = __wbg_get_imports();
  if (!(module2 instanceof WebAssembly.Module)) {
    module2 = new WebAssembly.Module(module2);
  }
  const instance2 = new WebAssembly.Instance(module2, imports);
  return __wbg_finalize_init(instance2, module2);
}

// number_arguments.js
function check(value, name) {
  if (typeof value !== "number") throw new TypeError(`${name} must be a number`);
}
function checked(call, names) {
  const [first, second] = names;
  if (names.length === 1) {
    return function one(a) {
      check(a, first);
      return call.call(this, a);
    };
  }
  if (names.length === 2) {
    return function two(a, b) {
      check(a, first);
      if (second !== void 0) check(b, second);
      return call.call(this, a, b);
    };
  }
  return function many(...args) {
    names.forEach((name, i) => {
      if (name !== void 0) check(args[i], name);
    });
    return call.apply(this, args);
  };
}
function guard(owner, methods) {
  for (const [method, names] of Object.entries(methods)) owner[method] = checked(owner[method], names);
}
guard(WasmMicroLoRA.prototype, { adapt_with_reward: ["improvement"] });
guard(WasmScopedLoRA, { scope_name: ["op_type"] });
guard(WasmScopedLoRA.prototype, {
  forward: ["op_type"],
  forward_array: ["op_type", void 0],
  adapt: ["op_type"],
  adapt_array: ["op_type", void 0],
  adapt_with_reward: ["op_type", "improvement"],
  predicted_improvement: ["op_type", void 0],
  delta_norm: ["op_type"],
  adapt_count: ["op_type"],
  forward_count: ["op_type"],
  reset_scope: ["op_type"]
});
guard(WasmTrajectoryBuffer.prototype, {
  record: [void 0, "op_type", "attention_type", "execution_ms", "baseline_ms"],
  high_quality_count: ["threshold"],
  count_by_operator: ["op_type"]
});

// after_free.js
var classes = { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer };
for (const [name, { prototype }] of Object.entries(classes)) {
  const refusals = {};
  for (const method of Object.getOwnPropertyNames(prototype)) {
    if (method === "constructor") continue;
    refusals[method] = {
      value() {
        throw new Error(`${name}.${method}() was called after free()`);
      }
    };
  }
  refusals.free = { value() {
  } };
  if (Symbol.dispose) refusals[Symbol.dispose] = refusals.free;
  const freed = Object.create(prototype, refusals);
  const { free } = prototype;
  prototype.free = function freeOnce() {
    try {
      free.call(this);
    } finally {
      const own = Object.getPrototypeOf(this);
      Object.setPrototypeOf(this, own === prototype ? freed : Object.create(own, refusals));
    }
  };
  if (Symbol.dispose) prototype[Symbol.dispose] = prototype.free;
}

// index.js
var instance;
var loading;
function initSync2(source) {
  instance ??= initSync({ module: isOptions(source) ? source.module : source });
  return instance;
}
async function init(source) {
  if (instance) return instance;
  loading ??= load(isOptions(source) ? source.module_or_path : source);
  try {
    return await loading;
  } catch (error) {
    loading = void 0;
    throw error;
  }
}
var isOptions = (source) => source && Object.getPrototypeOf(source) === Object.prototype;
async function load(source) {
  const module2 = await compile(await source ?? new URL("ruvector_learning_wasm_bg.wasm", moduleUrl));
  return initSync2(module2);
}
async function compile(source) {
  if (source instanceof WebAssembly.Module) return source;
  let found = source;
  if (typeof found === "string" || found instanceof URL || typeof Request === "function" && found instanceof Request) {
    found = await read(found);
  }
  if (typeof Response === "function" && found instanceof Response) {
    if (!found.ok) throw new Error(`failed to fetch Wasm: ${found.status} ${found.statusText} from '${found.url}'`);
    if (found.headers.get("Content-Type") === "application/wasm") return WebAssembly.compileStreaming(found);
    found = await found.arrayBuffer();
  }
  return WebAssembly.compile(found);
}
function read(url) {
  const fs = String(url).startsWith("file:") && globalThis.process?.getBuiltinModule?.("node:fs");
  return fs ? fs.promises.readFile(new URL(url)) : fetch(url);
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  WasmMicroLoRA,
  WasmScopedLoRA,
  WasmTrajectoryBuffer,
  initSync
});
