// Cloudflare Workers compile no bytes, but import a .wasm file as a module.
import load, { initSync as instantiate } from './ruvector_learning_wasm.js';
import wasm from './ruvector_learning_wasm_bg.wasm';

export * from './ruvector_learning_wasm.js';

export const initSync = (source = wasm) => instantiate(source);

export default function init(source) {
  return load(source ?? wasm);
}
