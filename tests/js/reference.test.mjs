// The package against the float64 reference over random shapes, inputs and histories, and the reference against numeric
// differentiation.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { check, fc } from './checked.mjs';
import { WasmMicroLoRA, WasmScopedLoRA, inputView, outputView } from './module.mjs';
import { dot, minus, norm, normal, vector } from './numbers.mjs';
import { Factors, ReferenceLora, ReferenceScoped, delta, gradients } from './reference.mjs';
import { ROUNDING, compared, near, references } from './rounding.mjs';

const hyperparameters = {
  alpha: fc.constantFrom(1e-3, 0.1, 1, 8, 1000).map(Math.fround),
  learningRate: fc.constantFrom(0.001, 0.01, 0.1, 0.5, 1).map(Math.fround),
};
const config = (dim) => fc.record({ dim, ...hyperparameters });
const step = fc.record({
  kind: fc.constantFrom('forward', 'learn', 'learn', 'train', 'adapt', 'reward', 'buffers'),
  op: fc.constantFrom(0, 6, 7, 2, 9, 16),
  seed: fc.nat(),
  scale: fc.constantFrom(1e-3, 1, 1, 1, 100),
  reward: fc.double({ min: -1.5, max: 2.5, noNaN: true }),
});

/** Compares what the package and the references answer after each step of a history; false if it became hopeless. */
function compare(lora, { exact, each }, history, op = () => []) {
  const dim = lora.dim();
  for (const [i, { kind, seed, scale, reward, ...rest }] of history.entries()) {
    const next = normal(seed);
    const scope = op(rest);
    const x = vector(dim, next, scale);
    // A gradient of the size of what the last input was: a history must not explode.
    const g = vector(dim, next, 0.3 * norm(exact.input) / Math.sqrt(dim));
    const target = vector(dim, next, scale);
    const where = `step ${i}, ${kind}`;

    if (kind === 'forward' || kind === 'learn') {
      const [y, expected] = [lora.forward_array(...scope, x), each((reference) => reference.forward(...scope, x))];
      if (!near(y, expected, norm(expected[0]) + norm(x), where)) return false;
      if (kind === 'learn') {
        const error = minus(y, target);
        lora.adapt_array(...scope, error);
        each((reference) => reference.adapt(...scope, error));
      }
    } else if (kind === 'train') {
      const loss = lora.train(...scope, x, target);
      const [y, expected] = [outputView(lora), each((reference) => reference.forward(...scope, x))];
      if (!near(y, expected, norm(expected[0]) + norm(x), where)) return false;
      const error = minus(y, target);
      // |error|² is a float32 sum of dim squares, each rounded once, and in any order.
      const exact = dot([...error], [...error]) / dim;
      assert.ok(Math.abs(loss - exact) <= (dim + 1) * ROUNDING * exact, `${where}: loss ${loss}, not ${exact}`);
      each((reference) => reference.adapt(...scope, error));
    } else if (kind === 'adapt') {
      lora.adapt_array(...scope, g);
      each((reference) => reference.adapt(...scope, g));
    } else if (kind === 'reward') {
      lora.adapt_with_reward(...scope, reward);
      each((reference) => reference.adaptWithReward(...scope, reward));
    } else {
      inputView(lora).set(x);
      lora.forward(...scope);
      each((reference) => reference.forward(...scope, x));
      inputView(lora).set(g);
      lora.adapt(...scope);
      each((reference) => {
        reference.adapt(...scope, g);
        reference.input = [...g];
      });
    }

    const probe = vector(dim, next);
    const predictions = each((reference) => [reference.predictedImprovement(...scope, probe)]);
    const sizes = each(({ factors, scopes }) => [(factors ?? scopes[scope[0]].own).deltaNorm()]);
    const moved = exact.change(...scope, probe) / norm(probe);
    const predicted = lora.predicted_improvement(...scope, probe);
    if (!near([predicted], predictions, moved, `${where}: predicted_improvement`)) return false;
    if (!near([lora.delta_norm(...scope)], sizes, sizes[0][0], `${where}: delta_norm`)) return false;
  }
  return true;
}

