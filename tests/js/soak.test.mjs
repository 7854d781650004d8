// Long lives, many lives and many instances, in small: `npm run soak` does it at length and prints figures.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { WasmMicroLoRA, WasmTrajectoryBuffer, wasm } from './module.mjs';
import { manyWorkers } from './soak/instances.mjs';
import { droppedLives, freedLives, lifeNames, soak } from './soak/soak.mjs';

test('200,000 mixed operations: finite, counters exact, no growth', () => {
  soak(200_000);
});

for (const name of lifeNames) {
  describe(name, () => {
    test('10,000 lives with free() take no memory', () => {
      assert.equal(freedLives(name, 10_000), 0);
    });
  });
}

test('16 instances in workers learn alike', async () => {
  const answers = await manyWorkers(16);
  assert.equal(answers.length, 16);
  assert.equal(new Set(answers).size, 1, `${answers}`);
});

// Last, because a memory never shrinks. No finalizer runs in a loop that never lets the event loop turn.
test('large objects that are dropped in one loop fill the memory, which is an Error, and others go on', async () => {
  const lora = new WasmMicroLoRA(4);
  const { error } = await droppedLives('', 1000, 0, () => new WasmTrajectoryBuffer(60_000, 256));
  assert.ok(error instanceof RangeError && /not enough memory/.test(error.message), `${error}`);
  assert.ok(wasm.memory.buffer.byteLength > 2 ** 31);
  assert.deepEqual([...lora.forward_array([1, 2, 3, 4])], [1, 2, 3, 4]);
  new WasmMicroLoRA(64).free();
});
