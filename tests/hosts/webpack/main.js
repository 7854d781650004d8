import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';
import { WasmMicroLoRA as persistent } from 'ruvector-learning-wasm/persist';
import { ask, check, saves, tell } from './check.mjs';

tell({
  page: () => check(init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer }),
  '/persist': () => saves({ WasmMicroLoRA }, { WasmMicroLoRA: persistent }),
  worker: () => ask(new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })),
  'the .wasm by new URL()': () => ask(new Worker(new URL('./file.js', import.meta.url), { type: 'module' })),
});
