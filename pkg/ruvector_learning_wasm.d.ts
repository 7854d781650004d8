/* tslint:disable */
/* eslint-disable */

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



/**
 * A rank-2 LoRA adapter over vectors of `dim` numbers that learns online: `y = x + alpha · x A B`, with
 * A `[dim, 2]` and B `[2, dim]`. A new adapter is exactly the identity.
 *
 * `free()` releases its memory at once; left to the garbage collector, it is released some time later.
 *
 * @example
 * const lora = new WasmMicroLoRA(256, 0.1, 0.01);
 * const output = lora.forward_array(input);
 * lora.adapt_array(output.map((y, i) => y - target[i]));
 */
export class WasmMicroLoRA {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * One step against the gradient in the input buffer. Allocates nothing.
     *
     * @throws {RangeError} if the gradient or the context is not finite, or if the weights would overflow
     * @example
     * lora.forward();
     * new Float32Array(wasm.memory.buffer, lora.get_input_ptr(), lora.dim()).set(gradient);
     * lora.adapt();
     */
    adapt(): undefined;
    /**
     * Adaptations since construction or `reset()`, less those that had nothing to learn from (see `adapt_array`).
     */
    adapt_count(): bigint;
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
     */
    adapt_with_reward(improvement: number): undefined;
    /**
     * How far the adapter is from the identity: alpha · ‖A B‖, the Frobenius norm.
     */
    delta_norm(): number;
    /**
     * Numbers per vector.
     */
    dim(): number;
    /**
     * The forward pass on the fixed buffers: reads the input buffer, writes the output buffer, allocates nothing.
     *
     * @example
     * const wasm = await init();
     * new Float32Array(wasm.memory.buffer, lora.get_input_ptr(), lora.dim()).set(input);
     * lora.forward();
     * const output = new Float32Array(wasm.memory.buffer, lora.get_output_ptr(), lora.dim());
     */
    forward(): void;
    /**
     * Forward passes since construction or `reset()`.
     */
    forward_count(): bigint;
    /**
     * Byte offset of the input buffer in wasm memory: `dim` 32-bit floats, 16-byte aligned, fixed until `free()`.
     * Views of the memory go stale whenever it grows (a construction can grow it, and so can an operator's first forward
     * or adaptation); the offset does not.
     */
    get_input_ptr(): number;
    /**
     * Byte offset of the output buffer in wasm memory: `dim` 32-bit floats, 16-byte aligned, fixed until `free()`.
     */
    get_output_ptr(): number;
    /**
     * @param dim - numbers per vector, an integer from 1 to 4096; 256 if left out
     * @param alpha - scale of the low-rank term, above 0; 0.1 if left out
     * @param learning_rate - share of the error that each of A and B corrects per step, above 0 and at most 1; 0.01 if left
     * out, and above 0.5 steps overshoot
     * @throws {RangeError} for any other value
     */
    constructor(dim?: number | null, alpha?: number | null, learning_rate?: number | null);
    /**
     * Trained numbers: 4 · dim.
     */
    param_count(): number;
    /**
     * Back to the very state of a new adapter. The buffers become zero and keep their addresses.
     */
    reset(): void;
}

/**
 * One adapter for each of 17 query operators and one for each of their 7 categories.
 *
 * An operator that has learned n times answers with `x + w · Δ_operator(x) + (1 − w) · Δ_category(x)`,
 * w = min(n / 10, 1): a new operator starts from what its category knows. Adapting an operator adapts its category
 * too, each towards the same target from its own output. An adapter takes memory from its first adaptation on.
 *
 * Operators: 0 Scan, 1 Filter, 2 Join, 3 Aggregate, 4 Project, 5 Sort, 6 IndexScan, 7 HnswScan, 8 IvfFlatScan,
 * 9 HashJoin, 10 MergeJoin, 11 GroupBy, 12 Limit, 13 VectorDistance, 14 Rerank, 15 Materialize, 16 Result.
 *
 * @example
 * const scoped = new WasmScopedLoRA(256, 0.1, 0.01);
 * const output = scoped.forward_array(2, input);
 * scoped.adapt_with_reward(2, 0.25);
 */
