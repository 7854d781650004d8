/* tslint:disable */
/* eslint-disable */

/** What `WasmMicroLoRA.stats()` returns. */
export interface MicroStats {
    /** Numbers per vector. */
    dim: number;
    /** Scale of the low-rank term, as a 32-bit float. */
    alpha: number;
    /** Share of the error that a step corrects, as a 32-bit float. */
    learning_rate: number;
    /** Trained numbers: 4 · dim. */
    param_count: number;
    /** Adaptations since construction or reset. */
    adapt_count: number;
    /** Forward passes since construction or reset. */
    forward_count: number;
    /** alpha · ‖A B‖, the distance from the identity. */
    delta_norm: number;
}

/** What `WasmScopedLoRA.stats(op_type)` returns. */
export interface OperatorStats {
    /** The name of the operator. */
    name: string;
    /** The name of its category. */
    category: string;
    /** Its adaptations since construction or reset. */
    adapt_count: number;
    /** Its forward passes since construction or reset. */
    forward_count: number;
    /** alpha · ‖A B‖ of its own adapter. */
    delta_norm: number;
}

/** What `WasmScopedLoRA.stats()` returns. */
export interface ScopedStats {
    /** Numbers per vector. */
    dim: number;
    /** Scale of the low-rank term, as a 32-bit float. */
    alpha: number;
    /** Share of the error that a step corrects, as a 32-bit float. */
    learning_rate: number;
    /** Adaptations of all operators since construction or reset. */
    total_adapt_count: number;
    /** Forward passes of all operators since construction or reset. */
    total_forward_count: number;
    /** By id. */
    operators: OperatorStats[];
}

/** What `WasmTrajectoryBuffer.stats()` returns. */
export interface TrajectoryStats {
    /** Trajectories that the ring can hold. */
    capacity: number;
    /** Numbers per embedding. */
    embedding_dim: number;
    /** Trajectories that the ring holds. */
    len: number;
    /** Trajectories recorded since construction or reset: all that follow are about these. */
    total_count: number;
    /** Share with an improvement above 0, from 0 to 1. */
    success_rate: number;
    /** Mean of baseline / execution − 1. */
    mean_improvement: number;
    /** Best baseline / execution − 1. */
    best_improvement: number;
    /** Attention type of the best improvement. */
    best_attention: number;
    /** Sample variance of the improvements. */
    variance: number;
}

/** The bytes of a file. (From TypeScript 5.7 on a `Uint8Array<ArrayBuffer>`, which a Blob takes.) */
export type FileBytes = ReturnType<Uint8ArrayConstructor['of']>;

/** What `merge_safetensors` returns. */
export interface Merged {
    /** The file of the merged adapters, for `from_safetensors`. */
    bytes: FileBytes;
    /** Share of the energy (the square of the Frobenius norm) that rank 2 does not hold, from 0 to 1. */
    dropped: number;
}

/** An adapter_config.json of Hugging Face PEFT: as text, or the object that it is. */
export type AdapterConfig = string | { r: number; lora_alpha: number; use_rslora?: boolean };

export interface WasmScopedLoRA {
    /**
     * All numbers of the set, for JSON.
     *
     * @example console.table(scoped.stats().operators);
     */
    stats(): ScopedStats;
    /**
     * The numbers of one operator, for JSON.
     *
     * @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
     * @throws {RangeError} if `op_type` is no operator
     * @example const { adapt_count } = scoped.stats(OperatorType.Join);
     */
    stats(op_type: number): OperatorStats;
}



/**
 * Ids of the built-in operators.
 */
export enum OperatorType {
    Scan = 0,
    Filter = 1,
    Join = 2,
    Aggregate = 3,
    Project = 4,
    Sort = 5,
    IndexScan = 6,
    HnswScan = 7,
    IvfFlatScan = 8,
    HashJoin = 9,
    MergeJoin = 10,
    GroupBy = 11,
    Limit = 12,
    VectorDistance = 13,
    Rerank = 14,
    Materialize = 15,
    Result = 16,
}

/**
 * A rank-2 LoRA adapter over vectors of `dim` numbers that learns online: `y = x + alpha · x A B`, with
 * A `[dim, 2]` and B `[2, dim]`. A new adapter is exactly the identity.
 *
 * Every method throws an Error after `free()`, and before `init()`.
 *
 * @example
 * const lora = new WasmMicroLoRA(256, 0.1, 0.1);
 * const loss = lora.train(input, target);
 * const output = lora.forward_array(input);
 */
