import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';
import { check, outcome } from './check.mjs';

outcome(() => check(init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer })).then((result) => postMessage(result));
