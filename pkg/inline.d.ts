/// <reference lib="esnext.disposable" />
import type { InitOutput, SyncInitInput } from './ruvector_learning_wasm.js';

export * from './ruvector_learning_wasm.js';
export { default } from './ruvector_learning_wasm.js';

/** Instantiates the wasm that this file contains, at once. Further calls return the same instance. */
export declare function initSync(module?: { module: SyncInitInput } | SyncInitInput): InitOutput;
