// Uses every export of the second entry as a TypeScript ES module would; @ts-expect-error marks what the types must refuse.
import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm/persist';
import type { Merged, MicroStats } from 'ruvector-learning-wasm/persist';
import { WasmMicroLoRA as First } from 'ruvector-learning-wasm';

await init();
const lora: First = new WasmMicroLoRA(4);
const files: Uint8Array<ArrayBuffer>[] = [lora.to_safetensors()];
const config: string = lora.peft_config();
const again: WasmMicroLoRA = First.from_safetensors(files[0]!);
const stats: MicroStats = WasmMicroLoRA.from_safetensors(files[0]!.buffer).stats();
const merged: Merged = WasmMicroLoRA.merge_safetensors(files, [1]);
const dropped: number = WasmMicroLoRA.merge_safetensors(files, new Float64Array(1)).dropped;
WasmMicroLoRA.merge_safetensors(Object.freeze([merged.bytes, merged.bytes.buffer]));
const scoped: WasmScopedLoRA = WasmScopedLoRA.from_safetensors(new WasmScopedLoRA(4).to_safetensors());
const own: string = WasmScopedLoRA.with_operators(['a'], ['b']).peft_config() + scoped.operator_name(0);
WasmScopedLoRA.from_safetensors(WasmScopedLoRA.merge_safetensors([scoped.to_safetensors()], null).bytes).forward(2);
const buffer: WasmTrajectoryBuffer = WasmTrajectoryBuffer.from_safetensors(new WasmTrajectoryBuffer(4, 4).to_safetensors());
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
