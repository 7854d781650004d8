// What `require` gets where it cannot load index.js: the same, for CommonJS. Bundled into pkg/index.cjs.
import { start } from './start.js';

export * from './ruvector_learning_wasm.js';
export { initSync } from './start.js';

export default function init(source) {
  return start(source, besideThis); // from the banner that build.mjs adds: tracers (nft) know its form, and not esbuild's
}
