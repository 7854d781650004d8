// train(), and the settings that decide what a step does: the learning rate, and whether A learns.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { WasmMicroLoRA, WasmScopedLoRA, inputView, outputView } from './module.mjs';
import { bits, dot, minus, norm, normal, vector } from './numbers.mjs';

const DIM = 24;
const classes = [['WasmMicroLoRA', WasmMicroLoRA], ['WasmScopedLoRA', WasmScopedLoRA, 2]];
const reset = (lora) => (lora.reset ?? lora.reset_all).call(lora);

/** Steps of every kind, the same each time. */
function learn(lora, op, steps = 12, seed = 5) {
  const next = normal(seed);
  for (let i = 0; i < steps; i++) {
    const [x, target] = [vector(lora.dim(), next), vector(lora.dim(), next)];
    lora.adapt_array(...op, minus(lora.forward_array(...op, x), target));
    lora.adapt_with_reward(...op, 0.1 * i);
  }
}

/** What an object answers from here on, at the context and the buffers of now first. */
function future(lora, op) {
  const next = normal(9);
  const all = [...bits(inputView(lora)), ...bits(outputView(lora)), lora.adapt_count(...op), lora.forward_count(...op)];
  lora.adapt_array(...op, vector(lora.dim(), next));
  lora.adapt_with_reward(...op, 0.3);
  lora.forward(...op);
  return [...all, ...bits(outputView(lora)), lora.delta_norm(...op), ...bits(lora.forward_array(...op, vector(lora.dim(), next)))];
}

