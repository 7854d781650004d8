// The comparison: every method predicts every example once, from a fold in which its label was left out. Settings are chosen
// on folds within the training part, by squared error.

import { randomFrom } from '../../examples/job/random.mjs';
import { ADAPTERS, EPOCHS, RATES, inputsOf, makeAdapters, teach } from './adapter.mjs';
import { foldsByLabel } from './folds.mjs';
import { PENALTIES, ridge } from './ridge.mjs';
import { mean } from './statistics.mjs';

export const FOLDS = { outer: 5, inner: 3 };

/**
 * Predictions by method: Map from its name to [targets][examples]. `labels` say what is left out together.
 */
export function evaluate({ dim, embeddings, targets }, labels, seed) {
  const random = randomFrom(seed);
  const names = ['training mean', 'ridge', ...ADAPTERS.map(({ name }) => name)];
  const predictions = new Map(names.map((name) => [name, targets.map(() => new Array(labels.length))]));
  const adapters = makeAdapters(dim);
  // All folds are drawn before the first lesson: how many numbers that takes depends on what was learned.
  const outer = foldsByLabel(labels.map((_, i) => i), labels, FOLDS.outer, random);
  const folds = outer.map((fold) => ({ ...fold, inner: foldsByLabel(fold.train, labels, FOLDS.inner, random) }));
  for (const { train, test, inner } of folds) {
    const put = (name, target, predict) => {
      for (const i of test) predictions.get(name)[target][i] = predict(i);
    };
    targets.forEach(({ values }, t) => {
      const known = mean(train.map((i) => values[i]));
      put('training mean', t, () => known);
    });
    const predictors = ridgePredictors(embeddings, targets, train, inner);
    predictors.forEach((predict, t) => put('ridge', t, predict));
    for (const adapter of ADAPTERS) {
      adapterPredictors({ ...adapter, embeddings, targets, train, inner, adapters, random }, (t, predict) => put(adapter.name, t, predict));
    }
  }
  for (const lora of adapters.values()) lora.free();
  return predictions;
}

const squaredErrors = (predict, rewards, test) => test.reduce((sum, i) => sum + (predict(i) - rewards[i]) ** 2, 0);

/** The candidate with the least error. */
const best = (candidates) => candidates.reduce((a, b) => (b.error < a.error ? b : a));

function ridgePredictors(embeddings, targets, train, inner) {
  const innerFits = inner.map((fold) => ({ ...fold, fit: ridge(embeddings, fold.train) }));
  const fit = ridge(embeddings, train);
  return targets.map(({ values }) => {
    const errorOf = (penalty) => innerFits.reduce((sum, { fit: innerFit, test }) => sum + squaredErrors(innerFit(values, penalty), values, test), 0);
    const { penalty } = best(PENALTIES.map((each) => ({ penalty: each, error: errorOf(each) })));
    return fit(values, penalty);
  });
}

/** Calls `use(target, predict)` while the adapter of that target is the one that is taught. */
function adapterPredictors({ centredInputs, centredRewards, embeddings, targets, train, inner, adapters, random }, use) {
  const innerFolds = inner.map((fold) => ({ ...fold, inputs: inputsOf(embeddings, fold.train, centredInputs) }));
  const inputs = inputsOf(embeddings, train, centredInputs);
  targets.forEach(({ values: rewards }, t) => {
    const candidates = RATES.flatMap((rate) => EPOCHS.map((epoch) => ({ rate, epoch, error: 0 })));
    for (const fold of innerFolds) {
      for (const rate of RATES) {
        const lesson = { inputs: fold.inputs, rewards, train: fold.train, centredRewards, epochs: EPOCHS, random };
        teach(adapters.get(rate), lesson, (epoch, predict) => {
          candidates.find((each) => each.rate === rate && each.epoch === epoch).error += squaredErrors(predict, rewards, fold.test);
        });
      }
    }
    const { rate, epoch } = best(candidates);
    const lesson = { inputs, rewards, train, centredRewards, epochs: [epoch], random };
    teach(adapters.get(rate), lesson, (_, predict) => use(t, predict));
  });
}
