// What logs and JSON show of objects whose numbers are in wasm.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';

import { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from './module.mjs';

for (const Class of [WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer]) {
  const make = () => (Class === WasmTrajectoryBuffer ? new Class(4, 8) : new Class(8));

  test(`JSON of a ${Class.name} is its stats()`, () => {
    const object = make();
    if (Class === WasmTrajectoryBuffer) object.record(new Float32Array(8), 2, 5, 1, 2);
    assert.deepEqual(object.toJSON(), object.stats());
    assert.equal(JSON.stringify({ object }), JSON.stringify({ object: object.stats() }));
    object.free();
    assert.throws(() => JSON.stringify(object), { message: `${Class.name} was used after free()` });
  });

  test(`Node's console shows the stats() of a ${Class.name}`, () => {
    const object = make();
    assert.equal(inspect(object), `${Class.name} ${inspect(object.stats())}`);
    assert.equal(inspect([object], { depth: 0 }), `[ [${Class.name}] ]`);
    assert.match(inspect(Object.create(Class.prototype)), new RegExp(`^\\[${Class.name}\\]$`));
    object.free();
    assert.equal(inspect(object), `${Class.name} (freed)`);
  });
}

test('an object that is in use can be shown', () => {
  const lora = new WasmMicroLoRA(2);
  let shown;
  lora.forward_array({ length: 2, 0: 1, get 1() { shown = inspect(lora); return 1; } });
  assert.match(shown, /^(\[WasmMicroLoRA\]|WasmMicroLoRA \{)/);
  lora.free();
});
