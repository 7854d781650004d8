// What `import` gets: the generated glue, with an init() that finds the wasm file by itself in every host.
import initGlue from './ruvector_learning_wasm.js';
import './after_free.js';

export * from './ruvector_learning_wasm.js';

/**
 * The bytes of a `file:` URL in Node, Deno and Bun, where fetch() may refuse one; anything else as it is.
 * getBuiltinModule rather than an import: bundlers for the browser stumble over `node:` imports.
 */
function readable(source) {
  const isFile = (source instanceof URL || typeof source === 'string') && String(source).startsWith('file:');
  const fs = isFile && globalThis.process?.getBuiltinModule?.('node:fs');
  return fs ? fs.promises.readFile(new URL(source)) : source;
}

/** Instantiates the wasm file next to this module, or the one given. Further calls return the same instance. */
export default function init(source) {
  // glue's own form of the argument: { module_or_path }
  const given = source && Object.getPrototypeOf(source) === Object.prototype ? source.module_or_path : source;
  // The URL must stand here as a literal: that is what Vite, webpack and Parcel look for.
  return initGlue({ module_or_path: readable(given ?? new URL('ruvector_learning_wasm_bg.wasm', import.meta.url)) });
}
