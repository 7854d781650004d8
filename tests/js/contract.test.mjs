// Hostile calls on every export: each bad argument throws an error that names it and changes nothing.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { check, fc } from './checked.mjs';
import { DIM, contract, goodArguments } from './contract_table.mjs';
import { inputView, module, outputView, wasm } from './module.mjs';
import { bits, normal, vector } from './numbers.mjs';

const internal = ['constructor', 'free', 'length', 'name', 'prototype', '__wrap'];
const keys = (object) => Object.getOwnPropertyNames(object).filter((key) => !internal.includes(key)).sort();
const surface = () => Object.keys(contract).map((name) => [name, keys(module[name]), keys(module[name].prototype)]);
const expected = (table) => Object.entries(table).map(([name, { statics, methods }]) => [name, Object.keys(statics).sort(), Object.keys(methods).sort()]);

const make = (name) => new module[name](...goodArguments(contract[name].constructor));
const isAdapter = (name) => name !== 'WasmTrajectoryBuffer';
const operators = { WasmMicroLoRA: [[]], WasmScopedLoRA: [[2], [9]], WasmTrajectoryBuffer: [] };

/** An object with a past, the same each time. */
function withHistory(name) {
  const object = make(name);
  const next = normal(1);
  for (let i = 0; i < 6; i++) {
    const [x, g] = [vector(DIM, next), vector(DIM, next)];
    for (const op of operators[name]) {
      object.forward_array(...op, x);
      object.adapt_array(...op, g);
      object.adapt_with_reward(...op, 0.3);
    }
    if (!isAdapter(name)) object.record(x, i, i, 1 + i, 7);
  }
  return object;
}

/** Everything that an object answers from here on: first what depends on its context and its buffers, then the rest. */
function future(name, object) {
  const next = normal(2);
  const [x, g] = [vector(DIM, next), vector(DIM, next)];
  if (!isAdapter(name)) {
    const statistics = () => Object.entries(contract[name].methods)
      .filter(([method, list]) => list.length === 0 && method !== 'reset')
      .map(([method]) => object[method]());
    const asked = ['count_by_operator', 'success_rate_for', 'mean_improvement_for', 'best_attention_for'];
    const types = Array.from({ length: 256 }, (_, type) => type);
    const answers = () => [
      ...statistics(),
      object.high_quality_count(0.5),
      ...asked.flatMap((method) => [2, 3].map((op) => object[method](op))),
      ...bits(object.predict(g, 2, types)),
    ];
    const recommended = () => Array.from({ length: 5 }, () => object.recommend(x, 2, types));
    const all = [...answers(), ...recommended()];
    object.record(x, 2, 250, 1, 9);
    return [...all, ...answers(), ...recommended()];
  }
  const all = [...bits(inputView(object)), ...bits(outputView(object)), object.stats(), object.metadata(), object.alpha(), object.learning_rate()];
  for (const op of operators[name]) {
    const counts = () => [object.adapt_count(...op), object.forward_count(...op), object.delta_norm(...op)];
    all.push(...counts(), object.predicted_improvement(...op, x));
    object.adapt_array(...op, g); // at the context of now
    object.adapt_with_reward(...op, -0.2); // about the input buffer of now
    object.forward(...op);
    all.push(...bits(outputView(object)), ...bits(object.forward_array(...op, x)), ...counts());
  }
  return all;
}

/** An instance that has trapped answers nothing more. */
function works() {
  const lora = new module.WasmMicroLoRA(2, 0.1, 0.5);
  assert.deepEqual([...lora.forward_array([1, 2])], [1, 2]);
  lora.adapt_array([1, 1]);
  assert.notDeepEqual([...lora.forward_array([1, 2])], [1, 2]);
  lora.free();
}

/** Throws a RangeError or a TypeError that names the argument; a trap of wasm is neither. */
function refuses(call, name, what, detail = '') {
  try {
    call();
  } catch (error) {
    works();
    assert.ok(!(error instanceof WebAssembly.RuntimeError), `${what}: ${error.message}`);
    assert.ok(error instanceof RangeError || error instanceof TypeError, `${what}: ${error?.constructor?.name}: ${error?.message}`);
    assert.ok(error.message.includes(name) && error.message.includes(detail), `${what}: "${error.message}" does not say ${name}${detail}`);
    return;
  }
  assert.fail(`${what} was accepted as ${name}`);
}

/** Every bad value of every argument of a call, as [name, what, arguments, detail]. */
const badCalls = (list) => list.flatMap(({ name, bad }, position) => bad().map(([what, value, detail]) => {
  const args = goodArguments(list);
  args[position] = value;
  return { name, what, args, detail };
}));

