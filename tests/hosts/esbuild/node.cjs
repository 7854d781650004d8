const { default: init, WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } = require('ruvector-learning-wasm/inline');
const { check, tell } = require('./check.mjs');

tell({ '/inline by require': () => check(init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer }) });
