// A page without any build: the package by its name (import map), in workers, inline, and from other servers.
import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';
import * as inline from 'ruvector-learning-wasm/inline';
import { ask, check, sameCopy, tell } from './check.mjs';

const moduleWorker = (file) => new Worker(file, { type: 'module' });
const compiled = () => WebAssembly.compileStreaming(fetch('./node_modules/ruvector-learning-wasm/ruvector_learning_wasm_bg.wasm'));

/** What is there to read where a bundler has left the file behind, and a server answers with a page. */
async function pageInsteadOfFile() {
  const message = await init(new URL('./index.html', location)).then(() => 'nothing', (error) => error.message);
  if (!/is no wasm: 200 text\/html.*ruvector-learning-wasm\/inline/.test(message)) throw new Error(`said ${message}`);
}

tell({
  'HTML instead of the .wasm: the error says what to do': pageInsteadOfFile,
  'module script': () => check(init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer }),
  worker: () => ask(moduleWorker('./init_worker.js')),
  'initSync of a module posted to a worker': async () => ask(moduleWorker('./posted_worker.js'), await compiled()),
  'one copy with /inline': () => sameCopy(inline, WasmMicroLoRA),
  '/inline': () => ask(moduleWorker('./inline_worker.js')),
});
