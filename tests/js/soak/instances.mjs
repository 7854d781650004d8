// Instances in worker threads, all alive at once.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Worker, isMainThread, parentPort } from 'node:worker_threads';

/** What each of `count` workers has learned, as a digest of its files. All have learned before the first is ended. */
export async function manyWorkers(count) {
  const workers = Array.from({ length: count }, () => new Worker(new URL(import.meta.url)));
  const answers = await Promise.all(workers.map(async (worker) => {
    const [answer] = await once(worker, 'message');
    return answer;
  }));
  await Promise.all(workers.map((worker) => worker.terminate()));
  return answers;
}

if (!isMainThread && parentPort) {
  const { module } = await import('../module.mjs');
  const input = Float32Array.from({ length: 64 }, (_, i) => Math.sin(i));
  const lora = new module.WasmMicroLoRA(64, 0.1, 0.5);
  const scoped = new module.WasmScopedLoRA(64, 0.1, 0.5);
  for (let i = 0; i < 200; i++) {
    lora.train(input, input.map((x) => x + i / 200));
    scoped.reward(i % 17, input, i / 200);
  }
  const digest = createHash('sha256').update(lora.to_safetensors()).update(scoped.to_safetensors()).digest('hex');
  parentPort.postMessage(digest);
  setInterval(() => {}, 1e6); // lives until it is ended
}
