// Saves, loads and merges as a TypeScript CommonJS module would.
import learning = require('ruvector-learning-wasm');

async function main(): Promise<void> {
  await learning.default();
  const lora: learning.WasmMicroLoRA = learning.WasmMicroLoRA.from_safetensors(new learning.WasmMicroLoRA(4).to_safetensors());
  const merged: learning.Merged = learning.WasmMicroLoRA.merge_safetensors([lora.to_safetensors()], [1]);
  // @ts-expect-error the share is a number
  const dropped: bigint = merged.dropped;
  void [dropped, learning.OperatorType.Join];
}

void main;
