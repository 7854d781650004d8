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
  WasmMicroLoRA: () => WasmMicroLoRA2,
  WasmScopedLoRA: () => WasmScopedLoRA2,
  WasmTrajectoryBuffer: () => WasmTrajectoryBuffer2,
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
   * `adapt_array` with what the staging buffer holds.
   * @returns {any}
   */
  _adapt_staged() {
    const ret = wasm.wasmmicrolora__adapt_staged(this.__wbg_ptr);
    return ret;
  }
  /**
   * Address of the buffer for batches: [`Batch::ROWS`] inputs, then as many outputs.
   * @returns {number}
   */
  _batch_ptr() {
    const ret = wasm.wasmmicrolora__batch_ptr(this.__wbg_ptr);
    if (ret[2]) {
      throw takeFromExternrefTable0(ret[1]);
    }
    return ret[0] >>> 0;
  }
  /**
   * The first `rows` inputs of the buffer for batches to the first outputs.
   * @param {number} rows
   */
  _forward_rows(rows) {
    wasm.wasmmicrolora__forward_rows(this.__wbg_ptr, rows);
  }
  /**
   * `predicted_improvement` of what the staging buffer holds.
   * @returns {number}
   */
  _predicted_staged() {
    const ret = wasm.wasmmicrolora__predicted_staged(this.__wbg_ptr);
    if (ret[2]) {
      throw takeFromExternrefTable0(ret[1]);
    }
    return ret[0];
  }
  /**
   * Address of the staging buffer.
   * @returns {number}
   */
  _staging_ptr() {
    const ret = wasm.wasmmicrolora__staging_ptr(this.__wbg_ptr);
    return ret >>> 0;
  }
  /**
   * One step against the gradient in the input buffer. Allocates nothing.
   *
   * @throws {RangeError} if the gradient or the context is not finite, or if the weights would overflow
   * @example
   * lora.forward();
   * new Float32Array(wasm.memory.buffer, lora.get_input_ptr(), lora.dim()).set(gradient);
   * lora.adapt();
   * @returns {undefined}
   */
  adapt() {
    const ret = wasm.wasmmicrolora_adapt(this.__wbg_ptr);
    return ret;
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
   * @returns {undefined}
   */
  adapt_with_reward(improvement) {
    const ret = wasm.wasmmicrolora_adapt_with_reward(this.__wbg_ptr, improvement);
    return ret;
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
   * `adapt_array` with what the staging buffer holds.
   * @param {number} op_type
   * @returns {any}
   */
  _adapt_staged(op_type) {
    const ret = wasm.wasmscopedlora__adapt_staged(this.__wbg_ptr, op_type);
    return ret;
  }
  /**
   * `predicted_improvement` of what the staging buffer holds.
   * @param {number} op_type
   * @returns {number}
   */
  _predicted_staged(op_type) {
    const ret = wasm.wasmscopedlora__predicted_staged(this.__wbg_ptr, op_type);
    if (ret[2]) {
      throw takeFromExternrefTable0(ret[1]);
    }
    return ret[0];
  }
  /**
   * `set_category_fallback`, of what is a boolean for sure.
   * @param {boolean} enabled
   */
  _set_category_fallback(enabled) {
    wasm.wasmscopedlora__set_category_fallback(this.__wbg_ptr, enabled);
  }
  /**
   * Address of the staging buffer.
   * @returns {number}
   */
  _staging_ptr() {
    const ret = wasm.wasmscopedlora__staging_ptr(this.__wbg_ptr);
    return ret >>> 0;
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
   * @returns {undefined}
   */
  adapt(op_type) {
    const ret = wasm.wasmscopedlora_adapt(this.__wbg_ptr, op_type);
    return ret;
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
    return BigInt.asUintN(64, ret);
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
   * @returns {undefined}
   */
  adapt_with_reward(op_type, improvement) {
    const ret = wasm.wasmscopedlora_adapt_with_reward(this.__wbg_ptr, op_type, improvement);
    return ret;
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
    return ret;
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
   * @returns {undefined}
   */
  forward(op_type) {
    const ret = wasm.wasmscopedlora_forward(this.__wbg_ptr, op_type);
    return ret;
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
    return BigInt.asUintN(64, ret);
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
    wasm.wasmscopedlora_reset_scope(this.__wbg_ptr, op_type);
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
    return ret;
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
   * Numbers per embedding.
   * @returns {number}
   */
  _dim() {
    const ret = wasm.wasmtrajectorybuffer__dim(this.__wbg_ptr);
    return ret >>> 0;
  }
  /**
   * Address of the buffer for the next embedding.
   * @returns {number}
   */
  _embedding_ptr() {
    const ret = wasm.wasmtrajectorybuffer__embedding_ptr(this.__wbg_ptr);
    return ret >>> 0;
  }
  /**
   * `record` of the embedding in its buffer.
   * @param {number} op_type
   * @param {number} attention_type
   * @param {number} execution_ms
   * @param {number} baseline_ms
   * @returns {any}
   */
  _record_embedding(op_type, attention_type, execution_ms, baseline_ms) {
    const ret = wasm.wasmtrajectorybuffer__record_embedding(this.__wbg_ptr, op_type, attention_type, execution_ms, baseline_ms);
    return ret;
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
    return ret >>> 0;
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
function _check_operator(op_type) {
  const ret = wasm._check_operator(op_type);
  return ret;
}
function __wbg_get_imports() {
  const import0 = {
    __proto__: null,
    __wbg___wbindgen_throw_4c88d8bf264fd984: function(arg0, arg1) {
      throw new Error(getStringFromWasm0(arg0, arg1));
    },
    __wbg_join_0eb3fa0210561997: function(arg0, arg1, arg2) {
      const ret = arg0.join(getStringFromWasm0(arg1, arg2));
      return ret;
    },
    __wbg_new_37eb45aaf5eeb820: function() {
      const ret = new Array();
      return ret;
    },
    __wbg_new_e2ded5ad3c089cc8: function(arg0) {
      const ret = new RangeError(arg0);
      return ret;
    },
    __wbg_push_c9f4893fc209f768: function(arg0, arg1) {
      const ret = arg0.push(arg1);
      return ret;
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

// classes.js
var memory;
function connect(exports2) {
  ({ memory } = exports2);
}
var TypedArray = Object.getPrototypeOf(Float32Array);
var intrinsic = (key) => Object.getOwnPropertyDescriptor(TypedArray.prototype, key).get;
var lengthOf = intrinsic("length");
var kindOf = intrinsic(Symbol.toStringTag);
function checkNumber(value, name) {
  if (typeof value !== "number") throw new TypeError(`${name} must be a number`);
}
function checkOperator(op_type) {
  checkNumber(op_type, "op_type");
  settle(_check_operator(op_type));
}
function checkLength(length, name, owner, dim) {
  if (length !== dim) throw new RangeError(`${name} has ${length} values, this ${owner} has dim ${dim}`);
}
function checkFloats(values, name) {
  if (kindOf.call(values) !== "Float32Array") throw new TypeError(`${name} must be a Float32Array`);
}
function noNumbers(name, cause) {
  return new TypeError(`${name} must be a Float32Array or an array of numbers`, { cause });
}
function converted(values, name, owner, dim) {
  const attempt = (work) => {
    try {
      return work();
    } catch (cause) {
      throw noNumbers(name, cause);
    }
  };
  const length = attempt(() => values.length);
  if (typeof length !== "number") throw noNumbers(name);
  checkLength(length, name, owner, dim);
  const copy = attempt(() => Float32Array.from({ length }, (_, i) => values[i]));
  if (Number.isNaN(copy[length - 1]) && !attempt(() => Array.isArray(values))) throw noNumbers(name);
  return copy;
}
function settle(error) {
  if (error !== void 0) throw error;
}
var NOTHING = new Float32Array();
var Window = class {
  #view = NOTHING;
  #address;
  #length;
  constructor(address, length) {
    this.#address = address;
    this.#length = length;
  }
  get view() {
    if (this.#view.length === 0) this.#view = new Float32Array(memory.buffer, this.#address, this.#length);
    return this.#view;
  }
};
function write(target, values, name, owner, self) {
  const { view } = target;
  let length;
  try {
    length = lengthOf.call(values);
  } catch {
    const copy = converted(values, name, owner, view.length);
    if (self.__wbg_ptr === 0) throw new Error(`the object was freed while ${name} was read`);
    target.view.set(copy);
    return;
  }
  checkLength(length, name, owner, view.length);
  try {
    view.set(values);
  } catch (cause) {
    throw noNumbers(name, cause);
  }
}
function read(source, output, start = 0) {
  TypedArray.prototype.set.call(output, source.view, start);
}
function part(values, start, length) {
  return TypedArray.prototype.subarray.call(values, start, start + length);
}
function checkOutput(output, dim) {
  checkFloats(output, "output");
  checkLength(lengthOf.call(output), "output", "adapter", dim);
}
function checkBatch(dim, inputs, outputs) {
  checkFloats(inputs, "inputs");
  const length = lengthOf.call(inputs);
  if (length % dim !== 0) throw new RangeError(`inputs has ${length} values, no multiple of this adapter's dim ${dim}`);
  if (outputs === void 0) return new Float32Array(length);
  checkFloats(outputs, "outputs");
  if (lengthOf.call(outputs) !== length) {
    throw new RangeError(`outputs has ${lengthOf.call(outputs)} values, inputs has ${length}`);
  }
  return outputs;
}
var BATCH_ROWS = 16;
var PADDING = 16;
var WasmMicroLoRA2 = class extends WasmMicroLoRA {
  #dim = super.dim();
  #input = new Window(super.get_input_ptr(), this.#dim);
  #output = new Window(super.get_output_ptr(), this.#dim);
  #staging = new Window(super._staging_ptr(), this.#dim);
  forward_array(input) {
    write(this.#input, input, "input", "adapter", this);
    super.forward();
    return this.#output.view.slice();
  }
  forward_into(input, output) {
    checkOutput(output, this.#dim);
    write(this.#input, input, "input", "adapter", this);
    super.forward();
    read(this.#output, output);
  }
  forward_batch(inputs, outputs) {
    const result = checkBatch(this.#dim, inputs, outputs);
    const length = lengthOf.call(inputs);
    if (length === 0) return result;
    const stride = PADDING * Math.ceil(this.#dim / PADDING);
    const most = stride === this.#dim ? BATCH_ROWS * stride : this.#dim;
    const address = super._batch_ptr();
    const x = new Window(address, most);
    const y = new Window(address + Float32Array.BYTES_PER_ELEMENT * BATCH_ROWS * stride, most);
    for (let start = 0; start < length; start += most) {
      const size = Math.min(most, length - start);
      x.view.set(part(inputs, start, size));
      super._forward_rows(size / this.#dim);
      if (size === most) read(y, result, start);
      else TypedArray.prototype.set.call(result, part(y.view, 0, size), start);
    }
    return result;
  }
  adapt() {
    settle(super.adapt());
  }
  adapt_array(gradient) {
    write(this.#staging, gradient, "gradient", "adapter", this);
    settle(super._adapt_staged());
  }
  adapt_with_reward(improvement) {
    checkNumber(improvement, "improvement");
    settle(super.adapt_with_reward(improvement));
  }
  predicted_improvement(input) {
    write(this.#staging, input, "input", "adapter", this);
    return super._predicted_staged();
  }
};
var WasmScopedLoRA2 = class extends WasmScopedLoRA {
  #dim = super.dim();
  #input = new Window(super.get_input_ptr(), this.#dim);
  #output = new Window(super.get_output_ptr(), this.#dim);
  #staging = new Window(super._staging_ptr(), this.#dim);
  static scope_name(op_type) {
    checkOperator(op_type);
    return super.scope_name(op_type);
  }
  forward(op_type) {
    checkOperator(op_type);
    settle(super.forward(op_type));
  }
  forward_array(op_type, input) {
    checkOperator(op_type);
    write(this.#input, input, "input", "adapter", this);
    settle(super.forward(op_type));
    return this.#output.view.slice();
  }
  forward_into(op_type, input, output) {
    checkOperator(op_type);
    checkOutput(output, this.#dim);
    write(this.#input, input, "input", "adapter", this);
    settle(super.forward(op_type));
    read(this.#output, output);
  }
  forward_batch(op_type, inputs, outputs) {
    checkOperator(op_type);
    const result = checkBatch(this.#dim, inputs, outputs);
    for (let start = 0; start < lengthOf.call(inputs); start += this.#dim) {
      this.#input.view.set(part(inputs, start, this.#dim));
      settle(super.forward(op_type));
      read(this.#output, result, start);
    }
    return result;
  }
  adapt(op_type) {
    checkOperator(op_type);
    settle(super.adapt(op_type));
  }
  adapt_array(op_type, gradient) {
    checkOperator(op_type);
    write(this.#staging, gradient, "gradient", "adapter", this);
    settle(super._adapt_staged(op_type));
  }
  adapt_with_reward(op_type, improvement) {
    checkOperator(op_type);
    checkNumber(improvement, "improvement");
    settle(super.adapt_with_reward(op_type, improvement));
  }
  predicted_improvement(op_type, input) {
    checkOperator(op_type);
    write(this.#staging, input, "input", "adapter", this);
    return super._predicted_staged(op_type);
  }
  delta_norm(op_type) {
    checkOperator(op_type);
    return super.delta_norm(op_type);
  }
  adapt_count(op_type) {
    checkOperator(op_type);
    return super.adapt_count(op_type);
  }
  forward_count(op_type) {
    checkOperator(op_type);
    return super.forward_count(op_type);
  }
  set_category_fallback(enabled) {
    if (typeof enabled !== "boolean") throw new TypeError("enabled must be a boolean");
    super._set_category_fallback(enabled);
  }
  reset_scope(op_type) {
    checkOperator(op_type);
    super.reset_scope(op_type);
  }
};
var WasmTrajectoryBuffer2 = class extends WasmTrajectoryBuffer {
  #embedding = new Window(super._embedding_ptr(), super._dim());
  record(embedding, op_type, attention_type, execution_ms, baseline_ms) {
    checkNumber(op_type, "op_type");
    checkNumber(attention_type, "attention_type");
    checkNumber(execution_ms, "execution_ms");
    checkNumber(baseline_ms, "baseline_ms");
    write(this.#embedding, embedding, "embedding", "buffer", this);
    settle(super._record_embedding(op_type, attention_type, execution_ms, baseline_ms));
  }
  high_quality_count(threshold) {
    checkNumber(threshold, "threshold");
    return super.high_quality_count(threshold);
  }
  count_by_operator(op_type) {
    checkOperator(op_type);
    return super.count_by_operator(op_type);
  }
};
for (const [name, { prototype }] of Object.entries({ WasmMicroLoRA: WasmMicroLoRA2, WasmScopedLoRA: WasmScopedLoRA2, WasmTrajectoryBuffer: WasmTrajectoryBuffer2 })) {
  const refusals = {};
  for (const owner of [prototype, Object.getPrototypeOf(prototype)]) {
    for (const method of Object.getOwnPropertyNames(owner)) {
      if (method === "constructor") continue;
      refusals[method] = {
        value() {
          throw new Error(`${name}.${method}() was called after free()`);
        }
      };
    }
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
  if (!instance) {
    instance = initSync({ module: isOptions(source) ? source.module : source });
    connect(instance);
  }
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
    found = await read2(found);
  }
  if (typeof Response === "function" && found instanceof Response) {
    if (!found.ok) throw new Error(`failed to fetch Wasm: ${found.status} ${found.statusText} from '${found.url}'`);
    if (found.headers.get("Content-Type") === "application/wasm") return WebAssembly.compileStreaming(found);
    found = await found.arrayBuffer();
  }
  return WebAssembly.compile(found);
}
function read2(url) {
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
