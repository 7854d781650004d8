import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';
import * as inline from 'ruvector-learning-wasm/inline';
import { ask, check, tell } from './check.mjs';

tell({
  import: () => check(init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer }),
  worker: () => ask(new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })),
  '/inline': () => check(inline.default, inline),
});
