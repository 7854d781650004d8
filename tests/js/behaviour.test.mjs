// What the documentation promises a user: the quick start, pointers, counters, reset, array kinds, scopes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer, inputView, outputView, wasm } from './module.mjs';
import { bits, dot, minus, norm, normal, vector } from './numbers.mjs';
import { quickStart } from './quick_start.mjs';

const classes = { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer };

/** Some learning of every kind, the same each time. */
function learn(lora, ...op) {
  const next = normal(7);
  for (let i = 0; i < 5; i++) {
    const x = vector(lora.dim(), next);
    const y = lora.forward_array(...op, x);
    lora.adapt_array(...op, vector(lora.dim(), next, 0.3));
    assert.equal(y.length, lora.dim());
    lora.adapt_with_reward(...op, 0.2 * i);
  }
}

test('the quick start', () => {
  const result = quickStart(classes);
  assert.deepEqual(result.output, [...new Float32Array(256).fill(0.1)]);
  assert.equal(result.adaptations, 2);
  assert.ok(Math.abs(result.losses[0] - 0.01) < 1e-6 && result.losses.at(-1) < 1e-3, `${result.losses}`);
  assert.equal(result.trained.adapt_count, 20);
  assert.equal(result.own.total_adapt_count, 12);
  assert.deepEqual(result.own.operators.map(({ name }) => name), ['search', 'browse', 'run']);
  assert.ok(result.browse.every((y) => Math.abs(y - 0.15) < 0.001), `${result.browse}`);
  assert.deepEqual(result.run, [...new Float32Array(16).fill(0.1)]);
  assert.ok(result.deltaNorm > 0 && result.deltaNorm < 0.1, `${result.deltaNorm}`);
  assert.notDeepEqual(result.adapted, result.output);
  // Five gradient steps of 0.01 on 0.05, against one of 0.01 towards a reward of 0.15 on inputs of 0.1.
  assert.ok(Math.abs(result.expected) < 0.02, `${result.expected}`);
  assert.equal(result.scanAdaptations, 0);
  assert.equal(result.totalAdaptations, 1);
  assert.equal(result.name, 'Scan');
  assert.equal(result.successRate, 1);
  assert.equal(result.bestImprovement, 120.5 / 45.2 - 1);
  assert.equal(result.meanImprovement, 120.5 / 45.2 - 1);
  assert.equal(result.bestAttention, 5);
  assert.equal(result.highQuality, 1);
  assert.deepEqual(quickStart(classes), result);
});

test('the defaults are 256, 0.1 and 0.01; 1000 and 256', () => {
  for (const [Class, ...op] of [[WasmMicroLoRA], [WasmScopedLoRA, 3]]) {
    const objects = [new Class(), new Class(256, 0.1, 0.01), new Class(undefined, null, undefined)];
    for (const object of objects) learn(object, ...op);
    const outputs = objects.map((object) => bits(object.forward_array(...op, vector(256, normal(1)))));
    assert.deepEqual(outputs[0], outputs[1]);
    assert.deepEqual(outputs[0], outputs[2]);
  }
  const buffer = new WasmTrajectoryBuffer();
  for (let i = 0; i < 1001; i++) buffer.record(new Float32Array(256), 0, 0, 1, 2);
  assert.equal(buffer.len(), 1000);
});

