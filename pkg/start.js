// Starts the one instance of this copy of the package from whatever a host has: a URL, a response, bytes, a module.
import { BUILD_ID } from './build_id.js';
import { isModule } from './checks.js';
import { initSync as instantiate } from './ruvector_learning_wasm.js';

const FILE = 'ruvector_learning_wasm_bg.wasm';

let wasm;
/** Calls of start() that are under way, by what they were given. */
const loading = new Map();

/** Instantiates a module, or the bytes of one, at once. Further calls of this or of start() return the same instance. */
export function initSync(source) {
  try {
    wasm ??= instantiate({ module: checked(isOptions(source) ? source.module : source) });
  } catch (error) {
    throw explained(error);
  }
  return wasm;
}

/** Instantiates what is given, or else what `byDefault` gives. Further calls return the same instance. */
export function start(source, byDefault) {
  if (wasm) return Promise.resolve(wasm);
  // Calls with another source neither wait for each other nor fail together.
  if (!loading.has(source)) {
    loading.set(source, load(source, byDefault).finally(() => loading.delete(source)));
  }
  return loading.get(source);
}

async function load(source, byDefault) {
  try {
    const given = await (isOptions(source) ? source.module_or_path : source);
    return initSync(await compile(given ?? file(byDefault)));
  } catch (error) {
    throw explained(error);
  }
}

/** What a host says that something is. Its class would be another one in another realm, such as a frame or `vm`. */
const kindOf = (value) => Object.prototype.toString.call(value).slice('[object '.length, -1);

/** Whether `source` is the glue's form of an argument: { module } or { module_or_path }. */
const isOptions = (source) => kindOf(source) === 'Object' && typeof source.then !== 'function';

async function compile(source) {
  host();
  let found = source;
  if (typeof found === 'string' || /^(URL|Request)$/.test(kindOf(found))) found = await read(found);
  if (kindOf(found) === 'Response') {
    const { ok, status, url } = found;
    const type = found.headers.get('Content-Type');
    // Development servers have a page for every address.
    if (!ok || /html/.test(type)) throw new Error(`${url} is no wasm: ${status} ${type}; ruvector-learning-wasm/inline needs none`);
    // Another type than this cannot be compiled while it arrives, nor can a response of another realm, but they can be compiled.
    if (type === 'application/wasm' && found instanceof Response && WebAssembly.compileStreaming) {
      return WebAssembly.compileStreaming(found);
    }
    found = await found.arrayBuffer();
  }
  return isModule(found) ? found : WebAssembly.compile(found);
}

/**
 * The response for a URL; the bytes of a `file:` URL in Node, Deno and Bun, where fetch() may refuse one.
 * getBuiltinModule rather than an import: bundlers for the browser stumble over `node:` imports.
 */
async function read(url) {
  try {
    const fs = String(url).startsWith('file:') && globalThis.process?.getBuiltinModule?.('node:fs');
    return await (fs ? fs.promises.readFile(new URL(url)) : fetch(url));
  } catch (cause) {
    throw unreachable(url, cause);
  }
}

/** Where the wasm file is by default. Bundled into a single script, a module does not know where it is itself. */
function file(byDefault) {
  try {
    return byDefault();
  } catch (cause) {
    throw unreachable(FILE, cause);
  }
}

function unreachable(url, cause) {
  const error = new Error(`${url.url ?? url} cannot be read (${cause.message}); ruvector-learning-wasm/inline needs no file`, { cause });
  if (cause.code) error.code = cause.code;
  return error;
}

/** The module of what is given, if it is the one that this JavaScript was built with. */
function checked(source) {
  host();
  const module = isModule(source) ? source : new WebAssembly.Module(source);
  const [id] = WebAssembly.Module.customSections(module, 'build_id');
  if (id && String.fromCharCode(...new Uint8Array(id)) === BUILD_ID) return module;
  // Every version has exported something of this name.
  if (!WebAssembly.Module.exports(module).some(({ name }) => /lora_new/.test(name))) throw new TypeError('another wasm file');
  throw new Error(`${FILE} is of another build than the JavaScript beside it: reload, or copy both`);
}

function host() {
  if (!globalThis.WebAssembly) throw new Error('there is no WebAssembly here: it is turned off, as in the lockdown mode of iOS');
}

/** Engines say that a policy forbids to compile, but hardly what would allow it. */
function explained(cause) {
  if (!/^(Compile|Eval)Error.*(policy|CSP)/i.test(cause)) return cause;
  return new Error("the Content-Security-Policy must allow 'wasm-unsafe-eval'", { cause });
}
