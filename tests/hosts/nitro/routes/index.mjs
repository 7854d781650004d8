import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';
import { defineEventHandler } from 'h3';

import { check, checkInstance, tell } from '../check.mjs';

const classes = { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer };
let visits = 0;

export default defineEventHandler(() => tell(visits++ === 0
  ? { 'route': () => check(init, classes) }
  : { 'route again': async () => checkInstance(await init(), classes) }));
