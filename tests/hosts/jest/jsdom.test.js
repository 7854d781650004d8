/** @jest-environment jsdom */
const { default: init, WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } = require('ruvector-learning-wasm');
const { check } = require('./check.cjs');

test('the package works in jsdom, which has no TextEncoder', async () => {
  expect([typeof document, typeof TextEncoder, typeof fetch]).toEqual(['object', 'undefined', 'undefined']);
  await check(init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer });
});
