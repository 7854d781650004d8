// The same module under the name that people expect.
export * from './ruvector_learning_wasm.js';
export { default } from './ruvector_learning_wasm.js';
