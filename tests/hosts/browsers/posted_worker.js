import { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer, initSync } from './node_modules/ruvector-learning-wasm/index.js';
import { checkSync, outcome } from './check.mjs';

addEventListener('message', async ({ data: module }) => {
  postMessage(await outcome(() => checkSync(initSync, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer }, { module })));
});
