// A consumer in TypeScript: CommonJS.
import lora = require('ruvector-learning-wasm');
import inline = require('ruvector-learning-wasm/inline');

async function main(): Promise<Float32Array> {
  const wasm: lora.InitOutput = await lora.default();
  await inline.default();
  inline.initSync();
  const adapter = new lora.WasmMicroLoRA(256);
  const view = new Float32Array(wasm.memory.buffer, adapter.get_input_ptr(), 256);
  return adapter.forward_array(view);
}
export = main;
