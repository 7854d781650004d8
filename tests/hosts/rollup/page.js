import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';
import { WasmMicroLoRA as persistent } from 'ruvector-learning-wasm/persist';
import { check, saves, tell } from './check.mjs';

tell({
  page: () => check(init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer }),
  '/persist': () => saves({ WasmMicroLoRA }, { WasmMicroLoRA: persistent }),
});