export class WasmScopedLoRA {
    free(): void;
    [Symbol.dispose](): void;
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
     */
    adapt(op_type: number): undefined;
    /**
     * Steps of one operator since construction or reset.
     *
     * @param op_type - an integer from 0 to 16
     * @throws {RangeError} if `op_type` is no operator
     */
    adapt_count(op_type: number): bigint;
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
     */
    adapt_with_reward(op_type: number, improvement: number): undefined;
    /**
     * How far the operator's own adapter is from the identity: alpha · ‖A B‖, the Frobenius norm.
     *
     * @param op_type - an integer from 0 to 16
     * @throws {RangeError} if `op_type` is no operator
     */
    delta_norm(op_type: number): number;
    /**
     * Numbers per vector.
     */
    dim(): number;
    /**
     * The forward pass of one operator on the fixed buffers: reads the input buffer, writes the output buffer.
     * Allocates nothing but the operator's context, once.
     *
     * @param op_type - an integer from 0 to 16
     * @throws {RangeError} if `op_type` is no operator
     * @example
     * new Float32Array(wasm.memory.buffer, scoped.get_input_ptr(), scoped.dim()).set(input);
     * scoped.forward(2);
     */
    forward(op_type: number): undefined;
    /**
     * Forward passes of one operator since construction or reset.
     *
     * @param op_type - an integer from 0 to 16
     * @throws {RangeError} if `op_type` is no operator
     */
    forward_count(op_type: number): bigint;
    /**
     * Byte offset of the input buffer in wasm memory: `dim` 32-bit floats, 16-byte aligned, fixed until `free()`.
     * Views of the memory go stale whenever it grows (a construction can grow it, and so can an operator's first forward
     * or adaptation); the offset does not.
     */
    get_input_ptr(): number;
    /**
     * Byte offset of the output buffer in wasm memory: `dim` 32-bit floats, 16-byte aligned, fixed until `free()`.
     */
    get_output_ptr(): number;
    /**
     * @param dim - numbers per vector, an integer from 1 to 4096; 256 if left out
     * @param alpha - scale of the low-rank terms, above 0; 0.1 if left out
     * @param learning_rate - share of the error that each of A and B corrects per step, above 0 and at most 1; 0.01 if left
     * out, and above 0.5 steps overshoot
     * @throws {RangeError} for any other value
     */
    constructor(dim?: number | null, alpha?: number | null, learning_rate?: number | null);
    /**
     * Trained numbers of one operator's adapter: 4 · dim.
     */
    param_count(): number;
    /**
     * Back to the very state of a new object. The buffers become zero and keep their addresses.
     */
    reset_all(): void;
    /**
     * Forgets what one operator has learned, its counters and its context. What its category has learned stays.
     *
     * @param op_type - an integer from 0 to 16
     * @throws {RangeError} if `op_type` is no operator
     */
    reset_scope(op_type: number): void;
    /**
     * The name of an operator.
     *
     * @param op_type - an integer from 0 to 16
     * @throws {RangeError} if `op_type` is no operator
     * @example WasmScopedLoRA.scope_name(2); // "Join"
     */
    static scope_name(op_type: number): string;
    /**
     * Steps of all operators.
     */
    total_adapt_count(): bigint;
    /**
     * Forward passes of all operators.
     */
    total_forward_count(): bigint;
}

/**
 * A ring of what was tried and how well it went: the last `capacity` trajectories, and statistics over all of them.
 * A trajectory's improvement is `baseline_ms / execution_ms − 1`: 1 means twice as fast as the baseline.
 *
 * @example
 * const buffer = new WasmTrajectoryBuffer(1000, 256);
 * buffer.record(embedding, 2, 5, 45.2, 120.5); // a join with attention type 5, 45.2 ms instead of 120.5
 * console.log(buffer.mean_improvement());
 */
