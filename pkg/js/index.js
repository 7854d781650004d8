// What `import` gets: the classes, and an init() that finds the wasm file by itself in every host.
import { initSync as instantiate } from 'generated';
import { WasmMicroLoRA } from './micro_lora.js';
import { connect } from './object.js';

import { WasmScopedLoRA } from './scoped_lora.js';
import { WasmTrajectoryBuffer } from './trajectory_buffer.js';

export { OperatorType } from './operators.js';
export { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer };

// Where `using` exists, so does its symbol.
if (Symbol.dispose) {
  for (const { prototype } of [WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer]) {
    Object.defineProperty(prototype, Symbol.dispose, { value: prototype.free, writable: true, configurable: true });
  }
}

let instance;
let loading;

/** Instantiates a module, or the bytes of one, at once. Further calls of this or of init() return the same instance. */
export function initSync(source) {
  if (!instance) {
    instance = instantiate({ module: isOptions(source) ? source.module : source });
    connect(instance);
  }
  return instance;
}

/** Instantiates the wasm file next to this module, or the one given. Further calls return the same instance. */
export default async function init(source) {
  if (instance) return instance;
  loading ??= load(isOptions(source) ? source.module_or_path : source);
  try {
    return await loading;
  } catch (error) {
    loading = undefined; // the next call may try again
    throw error;
  }
}

/** Whether `source` is the glue's form of an argument: { module } or { module_or_path }. */
const isOptions = (source) => source && Object.getPrototypeOf(source) === Object.prototype;

async function load(source) {
  // The URL must stand here as a literal: that is what Vite, webpack and Parcel look for.
  const module = await compile((await source) ?? new URL('ruvector_learning_wasm_bg.wasm', import.meta.url));
  return initSync(module); // which may have been called meanwhile
}

async function compile(source) {
  if (source instanceof WebAssembly.Module) return source;
  let found = source;
  if (typeof found === 'string' || found instanceof URL || (typeof Request === 'function' && found instanceof Request)) {
    found = await read(found);
  }
  if (typeof Response === 'function' && found instanceof Response) {
    if (!found.ok) throw new Error(`failed to fetch Wasm: ${found.status} ${found.statusText} from '${found.url}'`);
    // Another type than this cannot be compiled while it arrives, but it can be compiled.
    if (found.headers.get('Content-Type') === 'application/wasm') return WebAssembly.compileStreaming(found);
    found = await found.arrayBuffer();
  }
  return WebAssembly.compile(found);
}

/**
 * The response for a URL; the bytes of a `file:` URL in Node, Deno and Bun, where fetch() may refuse one.
 * getBuiltinModule rather than an import: bundlers for the browser stumble over `node:` imports.
 */
function read(url) {
  const fs = String(url).startsWith('file:') && globalThis.process?.getBuiltinModule?.('node:fs');
  return fs ? fs.promises.readFile(new URL(url)) : fetch(url);
}
