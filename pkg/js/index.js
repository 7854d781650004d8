// What `import` gets: the classes, and an init() that finds the wasm file by itself in every host.
import { start } from './instance.js';

export { initSync } from './instance.js';
export { OperatorType } from './operators.js';
export { WasmMicroLoRA } from './micro_lora.js';
export { WasmScopedLoRA } from './scoped_lora.js';
export { WasmTrajectoryBuffer } from './trajectory_buffer.js';

/** Instantiates the wasm file next to this module, or the one given. Further calls return the same instance. */
export default function init(source) {
  // The URL must stand here as a literal: that is what Vite, webpack and Parcel look for.
  return start(source, () => new URL('ruvector_learning_wasm_bg.wasm', import.meta.url));
}
