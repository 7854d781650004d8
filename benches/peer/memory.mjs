// The memory that one object takes: how much the wasm memory grows when there are many of them.
import { DIM } from './rows.mjs';

const INSTANCES = 256;

/** Bytes per WasmScopedLoRA: new, and once all of its operators, of which there are so many, have learned. */
export function scopedMemory(player, operators) {
  const gradient = new Float32Array(DIM).fill(0.1);
  const learned = () => {
    const lora = player.scoped(DIM);
    for (let op = 0; op < operators; op++) {
      lora.forward_array(op, gradient);
      lora.adapt_array(op, gradient);
    }
    return lora;
  };
  return { empty: bytesPer(() => player.scoped(DIM), player), learned: bytesPer(learned, player) };
}

function bytesPer(make, { memory, free }) {
  const size = () => memory.buffer.byteLength;
  const objects = [];
  // What was freed earlier is used first.
  for (const start = size(); size() === start;) objects.push(make());
  const before = size();
  for (let i = 0; i < INSTANCES; i++) objects.push(make());
  const bytes = (size() - before) / INSTANCES;
  objects.forEach(free);
  return bytes;
}
