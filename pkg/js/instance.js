// The one instance of this copy of the package, made from whatever a host has: a URL, a response, bytes, a module.
import { initSync as instantiate } from 'generated';
import { WasmMicroLoRA } from './micro_lora.js';
import { connect, wasm } from './object.js';
import { WasmScopedLoRA } from './scoped_lora.js';
import { WasmTrajectoryBuffer } from './trajectory_buffer.js';

// Where `using` exists, so does its symbol.
if (Symbol.dispose) {
  for (const { prototype } of [WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer]) {
    prototype[Symbol.dispose] = prototype.free;
  }
}

let loading;

/** Instantiates a module, or the bytes of one, at once. Further calls of this or of start() return the same instance. */
export function initSync(source) {
  try {
    if (!wasm) connect(instantiate({ module: checked(isOptions(source) ? source.module : source) }));
  } catch (error) {
    throw explained(error);
  }
  return wasm;
}

/** The module of what is given: the glue would keep the instance of any. */
function checked(source) {
  const { Module } = WebAssembly;
  const module = source instanceof Module ? source : new Module(source);
  if (!/lora_new/.test(JSON.stringify(Module.exports(module)))) throw new TypeError('another wasm file');
  return module;
}

/** Instantiates what is given, or else what `byDefault` gives. Further calls return the same instance. */
export function start(source, byDefault) {
  loading ??= load(source, byDefault).catch((error) => {
    loading = undefined; // the next call may try again
    throw explained(error);
  });
  return loading;
}

async function load(source, byDefault) {
  const given = isOptions(source) ? source.module_or_path : source;
  // initSync() may have been called before, or meanwhile.
  return wasm ?? initSync(await compile((await given) ?? byDefault()));
}

/** Whether `source` is the glue's form of an argument: { module } or { module_or_path }. */
const isOptions = (source) => source?.constructor === Object;

async function compile(source) {
  const { Request = URL, Response = URL } = globalThis; // some kinds of worklets have neither
  let found = source;
  if (typeof found === 'string' || found instanceof URL || found instanceof Request) found = await read(found);
  if (found instanceof Response) {
    const { ok, status, url } = found;
    const type = found.headers.get('Content-Type');
    // Development servers have a page for every address.
    if (!ok || /html/.test(type)) throw new Error(`${url} is no wasm: ${status} ${type}; ruvector-learning-wasm/inline needs none`);
    // Another type than this cannot be compiled while it arrives, but it can be compiled.
    if (type === 'application/wasm') return WebAssembly.compileStreaming(found);
    found = await found.arrayBuffer();
  }
  return found instanceof WebAssembly.Module ? found : WebAssembly.compile(found);
}

/**
 * The response for a URL; the bytes of a `file:` URL in Node, Deno and Bun, where fetch() may refuse one.
 * getBuiltinModule rather than an import: bundlers for the browser stumble over `node:` imports.
 */
function read(url) {
  const fs = String(url).startsWith('file:') && globalThis.process?.getBuiltinModule?.('node:fs');
  return fs ? fs.promises.readFile(new URL(url)) : fetch(url);
}

/** Engines say that a policy forbids to compile, but hardly what would allow it. */
function explained(cause) {
  if (!/^(Compile|Eval)Error.*(policy|CSP)/i.test(cause)) return cause;
  return new Error("the Content-Security-Policy must allow 'wasm-unsafe-eval'", { cause });
}
