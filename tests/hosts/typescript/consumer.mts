// A consumer in TypeScript: an ES module.
import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer, initSync, type InitOutput } from 'ruvector-learning-wasm';
import glueInit from 'ruvector-learning-wasm/ruvector_learning_wasm.js';
import inlineInit, { initSync as inlineSync, WasmMicroLoRA as InlineLoRA } from 'ruvector-learning-wasm/inline';

const wasm: InitOutput = await init();
const again: InitOutput = initSync(new WebAssembly.Module(new Uint8Array()));
const third: InitOutput = initSync({ module: new Uint8Array() });
await init(new URL('file:///x.wasm'));
await init({ module_or_path: fetch('x.wasm') });
await glueInit();
await inlineInit();
const inline: InitOutput = inlineSync();

const lora = new WasmMicroLoRA(256, 0.1, 0.01);
const output: Float32Array = lora.forward_array(new Float32Array(256));
const view = new Float32Array(wasm.memory.buffer, lora.get_input_ptr(), lora.dim());
const count: bigint = lora.adapt_count();
const name: string = WasmScopedLoRA.scope_name(0);
const improvement: number = new WasmTrajectoryBuffer(1000, 256).best_improvement();
const other: InlineLoRA = new InlineLoRA();
export { again, count, improvement, inline, name, other, output, third, view };
