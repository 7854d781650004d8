// Typed arrays whose `length` is not the truth. In a file, hence a process, of its own: what is written behind a buffer
// would break every other test.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { DIM, contract, goodArguments } from './contract_table.mjs';
import { module } from './module.mjs';
import { bits, normal, vector } from './numbers.mjs';

const refuse = () => {
  throw new Error('from length');
};
const withLength = (size, descriptor) => Object.defineProperty(new Float32Array(size).fill(7), 'length', descriptor);
class Liar extends Float32Array {
  get length() { return DIM; }
}

// [what, how to make one, whether it really holds DIM values]
const arrays = [
  ['whose length throws', () => withLength(DIM, { get: refuse }), true],
  ['whose length is an object', () => withLength(DIM, { value: { valueOf: refuse } }), true],
  ['that says it is longer than it is', () => withLength(3, { value: DIM }), false],
  ['of one value more than it says', () => withLength(DIM + 1, { value: DIM }), false],
  ['of 1000 values that says it is shorter', () => withLength(1000, { value: DIM }), false],
  ['of 1000 values, of a class that says they are fewer', () => new Liar(1000).fill(7), false],
];

for (const [what, make, honest] of arrays) {
  for (const [name, { constructor, methods }] of Object.entries(contract)) {
    for (const [method, list] of Object.entries(methods)) {
      for (const [position, { name: argument, good }] of list.entries()) {
        if (!(good instanceof Float32Array && good.length === DIM)) continue;

        test(`${name}.${method}: a Float32Array ${what} as ${argument}`, () => {
          // The neighbour's buffers come right after this object's.
          const [object, neighbour] = [0, 1].map(() => new module[name](...goodArguments(constructor)));
          const lora = new module.WasmMicroLoRA(DIM);
          const args = goodArguments(list);
          args[position] = make();
          try {
            object[method](...args);
            assert.ok(honest, 'accepted');
          } catch (error) {
            assert.ok(!(error instanceof WebAssembly.RuntimeError), error.message);
            assert.ok(error instanceof RangeError || error instanceof TypeError, `${error}`);
          }
          for (const each of [object, neighbour]) each[method](...goodArguments(list));
          const x = vector(DIM, normal(1));
          assert.deepEqual(bits(lora.forward_array(x)), bits(x));
          for (const each of [object, neighbour, lora]) each.free();
          new module.WasmMicroLoRA(DIM).free();
        });
      }
    }
  }
}

test('nothing is written behind a buffer', () => {
  const objects = Array.from({ length: 20 }, () => new module.WasmMicroLoRA(DIM, 0.1, 0.5));
  const next = normal(2);
  for (const object of objects) {
    object.forward_array(vector(DIM, next));
    object.adapt_array(vector(DIM, next));
  }
  const answers = () => objects.map((object) => bits(object.forward_array(new Float32Array(DIM).fill(0.5))));
  const before = answers();
  for (const [, make, honest] of arrays) {
    if (honest) continue;
    assert.throws(() => objects[7].forward_array(make()), (error) => error instanceof RangeError || error instanceof TypeError);
  }
  assert.deepEqual(answers(), before);
});
