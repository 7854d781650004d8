// The page that bundlers build: the package as a user writes it, here and in a worker.
import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';
import { ask, check, tell } from './check.mjs';

tell({
  page: () => check(init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer }),
  worker: () => ask(new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })),
});
