import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm/inline';
import { check, tell } from './check.mjs';

tell({ '/inline': () => check(init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer }) });
