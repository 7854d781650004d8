// Importing this entry gives the classes what saves, loads and merges them. It exports what the first entry exports: the
// same classes, not copies.
export * from './ruvector_learning_wasm.js';
export { default } from './ruvector_learning_wasm.js';

/** What `merge_safetensors` returns. */
export interface Merged {
  /** The file of the merged adapters, for `from_safetensors`. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Share of the average's energy (the square of its Frobenius norm) that rank 2 does not hold, from 0 to 1. */
  dropped: number;
}

declare module './ruvector_learning_wasm.js' {
  interface WasmMicroLoRA {
    /**
     * The whole state as a safetensors file: what is loaded from it goes on bit for bit as this object does. The factors
     * have the keys and shapes of Hugging Face PEFT; `peft_config` is the text that goes with them.
     *
     * @throws {Error} after `free()`
     * @example await writeFile('adapter.safetensors', lora.to_safetensors());
     */
    to_safetensors(): Uint8Array<ArrayBuffer>;

    /**
     * The `adapter_config.json` with which PEFT loads the file onto an identity `Linear(dim, dim)` named `linear`, and
     * computes what `forward_array` computes.
     *
     * @throws {Error} after `free()`
     * @example await writeFile('adapter_config.json', lora.peft_config());
     */
    peft_config(): string;
  }

  namespace WasmMicroLoRA {
    /**
     * A new adapter with the state of a file.
     *
     * @param bytes - what `to_safetensors` or `merge_safetensors` has written, or another program in the same way
     * @throws {RangeError} that names the field, if anything about the file is wrong
     * @throws {TypeError} if `bytes` is no Uint8Array or ArrayBuffer
     * @throws {Error} before `init()`
     * @example const lora = WasmMicroLoRA.from_safetensors(await readFile('adapter.safetensors'));
     */
    function from_safetensors(bytes: Uint8Array | ArrayBuffer): WasmMicroLoRA;

    /**
     * The weighted average of what adapters add to their inputs, alpha · A B, as one adapter: exact if all have the same A
     * (`freeze_a(true)` from the start), else the best one of rank 2. It has the settings of the first file, and the counts
     * of all that have a weight. Needs no `init()`.
     *
     * @param files - 1 to 1000 files of adapters of one dimension
     * @param weights - a number ≥ 0 for each file, not all 0; they are divided by their sum. All alike if left out
     * @throws {RangeError} that names the file and the field, if anything about a file is wrong; if dimensions differ; if
     * `weights` are not as they must be; or if the average overflows 32-bit floats
     * @throws {TypeError} if `files` is no array of Uint8Arrays, or `weights` no array of numbers
     * @example const { bytes, dropped } = WasmMicroLoRA.merge_safetensors(files, files.map((_, i) => counts[i]));
     */
    function merge_safetensors(
      files: ReadonlyArray<Uint8Array | ArrayBuffer>,
      weights?: ReadonlyArray<number> | Float32Array | Float64Array | null,
    ): Merged;
  }

  interface WasmScopedLoRA {
    /**
     * The whole state of the set as a safetensors file: what is loaded from it goes on bit for bit as this object does. Adapters
     * that have been made are in it, as `operators.<name>` and `categories.<name>`.
     *
     * @throws {Error} after `free()`
     * @throws {RangeError} if a name has half a surrogate pair, which no JSON reader but JavaScript's would read
     * @example await writeFile('adapters.safetensors', scoped.to_safetensors());
     */
    to_safetensors(): Uint8Array<ArrayBuffer>;

    /**
     * The `adapter_config.json` with which PEFT loads the file onto identity `Linear(dim, dim)`s named `operators.<name>`
     * and `categories.<name>`. Each computes what its adapter adds; their blend is the package's own.
     *
     * @throws {Error} after `free()`
     * @example await writeFile('adapter_config.json', scoped.peft_config());
     */
    peft_config(): string;
  }

  namespace WasmScopedLoRA {
    /**
     * A new set with the state, operators and categories of a file.
     *
     * @param bytes - what `to_safetensors` or `merge_safetensors` has written, or another program in the same way
     * @throws {RangeError} that names the field, if anything about the file is wrong
     * @throws {TypeError} if `bytes` is no Uint8Array or ArrayBuffer
     * @throws {Error} before `init()`
     * @example const scoped = WasmScopedLoRA.from_safetensors(await readFile('adapters.safetensors'));
     */
    function from_safetensors(bytes: Uint8Array | ArrayBuffer): WasmScopedLoRA;

    /**
     * The weighted averages of sets, adapter by adapter, as one set; an adapter that a file has not counts as the identity.
     * See `WasmMicroLoRA.merge_safetensors`.
     *
     * @param files - 1 to 1000 files of sets with one dimension and the same operators
     * @param weights - a number ≥ 0 for each file, not all 0; they are divided by their sum. All alike if left out
     * @throws {RangeError} that names the file and the field, if anything about a file is wrong; if dimensions or operators
     * differ; if `weights` are not as they must be; or if the average overflows 32-bit floats
     * @throws {TypeError} if `files` is no array of Uint8Arrays, or `weights` no array of numbers
     * @example const { bytes } = WasmScopedLoRA.merge_safetensors([mine, theirs], [3, 1]);
     */
    function merge_safetensors(
      files: ReadonlyArray<Uint8Array | ArrayBuffer>,
      weights?: ReadonlyArray<number> | Float32Array | Float64Array | null,
    ): Merged;
  }

  interface WasmTrajectoryBuffer {
    /**
     * What the ring holds, a column each (`embeddings` [n, embedding_dim], `operators`, `attention_types`, `improvements`,
     * `baselines` in ms, oldest first), the statistics over everything recorded, and where the draws of `recommend` are, as a
     * safetensors file.
     *
     * @throws {Error} after `free()`
     * @example await writeFile('trajectories.safetensors', buffer.to_safetensors());
     */
    to_safetensors(): Uint8Array<ArrayBuffer>;
  }

  namespace WasmTrajectoryBuffer {
    /**
     * A new buffer with the state of a file.
     *
     * @param bytes - what `to_safetensors` has written, or another program in the same way
     * @throws {RangeError} that names the field, if anything about the file is wrong; or if the memory cannot be had
     * @throws {TypeError} if `bytes` is no Uint8Array or ArrayBuffer
     * @throws {Error} before `init()`
     * @example const buffer = WasmTrajectoryBuffer.from_safetensors(await readFile('trajectories.safetensors'));
     */
    function from_safetensors(bytes: Uint8Array | ArrayBuffer): WasmTrajectoryBuffer;
  }
}