describe('WasmMicroLoRA against the reference', () => {
  const equal = ([settings, history]) => {
    const lora = new WasmMicroLoRA(settings.dim, settings.alpha, settings.learningRate);
    const reference = references(ReferenceLora, settings);
    if (compare(lora, reference, history)) {
      assert.equal(lora.adapt_count(), reference.exact.adaptCount);
      assert.equal(lora.forward_count(), reference.exact.forwardCount);
    }
    lora.free();
  };

  test('dims 1 to 70', () => {
    const histories = fc.array(step, { minLength: 1, maxLength: 25 });
    check(fc.property(fc.tuple(config(fc.integer({ min: 1, max: 70 })), histories), equal), 400);
  });

  test('every dim from 1 to 70, by one history', () => {
    const history = ['forward', 'adapt', 'learn', 'reward', 'train', 'learn', 'buffers', 'reward']
      .map((kind, i) => ({ kind, seed: i, scale: 1, reward: 0.4, op: 0 }));
    for (let dim = 1; dim <= 70; dim++) equal([{ dim, alpha: Math.fround(0.1), learningRate: 0.5 }, history]);
  });

  test('large dims', () => {
    const dims = fc.constantFrom(255, 256, 257, 384, 1000, 1536, 4095, 4096);
    const histories = fc.array(step, { minLength: 1, maxLength: 8 });
    check(fc.property(fc.tuple(config(dims), histories), equal), 24);
  });
});

describe('WasmScopedLoRA against the reference', () => {
  const scopedStep = fc.record({ step, fallback: fc.option(fc.boolean(), { freq: 10 }), reset: fc.boolean(), rare: fc.nat(19) });

  const equal = ([settings, history]) => {
    const scoped = new WasmScopedLoRA(settings.dim, settings.alpha, settings.learningRate);
    const reference = references(ReferenceScoped, settings);
    const sound = history.every(({ step: one, fallback, reset, rare }) => {
      if (typeof fallback === 'boolean' && rare < 4) {
        scoped.set_category_fallback(fallback);
        for (const each of reference.all) each.fallback = fallback;
      }
      if (reset && rare === 19) {
        scoped.reset_scope(one.op);
        for (const each of reference.all) each.resetScope(one.op);
      }
      return compare(scoped, reference, [one], ({ op }) => [op]);
    });
    if (sound) {
      for (const [op, { adaptCount, forwardCount }] of reference.exact.scopes.entries()) {
        assert.equal(scoped.adapt_count(op), adaptCount);
        assert.equal(scoped.forward_count(op), forwardCount);
      }
    }
    scoped.free();
  };

  test('dims 1 to 70', () => {
    const histories = fc.array(scopedStep, { minLength: 1, maxLength: 40, size: 'max' });
    check(fc.property(fc.tuple(config(fc.integer({ min: 1, max: 70 })), histories), equal), 150);
  });

  // Past ten adaptations the operator answers alone; the tenth is where w reaches 1.
  test('the blend at every adapt count from 0 to 12', () => {
    const settings = { dim: 19, alpha: Math.fround(0.1), learningRate: 0.25 };
    const scoped = new WasmScopedLoRA(settings.dim, settings.alpha, settings.learningRate);
    const reference = new ReferenceScoped(settings);
    const next = normal(2);
    // A category with other knowledge than the operator, from a sibling: else every w gave nearly the same output.
    for (let i = 0; i < 30; i++) {
      const x = vector(19, next);
      scoped.forward_array(9, x);
      reference.forward(9, x);
      scoped.adapt_with_reward(9, 2);
      reference.adaptWithReward(9, 2);
    }
    for (let n = 0; n <= 12; n++) {
      const x = vector(19, next);
      const [y, expected] = [scoped.forward_array(2, x), reference.forward(2, x)];
      assert.ok(norm(minus([...y], expected)) < 1e-4 * norm(x), `w after ${n} adaptations`);
      const { ownDelta, categoryDelta } = reference.deltas(2, [...x]);
      const w = dot(minus(minus([...y], [...x]), categoryDelta), minus(ownDelta, categoryDelta))
        / dot(minus(ownDelta, categoryDelta), minus(ownDelta, categoryDelta));
      assert.ok(Math.abs(w - Math.min(n / 10, 1)) < 1e-3, `w after ${n} adaptations is ${w}`);
      scoped.adapt_with_reward(2, -0.5);
      reference.adaptWithReward(2, -0.5);
    }
  });
});

