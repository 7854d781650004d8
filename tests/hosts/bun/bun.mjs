import { readFileSync } from 'node:fs';

import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';
import * as inline from 'ruvector-learning-wasm/inline';
import file from 'ruvector-learning-wasm/ruvector_learning_wasm_bg.wasm' with { type: 'file' };
import { ask, check, tell } from './check.mjs';

await tell({
  import: () => check(init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer }),
  worker: () => ask(new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })),
  '/inline': () => check(inline.default, inline),
  'import of the wasm as a file': () => new WebAssembly.Module(readFileSync(file)),
});
