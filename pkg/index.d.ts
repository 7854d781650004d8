export * from './ruvector_learning_wasm.js';
export { default } from './ruvector_learning_wasm.js';
