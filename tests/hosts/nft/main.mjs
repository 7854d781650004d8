// A server's program, as an ES module.
import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';
import { check, tell } from './check.mjs';

tell({ import: () => check(init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer }) });