export class WasmMicroLoRA {
    /**
     * Frees the memory of the object, which cannot be used afterwards. Memory that is never freed goes when the object is
     * garbage-collected. A second call does nothing.
     */
    free(): void;
    /** `free()`, for `using`. */
    [Symbol.dispose](): void;
    /**
     * `adapt_array` with the gradient in the input buffer. Allocates nothing.
     *
     * @throws {RangeError} if the gradient or the context is not finite, or the weights would overflow
     * @example
     * lora.forward();
     * lora.input_view().set(gradient);
     * lora.adapt();
     */
    adapt(): void;
    /**
     * One step against a gradient. Before the first forward the context is the unit vector (1/√dim, …).
     *
     * A gradient or a context with a squared norm below 1e-16 changes nothing and is not counted.
     *
     * @param gradient - `dim` numbers: ∂loss/∂y for the output y of the last forward; `y − target` for a squared error
     * @throws {RangeError} if `gradient` has not `dim` values, if it or the context is not finite, or if the weights
     * would overflow
     * @throws {TypeError} if `gradient` is no array of numbers
     * @example lora.adapt_array(lora.forward_array(input).map((y, i) => y - target[i]));
     */
    adapt_array(gradient: ArrayLike<number>): void;
    /**
     * Adaptations since construction or reset, less those that had nothing to learn from (see `adapt_array`).
     *
     * @example const n = Number(lora.adapt_count()) + 1; // the next signal is the n-th
     */
    adapt_count(): bigint;
    /**
     * One step from a reward for the context, the input of the last forward. It makes the error of
     * `predicted_improvement` for that input smaller by the share `learning_rate`: after one reward r it is
     * learning_rate · r, after n equal ones (1 − (1 − learning_rate)^n) · r, and for rewards that vary it is on average
     * their mean, as long as two directions hold what is taught (with `freeze_a(true)` from the start they seldom do).
     * The output moves towards `(1 + improvement) · input`. 0 is an observation like any other; a zero input changes
     * nothing and is not counted. `reward` does the forward, too.
     *
     * @param improvement - 0.15 for 15 % better than the baseline; clamped to [-1, 2]
     * @throws {RangeError} if `improvement` or the context is not finite, or the weights would overflow
     * @throws {TypeError} if `improvement` is no number
     * @example
     * lora.forward_array(input);
     * lora.adapt_with_reward(0.15);
     */
    adapt_with_reward(improvement: number): void;
    /**
     * Scale of the low-rank term, as a 32-bit float.
     *
     * @example const again = new WasmMicroLoRA(lora.dim(), lora.alpha());
     */
    alpha(): number;
    /**
     * How far the adapter is from the identity: alpha · ‖A B‖, the Frobenius norm.
     *
     * @example const unchanged = lora.delta_norm() === 0; // as long as it has learned nothing
     */
    delta_norm(): number;
    /**
     * Numbers per vector.
     *
     * @example const input = new Float32Array(lora.dim());
     */
    dim(): number;
    /**
     * The forward pass on the fixed buffers: reads the input buffer, writes the output buffer, allocates nothing.
     *
     * @example
     * lora.input_view().set(input);
     * lora.forward();
     * const output = lora.output_view();
     */
    forward(): void;
    /**
     * The output for `input`, as a new array. `input` becomes the context: what the next adaptation is about.
     *
     * NaN and infinity pass through to the output.
     *
     * @param input - `dim` numbers; they stay in the input buffer
     * @returns `dim` numbers
     * @throws {RangeError} if `input` has not `dim` values
     * @throws {TypeError} if `input` is no array of numbers
     * @example const output = lora.forward_array(new Float32Array(256).fill(0.1));
     */
    forward_array(input: ArrayLike<number>): Float32Array;
    /**
     * The outputs for many inputs. The last input becomes the context, and stays in the input buffer.
     *
     * @param inputs - n · `dim` numbers, one input after the other; n may be 0, and then nothing changes
     * @param outputs - takes the n · `dim` numbers of the outputs; a new array if left out
     * @returns `outputs`; it may be `inputs`, but must not overlap them otherwise
     * @throws {RangeError} if `inputs` has not a multiple of `dim` values, or `outputs` not as many
     * @throws {TypeError} if `inputs` or `outputs` is no Float32Array
     * @example const outputs = lora.forward_batch(inputs); // outputs.subarray(256, 512) belongs to the second input
     */
    forward_batch(inputs: Float32Array, outputs?: Float32Array): Float32Array;
    /**
     * Forward passes since construction or reset.
     *
     * @example const perStep = Number(lora.forward_count()) / Number(lora.adapt_count());
     */
    forward_count(): bigint;
    /**
     * `forward_array` into an array that is there already: allocates nothing.
     *
     * @param input - `dim` numbers; they stay in the input buffer
     * @param output - takes the `dim` numbers of the output; it may be `input`
     * @throws {RangeError} if `input` or `output` has not `dim` values
     * @throws {TypeError} if `input` is no array of numbers, or `output` no Float32Array
     * @example lora.forward_into(input, output);
     */
    forward_into(input: ArrayLike<number>, output: Float32Array): void;
    /**
     * Whether A stays as it is and only B learns (FFA-LoRA). Adapters that started alike and kept A can be averaged
     * exactly.
     *
     * @param on - off unless told otherwise
     * @throws {TypeError} if it is no boolean
     * @example lora.freeze_a(true); // before it learns, if it is to be averaged
     */
    freeze_a(on: boolean): void;
    /**
     * A new adapter with the state of a file; or with the factors of a rank-2 adapter that Hugging Face PEFT has trained
     * and saved (32-bit floats, float16 or bfloat16).
     *
     * @param bytes - what `to_safetensors` or `merge_safetensors` has written, or another program in the same way
     * @param adapter_config - the adapter_config.json that PEFT has saved beside the file, for the scale of the adapter;
     * 1 without it. Not used for files of `to_safetensors`, which have the scale
     * @throws {RangeError} that names the field, if anything about the file is wrong; or if the memory cannot be had
     * @throws {TypeError} if `bytes` is no Uint8Array or ArrayBuffer, or `adapter_config` no JSON of an object
     * @example const lora = WasmMicroLoRA.from_safetensors(await readFile('adapter.safetensors'));
     */
    static from_safetensors(bytes: Uint8Array | ArrayBuffer, adapter_config?: AdapterConfig | null): WasmMicroLoRA;
    /**
     * Byte offset of the input buffer in wasm memory: `dim` 32-bit floats, 16-byte aligned, fixed until `free()`.
     * Views of the memory go stale whenever it grows (a construction can make it grow); the offset does not.
     *
     * @example const view = new Float32Array((await init()).memory.buffer, lora.get_input_ptr(), lora.dim());
     */
    get_input_ptr(): number;
    /**
     * Byte offset of the output buffer in wasm memory: `dim` 32-bit floats, 16-byte aligned, fixed until `free()`.
     *
     * @example const view = new Float32Array((await init()).memory.buffer, lora.get_output_ptr(), lora.dim());
     */
    get_output_ptr(): number;
    /**
     * A new view of the input buffer. It goes stale (its length becomes 0) when the memory grows: take a new one
     * after a construction.
     *
     * @example lora.input_view().set(input);
     */
    input_view(): Float32Array;
    /**
     * Share of the error that a step corrects, as a 32-bit float.
     *
     * @example lora.set_learning_rate(lora.learning_rate() / 2);
     */
    learning_rate(): number;
    /**
     * The weighted sum of what adapters add to their inputs, alpha · A B, as one adapter: exact if all have the same A
     * (`freeze_a(true)` from the start), else the best one of rank 2. It has the settings of the first file, A frozen if it is
     * so in all of them, no metadata of your own, and the sums of the counts of those that have a weight.
     *
     * @param files - 1 to 1000 files of adapters of one dimension
     * @param weights - a number for each file; all alike if left out
     * @param normalize - whether the weights, which are then at least 0 and not all 0, are divided by their sum, as they are
     * if this is left out; or taken as they are, negative ones too
     * @throws {RangeError} that names the file and the field, if anything about a file is wrong; if dimensions differ; if
     * `weights` are not as they must be; or if the sum overflows 32-bit floats
     * @throws {TypeError} if `files` is no array of Uint8Arrays, or `weights` no array of numbers
     * @example const { bytes, dropped } = WasmMicroLoRA.merge_safetensors(files, files.map((_, i) => counts[i]));
     */
    static merge_safetensors(files: ReadonlyArray<Uint8Array | ArrayBuffer>, weights?: ReadonlyArray<number> | Float32Array | Float64Array | null, normalize?: boolean | null): Merged;
    /**
     * Texts of your own that files carry beside the state: those given to `to_safetensors`, or of the file that this was
     * loaded from.
     *
     * @example const { user } = lora.metadata();
     */
    metadata(): Record<string, string>;
    /**
     * @param dim - numbers per vector, an integer from 1 to 4096; 256 if left out
     * @param alpha - scale of the low-rank term, above 0; 0.1 if left out
     * @param learning_rate - share of the error that a step corrects, above 0 and at most 1: 0.5 for clean targets and for
     * likes, 0.1 for noisy ones, 0.01 for thousands of signals that contradict each other; 0.01 if left out
     * @throws {RangeError} for any other value, or if the memory cannot be had
     * @throws {TypeError} for anything but a number
     * @example const lora = new WasmMicroLoRA(256, 0.1, 0.5);
     */
    constructor(dim?: number | null, alpha?: number | null, learning_rate?: number | null);
    /**
     * A new view of the output buffer, like `input_view`.
     *
     * @example const first = lora.output_view()[0];
     */
    output_view(): Float32Array;
    /**
     * Trained numbers: 4 · dim.
     *
     * @example const bytes = 4 * lora.param_count();
     */
    param_count(): number;
    /**
     * The `adapter_config.json` with which PEFT loads the file onto an identity `Linear(dim, dim)` named `linear`, and
     * computes what `forward_array` computes.
     *
     * @throws {RangeError} if the memory cannot be had
     * @example await writeFile('adapter_config.json', lora.peft_config());
     */
    peft_config(): string;
    /**
     * The improvement that rewards have taught the adapter to expect for inputs like `input`: (y · x) / |x|² − 1, for the
     * output y of x = `input`. Changes neither the context nor a counter.
     *
     * It is blind to the sign: `input` and `−input` have the same. Append a constant to every embedding (0.5 to
     * embeddings of length 1, `dim` one larger) where opposite embeddings mean opposite things.
     *
     * @param input - `dim` numbers
     * @returns 0.15 for 15 % better than the baseline
     * @throws {RangeError} if `input` has not `dim` values or is not finite
     * @throws {TypeError} if `input` is no array of numbers
     * @example if (lora.predicted_improvement(input) > 0.1) usePlanB();
     */
    predicted_improvement(input: ArrayLike<number>): number;
    /**
     * `predicted_improvement` of many inputs: what to rank a list by. Changes neither the context nor a counter.
     *
     * @param inputs - n · `dim` numbers, one input after the other; n may be 0
     * @returns n numbers, one for each input
     * @throws {RangeError} if `inputs` has not a multiple of `dim` values or is not finite
     * @throws {TypeError} if `inputs` is no Float32Array
     * @example
     * const scores = lora.predicted_improvements(catalogue);
     * const best = [...scores.keys()].sort((a, b) => scores[b] - scores[a]);
     */
    predicted_improvements(inputs: Float32Array): Float32Array;
    /**
     * Back to the state of a new adapter. The buffers become zero and keep their addresses. Your own metadata stay.
     *
     * @example lora.reset(); // adapt_count() and delta_norm() are 0 again
     */
    reset(): void;
    /**
     * `forward_array` of `input`, then `adapt_with_reward(improvement)`. Allocates nothing. Where only the step is refused
     * (the weights would overflow), the output buffer has the output for `input`, and all else is as it was.
     *
     * @param input - `dim` numbers; they become the context, and stay in the input buffer
     * @param improvement - 0.15 for 15 % better than the baseline, or 1 for a like; clamped to [-1, 2]
     * @throws {RangeError} if `input` has not `dim` values, if it or `improvement` is not finite, or if the weights would
     * overflow
     * @throws {TypeError} if `input` is no array of numbers, or `improvement` no number
     * @example lora.reward(input, 1); // a like
     */
    reward(input: ArrayLike<number>, improvement: number): void;
    /**
     * Changes the learning rate.
     *
     * For noisy signals: start high, to learn from the first ones, and go down, to average over the later ones. With
     * max(0.5 / √n, 0.02) for the n-th signal, old signals still fade, but slowly.
     *
     * @param learning_rate - above 0 and at most 1
     * @throws {RangeError} for any other number
     * @throws {TypeError} if it is no number
     * @example lora.set_learning_rate(Math.max(0.5 / Math.sqrt(n), 0.02)); // before the n-th signal
     */
    set_learning_rate(learning_rate: number): void;
    /**
     * All numbers of the adapter, for JSON.
     *
     * @example fetch(url, { method: "POST", body: JSON.stringify(lora.stats()) });
     */
    stats(): MicroStats;
    /**
     * What `JSON.stringify` makes of it: its `stats()`. Its state is in `to_safetensors()`.
     *
     * @example const text = JSON.stringify({ lora });
     */
    toJSON(): MicroStats;
    /**
     * The whole state as a safetensors file: what is loaded from it goes on bit for bit as this object does. The factors
     * have the keys and shapes of Hugging Face PEFT; `peft_config` is the text that goes with them.
     *
     * @param metadata - texts of your own that go into this file and later ones; if left out, those that were given last, or that
     * the file had which this was loaded from
     * @throws {RangeError} if a key is one of the format's own, or if the memory cannot be had
     * @throws {TypeError} if `metadata` is no object of strings
     * @example await writeFile('adapter.safetensors', lora.to_safetensors());
     */
    to_safetensors(metadata?: Record<string, string>): FileBytes;
    /**
     * `forward_array` of `input`, then one step towards `target`. Allocates nothing. Where only the step is
     * refused (the weights would overflow), the output buffer has the output for `input`, and all else is as it was.
     *
     * @param input - `dim` numbers; they become the context, and stay in the input buffer
     * @param target - `dim` numbers: what the output should have been
     * @returns the mean squared error before the step
     * @throws {RangeError} if `input` or `target` has not `dim` values or is not finite, or if the weights would overflow
     * @throws {TypeError} if `input` or `target` is no array of numbers
     * @example const loss = lora.train(input, target);
     */
    train(input: ArrayLike<number>, target: ArrayLike<number>): number;
}

