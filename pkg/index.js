// What `import` gets: the classes, and an init() that finds the wasm file by itself in every host.
import { start } from './start.js';

export * from './ruvector_learning_wasm.js';
export { initSync } from './start.js';

/** Instantiates the wasm file next to this module, or the one given. Further calls return the same instance. */
export default function init(source) {
  return start(source, besideThis);
}

function besideThis() {
  // A literal in a return statement: that is what bundlers (Vite, webpack, Parcel) and tracers (nft) recognise.
  return new URL('ruvector_learning_wasm_bg.wasm', import.meta.url);
}
