import type { InitOutput, SyncInitInput } from './index.js';

export * from './index.js';
export { default } from './index.js';

/** Instantiates the wasm that this file contains, at once. Further calls return the same instance. */
export declare function initSync(module?: { module: SyncInitInput } | SyncInitInput): InitOutput;
