// Generated: what https://cdn.jsdelivr.net/npm/ruvector-learning-wasm answers with, under that very address.
export * from './ruvector-learning-wasm@0.2.0/index.js';
export { default } from './ruvector-learning-wasm@0.2.0/index.js';
