// Memory growth, and memory that cannot be had: objects keep working, views go stale, pointers stay.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer, inputView, outputView, wasm } from './module.mjs';
import { bits, normal, vector } from './numbers.mjs';

const dim = 100;
const outOfMemory = (error) => error instanceof RangeError && /cannot allocate \d+ bytes/.test(error.message);

/** One object of each class with a history, and what each answers to the same calls. */
function population() {
  const next = normal(3);
  const lora = new WasmMicroLoRA(dim, 0.1, 0.5);
  const scoped = new WasmScopedLoRA(dim, 0.1, 0.5);
  const buffer = new WasmTrajectoryBuffer(50, dim);
  for (let i = 0; i < 20; i++) {
    const [x, g] = [vector(dim, next), vector(dim, next)];
    lora.forward_array(x);
    lora.adapt_array(g);
    scoped.forward_array(i % 17, x);
    scoped.adapt_array(i % 17, g);
    buffer.record(x, i % 17, i, 1 + i, 10);
  }
  return { lora, scoped, buffer, pointers: [lora, scoped].flatMap((object) => [object.get_input_ptr(), object.get_output_ptr()]) };
}

function answers({ lora, scoped, buffer }) {
  const next = normal(4);
  const [x, g] = [vector(dim, next), vector(dim, next)];
  const all = [...bits(lora.forward_array(x)), ...bits(scoped.forward_array(3, x))];
  lora.adapt_array(g);
  lora.adapt_with_reward(0.2);
  scoped.adapt_array(3, g);
  scoped.adapt_with_reward(3, 0.2);
  inputView(lora).set(g);
  lora.forward();
  inputView(scoped).set(g);
  scoped.forward(8);
  buffer.record(x, 2, 200, 1, 100);
  all.push(...bits(outputView(lora)), ...bits(outputView(scoped)), lora.delta_norm(), scoped.delta_norm(3));
  all.push(lora.predicted_improvement(x), scoped.predicted_improvement(3, x));
  return [...all, buffer.best_attention(), buffer.len(), buffer.high_quality_count(0.5), buffer.mean_improvement()];
}

/** What the population answers after `disturb` is what it would have answered without. */
function undisturbed(disturb) {
  const expected = answers(population());
  const disturbed = population();
  disturb();
  assert.deepEqual(answers(disturbed), expected);
  const { lora, scoped, pointers } = disturbed;
  assert.deepEqual([lora, scoped].flatMap((object) => [object.get_input_ptr(), object.get_output_ptr()]), pointers);
}

test('memory that grows by a big buffer', () => {
  const before = wasm.memory.buffer.byteLength;
  undisturbed(() => {
    const big = new WasmTrajectoryBuffer(10_000, 1024);
    assert.ok(wasm.memory.buffer.byteLength >= before + 10_000 * 1024 * 4);
    big.record(new Float32Array(1024).fill(1), 0, 1, 1, 2);
    assert.equal(big.best_attention(), 1);
    big.free();
  });
});

test('memory that grows by many small objects', () => {
  const before = wasm.memory.buffer.byteLength;
  undisturbed(() => {
    const many = [];
    while (wasm.memory.buffer.byteLength === before) many.push(new WasmMicroLoRA(4096));
    for (const object of many) object.free();
  });
});

test('memory that a scoped set grows while it adapts', () => {
  const scoped = new WasmScopedLoRA(4096, 0.1, 0.5);
  const twin = new WasmScopedLoRA(4096, 0.1, 0.5);
  const next = normal(1);
  const [x, g] = [vector(4096, next), vector(4096, next)];
  const before = wasm.memory.buffer.byteLength;
  const hoard = [];
  for (let op = 0; op < 17; op++) {
    scoped.forward_array(op, x);
    scoped.adapt_array(op, g);
  }
  while (wasm.memory.buffer.byteLength === before) hoard.push(new WasmMicroLoRA(4096));
  for (let op = 0; op < 17; op++) {
    twin.forward_array(op, x);
    twin.adapt_array(op, g);
  }
  for (let op = 0; op < 17; op++) assert.deepEqual(bits(scoped.forward_array(op, x)), bits(twin.forward_array(op, x)));
  for (const object of [scoped, twin, ...hoard]) object.free();
});

for (const pages of [0, 1, 100]) {
  test(`memory.grow(${pages}) by the host`, () => {
    undisturbed(() => wasm.memory.grow(pages));
    // The allocator goes on from a memory that someone else has grown.
    const objects = Array.from({ length: 200 }, (_, i) => [i, new WasmMicroLoRA(512)]);
    for (const [i, object] of objects) inputView(object).fill(i);
    for (const [i, object] of objects) {
      assert.deepEqual([...inputView(object)], Array(512).fill(i));
      object.forward();
    }
    for (const [i, object] of objects) assert.deepEqual([...outputView(object)], Array(512).fill(i));
    for (const [, object] of objects) object.free();
  });
}

test('a view goes stale when the memory grows, a new one over the same pointer does not', () => {
  const lora = new WasmMicroLoRA(8);
  const stale = inputView(lora);
  stale.fill(3);
  wasm.memory.grow(1);
  assert.equal(stale.length, 0);
  assert.deepEqual([...inputView(lora)], Array(8).fill(3));
  lora.forward();
  assert.deepEqual([...outputView(lora)], Array(8).fill(3));
});

