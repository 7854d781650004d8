import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';
import { test } from 'vitest';

import { check } from './check.mjs';

test('the package works', () => check(init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer }));
