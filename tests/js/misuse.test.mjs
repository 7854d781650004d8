// What well-meant programs get wrong about lifetimes and memory: it may fail, but must not reach another object.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer, inputView, module, outputView } from './module.mjs';
import { bits, normal, vector } from './numbers.mjs';

const DIM = 16;
const afterFree = /^Error: \w+ was used after free\(\)$/;

for (const [name, Class, op] of [['WasmMicroLoRA', WasmMicroLoRA, []], ['WasmScopedLoRA', WasmScopedLoRA, [2]]]) {
  describe(name, () => {
    const x = vector(DIM, normal(1));
    const make = () => {
      const lora = new Class(DIM, 0.1, 0.5);
      lora.forward_array(...op, x);
      lora.adapt_array(...op, vector(DIM, normal(2)));
      return lora;
    };

    test('a method that was kept from before free() writes nowhere', () => {
      const lora = make();
      const kept = ['forward_array', 'adapt_array', 'predicted_improvement', 'forward_batch', 'train'].map((method) => lora[method].bind(lora));
      const into = lora.forward_into.bind(lora);
      lora.free();
      const next = make(); // in the memory of the freed one
      const before = bits(inputView(next));
      const sevens = new Float32Array(DIM).fill(7);
      for (const call of kept) assert.throws(() => call(...op, sevens, sevens.slice()), afterFree);
      assert.throws(() => into(...op, new Float32Array(DIM).fill(7), new Float32Array(DIM)), afterFree);
      assert.deepEqual(bits(inputView(next)), before);
    });

    test('neither does a subclass, or an object that cannot change', () => {
      class Own extends Class {
        forward_array(...args) { return super.forward_array(...args); }
      }
      for (const lora of [new Own(DIM), Object.preventExtensions(make()), Object.seal(make())]) {
        lora.free();
        assert.throws(() => lora.forward_array(...op, x), afterFree);
      }
    });

    test('a class that is derived from Float32Array has no say in how a batch is read', () => {
      class Odd extends Float32Array {
        constructor(length) { super(length); }
        static get [Symbol.species]() { throw new Error('was asked'); }
      }
      const inputs = new Odd(17 * DIM);
      inputs.set(vector(17 * DIM, normal(3)));
      assert.deepEqual(bits(make().forward_batch(...op, inputs)), bits(make().forward_batch(...op, Float32Array.from(inputs))));
    });

    test('views of an object’s own buffers are arguments like others', () => {
      for (const method of ['forward_batch', 'forward_into']) {
        const [lora, twin] = [new Class(DIM), new Class(DIM)];
        const [input, output] = [inputView(lora), outputView(lora)];
        input.set(x);
        if (method === 'forward_into') lora.forward_into(...op, input, output);
        else lora.forward_batch(...op, input, output);
        assert.deepEqual(bits(outputView(lora)), bits(twin.forward_array(...op, x)), method);
      }
    });

    test('detached inputs are refused', () => {
      const detached = new Float32Array(3 * DIM);
      structuredClone(detached.buffer, { transfer: [detached.buffer] });
      assert.throws(() => make().forward_batch(...op, detached), { name: 'TypeError', message: /inputs/ });
      assert.equal(make().forward_batch(...op, new Float32Array()).length, 0);
    });

    test('text is no array of numbers', () => {
      assert.throws(() => make().forward_array(...op, '1234567890123456'), { name: 'TypeError', message: /input must be/ });
    });
  });
}

test('a buffer that was freed records nowhere', () => {
  const buffer = new WasmTrajectoryBuffer(4, DIM);
  const record = buffer.record.bind(buffer);
  buffer.free();
  const lora = new WasmMicroLoRA(DIM);
  const before = bits(inputView(lora));
  assert.throws(() => record(new Float32Array(DIM).fill(7), 2, 5, 1, 2), afterFree);
  assert.deepEqual(bits(inputView(lora)), before);
});

test('the classes have their names, and no enumerable methods', () => {
  for (const name of ['WasmMicroLoRA', 'WasmScopedLoRA', 'WasmTrajectoryBuffer']) {
    assert.equal(module[name].name, name);
    assert.deepEqual(Object.keys(module[name].prototype), []);
  }
});