/**
 * One adapter for each of 17 query operators and one for each of their 7 categories, or for operators of your own.
 *
 * An operator that has learned n times answers with `x + w · Δ_operator(x) + (1 − w) · Δ_category(x)`,
 * w = min(n / 10, 1): a new operator starts from what its category knows. Adapting an operator adapts its category
 * too, each towards the same target from its own output. An adapter takes memory from its first adaptation on.
 *
 * Every method throws an Error after `free()`, and before `init()`.
 *
 * @example
 * const scoped = new WasmScopedLoRA(256, 0.1, 0.1);
 * const output = scoped.forward_array(OperatorType.Join, input);
 * scoped.adapt_with_reward(OperatorType.Join, 0.25);
 */
export class WasmScopedLoRA {
    /**
     * Frees the memory of the object, which cannot be used afterwards. Memory that is never freed goes when the object is
     * garbage-collected. A second call does nothing.
     */
    free(): void;
    /** `free()`, for `using`. */
    [Symbol.dispose](): void;
    /**
     * `adapt_array` with the gradient in the input buffer. Allocates nothing once the operator has learned before.
     *
     * @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
     * @throws {RangeError} if `op_type` is no operator, or the gradient or the context is not finite, or the weights
     * would overflow
     * @example
     * scoped.forward(2);
     * scoped.input_view().set(gradient);
     * scoped.adapt(2);
     */
    adapt(op_type: number): void;
    /**
     * One step against a gradient, by the operator's adapter and by its category's, each towards the same target
     * from its own output. Before the first forward the context is the unit vector (1/√dim, …).
     *
     * A gradient or a context with a squared norm below 1e-16 changes nothing and is not counted.
     *
     * @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
     * @param gradient - `dim` numbers: ∂loss/∂y for the output y of this operator's last forward; `y − target` for a
     * squared error
     * @throws {RangeError} if `op_type` is no operator, or `gradient` has not `dim` values, if it or the context is
     * not finite, or if the weights would overflow
     * @throws {TypeError} if `gradient` is no array of numbers
     * @example scoped.adapt_array(2, scoped.forward_array(2, input).map((y, i) => y - target[i]));
     */
    adapt_array(op_type: number, gradient: ArrayLike<number>): void;
    /**
     * Adaptations since construction or reset, less those that had nothing to learn from (see `adapt_array`).
     *
     * @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
     * @throws {RangeError} if `op_type` is no operator
     * @example const weight = Math.min(Number(scoped.adapt_count(OperatorType.Join)) / 10, 1); // of its own adapter
     */
    adapt_count(op_type: number): bigint;
    /**
     * One step from a reward for the operator's context, the input of its last forward, by the operator's adapter and by
     * its category's. Each makes the error of what it expects of that input smaller by the share `learning_rate`: after
     * one reward r an adapter expects learning_rate · r, after n equal ones (1 − (1 − learning_rate)^n) · r, and for
     * rewards that vary on average their mean, as long as two directions hold what is taught. Its output moves towards
     * `(1 + improvement) · input`. 0 is an observation like any other; a zero input changes nothing and is not counted.
     * `reward` does the forward, too.
     *
     * @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
     * @param improvement - 0.15 for 15 % better than the baseline; clamped to [-1, 2]
     * @throws {RangeError} if `op_type` is no operator, or `improvement` or the context is not finite, or the weights
     * would overflow
     * @throws {TypeError} if `improvement` is no number
     * @example
     * scoped.forward_array(2, input);
     * scoped.adapt_with_reward(2, 0.15);
     */
    adapt_with_reward(op_type: number, improvement: number): void;
    /**
     * Scale of the low-rank terms, as a 32-bit float.
     *
     * @example const again = new WasmScopedLoRA(scoped.dim(), scoped.alpha());
     */
    alpha(): number;
    /**
     * The category that an operator of this set leans on.
     *
     * @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
     * @throws {RangeError} if `op_type` is no operator
     * @example const category = scoped.category_name(OperatorType.HashJoin);
     */
    category_name(op_type: number): string;
    /**
     * How far the operator's own adapter is from the identity: alpha · ‖A B‖, the Frobenius norm.
     *
     * @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
     * @throws {RangeError} if `op_type` is no operator
     * @example const unchanged = scoped.delta_norm(OperatorType.Join) === 0;
     */
    delta_norm(op_type: number): number;
    /**
     * Numbers per vector.
     *
     * @example const input = new Float32Array(scoped.dim());
     */
    dim(): number;
    /**
     * The forward pass on the fixed buffers: reads the input buffer, writes the output buffer, allocates nothing but
     * the operator's context, once.
     *
     * @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
     * @throws {RangeError} if `op_type` is no operator
     * @example
     * scoped.input_view().set(input);
     * scoped.forward(2);
     * const output = scoped.output_view();
     */
    forward(op_type: number): void;
    /**
     * The output of one operator for `input`, as a new array. `input` becomes the operator's context: what the
     * operator's next adaptation is about.
     *
     * NaN and infinity pass through to the output.
     *
     * @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
     * @param input - `dim` numbers; they stay in the input buffer
     * @returns `dim` numbers
     * @throws {RangeError} if `op_type` is no operator, or `input` has not `dim` values
     * @throws {TypeError} if `input` is no array of numbers
     * @example const output = scoped.forward_array(2, new Float32Array(256).fill(0.1));
     */
    forward_array(op_type: number, input: ArrayLike<number>): Float32Array;
    /**
     * The outputs for many inputs. The last input becomes the operator's context, and stays in the input buffer.
     *
     * @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
     * @param inputs - n · `dim` numbers, one input after the other; n may be 0, and then nothing changes
     * @param outputs - takes the n · `dim` numbers of the outputs; a new array if left out
     * @returns `outputs`; it may be `inputs`, but must not overlap them otherwise
     * @throws {RangeError} if `op_type` is no operator, or `inputs` has not a multiple of `dim` values, or `outputs`
     * not as many
     * @throws {TypeError} if `inputs` or `outputs` is no Float32Array
     * @example const outputs = scoped.forward_batch(2, inputs); // outputs.subarray(256, 512) belongs to the second input
     */
    forward_batch(op_type: number, inputs: Float32Array, outputs?: Float32Array): Float32Array;
    /**
     * Forward passes since construction or reset.
     *
     * @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
     * @throws {RangeError} if `op_type` is no operator
     * @example const asked = Number(scoped.forward_count(OperatorType.Join));
     */
    forward_count(op_type: number): bigint;
    /**
     * `forward_array` into an array that is there already: allocates nothing but the operator's context, once.
     *
     * @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
     * @param input - `dim` numbers; they stay in the input buffer
     * @param output - takes the `dim` numbers of the output; it may be `input`
     * @throws {RangeError} if `op_type` is no operator, or `input` or `output` has not `dim` values
     * @throws {TypeError} if `input` is no array of numbers, or `output` no Float32Array
     * @example scoped.forward_into(2, input, output);
     */
    forward_into(op_type: number, input: ArrayLike<number>, output: Float32Array): void;
    /**
     * Whether A stays as it is and only B learns (FFA-LoRA). Adapters that started alike and kept A can be averaged
     * exactly.
     *
     * @param on - off unless told otherwise
     * @throws {TypeError} if it is no boolean
     * @example scoped.freeze_a(true); // before it learns, if it is to be averaged
     */
    freeze_a(on: boolean): void;
    /**
     * A new set with the state, operators and categories of a file; or with the factors of rank-2 adapters that Hugging
     * Face PEFT has trained for modules `operators.<name>` and `categories.<name>` of the built-in operators. Such
     * operators no longer lean on their category.
     *
     * @param bytes - what `to_safetensors` or `merge_safetensors` has written, or another program in the same way
     * @param adapter_config - the adapter_config.json that PEFT has saved beside the file, for the scale of the adapters;
     * 1 without it. Not used for files of `to_safetensors`, which have the scale
     * @throws {RangeError} that names the field, if anything about the file is wrong; or if the memory cannot be had
     * @throws {TypeError} if `bytes` is no Uint8Array or ArrayBuffer, or `adapter_config` no JSON of an object
     * @example const scoped = WasmScopedLoRA.from_safetensors(await readFile('adapters.safetensors'));
     */
    static from_safetensors(bytes: Uint8Array | ArrayBuffer, adapter_config?: AdapterConfig | null): WasmScopedLoRA;
    /**
     * Byte offset of the input buffer in wasm memory: `dim` 32-bit floats, 16-byte aligned, fixed until `free()`.
     * Views of the memory go stale whenever it grows (a construction can make it grow, an operator's first forward
     * or adaptation, too); the offset does not.
     *
     * @example const view = new Float32Array((await init()).memory.buffer, scoped.get_input_ptr(), scoped.dim());
     */
    get_input_ptr(): number;
    /**
     * Byte offset of the output buffer in wasm memory: `dim` 32-bit floats, 16-byte aligned, fixed until `free()`.
     *
     * @example const view = new Float32Array((await init()).memory.buffer, scoped.get_output_ptr(), scoped.dim());
     */
    get_output_ptr(): number;
    /**
     * A new view of the input buffer. It goes stale (its length becomes 0) when the memory grows: take a new one
     * after a construction or an operator's first use.
     *
     * @example scoped.input_view().set(input);
     */
    input_view(): Float32Array;
    /**
     * Share of the error that a step corrects, as a 32-bit float.
     *
     * @example scoped.set_learning_rate(scoped.learning_rate() / 2);
     */
    learning_rate(): number;
    /**
     * The weighted sums of sets, adapter by adapter, as one set; an adapter that a file has not counts as the identity.
     * See `WasmMicroLoRA.merge_safetensors`.
     *
     * @param files - 1 to 1000 files of sets with one dimension and the same operators
     * @param weights - a number for each file; all alike if left out
     * @param normalize - whether the weights, which are then at least 0 and not all 0, are divided by their sum, as they are
     * if this is left out; or taken as they are, negative ones too
     * @throws {RangeError} that names the file and the field, if anything about a file is wrong; if dimensions or operators
     * differ; if `weights` are not as they must be; or if a sum overflows 32-bit floats
     * @throws {TypeError} if `files` is no array of Uint8Arrays, or `weights` no array of numbers
     * @example const { bytes } = WasmScopedLoRA.merge_safetensors([mine, theirs], [3, 1]);
     */
    static merge_safetensors(files: ReadonlyArray<Uint8Array | ArrayBuffer>, weights?: ReadonlyArray<number> | Float32Array | Float64Array | null, normalize?: boolean | null): Merged;
    /**
     * Texts of your own that files carry beside the state: those given to `to_safetensors`, or of the file that this was
     * loaded from.
     *
     * @example const { user } = scoped.metadata();
     */
    metadata(): Record<string, string>;
    /**
     * @param dim - numbers per vector, an integer from 1 to 4096; 256 if left out
     * @param alpha - scale of the low-rank terms, above 0; 0.1 if left out
     * @param learning_rate - share of the error that a step corrects, above 0 and at most 1: 0.5 for clean targets and for
     * likes, 0.1 for noisy ones, 0.01 for thousands of signals that contradict each other; 0.01 if left out
     * @throws {RangeError} for any other value, or if the memory cannot be had
     * @throws {TypeError} for anything but a number
     * @example const scoped = new WasmScopedLoRA(256, 0.1, 0.1);
     */
    constructor(dim?: number | null, alpha?: number | null, learning_rate?: number | null);
    /**
     * How many operators there are: 17, or those of `with_operators`.
     *
     * @example const ids = Array.from({ length: scoped.operator_count() }, (_, id) => id);
     */
    operator_count(): number;
    /**
     * The name of an operator of this set.
     *
     * @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
     * @throws {RangeError} if `op_type` is no operator
     * @example const name = scoped.operator_name(2); // 'Join'
     */
    operator_name(op_type: number): string;
    /**
     * A new view of the output buffer, like `input_view`.
     *
     * @example const first = scoped.output_view()[0];
     */
    output_view(): Float32Array;
    /**
     * Trained numbers of one operator's adapter: 4 · dim.
     *
     * @example const bytes = 4 * scoped.param_count();
     */
    param_count(): number;
    /**
     * The `adapter_config.json` with which PEFT loads the file onto identity `Linear(dim, dim)`s named `operators.<name>`
     * and `categories.<name>`. Each computes what its adapter adds; their blend is the package's own.
     *
     * @throws {RangeError} if the memory cannot be had
     * @example await writeFile('adapter_config.json', scoped.peft_config());
     */
    peft_config(): string;
    /**
     * The improvement that rewards have taught the operator to expect for inputs like `input`: (y · x) / |x|² − 1, for the
     * output y of x = `input`. Changes neither a context nor a counter.
     *
     * It is blind to the sign: `input` and `−input` have the same. Append a constant to every embedding (0.5 to
     * embeddings of length 1, `dim` one larger) where opposite embeddings mean opposite things.
     *
     * @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
     * @param input - `dim` numbers
     * @returns 0.15 for 15 % better than the baseline
     * @throws {RangeError} if `op_type` is no operator, or `input` has not `dim` values or is not finite
     * @throws {TypeError} if `input` is no array of numbers
     * @example if (scoped.predicted_improvement(2, input) > 0.1) usePlanB();
     */
    predicted_improvement(op_type: number, input: ArrayLike<number>): number;
    /**
     * `predicted_improvement` of many inputs: what to rank a list by. Changes neither a context nor a counter.
     *
     * @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
     * @param inputs - n · `dim` numbers, one input after the other; n may be 0
     * @returns n numbers, one for each input
     * @throws {RangeError} if `op_type` is no operator, or `inputs` has not a multiple of `dim` values or is not finite
     * @throws {TypeError} if `inputs` is no Float32Array
     * @example const scores = scoped.predicted_improvements(2, catalogue);
     */
    predicted_improvements(op_type: number, inputs: Float32Array): Float32Array;
    /**
     * Back to the state of a new object, but for your own metadata. The buffers become zero and keep their addresses, and
     * adapters their memory.
     *
     * @example scoped.reset_all(); // total_adapt_count() is 0 again
     */
    reset_all(): void;
    /**
     * Forgets what one operator has learned, its counters and its context. What its category has learned stays.
     *
     * @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
     * @throws {RangeError} if `op_type` is no operator
     * @example scoped.reset_scope(OperatorType.Join);
     */
    reset_scope(op_type: number): void;
    /**
     * `forward_array` of `input`, then `adapt_with_reward(op_type, improvement)`. Allocates nothing after the operator's
     * first call. Where only the step is refused (the weights would overflow), the output buffer has the output for
     * `input`, and all else is as it was.
     *
     * @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
     * @param input - `dim` numbers; they become the operator's context, and stay in the input buffer
     * @param improvement - 0.15 for 15 % better than the baseline, or 1 for a like; clamped to [-1, 2]
     * @throws {RangeError} if `op_type` is no operator, if `input` has not `dim` values, if it or `improvement` is not
     * finite, or if the weights would overflow
     * @throws {TypeError} if `input` is no array of numbers, or `improvement` no number
     * @example scoped.reward(2, input, 0.15);
     */
    reward(op_type: number, input: ArrayLike<number>, improvement: number): void;
    /**
     * The name of a built-in operator.
     *
     * @param op_type - an integer from 0 to 16
     * @throws {RangeError} if `op_type` is no operator
     * @example WasmScopedLoRA.scope_name(2); // "Join"
     */
    static scope_name(op_type: number): string;
    /**
     * Whether operators that have learned little lean on their category. Categories go on learning either way.
     *
     * @param enabled - on unless told otherwise
     * @throws {TypeError} if it is no boolean
     * @example scoped.set_category_fallback(false); // each operator by what it has learned itself
     */
    set_category_fallback(enabled: boolean): void;
    /**
     * Changes the learning rate of all adapters.
     *
     * For noisy signals: start high, to learn from the first ones, and go down, to average over the later ones. With
     * max(0.5 / √n, 0.02) for the n-th signal, old signals still fade, but slowly.
     *
     * @param learning_rate - above 0 and at most 1
     * @throws {RangeError} for any other number
     * @throws {TypeError} if it is no number
     * @example scoped.set_learning_rate(Math.max(0.5 / Math.sqrt(n), 0.02)); // before the n-th signal
     */
    set_learning_rate(learning_rate: number): void;
    /**
     * What `JSON.stringify` makes of it: its `stats()`. Its state is in `to_safetensors()`.
     *
     * @example const text = JSON.stringify({ scoped });
     */
    toJSON(): ScopedStats;
    /**
     * The whole state of the set as a safetensors file: what is loaded from it goes on bit for bit as this object does.
     * Adapters that have been made are in it, as `operators.<name>` and `categories.<name>`.
     *
     * @param metadata - texts of your own that go into this file and later ones; if left out, those that were given last, or that
     * the file had which this was loaded from
     * @throws {RangeError} if a key is one of the format's own, or if the memory cannot be had
     * @throws {TypeError} if `metadata` is no object of strings
     * @example await writeFile('adapters.safetensors', scoped.to_safetensors());
     */
    to_safetensors(metadata?: Record<string, string>): FileBytes;
    /**
     * Adaptations of all operators.
     *
     * @example const steps = Number(scoped.total_adapt_count());
     */
    total_adapt_count(): bigint;
    /**
     * Forward passes of all operators.
     *
     * @example const asked = Number(scoped.total_forward_count());
     */
    total_forward_count(): bigint;
    /**
     * `forward_array` of `input`, then one step towards `target`. Allocates nothing once the operator has learned before.
     *
     * @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
     * @param input - `dim` numbers; they become the operator's context, and stay in the input buffer
     * @param target - `dim` numbers: what the output should have been
     * @returns the mean squared error before the step
     * @throws {RangeError} if `op_type` is no operator, `input` or `target` has not `dim` values or is not finite, or the
     * weights would overflow
     * @throws {TypeError} if `input` or `target` is no array of numbers
     * @example const loss = scoped.train(2, input, target);
     */
    train(op_type: number, input: ArrayLike<number>, target: ArrayLike<number>): number;
    /**
     * A set for operators of your own.
     *
     * @param names - 1 to 1024 distinct names; the position is the id
     * @param categories - for each operator, the name of the category that it leans on
     * @param dim - numbers per vector, an integer from 1 to 4096; 256 if left out
     * @param alpha - scale of the low-rank terms, above 0; 0.1 if left out
     * @param learning_rate - share of the error that a step corrects, above 0 and at most 1: 0.5 for clean targets and for
     * likes, 0.1 for noisy ones, 0.01 for thousands of signals that contradict each other; 0.01 if left out
     * @throws {RangeError} for any other value, too few or too many names, or one that comes twice
     * @throws {TypeError} if `names` or `categories` is no array of strings that UTF-8 can hold
     * @example const tools = WasmScopedLoRA.with_operators(['search', 'browse', 'run'], ['web', 'web', 'code'], 384);
     */
    static with_operators(names: readonly string[], categories: readonly string[], dim?: number | null, alpha?: number | null, learning_rate?: number | null): WasmScopedLoRA;
}