test('most of those comparisons were tight', () => {
  assert.ok(compared.all > 10_000, JSON.stringify(compared));
  assert.ok(compared.tight > 0.7 * compared.all, JSON.stringify(compared));
});

test('the plain gradients are the numeric derivatives of the loss', () => {
  for (const dim of [1, 2, 5, 12]) {
    const next = normal(dim);
    const factors = new Factors({ dim, alpha: 0.7, learningRate: 0.1 });
    factors.b = factors.b.map((row) => row.map(() => next()));
    const [x, target] = [Array.from({ length: dim }, next), Array.from({ length: dim }, next)];
    const residual = () => delta(factors, x).map((value, i) => x[i] + value - target[i]);
    const loss = () => dot(residual(), residual()) / 2;
    const { a, b } = gradients(factors, x, residual());

    const epsilon = 1e-5;
    for (const [factor, gradient] of [[factors.a, a], [factors.b, b]]) {
      for (const [i, row] of factor.entries()) {
        for (const k of row.keys()) {
          const value = row[k];
          const at = (shifted) => {
            row[k] = shifted;
            return loss();
          };
          const numeric = (at(value + epsilon) - at(value - epsilon)) / (2 * epsilon);
          row[k] = value;
          assert.ok(Math.abs(numeric - gradient[i][k]) < 1e-6 * (1 + Math.abs(numeric)), `${numeric} ${gradient[i][k]}`);
        }
      }
    }
  }
});

test('a gradient step of the package goes downhill as the gradients say', () => {
  const [dim, alpha, learningRate] = [40, 0.5, Math.fround(1e-4)];
  const lora = new WasmMicroLoRA(dim, alpha, learningRate);
  const reference = new ReferenceLora({ dim, alpha, learningRate });
  const next = normal(5);
  const [x, target] = [vector(dim, next), vector(dim, next)];
  for (let i = 0; i < 400; i++) {
    const g = minus(lora.forward_array(x), target);
    reference.forward(x);
    lora.adapt_array(g);
    reference.adapt(g);
  }
  const loss = (y) => dot(minus(y, target), minus(y, target));
  const [before, after, expected] = [loss(x), loss(lora.forward_array(x)), loss(reference.forward(x))];
  assert.ok(after < 0.97 * before);
  assert.ok(Math.abs(after - expected) < 1e-3 * (before - expected));
});

// The rule is invariant to the scale of the inputs, and of alpha, but for the floor of δb.
test('what is learned does not depend on the scale of the inputs or on alpha', () => {
  const predictions = [[1, 0.1], [1000, 0.1], [0.01, 0.1], [1, 1], [1, 0.003]].map(([scale, alpha]) => {
    const lora = new WasmMicroLoRA(48, alpha, 0.1);
    const next = normal(8);
    for (let i = 0; i < 40; i++) {
      lora.forward_array(vector(48, next, scale));
      lora.adapt_with_reward(0.5);
    }
    return lora.predicted_improvement(vector(48, next, scale));
  });
  for (const predicted of predictions) {
    assert.ok(Math.abs(predicted - predictions[0]) < 0.02 * Math.abs(predictions[0]), `${predictions}`);
  }
});
