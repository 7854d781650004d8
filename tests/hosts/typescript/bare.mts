// A program whose libraries know nothing of the web.
import init, { WasmMicroLoRA } from 'ruvector-learning-wasm';

await init();
const output: Float32Array = new WasmMicroLoRA(4).forward_array([1, 2, 3, 4]);
export { output };