for (const [name, Class, ...op] of [['WasmMicroLoRA', WasmMicroLoRA], ['WasmScopedLoRA', WasmScopedLoRA, 2]]) {
  describe(name, () => {
    test('a new one is exactly the identity', () => {
      for (const dim of [1, 2, 7, 8, 9, 256, 4096]) {
        const lora = new Class(dim);
        const x = vector(dim, normal(dim));
        assert.deepEqual(bits(lora.forward_array(...op, x)), bits(x));
        assert.equal(lora.delta_norm(...op), 0);
        assert.equal(lora.dim(), dim);
        assert.equal(lora.param_count(), 4 * dim);
        lora.free();
      }
    });

    // strictEqual tells 0 from -0, and so does console.log.
    test('a new one predicts 0 for every input', () => {
      for (const dim of [1, 2, 7, 8, 9, 256]) {
        const lora = new Class(dim);
        for (let seed = 0; seed < 8; seed++) {
          assert.equal(lora.predicted_improvement(...op, vector(dim, normal(seed))), 0);
        }
      }
    });

    test('forward() on the buffers equals forward_array', () => {
      for (const dim of [1, 5, 8, 31, 256]) {
        const [pointers, arrays] = [new Class(dim), new Class(dim)];
        for (const lora of [pointers, arrays]) learn(lora, ...op);
        const x = vector(dim, normal(3));
        inputView(pointers).set(x);
        pointers.forward(...op);
        assert.deepEqual(bits(outputView(pointers)), bits(arrays.forward_array(...op, x)));
        // forward_array leaves the same behind in the buffers.
        assert.deepEqual(bits(inputView(arrays)), bits(x));
        assert.deepEqual(bits(outputView(arrays)), bits(outputView(pointers)));
      }
    });

    test('adapt() takes its gradient from the input buffer', () => {
      const [pointers, arrays] = [new Class(10, 0.1, 0.5), new Class(10, 0.1, 0.5)];
      const [x, g] = [vector(10, normal(1)), vector(10, normal(2))];
      for (const lora of [pointers, arrays]) {
        learn(lora, ...op);
        lora.forward_array(...op, x);
      }
      inputView(pointers).set(g);
      pointers.adapt(...op);
      arrays.adapt_array(...op, g);
      assert.deepEqual(bits(inputView(arrays)), bits(x), 'adapt_array leaves the input buffer alone');
      assert.deepEqual(bits(pointers.forward_array(...op, x)), bits(arrays.forward_array(...op, x)));
    });

    test('adapt_with_reward is about the input of the last forward, whatever the input buffer holds', () => {
      const [pointers, arrays] = [new Class(10, 0.1, 0.5), new Class(10, 0.1, 0.5)];
      const x = vector(10, normal(1));
      for (const lora of [pointers, arrays]) lora.forward_array(...op, x);
      inputView(pointers).set(vector(10, normal(2)));
      for (const lora of [pointers, arrays]) {
        lora.adapt_with_reward(...op, 0.5);
        lora.adapt_array(...op, vector(10, normal(3)));
      }
      assert.deepEqual(bits(pointers.forward_array(...op, x)), bits(arrays.forward_array(...op, x)));
      assert.notDeepEqual(bits(pointers.forward_array(...op, x)), bits(x));
    });

    test('reward is forward_array and adapt_with_reward', () => {
      const [one, two] = [new Class(10, 0.1, 0.5), new Class(10, 0.1, 0.5)];
      const next = normal(1);
      for (let i = 0; i < 30; i++) {
        const x = vector(10, next);
        one.reward(...op, x, i % 3 - 1);
        two.forward_array(...op, x);
        two.adapt_with_reward(...op, i % 3 - 1);
        assert.deepEqual(bits(inputView(one)), bits(inputView(two)));
        assert.deepEqual(bits(outputView(one)), bits(outputView(two)));
      }
      assert.deepEqual(one.stats(...op), two.stats(...op));
      assert.deepEqual(one.to_safetensors(), two.to_safetensors());
    });

    test('the first reward moves the prediction by the learning rate, the second by as much of the rest', () => {
      for (const dim of [1, 16, 256]) {
        for (const rate of [0.01, 0.1, 0.5, 1]) {
          const lora = new Class(dim, 0.1, rate);
          const x = vector(dim, normal(dim));
          for (let n = 1; n <= 3; n++) {
            lora.reward(...op, x, 1);
            const expected = 1 - (1 - rate) ** n;
            assert.ok(Math.abs(lora.predicted_improvement(...op, x) - expected) < 1e-4, `${n} at rate ${rate}, dim ${dim}`);
          }
        }
      }
    });

    test('predicted_improvements are those of each input, and change nothing', () => {
      for (const dim of [1, 10, 16, 33]) {
        const [lora, twin] = [new Class(dim, 0.1, 0.5), new Class(dim, 0.1, 0.5)];
        for (const n of [0, 1, 15, 16, 17, 40]) {
          const inputs = vector(n * dim, normal(n));
          const rows = Array.from({ length: n }, (_, i) => inputs.slice(i * dim, (i + 1) * dim));
          const found = lora.predicted_improvements(...op, inputs);
          assert.ok(found instanceof Float32Array);
          assert.deepEqual(bits(found), bits(Float32Array.from(rows, (row) => lora.predicted_improvement(...op, row))));
          for (const each of [lora, twin]) if (n > 0) each.reward(...op, rows[0], 1);
        }
        assert.deepEqual(lora.to_safetensors(), twin.to_safetensors());
      }
      const lora = new Class(4);
      const spoiled = new Float32Array(4 * 20);
      spoiled[70] = NaN;
      assert.throws(() => lora.predicted_improvements(...op, spoiled), /^RangeError: inputs\[70\] is NaN, it must be finite$/);
      assert.throws(() => lora.predicted_improvements(...op, new Float32Array(6)), /^RangeError: inputs has 6 values/);
      assert.throws(() => lora.predicted_improvements(...op, [1, 2, 3, 4]), /^TypeError: inputs must be a Float32Array/);
    });

    test('x and −x get the same prediction; a constant that is appended tells them apart', () => {
      const learned = (prepare) => {
        const x = [0.5, -0.5, 0.5, 0.5];
        const pair = [x, x.map((value) => -value)].map(prepare);
        const lora = new Class(pair[0].length, 0.1, 0.1);
        for (let i = 0; i < 200; i++) pair.forEach((each, k) => lora.reward(...op, each, [1, -0.25][k]));
        return pair.map((each) => lora.predicted_improvement(...op, each).toFixed(2));
      };
      const [one, other] = learned((x) => x);
      assert.equal(one, other);
      assert.deepEqual(learned((x) => [...x, 0.5]), ['1.00', '-0.25']);
    });

    test('pointers are 16-byte aligned, distinct, and fixed through reset and memory growth', () => {
      for (const dim of [1, 3, 255, 256, 4096]) {
        const lora = new Class(dim);
        const pointers = () => [lora.get_input_ptr(), lora.get_output_ptr()];
        const [input, output] = pointers();
        assert.equal(input % 16, 0);
        assert.equal(output % 16, 0);
        assert.ok(Math.abs(input - output) >= 4 * dim);
        learn(lora, ...op);
        assert.deepEqual(pointers(), [input, output]);
        (lora.reset ?? lora.reset_all).call(lora);
        assert.deepEqual(pointers(), [input, output]);
        wasm.memory.grow(1);
        learn(lora, ...op);
        assert.deepEqual(pointers(), [input, output]);
      }
    });

    test('an array that forward_array returned stays as it is', () => {
      const lora = new Class(8);
      const y = lora.forward_array(...op, new Float32Array(8).fill(1));
      lora.forward_array(...op, new Float32Array(8).fill(2));
      wasm.memory.grow(1);
      lora.free();
      assert.deepEqual([...y], Array(8).fill(1));
      assert.notEqual(y.buffer, wasm.memory.buffer);
    });

    test('plain arrays, Float64Array and other numbers are read as Float32Array is', () => {
      const x = [1, -2, 3, 0];
      const kinds = [Float32Array.from(x), x, Float64Array.from(x), Int8Array.from(x), { length: 4, ...x }];
      // A view into the middle of a buffer, and one over shared memory.
      kinds.push(new Float32Array([9, ...x, 9]).subarray(1, 5));
      const shared = new Float32Array(new SharedArrayBuffer(16));
      shared.set(x);
      kinds.push(shared);
      const outputs = kinds.map((kind) => {
        const lora = new Class(4, 0.1, 0.5);
        lora.forward_array(...op, kind);
        lora.adapt_array(...op, kind);
        return [...bits(lora.forward_array(...op, kind)), lora.predicted_improvement(...op, kind)];
      });
      for (const output of outputs) assert.deepEqual(output, outputs[0]);
      assert.notEqual(outputs[0].at(-1), 0);
    });

    test('NaN and infinity pass through forward and are not learned', () => {
      const lora = new Class(4);
      learn(lora, ...op);
      const before = bits(lora.forward_array(...op, [1, 2, 3, 4]));
      assert.ok(lora.forward_array(...op, [1, NaN, 3, 4]).some(Number.isNaN));
      assert.ok(!Number.isFinite(lora.forward_array(...op, [1, Infinity, 3, 4])[1]));
      assert.throws(() => lora.adapt_array(...op, [1, 2, 3, 4]), /^RangeError: input\[1\] is Infinity/);
      assert.throws(() => lora.adapt_with_reward(...op, 0.1), /^RangeError: input\[1\] is Infinity/);
      assert.deepEqual(bits(lora.forward_array(...op, [1, 2, 3, 4])), before);
    });

    test('one step at rate 1 corrects no more than the error, and in its direction', () => {
      const lora = new Class(64, 0.1, 1);
      const [x, target] = [vector(64, normal(1)), vector(64, normal(2))];
      // The category answers for a new operator, so both show what their first step did.
      const error = minus(lora.forward_array(...op, x), target);
      lora.adapt_array(...op, error);
      const moved = minus(lora.forward_array(...op, x), x);
      const share = -dot(moved, error) / dot(error, error);
      assert.ok(share > 0 && share <= 1.0001, `${share}`);
      assert.ok(norm(minus(moved, error.map((e) => -share * e))) < 1e-5 * norm(error));
    });

    // A's step leaves g′, g less a damped projection of it on B's rows, and B's shrinks that by 1 − c · rate with 0 ≤ c ≤ 1:
    // no error grows. The rounding of both outputs is allowed for.
    test('no step at any rate makes the error of its own input larger', () => {
      for (const rate of [0.1, 0.5, 0.9, 1]) {
        for (const dim of [2, 5, 64]) {
          const lora = new Class(dim, 0.1, rate);
          lora.set_category_fallback?.(false);
          const next = normal(dim);
          const seen = Array.from({ length: 4 }, () => vector(dim, next));
          for (let i = 0; i < 300; i++) {
            const [x, target] = [seen[i % 4], vector(dim, next)];
            const before = Math.sqrt(dim * lora.train(...op, x, target));
            const after = norm(minus(lora.forward_array(...op, x), target));
            assert.ok(after <= before * (1 + 1e-4) + 1e-5 * norm(target), `step ${i}, rate ${rate}, dim ${dim}: ${before} to ${after}`);
          }
        }
      }
    });

    test('a reward of r makes the output grow towards (1 + r) x, clamped to [-1, 2]', () => {
      const outcomes = [0.5, -0.4, 2, 50, -1, -7].map((reward) => {
        const lora = new Class(32, 0.1, 0.5);
        const x = vector(32, normal(4));
        lora.forward_array(...op, x);
        for (let i = 0; i < 200; i++) lora.adapt_with_reward(...op, reward);
        return lora.predicted_improvement(...op, x);
      });
      for (const [i, expected] of [0.5, -0.4, 2, 2, -1, -1].entries()) {
        assert.ok(Math.abs(outcomes[i] - expected) < 1e-3, `${outcomes}`);
      }
    });

    test('predicted_improvement is (y · x) / |x|² − 1, and changes nothing', () => {
      const [lora, twin] = [new Class(20), new Class(20)];
      for (const object of [lora, twin]) learn(object, ...op);
      const x = vector(20, normal(9));
      const predicted = lora.predicted_improvement(...op, x);
      assert.equal(lora.predicted_improvement(...op, new Float32Array(20)), 0);
      assert.equal(lora.forward_count(...op), twin.forward_count(...op));
      for (const object of [lora, twin]) object.adapt_array(...op, x);
      for (const object of [lora, twin]) object.adapt_with_reward(...op, 0.3);
      const y = lora.forward_array(...op, x);
      assert.deepEqual(bits(y), bits(twin.forward_array(...op, x)));

      const fresh = new Class(20);
      learn(fresh, ...op);
      const expected = dot(fresh.forward_array(...op, x), x) / dot(x, x) - 1;
      assert.ok(Math.abs(predicted - expected) < 1e-5 * (1 + Math.abs(expected)), `${predicted} ${expected}`);
      assert.notEqual(predicted, 0);
    });

    test('counters are bigint and count only steps that were taken', () => {
      const lora = new Class(4);
      const counts = () => [lora.adapt_count(...op), lora.forward_count(...op)];
      assert.deepEqual(counts(), [0n, 0n]);
      lora.adapt_array(...op, [1, 2, 3, 4]);
      assert.deepEqual(counts(), [1n, 0n], 'before a forward the context is the unit vector');
      lora.adapt_array(...op, [0, 0, 0, 0]);
      lora.adapt_array(...op, [1e-9, 0, 0, 0]);
      assert.deepEqual(counts(), [1n, 0n], 'a zero gradient');
      lora.forward_array(...op, [0, 0, 0, 0]);
      lora.adapt_array(...op, [1, 2, 3, 4]);
      lora.adapt_with_reward(...op, 0.5);
      assert.deepEqual(counts(), [1n, 1n], 'a zero context');
      lora.forward_array(...op, [1, 2, 3, 4]);
      lora.adapt_with_reward(...op, 0);
      assert.deepEqual(counts(), [2n, 2n], 'a reward of 0 is an observation');
      inputView(lora).fill(0.5);
      lora.forward(...op);
      lora.adapt(...op);
      assert.deepEqual(counts(), [3n, 3n]);
      assert.throws(() => lora.adapt_array(...op, [NaN, 0, 0, 0]));
      assert.throws(() => lora.forward_array(...op, [0, 0, 0]));
      assert.deepEqual(counts(), [3n, 3n], 'a refused call');
    });

    test('a skipped step changes nothing', () => {
      const [lora, twin] = [new Class(4), new Class(4)];
      for (const object of [lora, twin]) learn(object, ...op);
      lora.adapt_array(...op, [0, 0, 0, 0]);
      lora.adapt_array(...op, [0, 1e-9, 0, 0]);
      assert.deepEqual(bits(lora.forward_array(...op, [1, 2, 3, 4])), bits(twin.forward_array(...op, [1, 2, 3, 4])));
      assert.equal(lora.delta_norm(...op), twin.delta_norm(...op));
    });

    test('reset restores the very state of a new one', () => {
      const [used, fresh] = [new Class(33, 0.2, 0.3), new Class(33, 0.2, 0.3)];
      learn(used, ...op);
      (used.reset ?? used.reset_all).call(used);
      assert.deepEqual(bits(inputView(used)), bits(new Float32Array(33)));
      assert.deepEqual(bits(outputView(used)), bits(new Float32Array(33)));
      const lives = [used, fresh].map((lora) => {
        const counts = [lora.adapt_count(...op), lora.forward_count(...op), lora.delta_norm(...op)];
        lora.adapt_array(...op, vector(33, normal(5))); // at the first context, the unit vector
        const first = bits(lora.forward_array(...op, vector(33, normal(6))));
        learn(lora, ...op);
        return [...counts, ...first, ...bits(lora.forward_array(...op, vector(33, normal(8)))), lora.delta_norm(...op)];
      });
      assert.deepEqual(lives[0], lives[1]);
      assert.deepEqual(lives[0].slice(0, 3), [0n, 0n, 0]);
    });

    test('objects do not share state', () => {
      const [one, other] = [new Class(16), new Class(16)];
      learn(one, ...op);
      const x = vector(16, normal(1));
      assert.deepEqual(bits(other.forward_array(...op, x)), bits(x));
      assert.equal(other.adapt_count(...op), 0n);
    });
  });
}

