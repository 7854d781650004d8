// Operators: the built-in ones and their ids, and sets for a user's own.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { WasmMicroLoRA, WasmScopedLoRA, module, wasm } from './module.mjs';
import { bits, normal, vector } from './numbers.mjs';

const DIM = 16;
const x = vector(DIM, normal(1));
const builtIn = [
  ['Scan', 'Scan'], ['Filter', 'Transform'], ['Join', 'Join'], ['Aggregate', 'Aggregation'], ['Project', 'Transform'],
  ['Sort', 'Order'], ['IndexScan', 'Scan'], ['HnswScan', 'Scan'], ['IvfFlatScan', 'Scan'], ['HashJoin', 'Join'],
  ['MergeJoin', 'Join'], ['GroupBy', 'Aggregation'], ['Limit', 'Order'], ['VectorDistance', 'Vector'], ['Rerank', 'Vector'],
  ['Materialize', 'Utility'], ['Result', 'Utility'],
];
const own = (names, categories, rate = 0.5) => WasmScopedLoRA.with_operators(names, categories, DIM, 0.1, rate);
const numbered = (count, category = () => 'all') => [
  Array.from({ length: count }, (_, i) => `op ${i}`),
  Array.from({ length: count }, (_, i) => category(i)),
];

function teach(scoped, op, reward = 0.5) {
  scoped.forward_array(op, x);
  for (let i = 0; i < 20; i++) scoped.adapt_with_reward(op, reward);
}

test('OperatorType has the ids by name, and cannot be changed', () => {
  const { OperatorType } = module;
  const both = builtIn.flatMap(([name], id) => [[name, id], [`${id}`, name]]);
  assert.deepEqual(new Map(Object.entries(OperatorType)), new Map(both));
  assert.ok(Object.isFrozen(OperatorType));
  for (const [name] of builtIn) assert.equal(WasmScopedLoRA.scope_name(OperatorType[name]), name);
});

test('a plain set names the built-in operators and their categories', () => {
  const scoped = new WasmScopedLoRA(DIM);
  assert.equal(scoped.operator_count(), 17);
  assert.deepEqual(builtIn.map((_, id) => [scoped.operator_name(id), scoped.category_name(id)]), builtIn);
  assert.deepEqual(scoped.stats().operators.map(({ name, category }) => [name, category]), builtIn);
});

test('the built-in names, given by hand, make the very same set', () => {
  const sets = [new WasmScopedLoRA(DIM, 0.1, 0.5), own(builtIn.map(([name]) => name), builtIn.map(([, category]) => category))];
  for (const [i, op] of [2, 9, 3, 16, 2, 10, 9].entries()) for (const scoped of sets) teach(scoped, op, 0.1 * i);
  const answers = sets.map((scoped) => [scoped.stats(), ...builtIn.flatMap((_, op) => bits(scoped.forward_array(op, x)))]);
  assert.deepEqual(answers[1], answers[0]);
});

