
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