test('every export has a row, and every row an export', () => {
  assert.deepEqual(Object.keys(module).sort(), ['OperatorType', 'default', 'initSync', ...Object.keys(contract)].sort());
  assert.deepEqual(surface(), expected(contract));
  for (const name of Object.keys(contract)) {
    const Class = module[name];
    for (const object of [Class, Class.prototype]) for (const key of keys(object)) assert.equal(Object.prototype.propertyIsEnumerable.call(object, key), false, key);
    // Nothing is inherited, and an object has its handle alone.
    assert.equal(Object.getPrototypeOf(Class), Function.prototype);
    assert.equal(Object.getPrototypeOf(Class.prototype), Object.prototype);
    assert.deepEqual(Reflect.ownKeys(make(name)), ['__wbg_handle']);
  }
});

for (const [name, { constructor, statics, methods }] of Object.entries(contract)) {
  describe(name, () => {
    const untouched = future(name, withHistory(name));

    test('good calls are accepted', () => {
      for (const [method, list] of Object.entries(methods)) withHistory(name)[method](...goodArguments(list));
      for (const [method, list] of Object.entries(statics)) module[name][method](...goodArguments(list));
      assert.deepEqual(future(name, withHistory(name)), untouched);
    });

    test('new: bad arguments', () => {
      for (const { name: argument, what, args, detail } of badCalls(constructor)) {
        refuses(() => new module[name](...args), argument, `new ${name}(${what})`, detail);
      }
      assert.deepEqual(future(name, withHistory(name)), untouched);
    });

    for (const [method, list] of Object.entries(statics)) {
      test(`${method}: bad arguments`, () => {
        for (const { name: argument, what, args, detail } of badCalls(list)) {
          refuses(() => module[name][method](...args), argument, `${method}(${what})`, detail);
        }
      });
    }

    for (const [method, list] of Object.entries(methods)) {
      for (const [position, { name: argument, bad }] of list.entries()) {
        for (const [number, [what]] of bad().entries()) {
          // One test each, because a call that breaks an object must not hide the others.
          test(`${method}: ${what} as ${argument} is refused and changes nothing`, () => {
            const [, value, detail] = bad()[number];
            const args = goodArguments(list);
            args[position] = value;
            const object = withHistory(name);
            refuses(() => object[method](...args), argument, what, detail);
            refuses(() => object[method](...args), argument, what, detail);
            assert.deepEqual(future(name, object), untouched);
            object.free();
          });
        }
      }
    }

    test('after free() every method says so; freeing twice does no harm', () => {
      const object = withHistory(name);
      const twin = withHistory(name);
      object.free();
      for (const [method, list] of Object.entries(methods)) {
        assert.throws(() => object[method](...goodArguments(list)), (error) => {
          assert.ok(error instanceof Error && !(error instanceof WebAssembly.RuntimeError));
          assert.equal(`${error}`, `Error: ${name} was used after free()`, method);
          return true;
        }, `${method} after free()`);
      }
      object.free();
      if (Symbol.dispose) object[Symbol.dispose]();
      assert.ok(object instanceof module[name]);
      assert.deepEqual(future(name, twin), untouched);
    });

    test('[Symbol.dispose] frees, where the host has it', () => {
      assert.equal(typeof module[name].prototype[Symbol.dispose], Symbol.dispose ? 'function' : 'undefined');
      if (!Symbol.dispose) return;
      const object = withHistory(name);
      object[Symbol.dispose]();
      const [[method, list]] = Object.entries(methods);
      assert.throws(() => object[method](...goodArguments(list)), /was used after free\(\)/);
      object[Symbol.dispose]();
      object.free();
    });

    test('thousands of bad calls take no memory', () => {
      const object = withHistory(name);
      const calls = Object.entries(methods).flatMap(([method, list]) => badCalls(list).map(({ args }) => () => object[method](...args)));
      calls.push(...badCalls(constructor).map(({ args }) => () => new module[name](...args)));
      for (const [method, list] of Object.entries(statics)) calls.push(...badCalls(list).map(({ args }) => () => module[name][method](...args)));
      const storm = (rounds) => {
        for (let i = 0; i < rounds; i++) {
          for (const call of calls) assert.throws(call, (error) => error instanceof RangeError || error instanceof TypeError);
        }
      };
      storm(2);
      const before = wasm.memory.buffer.byteLength;
      storm(60);
      assert.equal(wasm.memory.buffer.byteLength, before);
      assert.deepEqual(future(name, object), untouched);
      object.free();
    });

    test('a method called on anything else is a TypeError', () => {
      const others = [...Object.keys(contract).filter((other) => other !== name).map(make), {}, [], new Float32Array(DIM), null, undefined, 5];
      others.push(module[name].prototype, Object.create(module[name].prototype));
      for (const [method, list] of [...Object.entries(methods), ['free', []]]) {
        for (const [i, other] of others.entries()) {
          // One by one: what is accepted must not hide what is not.
          assert.throws(() => module[name].prototype[method].apply(other, goodArguments(list)), TypeError, `${name}.${method} of ${i}`);
        }
      }
      const mine = make(name);
      if (isAdapter(name)) assert.deepEqual(mine.forward_array(...operators[name][0], Array(DIM).fill(1)), new Float32Array(DIM).fill(1));
    });
  });
}

