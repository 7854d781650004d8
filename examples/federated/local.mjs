// What a client does in a round: learn from its own examples, starting from the adapter that all share.

import { WasmMicroLoRA } from '../../pkg/index.js';
import { withoutState } from './file.mjs';
import { shuffled } from './random.mjs';

/** The file that all clients start from. */
export function firstFile({ dim, alpha, rate }) {
  const lora = new WasmMicroLoRA(dim, alpha, rate);
  const file = lora.to_safetensors();
  lora.free();
  return file;
}

/** The adapter of `file` after `epochs` times through `examples`; with `frozen`, A stays as it is. */
export function learn(file, task, examples, { seed, frozen = false }) {
  const lora = WasmMicroLoRA.from_safetensors(file);
  lora.set_learning_rate(task.rate);
  lora.freeze_a(frozen);
  for (let epoch = 0; epoch < task.epochs; epoch += 1) {
    for (const example of shuffled(examples, 100 * seed + epoch)) task.step(lora, example);
  }
  const learned = withoutState(lora.to_safetensors());
  lora.free();
  return learned;
}

/** A client's part of a round: its order of examples depends on the round and on nothing else. */
export function trainClient(file, task, client, { round, frozen }) {
  const examples = task.shard(client);
  return { file: learn(file, task, examples, { seed: 1000 * round + client, frozen }), examples: examples.length };
}

/** The held-out loss of a file. */
export function lossOf(file, task) {
  const lora = WasmMicroLoRA.from_safetensors(file);
  const loss = task.loss(lora);
  lora.free();
  return loss;
}
