// A program in CommonJS whose libraries know nothing of the web.
import lora = require('ruvector-learning-wasm');

lora.initSync(new Uint8Array());
const output: Float32Array = new lora.WasmMicroLoRA(4).forward_array([1, 2, 3, 4]);
export = output;
