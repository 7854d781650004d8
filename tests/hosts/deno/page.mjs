import { createRequire } from 'node:module';

import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';
import * as inline from 'ruvector-learning-wasm/inline';
import { ask, check, sameCopy, tell } from './check.mjs';

tell({
  import: () => check(init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer }),
  'one copy with require': () => sameCopy(createRequire(import.meta.url)('ruvector-learning-wasm'), WasmMicroLoRA),
  worker: () => ask(new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })),
  'one copy with /inline': () => sameCopy(inline, WasmMicroLoRA),
});
