import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';
import { checkInstance, outcome } from './check.mjs';

const url = new URL('ruvector-learning-wasm/ruvector_learning_wasm_bg.wasm', import.meta.url);
outcome(async () => checkInstance(await init(url), { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer })).then((result) => postMessage(result));
