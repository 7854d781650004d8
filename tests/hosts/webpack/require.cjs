const { default: init, WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } = require('ruvector-learning-wasm');
const { check, tell } = require('./check.mjs');

tell({ require: () => check(init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer }) });