for (const [name, Class, ...op] of classes) {
  describe(name, () => {
    test('train is forward_array, then adapt_array against the error, bit for bit', () => {
      for (const dim of [1, 3, 8, 16, 17, 100, 256]) {
        const [one, other] = [new Class(dim, 0.1, 0.5), new Class(dim, 0.1, 0.5)];
        const next = normal(dim);
        // Past ten steps an operator answers alone; before, it leans on its category.
        for (let i = 0; i < 15; i++) {
          const [x, target] = [vector(dim, next), vector(dim, next)];
          const loss = one.train(...op, x, target);
          const error = minus(other.forward_array(...op, x), target);
          other.adapt_array(...op, error);
          // |error|² in float32: dim squares, each rounded, and their sum in any order.
          const exact = dot([...error], [...error]) / dim;
          assert.ok(Math.abs(loss - exact) <= (dim + 1) * 2 ** -23 * exact, `${loss} ${exact}`);
          assert.deepEqual(bits(outputView(one)), bits(outputView(other)));
          assert.deepEqual(bits(inputView(one)), bits(inputView(other)));
          assert.equal(one.delta_norm(...op), other.delta_norm(...op));
        }
        assert.deepEqual(future(one, op), future(other, op));
        for (const lora of [one, other]) lora.free();
      }
    });

    test('every array-like of numbers is read alike, as the input and as the target', () => {
      const x = [1, -2, 3, 0];
      const kinds = [x, Float32Array.from(x), Float64Array.from(x), Int8Array.from(x), { length: 4, ...x }, new Float32Array([9, ...x]).subarray(1)];
      const answers = kinds.map((kind) => {
        const lora = new Class(4, 0.1, 0.5);
        const losses = [lora.train(...op, kind, [0, 0, 1, 1]), lora.train(...op, [1, 1, 1, 1], kind), lora.train(...op, kind, kind)];
        return [...losses, ...bits(lora.forward_array(...op, x))];
      });
      for (const answer of answers) assert.deepEqual(answer, answers[0]);
      assert.equal(answers[0][0], (1 + 4 + 4 + 1) / 4);
    });

    test('the object’s own buffers are arguments like others', () => {
      const [one, other] = [new Class(DIM, 0.1, 0.5), new Class(DIM, 0.1, 0.5)];
      for (const lora of [one, other]) learn(lora, op);
      const [x, target] = [vector(DIM, normal(1)), vector(DIM, normal(2))];
      one.input_view().set(x);
      one.output_view().set(target);
      assert.equal(one.train(...op, one.input_view(), one.output_view()), other.train(...op, x, target));
      assert.deepEqual(future(one, op), future(other, op));
      one.input_view().set(target);
      one.output_view().set(x);
      assert.equal(one.train(...op, one.output_view(), one.input_view()), other.train(...op, x, target));
      assert.deepEqual(future(one, op), future(other, op));
    });

    test('where there is no error the loss is 0, and nothing is learned or counted', () => {
      const [one, other] = [new Class(DIM), new Class(DIM)];
      for (const lora of [one, other]) learn(lora, op);
      const x = vector(DIM, normal(1));
      const target = other.forward_array(...op, x);
      assert.equal(one.train(...op, x, target), 0);
      assert.deepEqual(future(one, op), future(other, op));
    });

    test('a zero input is forwarded and not learned', () => {
      const lora = new Class(DIM);
      assert.equal(lora.train(...op, new Float32Array(DIM), new Float32Array(DIM).fill(2)), 4);
      assert.deepEqual([lora.adapt_count(...op), lora.forward_count(...op), lora.delta_norm(...op)], [0n, 1n, 0]);
    });

    test('a refused call changes neither weights, context, counters nor buffers', () => {
      const good = vector(DIM, normal(1));
      const spoiled = (value, position) => Object.assign(Float32Array.from(good), { [position]: value });
      const calls = [NaN, Infinity, -Infinity].flatMap((value) => [0, DIM - 1].flatMap((position) => [
        [spoiled(value, position), good, `input[${position}] is ${value}, it must be finite`],
        [good, spoiled(value, position), `target[${position}] is ${value}, it must be finite`],
        [spoiled(value, position), spoiled(value, position), `input[${position}] is ${value}, it must be finite`],
      ]));
      for (const length of [0, 1, DIM - 1, DIM + 1]) {
        calls.push([new Float32Array(length), good, `input has ${length} values, this adapter has dim ${DIM}`]);
        calls.push([good, new Float32Array(length), `target has ${length} values, this adapter has dim ${DIM}`]);
        calls.push([good, Array(length).fill(1), `target has ${length} values, this adapter has dim ${DIM}`]);
      }
      calls.push([new Float32Array(DIM).fill(3e38), good, 'input is too large: its squared norm overflows f32']);
      calls.push([good, new Float32Array(DIM).fill(3e38), 'target is too large: its squared norm overflows f32']);
      const twin = new Class(DIM, 0.1, 0.5);
      learn(twin, op);
      const untouched = future(twin, op);
      for (const [input, target, message] of calls) {
        const lora = new Class(DIM, 0.1, 0.5);
        learn(lora, op);
        assert.throws(() => lora.train(...op, input, target), { name: 'RangeError', message });
        assert.deepEqual(future(lora, op), untouched, message);
        lora.free();
      }
    });

    test('a step whose error is too large is refused, and weights, context and counters stay', () => {
      const [one, other] = [0, 1].map(() => {
        const lora = new Class(DIM, 0.1, 0.5);
        lora.train(...op, new Float32Array(DIM).fill(1e-5), new Float32Array(DIM).fill(1e10)); // Δ ~ 1e15 x
        return lora;
      });
      const refused = /^RangeError: (gradient is too large|the step would overflow the weights)/;
      assert.throws(() => one.train(...op, new Float32Array(DIM).fill(1e6), new Float32Array(DIM)), refused);
      assert.deepEqual([one.adapt_count(...op), one.forward_count(...op)], [1n, 1n]);
      // At the context of before.
      const g = vector(DIM, normal(1), 1e9);
      for (const lora of [one, other]) lora.adapt_array(...op, g);
      const x = vector(DIM, normal(2), 1e-6);
      assert.deepEqual(bits(one.forward_array(...op, x)), bits(other.forward_array(...op, x)));
      assert.equal(one.delta_norm(...op), other.delta_norm(...op));
    });

    test('code that the arguments run cannot use the object, and does no harm to it', () => {
      const [one, other] = [new Class(4, 0.1, 0.5), new Class(4, 0.1, 0.5)];
      const meddling = (values, meddle) => Object.defineProperty([...values], 0, { get() { meddle(); return values[0]; } });
      const [x, target] = [[1, 2, 3, 4], [4, 3, 2, 1]];
      const refused = [
        () => one.predicted_improvement(...op, [9, 9, 9, 9]), // which uses the same staging buffer
        () => one.train(...op, [1, 1, 1, 1], [0, 0, 0, 0]),
        () => one.forward_array(...op, [7, 7, 7, 7]),
        () => one.stats(),
      ];
      const meddle = () => {
        for (const call of refused) assert.throws(call, { name: 'Error', message: /^recursive use of an object/ });
      };
      assert.equal(one.train(...op, meddling(x, meddle), meddling(target, meddle)), other.train(...op, x, target));
      assert.deepEqual(future(one, op), future(other, op));

      for (const position of [0, 1]) {
        const [freed, twin] = [new Class(4), new Class(4)];
        const args = [x, target];
        args[position] = meddling(args[position], () => freed.free());
        assert.equal(freed.train(...op, ...args), twin.train(...op, x, target)); // it is freed when the call ends
        assert.throws(() => freed.train(...op, x, target), { message: `${name} was used after free()` });
      }
    });

    test('it learns: the loss falls towards 0', () => {
      const lora = new Class(DIM, 0.1, 0.5);
      const [x, target] = [vector(DIM, normal(1)), vector(DIM, normal(2))];
      const losses = Array.from({ length: 200 }, () => lora.train(...op, x, target));
      assert.ok(losses.at(-1) < 1e-6 * losses[0], `${losses.at(-1)} ${losses[0]}`);
    });

    // A skipped step once left it noted that the context had no projection on the category's A: the category was then not
    // trained, and the operator's target was off.
    test('a skipped step changes nothing that a later one at the same context depends on', () => {
      for (const skipped of [0, 1e-10]) {
        const [lora, twin] = [new Class(DIM, 0.1, 0.5), new Class(DIM, 0.1, 0.5)];
        for (const fresh of [true, false]) {
          lora.adapt_array(...op, new Float32Array(DIM).fill(skipped));
          for (const each of [lora, twin]) each.adapt_array(...op, vector(DIM, normal(3)));
          const x = vector(DIM, normal(4));
          assert.deepEqual(bits(lora.forward_array(...op, x)), bits(twin.forward_array(...op, x)), `${fresh ? 'before a forward' : 'after one'}`);
          assert.equal(lora.delta_norm(...op), twin.delta_norm(...op));
        }
      }
    });

    test('alpha() and learning_rate() are what was given, as 32-bit floats', () => {
      for (const [alpha, rate] of [[0.1, 0.01], [1, 1], [1e-38, 1e-38], [1e38, 0.3], [2.5, 0.25]]) {
        const lora = new Class(4, alpha, rate);
        assert.deepEqual([lora.alpha(), lora.learning_rate()], [Math.fround(alpha), Math.fround(rate)]);
      }
      const lora = new Class();
      assert.deepEqual([lora.alpha(), lora.learning_rate()], [Math.fround(0.1), Math.fround(0.01)]);
    });

    test('a changed learning rate is what one that was made with it has', () => {
      const [changed, made] = [new Class(DIM, 0.1, 0.01), new Class(DIM, 0.1, 0.5)];
      changed.set_learning_rate(0.5);
      assert.equal(changed.learning_rate(), 0.5);
      for (const lora of [changed, made]) learn(lora, op);
      assert.deepEqual(future(changed, op), future(made, op));

      const [other] = [new Class(DIM, 0.1, 0.5)];
      other.set_learning_rate(0.25);
      learn(other, op);
      assert.notDeepEqual(future(other, op), future(made, op));
    });

    // In the first step B alone learns: the error of its input shrinks by learning_rate · c, c ≤ 1 the same for each.
    test('a first step corrects a share of the error in proportion to the rate', () => {
      const [x, target] = [vector(DIM, normal(1)), vector(DIM, normal(2))];
      const share = (rate) => {
        const lora = new Class(DIM, 0.1, 1);
        lora.set_learning_rate(rate);
        lora.train(...op, x, target);
        const moved = minus(lora.forward_array(...op, x), x);
        return norm(moved) / norm(minus(target, x));
      };
      const whole = share(1);
      assert.ok(whole > 0 && whole <= 1.0001, `${whole}`);
      for (const rate of [0.5, 0.1, 0.01]) assert.ok(Math.abs(share(rate) / whole - rate) < 1e-4 * rate, `${share(rate)} ${whole}`);
    });

    test('a refused learning rate leaves the old one', () => {
      const lora = new Class(4, 0.1, 0.25);
      for (const bad of [0, -0, -1, 1.0000001, 2, NaN, Infinity, -Infinity, 1e-50]) {
        const message = `learning_rate must be above 0 as a 32-bit float, and at most 1, got ${bad}`;
        assert.throws(() => lora.set_learning_rate(bad), { name: 'RangeError', message });
      }
      for (const bad of [undefined, null, '0.5', [0.5], {}, true, 1n, { valueOf: () => 0.5 }]) {
        assert.throws(() => lora.set_learning_rate(bad), { name: 'TypeError', message: 'learning_rate must be a number' });
      }
      assert.equal(lora.learning_rate(), 0.25);
      for (const good of [1, 1e-38, Number.EPSILON]) {
        lora.set_learning_rate(good);
        assert.equal(lora.learning_rate(), Math.fround(good));
      }
    });

    test('a reset restores the constructor’s rate, and lets A learn again', () => {
      const [used, fresh] = [new Class(DIM, 0.2, 0.25), new Class(DIM, 0.2, 0.25)];
      used.set_learning_rate(0.75);
      used.freeze_a(true);
      learn(used, op);
      reset(used);
      assert.deepEqual([used.alpha(), used.learning_rate()], [Math.fround(0.2), 0.25]);
      assert.deepEqual(used.stats(), fresh.stats());
      for (const lora of [used, fresh]) learn(lora, op);
      assert.deepEqual(future(used, op), future(fresh, op));
    });

    // Which A it is cannot be seen, but that two adapters have the same: Δ(x) = alpha · x A B is then linear in B, and a
    // third that stands for the mean of their B's answers with the mean of their Δ's. With A frozen, B takes part in its own
    // step only by the error: from B = 0, one step each against g₁, g₂ and their mean gives B₁, B₂ and (B₁ + B₂) / 2.
    test('with A frozen, adapters that started alike can be averaged exactly', () => {
      const alone = (lora) => {
        lora.set_category_fallback?.(false);
        return lora;
      };
      const off = (frozen) => {
        const next = normal(6);
        const adapters = [0, 1, 2].map(() => alone(new Class(DIM, 0.1, 0.5)));
        for (const lora of adapters) lora.freeze_a(frozen);
        for (let i = 0; i < 8; i++) {
          const x = vector(DIM, next);
          const targets = [vector(DIM, next), vector(DIM, next)];
          targets.push(targets[0].map((value, k) => (value + targets[1][k]) / 2));
          // The squared error's gradient is linear in the output: the mean's is the mean.
          adapters.forEach((lora, k) => lora.train(...op, x, targets[k]));
        }
        const probe = vector(DIM, next);
        const [first, second, mean] = adapters.map((lora) => minus(lora.forward_array(...op, probe), probe));
        return norm(minus(mean, first.map((value, k) => (value + second[k]) / 2))) / norm(mean);
      };
      assert.ok(off(true) < 1e-5, `${off(true)}`);
      assert.ok(off(false) > 0.01, `${off(false)}`);
    });

    test('with A frozen, what is orthogonal to A stays so: the inputs that change nothing are the same for ever', () => {
      const lora = new Class(DIM, 0.1, 0.5);
      lora.set_category_fallback?.(false);
      const change = (x) => minus(lora.forward_array(...op, x), x);
      lora.freeze_a(true);
      learn(lora, op, 8, 3);
      // Three inputs' changes lie in the two dimensions of B's rows: some combination of them changes nothing.
      const next = normal(4);
      const inputs = [0, 1, 2].map(() => vector(DIM, next));
      const changes = inputs.map(change);
      const gram = (i, j) => dot([...changes[i]], [...changes[j]]);
      const determinant = gram(0, 0) * gram(1, 1) - gram(0, 1) ** 2;
      const p = (gram(0, 2) * gram(1, 1) - gram(1, 2) * gram(0, 1)) / determinant;
      const q = (gram(1, 2) * gram(0, 0) - gram(0, 2) * gram(0, 1)) / determinant;
      const silent = inputs[2].map((value, i) => value - p * inputs[0][i] - q * inputs[1][i]);
      const loudness = () => norm(change(silent)) / Math.max(...inputs.map((x) => norm(change(x))));
      assert.ok(loudness() < 1e-4, `${loudness()}`);
      learn(lora, op, 20, 8);
      assert.ok(loudness() < 1e-4, `after more steps: ${loudness()}`);
      lora.freeze_a(false);
      learn(lora, op, 20, 8);
      assert.ok(loudness() > 1e-2, `once A learns: ${loudness()}`);
    });
  });
}
