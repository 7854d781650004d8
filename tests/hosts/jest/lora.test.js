const { default: init, WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } = require('ruvector-learning-wasm');
const { check } = require('./check.cjs');

test('the package works', () => check(init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer }));
