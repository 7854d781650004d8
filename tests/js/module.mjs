// The installed package, instantiated: what most test files start from.
import { importPackage } from './installed.mjs';

const module = await importPackage();
export const wasm = await module.default();
export const { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } = module;
export { module };

/** Views of an object's fixed buffers; they go stale when the memory grows. */
export const inputView = (object) => new Float32Array(wasm.memory.buffer, object.get_input_ptr(), object.dim());
export const outputView = (object) => new Float32Array(wasm.memory.buffer, object.get_output_ptr(), object.dim());
