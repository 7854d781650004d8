// inline.js for CommonJS: what index.cjs has, and the wasm file as text. Bundled into pkg/inline.cjs.
import bytes from './ruvector_learning_wasm_bg.wasm';
import { default as load, initSync as startSync } from './index.cjs';

export * from './index.cjs';

export const initSync = (source = bytes) => startSync(source);

export default function init(source) {
  return load(source ?? bytes);
}
