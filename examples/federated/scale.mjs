// `node examples/federated/scale.mjs`: what a round costs the server, against the number of clients: bytes, and time and memory of checking
// and merging their files. Each row runs in a process of its own.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import init, { WasmMicroLoRA } from '../../pkg/index.js';
import { aggregate } from './aggregate.mjs';
import { factorsOf, fileOf } from './file.mjs';
import { normalFrom } from './random.mjs';
import { mergeAll } from './tree.mjs';

/** Files of clients that start from one adapter and change all of its numbers a little. */
function filesOf(dim, count, frozen) {
  const lora = new WasmMicroLoRA(dim, 0.5, 0.1);
  lora.freeze_a(frozen);
  const next = normalFrom(dim);
  for (let i = 0; i < 20; i += 1) {
    const x = Float32Array.from({ length: dim }, next);
    lora.train(x, x.map((value) => value + next()));
  }
  const old = lora.to_safetensors();
  const factors = factorsOf(old);
  const moved = (values) => values.map((value) => value + 0.01 * next());
  const clients = Array.from({ length: count }, () => fileOf({ ...factors, a: frozen ? factors.a : moved(factors.a), b: moved(factors.b) }));
  return { old, clients };
}

const seconds = (work) => {
  const began = performance.now();
  const result = work();
  return [(performance.now() - began) / 1000, result];
};

function measure(dim, count, frozen) {
  const { old, clients } = filesOf(dim, count, frozen);
  const before = process.memoryUsage().rss;
  const equal = Array(count).fill(1 / count);
  const round = count <= 999 ? seconds(() => aggregate(old, null, clients.map((file, client) => ({ client, file, examples: 1 })), { frozen }))[0] : null;
  const [merge, one] = count <= 1000 ? seconds(() => mergeAll(clients, equal)) : [null, null];
  const [tree, grouped] = seconds(() => mergeAll(clients, equal, 100));
  const far = one === null ? null : distance(one.bytes, grouped.bytes);
  return { bytes: clients[0].length, round, merge, tree, far, memory: (process.memoryUsage().rss - before) / 2 ** 20 };
}

function distance(one, other) {
  const { bytes, dropped } = WasmMicroLoRA.merge_safetensors([one, other], [1, -1], false);
  const norm = (file) => WasmMicroLoRA.from_safetensors(file).delta_norm();
  return norm(bytes) / Math.sqrt(1 - dropped) / norm(one);
}

await init();
const [, , ...args] = process.argv;
if (args.length > 0) {
  console.log(JSON.stringify(measure(Number(args[0]), Number(args[1]), args[2] === 'frozen')));
} else {
  const line = (...cells) => console.log(cells.map((cell) => String(cell).padStart(12)).join(''));
  const time = (value) => (value === null ? '' : value.toFixed(3));
  line('dim', 'clients', 'A', 'bytes each', 'round, s', 'merge, s', 'tree, s', 'tree apart', 'more MiB');
  for (const [dim, count, kind] of [
    ...[10, 100, 900, 1000, 5000].map((count) => [256, count, 'learned']), ...[10, 100, 900, 5000].map((count) => [256, count, 'frozen']),
    [64, 900, 'learned'], [1024, 900, 'learned'], [4096, 100, 'learned'],
  ]) {
    const { stdout, stderr, status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), dim, count, kind], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    const { bytes, round, merge, tree, far, memory } = JSON.parse(stdout);
    line(dim, count, kind, bytes, time(round), time(merge), time(tree), far === null ? '' : far.toExponential(1), memory.toFixed(0));
  }
}
