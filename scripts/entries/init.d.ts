
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
  readonly memory: WasmType<'Memory', { readonly buffer: ArrayBuffer }>;
}

/**
 * Instantiates the wasm file next to this module, or the one given. Further calls return the same instance.
 *
 * @example await init();
 */
export default function init(
  module_or_path?: { module_or_path?: InitInput | Promise<InitInput> } | InitInput | Promise<InitInput>,
): Promise<InitOutput>;

/**
 * Instantiates a module, or the bytes of one, at once. Further calls of this or of `init()` return the same instance.
 *
 * @example initSync({ module: readFileSync(require.resolve('ruvector-learning-wasm/ruvector_learning_wasm_bg.wasm')) });
 */
export function initSync(module: { module: SyncInitInput } | SyncInitInput): InitOutput;
