const { default: init, WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } = require('ruvector-learning-wasm');
const inline = require('ruvector-learning-wasm/inline');

import('./check.mjs').then(({ check, checkSync, tell }) => tell({
  require: () => check(init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer }),
  '/inline by require': () => checkSync(inline.initSync, inline),
}));
