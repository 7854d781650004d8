// The same in CommonJS.
const { default: init, WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } = require('ruvector-learning-wasm');

import('./check.mjs').then(({ check, tell }) => tell({ require: () => check(init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer }) }));
