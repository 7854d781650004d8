// The objects that JavaScript holds: behind proxies, copied, frozen, freed at odd moments, collected as garbage.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { module, wasm } from './module.mjs';
import { runScript } from './script.mjs';

const DIM = 8;
const classes = ['WasmMicroLoRA', 'WasmScopedLoRA', 'WasmTrajectoryBuffer'];
const make = (name) => new module[name](DIM, DIM);
/** A call that every class has. */
const works = (object) => assert.deepEqual(Object.keys(object.stats()).includes('dim') || object.stats().embedding_dim === DIM, true);
const afterFree = (name) => ({ name: 'Error', message: `${name} was used after free()` });

const copy = (object) => Object.assign(Object.create(Object.getPrototypeOf(object)), object);

/** Proxies as frameworks make them. */
const proxies = {
  'a plain one': (object) => new Proxy(object, {}),
  // Vue: objects that are read come as proxies, functions as they are.
  'one that wraps what it gives': function reactive(object) {
    return new Proxy(object, {
      get(target, key, receiver) {
        const value = Reflect.get(target, key, receiver);
        return typeof value === 'object' && value !== null ? reactive(value) : value;
      },
      set: Reflect.set,
    });
  },
  // Valtio: another object with the same properties behind it.
  'one around a copy': (object) => new Proxy(copy(object), {}),
};

for (const name of classes) {
  describe(name, () => {
    for (const [what, proxied] of Object.entries(proxies)) {
      test(`behind a proxy: ${what}`, () => {
        const proxy = proxied(make(name));
        assert.ok(proxy instanceof module[name]);
        works(proxy);
        proxy.free();
        assert.throws(() => proxy.stats(), afterFree(name));
        proxy.free();
      });
    }

    // A read-only proxy is as Vue's readonly() makes it, a frozen copy as Valtio's snapshot().
    const others = {
      'a proxy': (object) => new Proxy(object, {}),
      'a read-only proxy': (object) => new Proxy(object, { set: () => true }),
      'a copy': copy,
      'a frozen copy': (object) => Object.freeze(copy(object)),
      'one that inherits from it': (object) => Object.create(object),
    };
    for (const [what, of] of Object.entries(others)) {
      test(`an object and ${what} are freed together`, () => {
        for (const [first, second] of [[0, 1], [1, 0]]) {
          const object = make(name);
          const both = [object, of(object)];
          both.forEach(works);
          both[first].free();
          const next = make(name); // has the memory by now
          assert.throws(() => both[second].stats(), afterFree(name));
          both[second].free();
          works(next);
          next.free();
        }
      });
    }

    test('a frozen one works and can be freed', () => {
      const frozen = Object.freeze(make(name));
      works(frozen);
      frozen.free();
      assert.throws(() => frozen.stats(), afterFree(name));
    });

    test('a valueOf that frees is not reached', () => {
      const object = make(name);
      const freeing = { valueOf() { object.free(); return 2; } };
      const calls = {
        WasmMicroLoRA: [() => object.adapt_with_reward(freeing), () => object.set_learning_rate(freeing), () => object.freeze_a(freeing)],
        WasmScopedLoRA: [() => object.forward(freeing), () => object.delta_norm(freeing), () => object.stats(freeing), () => object.set_category_fallback(freeing)],
        WasmTrajectoryBuffer: [() => object.count_by_operator(freeing), () => object.high_quality_count(freeing), () => object.set_seed(freeing)],
      }[name];
      for (const call of calls) assert.throws(call, { name: 'TypeError', message: /must be a (number|boolean)$/ });
      works(object);
      object.free();
    });

    test('free() while a call reads its arguments: the call ends first', () => {
      const object = make(name);
      const freeing = Object.defineProperty(Array(DIM).fill(1), 3, { get() { object.free(); object.free(); return 1; } });
      const call = {
        WasmMicroLoRA: () => object.forward_array(freeing),
        WasmScopedLoRA: () => object.forward_array(2, freeing),
        WasmTrajectoryBuffer: () => object.record(freeing, 2, 5, 1, 2),
      }[name];
      call();
      assert.throws(call, afterFree(name));
      const next = make(name);
      works(next);
      next.free();
    });

    test('a revoked proxy as metadata is refused, and keys with a meaning of their own come back', () => {
      const object = make(name);
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      assert.throws(() => object.to_safetensors(proxy), { name: 'TypeError', message: 'metadata must be an object of strings' });
      works(object);
      // What was thrown then is the cause of no later error.
      const later = {
        WasmMicroLoRA: () => object.forward_array('x'),
        WasmScopedLoRA: () => object.forward_array(2, 'x'),
        WasmTrajectoryBuffer: () => object.record('x', 2, 5, 1, 1),
      }[name];
      assert.throws(later, (error) => error instanceof TypeError && error.cause === undefined);
      const metadata = JSON.parse('{"__proto__":"a","constructor":"b"}');
      const again = module[name].from_safetensors(object.to_safetensors(metadata));
      assert.deepEqual(Object.entries(again.metadata()), [['__proto__', 'a'], ['constructor', 'b']]);
      for (const each of [object, again]) each.free();
    });

    test('an object with another class for a prototype is refused', () => {
      for (const other of classes.filter((each) => each !== name)) {
        const object = Object.setPrototypeOf(make(name), module[other].prototype);
        assert.throws(() => object.stats(), { name: 'TypeError', message: `this is no ${other}` });
        assert.throws(() => object.free(), { name: 'TypeError', message: `this is no ${other}` });
      }
    });

    test('objects cannot be sent or cloned: that throws, where it would make something without memory', () => {
      const object = make(name);
      assert.throws(() => structuredClone(object), { name: 'DataCloneError' });
      object.free();
    });
  });
}

