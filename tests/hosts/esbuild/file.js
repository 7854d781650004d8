import bytes from 'ruvector-learning-wasm/ruvector_learning_wasm_bg.wasm';
import { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer, initSync } from 'ruvector-learning-wasm';
import { checkSync, tell } from './check.mjs';

const classes = { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer };
tell({ 'the .wasm by --loader:.wasm=binary': () => checkSync(initSync, classes, { module: bytes }) });