/**
 * A ring of what was tried and how well it went: the last `capacity` trajectories, and statistics over all of them.
 * A trajectory's improvement is `baseline_ms / execution_ms − 1`: 1 means twice as fast as the baseline.
 *
 * Every method throws an Error after `free()`, and before `init()`.
 *
 * @example
 * const buffer = new WasmTrajectoryBuffer(1000, 256);
 * buffer.record(embedding, 2, 5, 45.2, 120.5); // a join with attention type 5, 45.2 ms instead of 120.5
 * console.log(buffer.mean_improvement());
 */
export class WasmTrajectoryBuffer {
    /**
     * Frees the memory of the object, which cannot be used afterwards. Memory that is never freed goes when the object is
     * garbage-collected. A second call does nothing.
     */
    free(): void;
    /** `free()`, for `using`. */
    [Symbol.dispose](): void;
    /**
     * Attention type of the best improvement, the earliest one among equals; 0 if there are none.
     *
     * @example const winner = buffer.best_attention();
     */
    best_attention(): number;
    /**
     * Attention type of one operator's best improvement, the earliest one among equals; 0 if there are none.
     *
     * @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
     * @throws {RangeError} if `op_type` is no operator
     * @example const winner = buffer.best_attention_for(OperatorType.Join);
     */
    best_attention_for(op_type: number): number;
    /**
     * Best improvement of all trajectories; 0 if there are none.
     *
     * @example const record = 1 + buffer.best_improvement(); // baseline / execution
     */
    best_improvement(): number;
    /**
     * The category of an operator.
     *
     * @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
     * @throws {RangeError} if `op_type` is no operator
     * @example const category = buffer.category_name(OperatorType.HashJoin);
     */
    category_name(op_type: number): string;
    /**
     * How many of the trajectories that the ring holds are of one operator.
     *
     * @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
     * @throws {RangeError} if `op_type` is no operator
     * @example const joins = buffer.count_by_operator(OperatorType.Join);
     */
    count_by_operator(op_type: number): number;
    /**
     * The pace of forgetting, in decisions made nearby.
     *
     * @example buffer.set_forgetting(2 * buffer.forgetting());
     */
    forgetting(): number;
    /**
     * A new buffer with the state of a file.
     *
     * @param bytes - what `to_safetensors` has written, or another program in the same way
     * @throws {RangeError} that names the field, if anything about the file is wrong; or if the memory cannot be had
     * @throws {TypeError} if `bytes` is no Uint8Array or ArrayBuffer
     * @example const buffer = WasmTrajectoryBuffer.from_safetensors(await readFile('trajectories.safetensors'));
     */
    static from_safetensors(bytes: Uint8Array | ArrayBuffer): WasmTrajectoryBuffer;
    /**
     * How many of the trajectories that the ring holds have an improvement above `threshold`, both as 32-bit floats.
     *
     * @param threshold - 0.5 asks for those over 50 % better than the baseline
     * @throws {RangeError} if `threshold` is NaN
     * @throws {TypeError} if it is no number
     * @example const share = buffer.high_quality_count(0.5) / buffer.len();
     */
    high_quality_count(threshold: number): number;
    /**
     * Whether nothing has been recorded since construction or `reset()`.
     *
     * @example const type = buffer.is_empty() ? 0 : buffer.best_attention();
     */
    is_empty(): boolean;
    /**
     * Trajectories that the ring holds.
     *
     * @example const dropped = Number(buffer.total_count()) - buffer.len();
     */
    len(): number;
    /**
     * Mean improvement of all trajectories; 0 if there are none.
     *
     * @example const faster = 1 + buffer.mean_improvement(); // baseline / execution, on average
     */
    mean_improvement(): number;
    /**
     * Mean improvement of all trajectories of one operator; 0 if there are none.
     *
     * @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
     * @throws {RangeError} if `op_type` is no operator
     * @example const faster = 1 + buffer.mean_improvement_for(OperatorType.Join);
     */
    mean_improvement_for(op_type: number): number;
    /**
     * Texts of your own that files carry beside the state: those given to `to_safetensors`, or of the file that this was
     * loaded from.
     *
     * @example const { user } = buffer.metadata();
     */
    metadata(): Record<string, string>;
    /**
     * @param capacity - trajectories held, an integer from 1 to 1,000,000; 1000 if left out
     * @param embedding_dim - numbers per embedding, an integer from 1 to 4096; 256 if left out
     * @throws {RangeError} for any other value, or if the memory cannot be had: it is all set aside here
     * @throws {TypeError} for anything but a number
     * @example const buffer = new WasmTrajectoryBuffer(1000, 256);
     */
    constructor(capacity?: number | null, embedding_dim?: number | null);
    /**
     * How many operators there are: 17, unless they are of your own.
     *
     * @example const ids = Array.from({ length: buffer.operator_count() }, (_, id) => id);
     */
    operator_count(): number;
    /**
     * The name of an operator.
     *
     * @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
     * @throws {RangeError} if `op_type` is no operator
     * @example const name = buffer.operator_name(2); // 'Join'
     */
    operator_name(op_type: number): string;
    /**
     * What to expect of each of some attention types for an embedding under an operator, in the order of `attention_types`:
     * gains ln(baseline / execution), so that `Math.exp(gain)` is the speed-up and `Math.exp(gain) − 1` what `record` calls
     * the improvement; or, if the buffer holds nothing but outcomes, their mean in their own unit. Gains are kept within ±6, a
     * factor of 400, and type 0, the baseline, is expected to gain 0 unless its own runs say otherwise.
     *
     * Learned from what the ring holds by a linear mixed model: the mean of each type, a slope over ln(baseline), an effect
     * of the context, and a kernel regression over similar embeddings. An operator with little history borrows from its
     * category, and then from all. Asking twice gives the same answer; it changes nothing.
     *
     * It reads each embedding in the ring once, up to the newest 20,000, so the time grows with what is recorded, but no further.
     *
     * @param embedding - `embedding_dim` numbers; their length does not matter, their direction does
     * @param op_type - operator, an integer from 0 up to the last operator (16 for the built-in ones)
     * @param attention_types - 1 to 256 integers from 0 to 255
     * @returns as many numbers as there are attention types
     * @throws {RangeError} if anything is out of range or not finite, or if `embedding` has not `embedding_dim` values
     * @throws {TypeError} if `embedding` or `attention_types` is no array of numbers, or `op_type` no number
     * @example const gains = buffer.predict(embedding, OperatorType.Join, [0, 1, 2, 3]);
     */
    predict(embedding: ArrayLike<number>, op_type: number, attention_types: ArrayLike<number>): Float32Array;
    /**
     * Which of some attention types to try now for an embedding under an operator: what was tried before is drawn by how
     * uncertain it is (Thompson sampling), what was not gets the benefit of the doubt, less what that may cost. Type 0, the
     * baseline, is chosen where no other one promises more.
     *
     * Each call draws anew, so that decisions whose results are still to come spread over what is plausible. The draws follow
     * from the seed and the number of recommendations made, so a run can be repeated exactly. Up to a sixteenth of a full ring,
     * its oldest part, is not looked at. It takes as long as `predict`.
     *
     * @param embedding - `embedding_dim` numbers
     * @param op_type - operator, an integer from 0 up to the last operator (16 for the built-in ones)
     * @param attention_types - 1 to 256 integers from 0 to 255
     * @returns one of `attention_types`
     * @throws {RangeError} and {TypeError} as `predict`
     * @example
     * const type = buffer.recommend(embedding, OperatorType.Join, [0, 1, 2, 3]);
     * buffer.record(embedding, OperatorType.Join, type, run(type), baseline_ms);
     */
    recommend(embedding: ArrayLike<number>, op_type: number, attention_types: ArrayLike<number>): number;
    /**
     * Records how long a run took, beside the baseline; the oldest trajectory makes room. Its improvement is
     * `baseline_ms / execution_ms − 1`; `predict` speaks of the same as ln(baseline / execution). It copies the embedding and
     * looks at nothing else: the next question learns from it.
     *
     * @param embedding - `embedding_dim` numbers
     * @param op_type - operator, an integer from 0 up to the last operator (16 for the built-in ones)
     * @param attention_type - what was tried, an integer from 0 to 255
     * @param execution_ms - milliseconds that it took, above 0
     * @param baseline_ms - milliseconds that the baseline takes, above 0
     * @throws {RangeError} if `embedding` has not `embedding_dim` values, or if any argument is out of range or not
     * finite
     * @throws {TypeError} if `embedding` is no array of numbers, or anything else no number
     * @example buffer.record(embedding, 2, 5, 45.2, 120.5);
     */
    record(embedding: ArrayLike<number>, op_type: number, attention_type: number, execution_ms: number, baseline_ms: number): void;
    /**
     * Records an outcome of any kind, of which more is better: 1 for a click and 0 for none, or −milliseconds where there is
     * no baseline. The scale is estimated from what the ring holds, and `predict` answers in the same unit. In the statistics
     * `value` counts as the improvement.
     *
     * In a buffer that holds times, too, a value counts as a gain ln(baseline / execution).
     *
     * @param embedding - `embedding_dim` numbers
     * @param op_type - operator, an integer from 0 up to the last operator (16 for the built-in ones)
     * @param attention_type - what was tried, an integer from 0 to 255
     * @param value - how well it went, finite
     * @throws {RangeError} and {TypeError} as `record`
     * @example buffer.record_outcome(embedding, OperatorType.Rerank, 3, clicked ? 1 : 0);
     */
    record_outcome(embedding: ArrayLike<number>, op_type: number, attention_type: number, value: number): void;
    /**
     * Records a run that was cut off: it would have taken `limit_ms` or longer. In the statistics its improvement is
     * `baseline_ms / limit_ms − 1`, which it is at most; `predict` and `recommend` expect less of it, as far as other runs of
     * the type say so.
     *
     * @param embedding - `embedding_dim` numbers
     * @param op_type - operator, an integer from 0 up to the last operator (16 for the built-in ones)
     * @param attention_type - what was tried, an integer from 0 to 255
     * @param limit_ms - milliseconds after which it was cut off, above 0
     * @param baseline_ms - milliseconds that the baseline takes, above 0
     * @throws {RangeError} and {TypeError} as `record`
     * @example buffer.record_timeout(embedding, 2, 5, 100, 120.5);
     */
    record_timeout(embedding: ArrayLike<number>, op_type: number, attention_type: number, limit_ms: number, baseline_ms: number): void;
    /**
     * Forgets what was recorded. The seed, the pace of forgetting and your own metadata stay, and the memory stays set aside.
     *
     * @example buffer.reset(); // total_count() is 0 again
     */
    reset(): void;
    /**
     * The pace of forgetting. After this many decisions made nearby, an attention type that was not tried again in the
     * meantime is as uncertain again as types differ from each other, so what has changed is noticed. Smaller for what
     * changes often.
     *
     * @param decisions - at least 1; a new buffer has 500; Infinity forgets nothing but what the ring drops
     * @throws {RangeError} for any other number
     * @throws {TypeError} for anything but a number
     * @example buffer.set_forgetting(100); // what it has seen changes often
     */
    set_forgetting(decisions: number): void;
    /**
     * Starts the draws of `recommend` anew. A new buffer has seed 0; `reset()` starts them anew with the same seed.
     *
     * @param seed - an integer from 0 to 4294967295
     * @throws {RangeError} for any other number
     * @throws {TypeError} for anything but a number
     * @example buffer.set_seed(threadId); // threads that start alike then try different types
     */
    set_seed(seed: number): void;
    /**
     * All numbers of the buffer, for JSON.
     *
     * @example console.table(buffer.stats());
     */
    stats(): TrajectoryStats;
    /**
     * Share of all trajectories with an improvement above 0; 0 if there are none.
     *
     * @example const percent = 100 * buffer.success_rate();
     */
    success_rate(): number;
    /**
     * Share of all trajectories of one operator with an improvement above 0; 0 if there are none.
     *
     * @param op_type - an integer from 0 up to the last operator (16 for the built-in ones)
     * @throws {RangeError} if `op_type` is no operator
     * @example const percent = 100 * buffer.success_rate_for(OperatorType.Join);
     */
    success_rate_for(op_type: number): number;
    /**
     * What `JSON.stringify` makes of it: its `stats()`. Its state is in `to_safetensors()`.
     *
     * @example const text = JSON.stringify({ buffer });
     */
    toJSON(): TrajectoryStats;
    /**
     * What the ring holds, a column each (`embeddings` [n, embedding_dim], `operators`, `attention_types`, `improvements`,
     * `baselines` in ms, oldest first), the statistics over everything recorded, and where the draws of `recommend` are, as a
     * safetensors file.
     *
     * @param metadata - texts of your own that go into this file and later ones; if left out, those that were given last, or that
     * the file had which this was loaded from
     * @throws {RangeError} if a key is one of the format's own, or if the memory cannot be had
     * @throws {TypeError} if `metadata` is no object of strings
     * @example await writeFile('trajectories.safetensors', buffer.to_safetensors());
     */
    to_safetensors(metadata?: Record<string, string>): FileBytes;
    /**
     * Trajectories recorded since construction or `reset()`.
     *
     * @example const recorded = Number(buffer.total_count());
     */
    total_count(): bigint;
    /**
     * Sample variance of all improvements; 0 if there are fewer than two.
     *
     * @example const spread = Math.sqrt(buffer.variance());
     */
    variance(): number;
    /**
     * A buffer for operators of your own, such as the routes of a service or the tools of an agent.
     *
     * @param names - 1 to 1024 distinct names; the position is the id
     * @param categories - for each operator, the name of its category: an operator with little history borrows from its
     * category, and then from all
     * @param capacity - trajectories held, an integer from 1 to 1,000,000; 1000 if left out
     * @param embedding_dim - numbers per embedding, an integer from 1 to 4096; 256 if left out
     * @throws {RangeError} for any other value, too few or too many names, one that comes twice, or if the memory cannot be
     * had
     * @throws {TypeError} if `names` or `categories` is no array of strings that UTF-8 can hold
     * @example const buffer = WasmTrajectoryBuffer.with_operators(['search', 'browse'], ['web', 'web'], 1000, 384);
     */
    static with_operators(names: readonly string[], categories: readonly string[], capacity?: number | null, embedding_dim?: number | null): WasmTrajectoryBuffer;
}