describe('scopes', () => {
  const operators = [
    ['Scan', 0], ['Filter', 1], ['Join', 2], ['Aggregate', 3], ['Project', 1], ['Sort', 4], ['IndexScan', 0],
    ['HnswScan', 0], ['IvfFlatScan', 0], ['HashJoin', 2], ['MergeJoin', 2], ['GroupBy', 3], ['Limit', 4],
    ['VectorDistance', 5], ['Rerank', 5], ['Materialize', 6], ['Result', 6],
  ];
  const x = vector(24, normal(11));

  /** A set in which one operator has learned a lot. */
  const taught = (op) => {
    const scoped = new WasmScopedLoRA(24, 0.1, 0.5);
    scoped.forward_array(op, x);
    for (let i = 0; i < 20; i++) scoped.adapt_with_reward(op, 0.5);
    return scoped;
  };

  test('the names', () => {
    assert.deepEqual(operators.map((_, op) => WasmScopedLoRA.scope_name(op)), operators.map(([name]) => name));
    assert.throws(() => WasmScopedLoRA.scope_name(operators.length), RangeError);
  });

  test('an operator that never learned answers with its category, and others are untouched', () => {
    for (const [op, [, category]] of operators.entries()) {
      const scoped = taught(op);
      for (const [other, [, otherCategory]] of operators.entries()) {
        const expected = scoped.predicted_improvement(other, x);
        assert.ok(otherCategory === category ? Math.abs(expected - 0.5) < 0.01 : expected === 0, `${op} ${other} ${expected}`);
        assert.equal(scoped.adapt_count(other), other === op ? 20n : 0n);
        assert.equal(scoped.delta_norm(other) > 0, other === op, 'the own adapter only');
      }
      scoped.free();
    }
  });

  test('without the fallback an operator answers alone; with it again, as before', () => {
    const scoped = taught(2);
    const leaning = scoped.forward_array(9, x);
    scoped.set_category_fallback(false);
    assert.deepEqual(bits(scoped.forward_array(9, x)), bits(x));
    scoped.set_category_fallback(true);
    assert.deepEqual(bits(scoped.forward_array(9, x)), bits(leaning));
    assert.notDeepEqual(bits(leaning), bits(x));
  });

  test('categories go on learning without the fallback; reset_all turns it on again', () => {
    const scoped = new WasmScopedLoRA(24, 0.1, 0.5);
    scoped.set_category_fallback(false);
    scoped.forward_array(2, x);
    for (let i = 0; i < 20; i++) scoped.adapt_with_reward(2, 0.5);
    assert.equal(scoped.predicted_improvement(9, x), 0);
    scoped.set_category_fallback(true);
    assert.ok(Math.abs(scoped.predicted_improvement(9, x) - 0.5) < 0.01);
    scoped.set_category_fallback(false);
    scoped.reset_all();
    scoped.forward_array(2, x);
    scoped.adapt_with_reward(2, 0.5);
    assert.ok(scoped.predicted_improvement(9, x) > 0);
  });

  test('each operator has its own context', () => {
    const [interleaved, straight] = [new WasmScopedLoRA(24, 0.1, 0.5), new WasmScopedLoRA(24, 0.1, 0.5)];
    const [other, g] = [vector(24, normal(1)), vector(24, normal(2))];
    interleaved.forward_array(0, x);
    interleaved.forward_array(5, other);
    straight.forward_array(0, x);
    for (const scoped of [interleaved, straight]) scoped.adapt_array(0, g);
    assert.deepEqual(bits(interleaved.forward_array(0, x)), bits(straight.forward_array(0, x)));
  });

  test('operators and categories start from different A', () => {
    const steps = operators.map((_, op) => {
      const scoped = new WasmScopedLoRA(24, 0.1, 0.5);
      scoped.set_category_fallback(false);
      scoped.forward_array(op, x);
      scoped.adapt_array(op, x);
      return scoped.forward_array(op, x)[0];
    });
    assert.equal(new Set(steps).size, operators.length);
  });

  test('reset_scope forgets the operator, not its category', () => {
    const scoped = taught(2);
    scoped.reset_scope(2);
    assert.equal(scoped.adapt_count(2), 0n);
    assert.equal(scoped.forward_count(2), 0n);
    assert.equal(scoped.delta_norm(2), 0);
    assert.deepEqual(bits(scoped.forward_array(2, x)), bits(scoped.forward_array(9, x)));
    assert.ok(Math.abs(scoped.predicted_improvement(2, x) - 0.5) < 0.01);
  });

  test('totals are the sums over the operators', () => {
    const scoped = new WasmScopedLoRA(24);
    for (const [op] of operators.entries()) {
      for (let i = 0; i <= op; i++) scoped.forward_array(op, x);
      scoped.adapt_with_reward(op, 0.1);
    }
    assert.equal(scoped.total_forward_count(), 153n);
    assert.equal(scoped.total_adapt_count(), 17n);
    scoped.reset_scope(16);
    assert.equal(scoped.total_forward_count(), 136n);
    assert.equal(scoped.total_adapt_count(), 16n);
    scoped.reset_all();
    assert.equal(scoped.total_forward_count(), 0n);
    assert.equal(scoped.total_adapt_count(), 0n);
  });
});

