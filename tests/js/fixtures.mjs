// The files of tests/fixtures, which tests/safetensors.rs reads with the reference implementation and compares with a run of
// the native library: `node tests/js/fixtures.mjs` writes them anew. Both sides take the same calls with the same exact numbers.
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { importPackage, root } from './installed.mjs';

export const folder = path.join(root, 'tests/fixtures');

/** The input or target number `seed`: multiples of an eighth, in [−1, 1]. */
const values = (dim, seed) => Float32Array.from({ length: dim }, (_, i) => (((7 * i + 13 * seed) % 17) - 8) / 8);

/** name -> bytes. */
export async function fixtures() {
  const { default: init, WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } = await importPackage();
  await init();
  const lora = new WasmMicroLoRA(20, 0.25, 0.5);
  for (let i = 0; i < 300; i++) lora.train(values(20, i), values(20, i + 5));
  const scoped = new WasmScopedLoRA(20, 0.25, 0.5);
  for (let i = 0; i < 60; i++) scoped.train(i % 3, values(20, i), values(20, i + 5));
  scoped.forward_array(7, values(20, 1));
  const buffer = new WasmTrajectoryBuffer(5, 20);
  for (let i = 0; i < 8; i++) buffer.record(values(20, i), i, 3 * i, 1 + i, 4);
  return {
    'adapter.safetensors': lora.to_safetensors(),
    'adapter_config.json': new TextEncoder().encode(lora.peft_config()),
    'adapters.safetensors': scoped.to_safetensors(),
    'trajectories.safetensors': buffer.to_safetensors(),
  };
}

if (process.argv[1] === import.meta.filename) {
  for (const [name, bytes] of Object.entries(await fixtures())) writeFileSync(path.join(folder, name), bytes);
}
