// Whether it learns: held-out loss of a rank-2 teacher, and rewards that are read back.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { WasmMicroLoRA, WasmScopedLoRA } from './module.mjs';
import { dot, minus, norm, normal, vector } from './numbers.mjs';
import { ReferenceLora } from './reference.mjs';

const dim = 256;

/** x + x U diag(1, 0.5, …) Vᵀ with orthonormal columns, by Gram and Schmidt. */
function teacher(seed, strengths) {
  const next = normal(seed);
  const orthonormal = () => {
    const columns = [];
    for (const _ of strengths) {
      const column = Float64Array.from({ length: dim }, next);
      for (const other of columns) {
        const share = dot(column, other);
        column.forEach((_value, i) => { column[i] -= share * other[i]; });
      }
      const length = Math.sqrt(dot(column, column));
      columns.push(column.map((value) => value / length));
    }
    return columns;
  };
  const [from, to] = [orthonormal(), orthonormal()];
  return (x) => {
    const shares = strengths.map((strength, k) => strength * dot(x, from[k]));
    return x.map((value, i) => value + shares.reduce((sum, share, k) => sum + share * to[k][i], 0));
  };
}

/** Held-out loss relative to the identity map, after so many steps. */
function heldOutLoss(lora, steps, seed, strengths = [1, 0.5], op = []) {
  const next = normal(seed);
  const map = teacher(seed + 1, strengths);
  for (let i = 0; i < steps; i++) {
    const x = vector(dim, next);
    lora.adapt_array(...op, minus(lora.forward_array(...op, x), map(x)));
  }
  let [loss, identity] = [0, 0];
  for (let i = 0; i < 200; i++) {
    const x = vector(dim, next);
    const target = map(x);
    const [error, plain] = [minus(lora.forward_array(...op, x), target), minus(x, target)];
    loss += dot(error, error);
    identity += dot(plain, plain);
  }
  return loss / identity;
}

// [learning rate, steps, expected share of the loss that is left]
const curves = [[0.1, 300, 0.71], [0.1, 1000, 0.33], [0.1, 3000, 0.04], [0.5, 1000, 0.05], [0.01, 3000, 0.67]];
for (const [rate, steps, expected] of curves) {
  test(`a rank-2 teacher at learning rate ${rate}: ${expected} of the loss is left after ${steps} steps`, () => {
    const losses = [1, 2, 3].map((seed) => heldOutLoss(new WasmMicroLoRA(dim, 0.1, rate), steps, seed * 100));
    const mean = losses.reduce((sum, loss) => sum + loss) / losses.length;
    assert.ok(Math.abs(mean - expected) < 0.15 * expected + 0.02, `${losses}`);
  });
}

test('a rank-2 teacher at learning rate 0.5 leaves less than 0.05 after 1000 steps', () => {
  // The median: how fast it goes depends on how much of the teacher A's random columns see.
  const losses = [10, 20, 30, 40, 50].map((seed) => heldOutLoss(new WasmMicroLoRA(dim, 0.1, 0.5), 1000, seed));
  losses.sort((a, b) => a - b);
  assert.ok(losses[2] < 0.05 && losses[4] < 0.08, `${losses}`);
});

test('the float64 reference learns the same from the same data', () => {
  const settings = { dim, alpha: Math.fround(0.1), learningRate: 0.5 };
  const reference = new ReferenceLora(settings);
  const expected = heldOutLoss({
    forward_array: (x) => Float32Array.from(reference.forward(x)),
    adapt_array: (g) => reference.adapt(g),
  }, 400, 3);
  const loss = heldOutLoss(new WasmMicroLoRA(dim, 0.1, 0.5), 400, 3);
  assert.ok(Math.abs(loss - expected) < 1e-3 * expected, `${loss} ${expected}`);
});

test('of a rank-8 teacher a rank-2 adapter learns about what rank 2 can', () => {
  const strengths = Array.from({ length: 8 }, (_, i) => 0.85 ** i);
  const energy = strengths.map((strength) => strength ** 2);
  const best = 1 - (energy[0] + energy[1]) / energy.reduce((sum, value) => sum + value);
  const losses = [7, 8, 9, 10].map((seed) => heldOutLoss(new WasmMicroLoRA(dim, 0.1, 0.1), 3000, seed, strengths));
  const mean = losses.reduce((sum, loss) => sum + loss) / losses.length;
  assert.ok(losses.every((loss) => loss > best) && mean < 1.35 * best, `${losses}, at best ${best}`);
});

