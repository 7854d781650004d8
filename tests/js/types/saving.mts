// Saves, loads and merges as a TypeScript ES module would; @ts-expect-error marks what the types must refuse.
import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';
import type { AdapterConfig, FileBytes, Merged, MicroStats } from 'ruvector-learning-wasm';
import { WasmMicroLoRA as Inline } from 'ruvector-learning-wasm/inline';

await init();
const lora: Inline = new WasmMicroLoRA(4);
const files: FileBytes[] = [lora.to_safetensors()];
const config: string = lora.peft_config();
const again: WasmMicroLoRA = Inline.from_safetensors(files[0]!);
const stats: MicroStats = WasmMicroLoRA.from_safetensors(files[0]!.buffer).stats();
const merged: Merged = WasmMicroLoRA.merge_safetensors(files, [1]);
const dropped: number = WasmMicroLoRA.merge_safetensors(files, new Float64Array(1)).dropped;
WasmMicroLoRA.merge_safetensors(Object.freeze([merged.bytes, merged.bytes.buffer]));
const scoped: WasmScopedLoRA = WasmScopedLoRA.from_safetensors(new WasmScopedLoRA(4).to_safetensors());
const own: string = WasmScopedLoRA.with_operators(['a'], ['b']).peft_config() + scoped.operator_name(0);
WasmScopedLoRA.from_safetensors(WasmScopedLoRA.merge_safetensors([scoped.to_safetensors()], null).bytes).forward(2);
const buffer: WasmTrajectoryBuffer = WasmTrajectoryBuffer.from_safetensors(new WasmTrajectoryBuffer(4, 4).to_safetensors());
WasmMicroLoRA.merge_safetensors(files, [-1], false);
const trained: AdapterConfig = { r: 2, lora_alpha: 4, use_rslora: true };
WasmMicroLoRA.from_safetensors(files[0]!, trained);
WasmScopedLoRA.from_safetensors(files[0]!, JSON.stringify(trained)).free();
const texts: Record<string, string> = lora.metadata();
new WasmScopedLoRA(4).to_safetensors(scoped.metadata());
buffer.to_safetensors({ ...buffer.metadata(), author: 'me' });
void texts;
// What a host takes: a blob, a message with its transfer, a request.
void [new Blob(files), fetch('/', { method: 'POST', body: merged.bytes })];
structuredClone(merged.bytes, { transfer: [merged.bytes.buffer] });
void [config, again, stats, dropped, own, buffer.len()];

// @ts-expect-error text is no file
WasmMicroLoRA.from_safetensors('adapter.safetensors');
// @ts-expect-error files are a list
WasmMicroLoRA.merge_safetensors(files[0]!);
// @ts-expect-error weights are numbers
WasmMicroLoRA.merge_safetensors(files, ['1']);
// @ts-expect-error from_safetensors is static
lora.from_safetensors(files[0]!);
// @ts-expect-error trajectories are not merged
WasmTrajectoryBuffer.merge_safetensors(files);
// @ts-expect-error trajectories are no adapter
buffer.peft_config();
// @ts-expect-error metadata are texts
lora.to_safetensors({ epoch: 1 });
// @ts-expect-error a boolean
WasmMicroLoRA.merge_safetensors(files, null, 1);
// @ts-expect-error trajectories come without an adapter_config.json
WasmTrajectoryBuffer.from_safetensors(files[0]!, trained);
