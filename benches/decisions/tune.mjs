// The random search that chooses the constants: on one half of the query families and on synthetic worlds of their own.

import { model } from './contenders.mjs';
import { measure, regret } from './measure.mjs';
import { randomFrom } from './random.mjs';
import { SHIPPED } from './settings.mjs';

/** Workloads with the runs of each. */
const TRAINING = [['job odd', 6], ['synthetic 9', 2], ['synthetic 10', 2]];
const TEST = [['job even', 8], ['job', 8], ['synthetic 7', 4], ['synthetic 8', 4]];

const SPACE = {
  bandwidth: [0.03, 0.05, 0.07],
  noise: [0.01, 0.02],
  related: [2, 4, 8],
  residualVariance: [0.1, 0.15, 0.2, 0.3],
  contextVariance: [0.1, 0.2, 0.3],
  explore: [0.6, 0.8, 1],
  'stakes.share': [0, 0.1, 0.2, 0.3],
  'impatience.share': [0, 0.1, 0.2, 0.3],
  risk: [0.25, 0.4, 0.5, 0.7],
  'typeMean.strength': [2, 3, 5],
  'typeMean.draw': [0, 0, 0.02, 0.05],
  'grandMean.mean': [-0.3, -0.5, -0.7],
  'grandMean.strength': [3, 5, 10],
  'grandMean.draw': [0.2, 0.5, 1],
  'slope.mean': [0.15, 0.2, 0.3],
  'slope.strength': [20, 40],
  'slope.draw': [0.3, 0.5, 1],
  'typeVariance.strength': [2, 4, 8, 16],
  'variance.mean': [0.3, 0.5, 1],
  'variance.strength': [5, 10, 20],
  'correlation.mean': [0.2, 0.3, 0.4],
  'correlation.strength': [20, 50],
};

/** Settings from values by name, as they are in the space. */
export function settingsOf(values) {
  const settings = structuredClone(SHIPPED);
  for (const [name, value] of Object.entries(values)) {
    const [group, key] = name.split('.');
    if (key) settings[group][key] = value;
    else settings[group] = value;
  }
  return settings;
}

const valueIn = (settings, name) => name.split('.').reduce((inner, key) => inner[key], settings);

/** Regrets on the training workloads; `score` counts the Join Order Benchmark as much as the synthetic ones. */
function train(values) {
  const make = model(settingsOf(values));
  const regrets = TRAINING.map(([name, seeds]) => regret(name, measure(name, make, seeds)));
  return { values, regrets, score: regrets[0] + (regrets[1] + regrets[2]) / 2 };
}

/** Draws `count` settings; the best of them in training with their results on the test workloads, and what was shipped. */
export function tune(count, seed, progress = () => {}) {
  const uniform = randomFrom(seed);
  const pick = (values) => values[Math.floor(uniform() * values.length)];
  const results = Array.from({ length: count }, (_, i) => {
    progress(`setting ${i + 1} of ${count}`);
    return train(Object.fromEntries(Object.entries(SPACE).map(([name, values]) => [name, pick(values)])));
  });
  results.sort((a, b) => a.score - b.score);
  const shipped = train({});
  const tested = [shipped, ...results.slice(0, 10)].map((each) => {
    const make = model(settingsOf(each.values));
    return { ...each, test: TEST.map(([name, seeds]) => ({ name, ...measure(name, make, seeds) })) };
  });
  const rank = results.filter(({ score }) => score < shipped.score).length + 1;
  return { shipped: tested[0], best: tested.slice(1), rank, often: favourites(results.slice(0, Math.ceil(count / 5))) };
}

/** How often each value is among the best fifth; the shipped one is marked. */
function favourites(results) {
  return Object.entries(SPACE).map(([name, values]) => ({
    name,
    shipped: valueIn(SHIPPED, name),
    counts: [...new Set(values)].map((value) => [value, results.filter(({ values: drawn }) => drawn[name] === value).length]),
  }));
}
