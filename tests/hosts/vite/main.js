import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';
import { ask, check, tell } from './check.mjs';

tell({
  page: () => check(init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer }),
  worker: () => ask(new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })),
  'the .wasm by ?url': () => ask(new Worker(new URL('./file.js', import.meta.url), { type: 'module' })),
});