describe('forward_into and forward_batch give what forward_array gives', () => {
  // On both sides of the padding, and of the rows that are passed at a time.
  for (const dim of [1, 3, 16, 17, 32, 48, 256, 300]) {
    for (const [name, Class, op] of [['WasmMicroLoRA', WasmMicroLoRA, []], ['WasmScopedLoRA', WasmScopedLoRA, [2]]]) {
      test(`${name}, dim ${dim}`, () => {
        const [one, other] = [0, 1].map(() => new Class(dim, 0.1, 0.5));
        for (const lora of [one, other]) learn(lora, ...op);
        const next = normal(dim);

        const x = vector(dim, next);
        const output = new Float32Array(dim);
        other.forward_into(...op, x, output);
        assert.deepEqual(bits(output), bits(one.forward_array(...op, x)));
        other.forward_into(...op, output, output);
        assert.deepEqual(bits(output), bits(one.forward_array(...op, one.forward_array(...op, x))));
        one.forward_array(...op, x);
        other.forward_into(...op, [...x], output);

        for (const n of [0, 1, 2, 15, 16, 17, 40]) {
          const inputs = vector(n * dim, next);
          const rows = Array.from({ length: n }, (_, i) => inputs.subarray(i * dim, (i + 1) * dim));
          const expected = rows.flatMap((row) => bits(one.forward_array(...op, row)));
          const outputs = new Float32Array(n * dim);
          assert.equal(other.forward_batch(...op, inputs, outputs), outputs);
          assert.deepEqual(bits(outputs), expected);
          assert.deepEqual(bits(inputView(other)), bits(inputView(one)));
        }
        const inputs = vector(3 * dim, next);
        for (const lora of [one, other]) assert.equal(lora.forward_batch(...op, inputs).length, 3 * dim);
        other.forward_array(...op, x);
        assert.equal(other.forward_count(...op), one.forward_count(...op));

        // The context is the last row.
        one.forward_batch(...op, inputs);
        other.forward_batch(...op, inputs.slice(), inputs);
        const g = vector(dim, next);
        for (const lora of [one, other]) lora.adapt_array(...op, g);
        assert.deepEqual(bits(other.forward_array(...op, x)), bits(one.forward_array(...op, x)));
      });
    }
  }
});