declare global {
  // TypeScript before 5.2 and libraries before esnext do not know it. Where they do, both declarations are one.
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
}

/** The type of a global object's instances, where the host's types know it. */
type Of<Name extends string> = typeof globalThis extends { [name in Name]: { prototype: infer Type } } ? Type : never;
type WasmType<Name extends string, Unknown> =
  typeof globalThis extends { WebAssembly: { [name in Name]: { prototype: infer Type } } } ? Type : Unknown;

/** What is in the wasm file. */
export type SyncInitInput = ArrayBufferView | ArrayBuffer | WasmType<'Module', never>;

/** Where the wasm file is, or what is in it. */
export type InitInput = string | Of<'URL'> | Of<'Request'> | Of<'Response'> | SyncInitInput;

/** The exports of the wasm instance. All but `memory` are for the classes alone. */
export interface InitOutput {
  /** The memory that `get_input_ptr()` and `get_output_ptr()` are offsets in. Its buffer is another one after it has grown. */
  readonly memory: WasmType<'Memory', { readonly buffer: ArrayBuffer }>;
}

/**
 * Instantiates the wasm file next to this module, or the one given. Further calls return the same instance.
 *
 * @param module_or_path - where the wasm file is, or what is in it; the file next to this module if left out
 * @throws {Error} that says what is wrong: no file at the address, another build's, a policy that forbids wasm, or no WebAssembly
 * @example await init();
 */
export default function init(
  module_or_path?: { module_or_path?: InitInput | Promise<InitInput> } | InitInput | Promise<InitInput>,
): Promise<InitOutput>;

/**
 * Instantiates a module, or the bytes of one, at once. Further calls of this or of `init()` return the same instance.
 *
 * @param module - a compiled module, or the bytes of the wasm file
 * @throws {Error} if it is of another build, or if a policy forbids wasm
 * @example initSync({ module: readFileSync(require.resolve('ruvector-learning-wasm/ruvector_learning_wasm_bg.wasm')) });
 */
export function initSync(module: { module: SyncInitInput } | SyncInitInput): InitOutput;
