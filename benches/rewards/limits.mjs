// Where the rule for rewards ends: what docs/learning.md says it cannot do.

import { WasmMicroLoRA, WasmScopedLoRA } from 'ruvector-learning-wasm';

import { normalFrom } from '../../examples/federated/random.mjs';

const ALPHA = 0.1;
const DIM = 384;

const fixed = (values, digits = 3) => values.map((value) => value.toFixed(digits)).join(' ');

/** Unrelated inputs of length about 1. */
function inputs(count, seed) {
  const next = normalFrom(seed);
  return Array.from({ length: count }, () => Float32Array.from({ length: DIM }, () => next() / Math.sqrt(DIM)));
}

/** Calls `teach` again and again; what `ask` says after each number of `times`. */
function after(times, teach, ask) {
  const answers = [];
  for (let n = 1; n <= times.at(-1); n += 1) {
    teach(n);
    if (times.includes(n)) answers.push(ask());
  }
  return answers;
}

/** One input after the other is liked: the prediction for each after its own likes. */
function oneAfterTheOther() {
  const times = [1, 2, 3, 5, 8];
  const lora = new WasmMicroLoRA(DIM, ALPHA, 0.5);
  const lines = inputs(3, 1).map((x, i) => {
    const found = after(times, () => lora.reward(x, 1), () => lora.predicted_improvement(x));
    return `  input ${i + 1}, after ${times.join(', ')} likes: ${fixed(found)}`;
  });
  lora.free();
  return lines;
}

function frozen() {
  const times = [1, 10, 100, 1000];
  const lora = new WasmMicroLoRA(DIM, ALPHA, 0.5);
  lora.freeze_a(true);
  const [x] = inputs(1, 1);
  return [`  after ${times.join(', ')} likes: ${fixed(after(times, () => lora.reward(x, 1), () => lora.predicted_improvement(x)))}`];
}

/** What 500 rewards of 0.05 come to at inputs of these lengths. */
function tiny() {
  const [x] = inputs(1, 1);
  return [1, 1e-5, 1e-6, 1e-7].map((length) => {
    const lora = new WasmMicroLoRA(DIM, ALPHA, 0.5);
    const short = x.map((value) => value * length);
    const [found] = after([500], () => lora.reward(short, 0.05), () => lora.predicted_improvement(short));
    return `  of length ${length}: ${found.toFixed(4)}`;
  });
}

/** Two rewards in turn for one input: how far the adapter is from the identity. */
function contradicting() {
  const times = [100, 10_000, 100_000];
  return [0.9, 0.99, 1].map((rate) => {
    const lora = new WasmMicroLoRA(3, ALPHA, rate);
    const found = after(times, (n) => lora.reward([1, 2, 3], n % 2 ? 1 : -0.25), () => lora.delta_norm());
    return `  rate ${rate}, after ${times.join(', ')} rewards: ${fixed(found, 2)}`;
  });
}

/** An operator's category expects 1 of an input. The least that the operator expects during its own first likes of it. */
function takeOver() {
  const [x] = inputs(1, 1);
  return [0.01, 0.1, 0.3, 0.5].map((rate) => {
    const set = new WasmScopedLoRA(DIM, ALPHA, rate);
    for (let n = 0; n < 2000; n += 1) set.reward(0, x, 1);
    const found = after(Array.from({ length: 20 }, (_, i) => i + 1), () => set.reward(6, x, 1), () => set.predicted_improvement(6, x));
    return `  rate ${rate}: ${Math.min(...found).toFixed(2)}`;
  });
}

/** One feature is a constant: the share of the loss on other inputs that is left after 4000 steps of `train`. */
function constantFeature() {
  const dim = 256;
  const next = normalFrom(2);
  const [from, to] = [1, 2].map(() => Float32Array.from({ length: dim }, () => next() / Math.sqrt(dim)));
  const example = (constant) => {
    const x = Float32Array.from({ length: dim }, (_, i) => (i === 0 && constant ? constant : next()));
    const share = x.reduce((sum, value, i) => (i === 0 && constant ? sum : sum + value * from[i]), 0);
    return { x, target: x.map((value, i) => value + share * to[i]) };
  };
  const loss = (lora, examples) => examples.reduce((sum, { x, target }) =>
    lora.forward_array(x).reduce((squares, y, i) => squares + (y - target[i]) ** 2, sum), 0);
  return [0, 10, 100].map((constant) => {
    const heldOut = Array.from({ length: 200 }, () => example(constant));
    const shares = [0.1, 0.5].map((rate) => {
      const lora = new WasmMicroLoRA(dim, ALPHA, rate);
      const start = loss(lora, heldOut);
      for (let step = 0; step < 4000; step += 1) {
        const { x, target } = example(constant);
        lora.train(x, target);
      }
      return loss(lora, heldOut) / start;
    });
    return `  ${constant || 'none'}: ${shares.map((share) => share.toPrecision(2)).join(' at rate 0.1, ')} at rate 0.5`;
  });
}

/** Lines of text. */
export function limits() {
  return [
    'Unrelated inputs liked one after the other, rate 0.5', ...oneAfterTheOther(),
    'The first of them with A frozen from the start', ...frozen(),
    '500 rewards of 0.05 for an input', ...tiny(),
    'Rewards of 1 and −0.25 in turn for one input: delta_norm', ...contradicting(),
    'A new operator whose category expects 1: the least that it expects during its own 20 likes', ...takeOver(),
    'One constant feature beside 255 of variance 1: share of the loss after 4000 steps', ...constantFeature(),
  ].join('\n');
}
