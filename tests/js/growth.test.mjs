// Memory growth, and memory that cannot be had: objects keep working, views go stale, pointers stay.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer, inputView, outputView, wasm } from './module.mjs';
import { bits, normal, vector } from './numbers.mjs';

const dim = 100;
const outOfMemory = (error) => error instanceof RangeError && error.message === 'there is not enough memory, free() objects that are no longer used';

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

for (const [name, make, ...op] of [['WasmMicroLoRA', () => new WasmMicroLoRA(8)], ['WasmScopedLoRA', () => new WasmScopedLoRA(8), 2]]) {
  test(`${name}: input_view() and output_view() are new views of the buffers`, () => {
    const lora = make();
    for (const [view, pointer] of [['input_view', 'get_input_ptr'], ['output_view', 'get_output_ptr']]) {
      const [one, other] = [lora[view](), lora[view]()];
      assert.equal(Object.getPrototypeOf(one), Float32Array.prototype);
      assert.notEqual(one, other);
      for (const each of [one, other]) {
        assert.deepEqual([each.buffer, each.byteOffset, each.length], [wasm.memory.buffer, lora[pointer](), 8]);
      }
      one[3] = 7;
      assert.equal(other[3], 7);
      one[3] = 0;
      // What a caller does to its view is no matter of the object's.
      Object.defineProperty(one, 'length', { value: 1 });
      assert.equal(lora[view]().length, 8);
    }
    lora.input_view().set([1, 2, 3, 4, 5, 6, 7, 8]);
    lora.forward(...op);
    assert.deepEqual([...lora.output_view()], [1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test(`${name}: input_view() and output_view() go stale when the memory grows, new ones work`, () => {
    const lora = make();
    const views = [lora.input_view(), lora.output_view()];
    views[0].fill(3);
    wasm.memory.grow(1);
    assert.deepEqual(views.map(({ length }) => length), [0, 0]);
    assert.deepEqual([...lora.input_view()], Array(8).fill(3));
    lora.forward(...op);
    assert.deepEqual([...lora.output_view()], Array(8).fill(3));
    const before = wasm.memory.buffer;
    const kept = lora.input_view();
    const many = [];
    while (wasm.memory.buffer === before) many.push(new WasmMicroLoRA(4096));
    assert.equal(kept.length, 0, 'a construction made the memory grow');
    assert.deepEqual([...lora.input_view()], Array(8).fill(3));
    for (const object of [lora, ...many]) object.free();
  });
}

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
    lora.train(x, x);
    scoped.forward_array(2, x);
    scoped.adapt_with_reward(2, 0.1);
    scoped.train(2, x, x);
    buffer.record(x, 1, 2, 3, 4);
    for (const object of [lora, scoped, buffer]) object.stats();
  };
  round();
  const before = wasm.memory.buffer.byteLength;
  for (let i = 0; i < 20_000; i++) round();
  assert.equal(wasm.memory.buffer.byteLength, before);
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
  const before = wasm.memory.buffer.byteLength;
  for (let i = 0; i < 1_000_000; i++) round(i);
  assert.equal(wasm.memory.buffer.byteLength, before);
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

// An i32 that wasm returns is negative from there on.
function checkAbove2GiB() {
  const dim = 64;
  const below = []; // what fills the holes that are left there
  for (let each = new WasmMicroLoRA(dim); each.get_input_ptr() < 2 ** 31; each = new WasmMicroLoRA(dim)) below.push(each);
  const lora = new WasmMicroLoRA(dim);
  const buffer = new WasmTrajectoryBuffer(1, dim);
  const scoped = new WasmScopedLoRA(dim);
  const x = vector(dim, normal(1));
  buffer.record(x, 2, 5, 1, 2);
  assert.equal(buffer.best_attention(), 5);
  const pointers = [lora, scoped].flatMap((object) => [object.get_input_ptr(), object.get_output_ptr()]);
  assert.ok(pointers.every((pointer) => pointer > 0) && pointers.some((pointer) => pointer > 2 ** 31), `${pointers}`);
  for (const [object, ...op] of [[lora], [scoped, 2]]) {
    assert.deepEqual(object.forward_array(...op, x), x);
    assert.deepEqual(object.forward_batch(...op, x), x);
    assert.ok(object.train(...op, x, x) < 1e-9);
    assert.deepEqual(object.input_view(), x);
    assert.deepEqual(object.output_view(), x);
  }
  for (const object of [lora, buffer, scoped, ...below]) object.free();
}

// Last, because a memory never shrinks: up to the 4 GiB that wasm can address, of which next to nothing is ever touched.
test('a memory that is full refuses, and works again once something is freed', () => {
  undisturbed(() => {
    const x = new Float32Array(4096).fill(1);
    const scoped = new WasmScopedLoRA(4096);
    scoped.forward_array(2, x);

    const lora = new WasmMicroLoRA(8);
    const buffer = new WasmTrajectoryBuffer(10, 8);
    buffer.record(new Float32Array(8), 2, 5, 1, 2);
    const files = Object.fromEntries([lora, scoped, buffer].map((object) => [object.constructor.name, object.to_safetensors()]));
    const needMemory = [
      ...[lora, scoped, buffer].flatMap((object) => [
        () => object.to_safetensors(),
        () => object.to_safetensors({ by: 'a test' }),
        () => object.constructor.from_safetensors(files[object.constructor.name]).free(),
      ]),
      ...[lora, scoped].flatMap((object) => [
        () => object.peft_config(),
        () => object.constructor.merge_safetensors([files[object.constructor.name]], [2], false),
      ]),
      () => WasmScopedLoRA.with_operators(['search', 'run'], ['web', 'code'], 8).free(),
    ];

    const hoard = [];
    const refused = (make) => {
      const forever = () => {
        for (;;) hoard.push(make());
      };
      assert.throws(forever, outOfMemory);
    };
    const fill = () => {
      for (const capacity of [6000, 600, 60, 6, 1]) refused(() => new WasmTrajectoryBuffer(capacity, 4096));
      for (const dim of [4096, 512, 64, 1]) refused(() => new WasmMicroLoRA(dim));
    };
    refused(() => new WasmTrajectoryBuffer(60_000, 4096));
    const last = hoard.pop(); // a GB at the end
    fill();
    assert.ok(wasm.memory.buffer.byteLength > 2 ** 31);
    last.free();
    checkAbove2GiB();
    fill();

    // Learning needs memory for two adapters, forward for a context: refused, and the set is as before.
    assert.throws(() => scoped.adapt_with_reward(2, 0.5), outOfMemory);
    assert.throws(() => scoped.adapt_array(2, x), outOfMemory);
    assert.throws(() => scoped.forward_array(3, x), outOfMemory);
    assert.deepEqual([scoped.adapt_count(2), scoped.total_forward_count()], [0n, 1n]);
    assert.deepEqual(scoped.forward_array(2, x), x);
    for (const call of needMemory) assert.throws(call, outOfMemory, `${call}`);

    for (const object of hoard) object.free();
    const twin = new WasmScopedLoRA(4096);
    twin.forward_array(2, x);
    for (const object of [scoped, twin]) object.adapt_with_reward(2, 0.5);
    assert.deepEqual(bits(scoped.forward_array(2, x)), bits(twin.forward_array(2, x)));
    assert.equal(scoped.adapt_count(2), 1n);
    for (const call of needMemory) call();
    for (const object of [scoped, twin, lora, buffer]) object.free();
  });
});