describe('adapters', () => {
  const adapters = Object.entries(operators).filter(([name]) => isAdapter(name)).map(([name, [op]]) => [name, op]);

  for (const [name, op] of adapters) {
    test(`${name}: adapt() names the value in the buffer that is not finite`, () => {
      const [object, twin] = [withHistory(name), withHistory(name)];
      for (const [position, value] of [[0, NaN], [5, Infinity], [DIM - 1, -Infinity]]) {
        inputView(object).set(inputView(twin));
        inputView(object)[position] = value;
        refuses(() => object.adapt(...op), 'gradient', 'adapt()', `[${position}] is ${value}`);
      }
      inputView(object).set(inputView(twin));
      assert.deepEqual(future(name, object), future(name, twin));
    });

    test(`${name}: adapt() and adapt_with_reward() name the value of the last forward's input that is not finite`, () => {
      const object = withHistory(name);
      const position = DIM - 1;
      object.forward_array(...op, new Float32Array(DIM).fill(NaN, position));
      const before = object.to_safetensors();
      refuses(() => object.adapt_array(...op, new Float32Array(DIM).fill(0.1)), 'input', 'adapt_array()', `[${position}] is NaN`);
      refuses(() => object.adapt_with_reward(...op, 0.5), 'input', 'adapt_with_reward()', `[${position}] is NaN`);
      assert.deepEqual(object.to_safetensors(), before);
    });

    test(`${name}: the message for a wrong length says both lengths`, () => {
      const object = make(name);
      assert.throws(() => object.forward_array(...op, new Float32Array(384)), {
        name: 'RangeError',
        message: `input has 384 values, this adapter has dim ${DIM}`,
      });
    });

    test(`${name}: a call from inside another's argument is refused, and so is that one`, () => {
      const [object, twin] = [withHistory(name), withHistory(name)];
      const reentrant = Array(DIM).fill(1);
      Object.defineProperty(reentrant, 0, { get: () => object.forward_array(...op, new Float32Array(DIM)) });
      assert.throws(() => object.forward_array(...op, reentrant), (error) => {
        assert.ok(error instanceof TypeError && error.cause instanceof Error, `${error}, ${error.cause}`);
        assert.match(error.message, /^input must be/);
        assert.match(error.cause.message, /recursive use of an object/);
        return true;
      });
      assert.deepEqual(future(name, object), future(name, twin));
    });

    test(`${name}: free() from inside an argument leaves an object that works or says that it was freed`, () => {
      const object = make(name);
      const freeing = Array(DIM).fill(1);
      Object.defineProperty(freeing, 0, { get() { object.free(); return 1; } });
      try {
        object.forward_array(...op, freeing);
      } catch (error) {
        assert.ok(!(error instanceof WebAssembly.RuntimeError));
      }
      try {
        object.forward_array(...op, new Float32Array(DIM));
      } catch (error) {
        assert.match(error.message, /after free/);
      }
      object.free();
      assert.deepEqual(future(name, withHistory(name)), future(name, withHistory(name)));
    });

    test(`${name}: free() from inside a number is not reached`, () => {
      const object = make(name);
      object.forward_array(...op, new Float32Array(DIM).fill(1));
      const freeing = { valueOf() { object.free(); return 2; } };
      assert.throws(() => object.adapt_with_reward(...op, freeing), /^TypeError: improvement must be a number/);
      assert.equal(object.dim(), DIM);
      object.free();
    });

    // Rows are padded to whole vectors; an overflow must not leave a NaN behind the last value.
    test(`${name}: a step that overflows changes nothing, whatever the dim`, () => {
      for (const dim of [1, 3, 7, 8, 9, 100]) {
        const [object, twin] = [0, 1].map(() => {
          const each = new module[name](dim, 1e-17, 0.01);
          each.forward_array(...op, new Float32Array(dim).fill(1));
          each.adapt_array(...op, new Float32Array(dim).fill(1));
          return each;
        });
        const overflow = { name: 'RangeError', message: 'the step would overflow the weights' };
        assert.throws(() => object.adapt_array(...op, new Float32Array(dim).fill(1e18)), overflow);
        for (const each of [object, twin]) {
          assert.ok(Number.isFinite(each.predicted_improvement(...op, new Float32Array(dim).fill(1))));
          each.forward_array(...op, new Float32Array(dim).fill(1));
          each.adapt_array(...op, new Float32Array(dim).fill(1));
        }
        assert.deepEqual(bits(outputView(object)), bits(outputView(twin)));
        assert.equal(object.adapt_count(...op), twin.adapt_count(...op));
        assert.equal(object.delta_norm(...op), twin.delta_norm(...op));
      }
    });

    test(`${name}: a step is refused before an ordinary input's output would overflow`, () => {
      for (const exponent of [12, 13, 14, 15, 16, 17, 18]) {
        const object = new module[name](8, 1e6, 1);
        object.forward_array(...op, new Float32Array(8).fill(1e-7));
        object.adapt_with_reward(...op, 0.5);
        try {
          object.adapt_array(...op, new Float32Array(8).fill(10 ** exponent));
        } catch (error) {
          assert.ok(error instanceof RangeError, `${error}`);
        }
        const [y] = object.forward_array(...op, new Float32Array(8).fill(1));
        assert.ok(Number.isFinite(y) && Number.isFinite(object.delta_norm(...op)), `${y} after a gradient of 1e${exponent}`);
        object.free();
      }
    });

    test(`${name}: finite values of any size never leave weights that are not finite`, () => {
      const edges = fc.constantFrom(-38, -30, -20, -8, -4, 0, 4, 8, 15, 18, 19, 20, 30, 38);
      const magnitude = fc.oneof(edges, fc.integer({ min: -38, max: 38 }));
      const step = fc.record({
        kind: fc.constantFrom('forward', 'adapt', 'train', 'reward', 'buffers'),
        seed: fc.nat(),
        exponents: fc.tuple(magnitude, magnitude),
        reward: fc.double({ noNaN: true, noDefaultInfinity: true }),
      });
      const settings = fc.record({
        dim: fc.constantFrom(1, 3, 8, 64),
        alpha: fc.constantFrom(1e-38, 1e-6, 0.1, 1, 1e6, 1e38),
        rate: fc.constantFrom(1e-38, 1e-4, 0.01, 0.5, 1),
      });
      const histories = fc.array(step, { minLength: 1, maxLength: 30, size: 'max' });
      check(fc.property(settings, histories, ({ dim, alpha, rate }, history) => {
        const object = new module[name](dim, alpha, rate);
        const attempt = (call) => {
          const before = object.adapt_count(...op);
          try {
            call();
          } catch (error) {
            if (!(error instanceof RangeError)) throw error;
            assert.equal(object.adapt_count(...op), before);
          }
        };
        for (const { kind, seed, exponents, reward } of history) {
          const next = normal(seed);
          // Two magnitudes within one vector; below 3.4e38 all are finite.
          const values = Float32Array.from({ length: dim }, (_, i) => {
            const value = Math.fround(next() * 10 ** exponents[i % 2]);
            return Number.isFinite(value) ? value : 3e38;
          });
          if (kind === 'forward') object.forward_array(...op, values);
          if (kind === 'adapt') attempt(() => object.adapt_array(...op, values));
          if (kind === 'train') attempt(() => object.train(...op, values, [...values].reverse()));
          if (kind === 'reward') attempt(() => object.adapt_with_reward(...op, reward));
          if (kind === 'buffers') {
            inputView(object).set(values);
            object.forward(...op);
            attempt(() => object.adapt(...op));
          }
        }
        const y = object.forward_array(...op, vector(dim, normal(1)));
        assert.ok(y.every(Number.isFinite), `${y}`);
        assert.ok(Number.isFinite(object.delta_norm(...op)), `delta_norm ${object.delta_norm(...op)}`);
        const predicted = object.predicted_improvement(...op, vector(dim, normal(1)));
        assert.ok(Number.isFinite(predicted), `predicted_improvement ${predicted}`);
        object.free();
      }), 1500);
    });
  }
});

test('trajectories of any finite size leave finite statistics', () => {
  const time = fc.double({ min: 1e-300, max: 1e300, noNaN: true });
  check(fc.property(fc.array(fc.tuple(time, time), { minLength: 1, maxLength: 30 }), (times) => {
    const buffer = make('WasmTrajectoryBuffer');
    for (const [execution, baseline] of times) {
      try {
        buffer.record(new Float32Array(DIM), 0, 0, execution, baseline);
      } catch (error) {
        assert.ok(error instanceof RangeError && error.message.includes('baseline_ms'));
      }
    }
    for (const method of ['mean_improvement', 'variance', 'best_improvement', 'success_rate']) {
      assert.ok(Number.isFinite(buffer[method]()), method);
    }
    buffer.free();
  }), 300);
});

test('a constructor that fails leaves nothing to free', () => {
  for (const name of Object.keys(contract)) {
    const before = wasm.memory.buffer.byteLength;
    for (let i = 0; i < 2000; i++) assert.throws(() => new module[name](4097, 4097), RangeError);
    assert.equal(wasm.memory.buffer.byteLength, before);
  }
});
