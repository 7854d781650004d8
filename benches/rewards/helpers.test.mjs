// `node --test benches/rewards/`: the helpers, against values worked out by hand.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';

import { randomFrom } from '../../examples/job/random.mjs';
import { familyOf, improvement, loadData } from './data.mjs';
import { foldsByLabel, shuffled } from './folds.mjs';
import { meanAbsoluteError, meanSquaredError, pearson, quantile, ranks, spearman } from './statistics.mjs';

const near = (actual, expected) => assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);

test('Pearson and Spearman', () => {
  // Deviations −1, 0, 1 and −2, −1, 3: 5 / √(2 · 14).
  near(pearson([1, 2, 3], [1, 2, 6]), 5 / Math.sqrt(28));
  near(pearson([1, 2, 3], [3, 2, 1]), -1);
  assert.ok(Number.isNaN(pearson([1, 1, 1], [1, 2, 3])));
  near(spearman([1, 2, 3], [1, 2, 600]), 1);
  // Ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4: 4.5 / √(4.5 · 5).
  near(spearman([0, 5, 5, 9], [1, 2, 3, 4]), 4.5 / Math.sqrt(22.5));
});

test('ranks share ties', () => {
  assert.deepEqual(ranks([10, 30, 20, 30]), [1, 3.5, 2, 3.5]);
  assert.deepEqual(ranks([7, 7, 7]), [2, 2, 2]);
});

test('errors and quantiles', () => {
  near(meanAbsoluteError([1, 2], [0, 4]), 1.5);
  near(meanSquaredError([1, 2], [0, 4]), 2.5);
  near(quantile([4, 1, 3, 2], 0.5), 2.5);
  near(quantile([4, 1, 3, 2], 0.25), 1.75);
  near(quantile([5], 0.75), 5);
});

test('improvements are clamped like rewards', () => {
  near(improvement(100, 80), 0.25);
  assert.equal(improvement(100, 1), 2);
  near(improvement(100, 400), -0.75);
  assert.equal(familyOf('13d'), 13);
});

test('folds are disjoint by label and cover everything', () => {
  const { families } = loadData();
  const all = families.map((_, i) => i);
  const folds = foldsByLabel(all, families, 5, randomFrom(1));
  assert.deepEqual(folds.flatMap(({ test: left }) => left).sort((a, b) => a - b), all);
  for (const { train, test: left } of folds) {
    assert.equal(train.length + left.length, all.length);
    assert.ok(left.length > 0);
    const known = new Set(train.map((i) => families[i]));
    assert.ok(left.every((i) => !known.has(families[i])));
    // The inner folds see nothing of what the outer one left out.
    for (const inner of foldsByLabel(train, families, 3, randomFrom(2))) {
      assert.ok([...inner.train, ...inner.test].every((i) => known.has(families[i])));
    }
  }
  assert.throws(() => foldsByLabel([0, 1], ['a', 'a'], 2, randomFrom(1)), /as many labels/);
});

test('a shuffle is a permutation, and the seed decides which', () => {
  const items = [1, 2, 3, 4, 5, 6];
  assert.deepEqual(shuffled(items, randomFrom(3)).sort(), items);
  assert.deepEqual(shuffled(items, randomFrom(3)), shuffled(items, randomFrom(3)));
});

const installed = existsSync(new URL('node_modules/ml-matrix', import.meta.url));

test('ridge regression', { skip: !installed && 'npm run bench:rewards installs what it needs' }, async () => {
  const { ridge } = await import('./ridge.mjs');
  // One dimension, x = −1, 0, 1, rewards 0, 1, 5: mean 2, Σ x·reward = 5, Σ x² = 2, mean eigenvalue 2/3.
  const fit = ridge([[-1], [0], [1], [3]], [0, 1, 2]);
  near(fit([0, 1, 5], 3)(3), 2 + 3 * (5 / (2 + 3 * (2 / 3))));
  near(fit([0, 1, 5], 1e-12)(2), 4.5);
});
