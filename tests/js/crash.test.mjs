// A process that saves in a loop, killed at random moments: its file is always the old state or the new one.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import { root } from './installed.mjs';
import { WasmMicroLoRA } from './module.mjs';
import { uniform } from './numbers.mjs';
import { newFolder } from './script.mjs';

const KILLS = 20;
const folder = newFolder();
const file = path.join(folder, 'adapter.safetensors');
copyFileSync(path.join(root, 'examples/saving/storage.mjs'), path.join(folder, 'storage.mjs'));
// Says how many steps the state has that is saved, once it is. A large dimension, so that writing takes a while.
writeFileSync(path.join(folder, 'saver.mjs'), `
import { existsSync } from 'node:fs';
import init, { WasmMicroLoRA } from 'ruvector-learning-wasm';
import { loadFromFile, saveToFile } from './storage.mjs';

await init();
const lora = existsSync('adapter.safetensors') ? WasmMicroLoRA.from_safetensors(await loadFromFile('adapter.safetensors')) : new WasmMicroLoRA(4096, 0.1, 0.1);
const input = Float32Array.from({ length: 4096 }, (_, i) => Math.sin(i));
for (;;) {
  lora.reward(input, 0.5);
  await saveToFile('adapter.safetensors', lora.to_safetensors());
  console.log(String(lora.adapt_count()));
}
`);

test(`a process that is killed ${KILLS} times while it saves`, async () => {
  const next = uniform(Number(process.env.SEED ?? 1));
  const { NODE_TEST_CONTEXT, ...env } = process.env;
  let saved = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const child = spawn(process.execPath, ['saver.mjs'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: child.stdout }).on('line', (line) => { saved = Number(line); });
    const before = saved;
    while (saved === before) { // until it has saved once
      assert.equal(child.exitCode, null, 'it has ended by itself');
      await wait(1);
    }
    await wait(20 * next());
    child.kill('SIGKILL');
    await once(child, 'close'); // all that it has said is read

    const found = Number(WasmMicroLoRA.from_safetensors(readFileSync(file)).adapt_count());
    assert.ok(found === saved || found === saved + 1, `the file has ${found} steps, ${saved} were saved`);
    saved = found;
  }
});

// A test of the test: a file that is written in place does not survive.
test('half a file is refused', () => {
  const bytes = readFileSync(file);
  for (const share of [0, 0.1, 0.5, 0.999]) {
    assert.throws(() => WasmMicroLoRA.from_safetensors(bytes.subarray(0, statSync(file).size * share)), { name: 'RangeError' });
  }
});
