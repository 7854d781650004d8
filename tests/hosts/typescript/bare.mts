// A program whose libraries know nothing of the web.
import init, { WasmMicroLoRA, WasmScopedLoRA, initSync, type InitOutput } from 'ruvector-learning-wasm';

const wasm: InitOutput = await init();
initSync({ module: new Uint8Array() });
const lora = new WasmMicroLoRA(4);
const view = new Float32Array(wasm.memory.buffer, lora.get_input_ptr(), lora.dim());
const output: Float32Array = lora.forward_array([1, 2, 3, 4]);
const saved: Uint8Array = lora.to_safetensors({ note: 'x' });
const { bytes, dropped } = WasmScopedLoRA.merge_safetensors([saved, saved], [0.5, 0.5]);
const merged: WasmScopedLoRA = WasmScopedLoRA.from_safetensors(bytes);
lora[Symbol.dispose]();
export { dropped, merged, output, view };