export class WasmTrajectoryBuffer {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Attention type of the best improvement, the earliest one among equals; 0 if there are none.
     */
    best_attention(): number;
    /**
     * Best improvement of all trajectories; 0 if there are none.
     */
    best_improvement(): number;
    /**
     * How many of the trajectories that the ring holds are of one operator.
     *
     * @param op_type - an integer from 0 to 16
     * @throws {RangeError} if `op_type` is no operator
     */
    count_by_operator(op_type: number): number;
    /**
     * How many of the trajectories that the ring holds have an improvement above `threshold`.
     *
     * @param threshold - 0.5 asks for those over 50 % better than the baseline
     * @throws {RangeError} if `threshold` is NaN
     */
    high_quality_count(threshold: number): number;
    /**
     * Whether nothing has been recorded since construction or `reset()`.
     */
    is_empty(): boolean;
    /**
     * Trajectories that the ring holds.
     */
    len(): number;
    /**
     * Mean improvement of all trajectories; 0 if there are none.
     */
    mean_improvement(): number;
    /**
     * @param capacity - trajectories held, an integer from 1 to 1,000,000; 1000 if left out
     * @param embedding_dim - numbers per embedding, an integer from 1 to 4096; 256 if left out
     * @throws {RangeError} for any other value, or if the memory cannot be had: it is all set aside here
     */
    constructor(capacity?: number | null, embedding_dim?: number | null);
    /**
     * Forgets everything; the memory stays set aside.
     */
    reset(): void;
    /**
     * Share of all trajectories with an improvement above 0; 0 if there are none.
     */
    success_rate(): number;
    /**
     * Trajectories recorded since construction or `reset()`.
     */
    total_count(): bigint;
    /**
     * Sample variance of all improvements; 0 if there are fewer than two.
     */
    variance(): number;
}

export type InitInput = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