describe('with_operators', () => {
  for (const count of [1, 2, 17, 18, 1024]) {
    test(`${count} operators`, () => {
      const [names, categories] = numbered(count, (i) => `category ${i % 7}`);
      const scoped = own(names, categories);
      assert.ok(scoped instanceof WasmScopedLoRA);
      assert.equal(scoped.operator_count(), count);
      assert.deepEqual(names.map((_, op) => scoped.operator_name(op)), names);
      assert.deepEqual(names.map((_, op) => scoped.category_name(op)), categories);
      const last = count - 1;
      assert.deepEqual(bits(scoped.forward_array(last, x)), bits(x));
      teach(scoped, last);
      assert.ok(Math.abs(scoped.predicted_improvement(last, x) - 0.5) < 1e-3);
      assert.deepEqual([scoped.adapt_count(last), scoped.total_adapt_count()], [20n, 20n]);
      assert.equal(scoped.stats(last).name, names[last]);
      for (const bad of [count, -1, last + 0.5, NaN, 2 ** 16, 2 ** 16 + last, 2 ** 32 + last]) {
        const message = `op_type must be an integer from 0 to ${last}, got ${bad}`;
        for (const method of ['forward', 'adapt', 'operator_name', 'category_name', 'stats', 'reset_scope', 'delta_norm']) {
          assert.throws(() => scoped[method](bad), { name: 'RangeError', message }, method);
        }
      }
      scoped.reset_all();
      assert.deepEqual(bits(scoped.forward_array(last, x)), bits(x));
      scoped.free();
    });
  }

  test('1024 operators with a category each', () => {
    const scoped = own(...numbered(1024, String));
    teach(scoped, 1023);
    assert.equal(scoped.predicted_improvement(1022, x), 0);
    assert.equal(scoped.category_name(1023), '1023');
    scoped.free();
  });

  test('the defaults are those of the constructor', () => {
    const scoped = WasmScopedLoRA.with_operators(['a'], ['b']);
    const { dim, alpha, learning_rate } = new WasmScopedLoRA().stats();
    const stats = scoped.stats();
    assert.deepEqual([stats.dim, stats.alpha, stats.learning_rate], [dim, alpha, learning_rate]);
    assert.equal(WasmScopedLoRA.with_operators(['a'], ['b'], null, undefined, null).dim(), 256);
  });

  test('any text is a name: empty, long, of any script, and words of JavaScript', () => {
    const names = ['', ' ', 'constructor', '__proto__', 'toString', 'x'.repeat(100_000), '结合', '🙂', '\0', '\ufffd'];
    const scoped = own(names, [...names].reverse());
    assert.deepEqual(names.map((_, op) => scoped.operator_name(op)), names);
    assert.deepEqual(names.map((_, op) => scoped.category_name(op)), [...names].reverse());
    assert.deepEqual(scoped.stats().operators.map(({ name }) => name), names);
  });

  test('what is not a list of 1 to 1024 distinct names is refused with what is wrong with it', () => {
    const many = numbered(1025);
    for (const [names, categories, error, message] of [
      [[], [], RangeError, 'names has 0 entries, it must have 1 to 1024'],
      [...many, RangeError, 'names has 1025 entries, it must have 1 to 1024'],
      [['a', 'b', 'a'], ['c', 'c', 'c'], RangeError, "names must be distinct, got 'a' twice"],
      [['a', 'b'], ['c'], RangeError, 'categories has 1 entries, names has 2'],
      [['a'], ['c', 'c'], RangeError, 'categories has 2 entries, names has 1'],
      [['a'], [], RangeError, 'categories has 0 entries, it must have 1 to 1024'],
      [['a', 1], ['c', 'c'], TypeError, 'names[1] must be a string'],
      [['a', 'b'], ['c', null], TypeError, 'categories[1] must be a string'],
      [Array(2), ['c', 'c'], TypeError, 'names[0] must be a string'],
      ['ab', ['c', 'c'], TypeError, 'names must be an array of strings'],
      [['a'], 'c', TypeError, 'categories must be an array of strings'],
      [new Set(['a']), ['c'], TypeError, 'names must be an array of strings'],
      [undefined, undefined, TypeError, 'names must be an array of strings'],
      [['a'], undefined, TypeError, 'categories must be an array of strings'],
      [['a', '\ud800'], ['c', 'c'], TypeError, 'names[1] must be a string without half a surrogate pair, which no file can hold'],
      [['a'], ['\udc00'], TypeError, 'categories[0] must be a string without half a surrogate pair, which no file can hold'],
    ]) {
      assert.throws(() => WasmScopedLoRA.with_operators(names, categories), { name: error.name, message });
    }
    assert.throws(() => WasmScopedLoRA.with_operators(['a'], ['b'], 0), /^RangeError: dim must be/);
    assert.throws(() => WasmScopedLoRA.with_operators(['a'], ['b'], 4, 0), /^RangeError: alpha must be/);
    assert.throws(() => WasmScopedLoRA.with_operators(['a'], ['b'], 4, 1, 2), /^RangeError: learning_rate must be/);
  });

  test('lists that change afterwards change nothing', () => {
    const [names, categories] = [['a', 'b'], ['c', 'c']];
    const scoped = own(names, categories);
    names[0] = 'other';
    names.push('more');
    categories.length = 0;
    assert.deepEqual([scoped.operator_count(), scoped.operator_name(0), scoped.category_name(1)], [2, 'a', 'c']);
  });

  test('a list that says something else each time it is asked is taken as it was first', () => {
    const changing = (first, later) => {
      let asked = 0;
      return Object.defineProperty(['a', 'b'], 0, { get: () => (asked++ ? later : first) });
    };
    const scoped = own(changing('a', 5), ['c', 'c']);
    assert.equal(scoped.operator_name(0), 'a');
    let lengths = 0;
    const growing = new Proxy(['a', 'b'], {
      get: (target, key) => (key === 'length' && lengths++ ? 5000 : Reflect.get(target, key) ?? `more ${String(key)}`),
    });
    try {
      const set = own(growing, ['c', 'c']);
      assert.equal(set.operator_count(), 2);
    } catch (error) {
      assert.ok(['RangeError', 'TypeError'].includes(error.name) && /names|categories/.test(error.message), `${error}`);
    }
  });

  test('operators hand over to their category what they have learned, and to no other', () => {
    const scoped = own(['search', 'browse', 'run', 'write'], ['web', 'web', 'code', 'code']);
    teach(scoped, 0);
    const expected = [0, 1, 2, 3].map((op) => scoped.predicted_improvement(op, x));
    assert.ok(Math.abs(expected[0] - 0.5) < 0.01 && Math.abs(expected[1] - 0.5) < 0.01, `${expected}`);
    assert.deepEqual(expected.slice(2), [0, 0]);
    assert.equal(scoped.delta_norm(1), 0, 'its own adapter has learned nothing');
    // What its category answers for it is what the category answers for the other, had that not learned.
    scoped.reset_scope(0);
    assert.deepEqual(bits(scoped.forward_array(1, x)), bits(scoped.forward_array(0, x)));
    scoped.set_category_fallback(false);
    assert.deepEqual(bits(scoped.forward_array(1, x)), bits(x));
  });

  test('an operator that has learned ten times no longer leans on its category', () => {
    const scoped = own(['a', 'b'], ['c', 'c']);
    scoped.forward_array(0, x);
    for (let i = 0; i < 10; i++) scoped.adapt_with_reward(0, 0.5);
    const before = bits(scoped.forward_array(0, x));
    teach(scoped, 1, -0.5);
    assert.deepEqual(bits(scoped.forward_array(0, x)), before);
  });

  test('a refused set takes no memory, a freed one gives it back', () => {
    const bad = numbered(1024);
    bad[0][1023] = 'op 0';
    const round = () => {
      assert.throws(() => own(...bad), RangeError);
      assert.throws(() => WasmScopedLoRA.with_operators(['a'], ['b'], 4097), RangeError);
      const scoped = own(...numbered(1024, (i) => `${i % 3}`));
      scoped.adapt_array(1000, x);
      scoped.free();
    };
    for (let i = 0; i < 3; i++) round();
    const before = wasm.memory.buffer.byteLength;
    for (let i = 0; i < 30; i++) round();
    assert.equal(wasm.memory.buffer.byteLength, before);
  });

  test('is inherited, and gives a set of the base class', () => {
    class Own extends WasmScopedLoRA {}
    const scoped = Own.with_operators(['a', 'b'], ['c', 'c'], 4);
    assert.equal(Object.getPrototypeOf(scoped), WasmScopedLoRA.prototype);
    assert.equal(scoped.operator_count(), 2);
  });
});

test('an object is no set of operators: the constructor has three arguments', () => {
  const scoped = new WasmScopedLoRA(4, 0.1, 0.1, { names: ['a'], categories: ['b'], distinct: ['b'] });
  assert.equal(scoped.operator_count(), 17);
  assert.equal(new WasmMicroLoRA(4, 0.1, 0.1, {}).dim(), 4);
});
