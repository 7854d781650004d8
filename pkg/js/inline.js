// What `import '…/inline'` gets: a copy of its own with the wasm file inside, for hosts that serve or bundle no other files.
import { initSync as instantiate, start } from './instance.js';
import bytes from 'generated.wasm';

export { OperatorType } from './operators.js';
export { WasmMicroLoRA } from './micro_lora.js';
export { WasmScopedLoRA } from './scoped_lora.js';
export { WasmTrajectoryBuffer } from './trajectory_buffer.js';

export const initSync = (source = bytes) => instantiate(source);

export default function init(source) {
  return start(source, () => bytes);
}
