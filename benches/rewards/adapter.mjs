// The contender: one adapter per hint set, taught rewards, asked by predicted_improvement.

import { WasmMicroLoRA } from 'ruvector-learning-wasm';

import { shuffled } from './folds.mjs';
import { mean } from './statistics.mjs';

const ALPHA = 0.1; // the package's default; the step does not depend on it
export const RATES = [0.03, 0.1, 0.3];
export const EPOCHS = [1, 3, 10, 30];

/** What the adapter is given: the embedding as it is or less the training mean, the reward likewise. */
export const ADAPTERS = [
  { name: 'adapter, raw', centredInputs: false, centredRewards: false },
  { name: 'adapter, centred embeddings', centredInputs: true, centredRewards: false },
  { name: 'adapter, rewards less their mean', centredInputs: false, centredRewards: true },
  { name: 'adapter, both', centredInputs: true, centredRewards: true },
];

/** The embeddings of all examples, less the mean of the training ones if `centred`. */
export function inputsOf(embeddings, train, centred) {
  if (!centred) return embeddings;
  const centre = embeddings[0].map((_, j) => mean(train.map((i) => embeddings[i][j])));
  return embeddings.map((embedding) => embedding.map((value, j) => value - centre[j]));
}

/** Learns the training rewards; after each of `epochs` that is reached, calls `visit(epoch, predict)`. */
export function teach(lora, { inputs, rewards, train, centredRewards, epochs, random }, visit) {
  const offset = centredRewards ? mean(train.map((i) => rewards[i])) : 0;
  const predict = (i) => offset + lora.predicted_improvement(inputs[i]);
  lora.reset();
  for (let epoch = 1; epoch <= Math.max(...epochs); epoch += 1) {
    for (const i of shuffled(train, random)) {
      lora.reward(inputs[i], rewards[i] - offset);
    }
    if (epochs.includes(epoch)) visit(epoch, predict);
  }
}

/** One adapter for each learning rate: a rate is set at construction. */
export function makeAdapters(dim) {
  return new Map(RATES.map((rate) => [rate, new WasmMicroLoRA(dim, ALPHA, rate)]));
}