export interface InitOutput {
    readonly memory: WebAssembly.Memory;
    readonly __wbg_wasmmicrolora_free: (a: number, b: number) => void;
    readonly __wbg_wasmscopedlora_free: (a: number, b: number) => void;
    readonly __wbg_wasmtrajectorybuffer_free: (a: number, b: number) => void;
    readonly _no_operator: (a: number) => any;
    readonly _operator_count: () => number;
    readonly wasmmicrolora__adapt_staged: (a: number) => any;
    readonly wasmmicrolora__batch_ptr: (a: number) => [number, number, number];
    readonly wasmmicrolora__forward_rows: (a: number, b: number) => void;
    readonly wasmmicrolora__predicted_staged: (a: number) => [number, number, number];
    readonly wasmmicrolora__staging_ptr: (a: number) => number;
    readonly wasmmicrolora_adapt: (a: number) => any;
    readonly wasmmicrolora_adapt_count: (a: number) => bigint;
    readonly wasmmicrolora_adapt_with_reward: (a: number, b: number) => any;
    readonly wasmmicrolora_delta_norm: (a: number) => number;
    readonly wasmmicrolora_dim: (a: number) => number;
    readonly wasmmicrolora_forward: (a: number) => void;
    readonly wasmmicrolora_forward_count: (a: number) => bigint;
    readonly wasmmicrolora_get_input_ptr: (a: number) => number;
    readonly wasmmicrolora_get_output_ptr: (a: number) => number;
    readonly wasmmicrolora_new: (a: number, b: number, c: number, d: number, e: number, f: number) => [number, number, number];
    readonly wasmmicrolora_param_count: (a: number) => number;
    readonly wasmmicrolora_reset: (a: number) => void;
    readonly wasmscopedlora__adapt_staged: (a: number, b: number) => any;
    readonly wasmscopedlora__predicted_staged: (a: number, b: number) => [number, number, number];
    readonly wasmscopedlora__set_category_fallback: (a: number, b: number) => void;
    readonly wasmscopedlora__staging_ptr: (a: number) => number;
    readonly wasmscopedlora_adapt: (a: number, b: number) => any;
    readonly wasmscopedlora_adapt_count: (a: number, b: number) => bigint;
    readonly wasmscopedlora_adapt_with_reward: (a: number, b: number, c: number) => any;
    readonly wasmscopedlora_delta_norm: (a: number, b: number) => number;
    readonly wasmscopedlora_dim: (a: number) => number;
    readonly wasmscopedlora_forward: (a: number, b: number) => any;
    readonly wasmscopedlora_forward_count: (a: number, b: number) => bigint;
    readonly wasmscopedlora_get_input_ptr: (a: number) => number;
    readonly wasmscopedlora_get_output_ptr: (a: number) => number;
    readonly wasmscopedlora_new: (a: number, b: number, c: number, d: number, e: number, f: number) => [number, number, number];
    readonly wasmscopedlora_param_count: (a: number) => number;
    readonly wasmscopedlora_reset_all: (a: number) => void;
    readonly wasmscopedlora_reset_scope: (a: number, b: number) => void;
    readonly wasmscopedlora_scope_name: (a: number) => any;
    readonly wasmscopedlora_total_adapt_count: (a: number) => bigint;
    readonly wasmscopedlora_total_forward_count: (a: number) => bigint;
    readonly wasmtrajectorybuffer__dim: (a: number) => number;
    readonly wasmtrajectorybuffer__embedding_ptr: (a: number) => number;
    readonly wasmtrajectorybuffer__record_embedding: (a: number, b: number, c: number, d: number, e: number) => any;
    readonly wasmtrajectorybuffer_best_attention: (a: number) => number;
    readonly wasmtrajectorybuffer_best_improvement: (a: number) => number;
    readonly wasmtrajectorybuffer_count_by_operator: (a: number, b: number) => number;
    readonly wasmtrajectorybuffer_high_quality_count: (a: number, b: number) => [number, number, number];
    readonly wasmtrajectorybuffer_is_empty: (a: number) => number;
    readonly wasmtrajectorybuffer_len: (a: number) => number;
    readonly wasmtrajectorybuffer_mean_improvement: (a: number) => number;
    readonly wasmtrajectorybuffer_new: (a: number, b: number, c: number, d: number) => [number, number, number];
    readonly wasmtrajectorybuffer_reset: (a: number) => void;
    readonly wasmtrajectorybuffer_success_rate: (a: number) => number;
    readonly wasmtrajectorybuffer_total_count: (a: number) => bigint;
    readonly wasmtrajectorybuffer_variance: (a: number) => number;
    readonly __wbindgen_externrefs: WebAssembly.Table;
    readonly __externref_table_dealloc: (a: number) => void;
    readonly __wbindgen_start: () => void;
}

export type SyncInitInput = BufferSource | WebAssembly.Module;

/**
 * Instantiates the given `module`, which can either be bytes or
 * a precompiled `WebAssembly.Module`.
 *
 * @param {{ module: SyncInitInput }} module - Passing `SyncInitInput` directly is deprecated.
 *
 * @returns {InitOutput}
 */
export function initSync(module: { module: SyncInitInput } | SyncInitInput): InitOutput;

/**
 * If `module_or_path` is {RequestInfo} or {URL}, makes a request and
 * for everything else, calls `WebAssembly.instantiate` directly.
 *
 * @param {{ module_or_path: InitInput | Promise<InitInput> }} module_or_path - Passing `InitInput` directly is deprecated.
 *
 * @returns {Promise<InitOutput>}
 */
export default function __wbg_init (module_or_path?: { module_or_path: InitInput | Promise<InitInput> } | InitInput | Promise<InitInput>): Promise<InitOutput>;