// The stack of wasm, of which each of these calls used to keep a part, and would have been used up long ago.
test('calls that run out of the stack of JavaScript leave the module as it was', () => {
  const { WasmMicroLoRA } = module;
  const input = new Float32Array(16).fill(1);
  for (let round = 0; round < 200; round++) {
    const lora = new WasmMicroLoRA(16);
    const dive = () => {
      try {
        dive();
      } catch {
        // It is full here, and at the next ones up.
      }
      lora.forward_array(input);
    };
    try {
      dive();
    } catch {
      // lora may be in use for ever.
    }
    const other = new WasmMicroLoRA(16);
    assert.deepEqual(other.forward_array(input), input);
    other.free();
  }
});

test('what is in memory comes back when the garbage is collected, and only then', () => {
  const { status, stdout, stderr } = runScript('main.mjs', `
import init, { WasmMicroLoRA } from 'ruvector-learning-wasm';
const { memory } = await init();
const turn = async () => { for (let i = 0; i < 5; i++) { gc(); await new Promise((done) => setTimeout(done, 1)); } };
const round = () => { for (let i = 0; i < 200; i++) new WasmMicroLoRA(4096); };
for (let i = 0; i < 5; i++) { round(); await turn(); }
const before = memory.buffer.byteLength;
for (let i = 0; i < 20; i++) { round(); await turn(); }
console.log(memory.buffer.byteLength === before);

// Kept by a copy or a proxy only.
const input = Float32Array.from({ length: 64 }, (_, i) => i);
const learned = () => { const lora = new WasmMicroLoRA(64, 0.1, 0.5); lora.train(input, new Float32Array(64).fill(7)); return lora; };
const expected = learned().forward_array(input).join();
const copy = (object) => Object.assign(Object.create(Object.getPrototypeOf(object)), object);
const kept = Array.from({ length: 50 }, (_, i) => [new Proxy(learned(), {}), copy(learned()), new Proxy(copy(learned()), {})][i % 3]);
await turn();
const others = Array.from({ length: 300 }, () => { const lora = new WasmMicroLoRA(64); lora.input_view().fill(1e9); return lora; });
console.log(kept.every((lora) => lora.forward_array(input).join() === expected), others.length);

// Freed through a proxy: the memory belongs to the next object by the time the first one is collected.
let again = [];
for (let i = 0; i < 300; i++) {
  new Proxy(learned(), {}).free();
  again.push(learned());
}
await turn();
const more = Array.from({ length: 300 }, () => { const lora = new WasmMicroLoRA(64); lora.input_view().fill(1e9); return lora; });
console.log(again.every((lora) => lora.forward_array(input).join() === expected), more.length);
`, { flags: ['--expose-gc'] });
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: 'true\ntrue 300\ntrue 300\n', stderr: '' });
});

// With a free list that is searched, ten thousand live objects made each of these take milliseconds.
test('new and free() cost about the same however many objects live', () => {
  const { WasmMicroLoRA } = module;
  const cost = (live) => {
    const objects = Array.from({ length: live }, () => new WasmMicroLoRA(64));
    for (let i = 1; i < live; i += 2) objects[i].free(); // with holes between them
    const times = [];
    for (let round = 0; round < 15; round++) {
      const start = performance.now();
      for (let i = 0; i < 200; i++) new WasmMicroLoRA(64 + (i % 7)).free();
      times.push(performance.now() - start);
    }
    for (const object of objects) object.free();
    return times.sort((a, b) => a - b)[0];
  };
  cost(10);
  const [few, many] = [cost(10), cost(10_000)];
  // A busy machine may double it; a list makes it a hundred times as much.
  assert.ok(many < 10 * few + 1, `200 of each take ${few} ms beside 10 objects, ${many} ms beside 10,000`);
});

test('ten thousand live objects are all their own', () => {
  const { WasmMicroLoRA } = module;
  const objects = Array.from({ length: 10_000 }, () => new WasmMicroLoRA(4));
  objects.forEach((object, i) => object.input_view().fill(i));
  for (const [i, object] of objects.entries()) {
    object.forward();
    assert.equal(object.output_view()[3], i);
  }
  for (const object of objects) object.free();
  const before = wasm.memory.buffer.byteLength;
  const again = Array.from({ length: 10_000 }, () => new WasmMicroLoRA(4));
  assert.equal(wasm.memory.buffer.byteLength, before);
  for (const object of again) object.free();
});
