// Cloudflare Workers compile no bytes, but import a .wasm file as a module.
import wasm from './ruvector_learning_wasm_bg.wasm';
import { start, initSync as startSync } from './start.js';

export * from './ruvector_learning_wasm.js';

export const initSync = (source = wasm) => startSync(source);

export default function init(source) {
  return start(source, () => wasm);
}