test('memory that grows while an argument is read', () => {
  for (const grow of [() => wasm.memory.grow(1), () => new WasmTrajectoryBuffer(3000, 512)]) {
    const lora = new WasmMicroLoRA(4);
    let growths = 0;
    const growing = { length: 4, get 0() { growths += 1; grow(); return 1; }, 1: 2, 2: 3, 3: 4 };
    assert.deepEqual([...lora.forward_array(growing)], [1, 2, 3, 4]);
    lora.adapt_array(growing);
    assert.equal(lora.adapt_count(), 1n);
    assert.ok(growths >= 2);
  }
});

test('freed memory is used again', () => {
  const round = () => {
    const objects = [new WasmMicroLoRA(1024), new WasmScopedLoRA(1024), new WasmTrajectoryBuffer(100, 1024)];
    for (let op = 0; op < 17; op++) objects[1].adapt_array(op, new Float32Array(1024).fill(1));
    for (const object of objects) object.free();
  };
  for (let i = 0; i < 10; i++) round();
  const before = wasm.memory.buffer.byteLength;
  for (let i = 0; i < 500; i++) round();
  assert.equal(wasm.memory.buffer.byteLength, before);
});

test('forgotten scopes give their memory back', () => {
  const scoped = new WasmScopedLoRA(1024);
  const fill = () => {
    for (let op = 0; op < 17; op++) scoped.adapt_array(op, new Float32Array(1024).fill(1));
    for (let op = 0; op < 17; op++) scoped.reset_scope(op);
    scoped.reset_all();
  };
  for (let i = 0; i < 10; i++) fill();
  const before = wasm.memory.buffer.byteLength;
  for (let i = 0; i < 500; i++) fill();
  assert.equal(wasm.memory.buffer.byteLength, before);
  scoped.free();
});

test('forward and adapt leave nothing behind', () => {
  const { lora, scoped, buffer } = population();
  const next = normal(5);
  const x = vector(dim, next);
  const round = () => {
    lora.forward_array(x);
    lora.adapt_with_reward(0.1);
    scoped.forward_array(2, x);
    scoped.adapt_with_reward(2, 0.1);
    buffer.record(x, 1, 2, 3, 4);
  };
  round();
  const before = [wasm.memory.buffer.byteLength, wasm.__wbindgen_externrefs.length];
  for (let i = 0; i < 20_000; i++) round();
  assert.deepEqual([wasm.memory.buffer.byteLength, wasm.__wbindgen_externrefs.length], before);
});

test('a million calls on the fixed buffers leave the memory as it was', () => {
  const { lora, scoped } = population();
  const output = new Float32Array(dim);
  const x = vector(dim, normal(6));
  const round = (i) => {
    lora.forward();
    lora.adapt_with_reward(i % 2 ? 0.1 : -0.1);
    scoped.forward(2);
    scoped.adapt_with_reward(2, i % 2 ? 0.1 : -0.1);
    lora.forward_into(x, output);
  };
  round(0);
  const before = [wasm.memory.buffer.byteLength, wasm.__wbindgen_externrefs.length];
  for (let i = 0; i < 1_000_000; i++) round(i);
  assert.deepEqual([wasm.memory.buffer.byteLength, wasm.__wbindgen_externrefs.length], before);
});

test('more memory than there can be is refused, and nothing stays behind', () => {
  undisturbed(() => {
    const before = wasm.memory.buffer.byteLength;
    for (let i = 0; i < 100; i++) {
      assert.throws(() => new WasmTrajectoryBuffer(1e6, 4096), outOfMemory);
    }
    assert.equal(wasm.memory.buffer.byteLength, before);
  });
});

// Last, because a memory never shrinks: up to the 4 GiB that wasm can address, of which next to nothing is ever touched.
test('a memory that is full refuses, and works again once something is freed', () => {
  undisturbed(() => {
    const x = new Float32Array(4096).fill(1);
    const scoped = new WasmScopedLoRA(4096);
    scoped.forward_array(2, x);

    const hoard = [];
    const refused = (make) => {
      const forever = () => {
        for (;;) hoard.push(make());
      };
      assert.throws(forever, outOfMemory);
    };
    for (const capacity of [60_000, 6000, 600, 60, 6, 1]) refused(() => new WasmTrajectoryBuffer(capacity, 4096));
    for (const dim of [4096, 512, 64]) refused(() => new WasmMicroLoRA(dim));
    assert.ok(wasm.memory.buffer.byteLength > 2 ** 31);

    // Learning needs memory for two adapters, forward for a context: refused, and the set is as before.
    assert.throws(() => scoped.adapt_with_reward(2, 0.5), outOfMemory);
    assert.throws(() => scoped.adapt_array(2, x), outOfMemory);
    assert.throws(() => scoped.forward_array(3, x), outOfMemory);
    assert.deepEqual([scoped.adapt_count(2), scoped.total_forward_count()], [0n, 1n]);
    assert.deepEqual(scoped.forward_array(2, x), x);

    for (const object of hoard) object.free();
    const twin = new WasmScopedLoRA(4096);
    twin.forward_array(2, x);
    for (const object of [scoped, twin]) object.adapt_with_reward(2, 0.5);
    assert.deepEqual(bits(scoped.forward_array(2, x)), bits(twin.forward_array(2, x)));
    assert.equal(scoped.adapt_count(2), 1n);
    for (const object of [scoped, twin]) object.free();
  });
});
