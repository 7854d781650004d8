import type { InitOutput, SyncInitInput } from './index.cjs';

export * from './index.cjs';
export { default } from './index.cjs';

/** Instantiates the wasm that this file contains, at once. Further calls return the same instance. */
export declare function initSync(module?: { module: SyncInitInput } | SyncInitInput): InitOutput;
