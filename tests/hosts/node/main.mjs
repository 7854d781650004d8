import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';
import * as inline from 'ruvector-learning-wasm/inline';
import { check, sameCopy, tell } from './check.mjs';

const require = createRequire(import.meta.url);
const wasmFile = require.resolve('ruvector-learning-wasm/ruvector_learning_wasm_bg.wasm');

/** Runs worker.mjs, which posts how it went. */
function inWorker(workerData) {
  const worker = new Worker(new URL('worker.mjs', import.meta.url), { workerData });
  return new Promise((resolve, reject) => {
    worker.on('message', (result) => (result === true ? resolve() : reject(new Error(result))));
    worker.on('error', reject);
  }).finally(() => worker.terminate());
}

await tell({
  import: () => check(init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer }),
  // Node before 20.19 has to have two.
  ...(process.features.require_module && { 'one copy with require': () => sameCopy(require('ruvector-learning-wasm'), WasmMicroLoRA) }),
  worker_threads: () => inWorker(),
  'initSync of a module posted to a worker': () => inWorker(new WebAssembly.Module(readFileSync(wasmFile))),
  'one copy with /inline': () => sameCopy(inline, WasmMicroLoRA),
});
