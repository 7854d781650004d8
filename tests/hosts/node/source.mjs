// The file as a module, in hosts that have source phase imports.
import source wasm from 'ruvector-learning-wasm/ruvector_learning_wasm_bg.wasm';
import { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer, initSync } from 'ruvector-learning-wasm';

import { checkSync, tell } from './check.mjs';

const classes = { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer };
tell({ 'initSync of `import source`': () => checkSync(initSync, classes, { module: wasm }) });
