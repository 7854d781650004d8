import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';
import url from 'ruvector-learning-wasm/ruvector_learning_wasm_bg.wasm?url';
import { checkInstance, outcome } from './check.mjs';

outcome(async () => checkInstance(await init(url), { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer })).then((result) => postMessage(result));
