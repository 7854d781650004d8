// Import maps do not reach workers.
import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from './node_modules/ruvector-learning-wasm/index.js';
import { check, outcome } from './check.mjs';

postMessage(await outcome(() => check(init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer })));