test('an operator of a scoped set learns as well, and so does its category', () => {
  const scoped = new WasmScopedLoRA(dim, 0.1, 0.5);
  const loss = heldOutLoss(scoped, 1000, 20, [1, 0.5], [2]);
  assert.ok(loss < 0.08, `${loss}`);
  const ofSibling = heldOutLoss(scoped, 0, 20, [1, 0.5], [9]);
  assert.ok(ofSibling < 0.08, `${ofSibling}`);
});

test('two inputs rewarded 0.5 and −0.2 in turn: the rewards are read back', () => {
  for (const seed of [1, 2, 3]) {
    for (const [make, ...op] of [[() => new WasmMicroLoRA(dim, 0.1, 0.01)], [() => new WasmScopedLoRA(dim, 0.1, 0.01), 4]]) {
      const lora = make();
      const next = normal(seed);
      const [good, bad] = [vector(dim, next), vector(dim, next)];
      const rounds = (count) => {
        for (let i = 0; i < count; i++) {
          for (const [x, reward] of [[good, 0.5], [bad, -0.2]]) {
            lora.forward_array(...op, x);
            lora.adapt_with_reward(...op, reward);
          }
        }
        return [good, bad].map((x) => lora.predicted_improvement(...op, x));
      };
      // How fast it goes depends on how much of the two inputs A's random columns see.
      const [early, earlyBad] = rounds(300);
      assert.ok(early > 0.36 && early < 0.5 && earlyBad < -0.03 && earlyBad > -0.2, `${early} ${earlyBad}`);
      const [late, lateBad] = rounds(2700);
      assert.ok(Math.abs(late - 0.5) < 0.005 && Math.abs(lateBad + 0.2) < 0.005, `${late} ${lateBad}`);
      // The fixed point is the whole output, not only its component along the input.
      const y = lora.forward_array(...op, good);
      assert.ok(norm(minus(y, good.map((value) => 1.5 * value))) < 0.01 * norm(good));
    }
  }
});

// With both factors stepped from the old values, each corrects the same error once, and these never settle.
test('rewards of inputs that are far from orthogonal settle at every rate up to 1', () => {
  for (const rate of [0.1, 0.5, 0.9, 1]) {
    for (const seed of [1, 2, 3, 4]) {
      for (const [lora, ...op] of [[new WasmMicroLoRA(dim, 0.1, rate)], [new WasmScopedLoRA(dim, 0.1, rate), 4]]) {
        const next = normal(seed);
        const [good, other] = [vector(dim, next), vector(dim, next)];
        const bad = good.map((value, i) => 0.5 * value + Math.sqrt(0.75) * other[i]); // at a cosine of about 0.5
        for (let i = 0; i < 2000; i++) {
          for (const [x, reward] of [[good, 0.5], [bad, -0.2]]) {
            lora.forward_array(...op, x);
            lora.adapt_with_reward(...op, reward);
          }
        }
        const expected = [good, bad].map((x) => lora.predicted_improvement(...op, x));
        assert.ok(Math.abs(expected[0] - 0.5) < 0.005 && Math.abs(expected[1] + 0.2) < 0.005, `rate ${rate}, seed ${seed}: ${expected}`);
      }
    }
  }
});

test('the first steps move similar inputs, and leave others nearly alone', () => {
  const lora = new WasmMicroLoRA(dim, 0.1, 0.1);
  const next = normal(1);
  const x = vector(dim, next);
  const similar = x.map((value) => value + 0.1 * next());
  const others = Array.from({ length: 50 }, () => vector(dim, next));
  for (let i = 0; i < 300; i++) {
    lora.forward_array(x);
    lora.adapt_with_reward(0.5);
  }
  assert.ok(Math.abs(lora.predicted_improvement(x) - 0.5) < 0.02);
  assert.ok(Math.abs(lora.predicted_improvement(similar) - 0.5) < 0.1);
  for (const other of others) assert.ok(Math.abs(lora.predicted_improvement(other)) < 0.15);
});
