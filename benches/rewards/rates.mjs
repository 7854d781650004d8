// How fast the prediction comes to the mean of an input's rewards, and how much it varies about it, by learning rate.

import { WasmMicroLoRA } from 'ruvector-learning-wasm';

import { randomFrom } from '../../examples/job/random.mjs';

const DIM = 64;
const RUNS = 200;
const AFTER = [1, 3, 10, 30, 100, 300, 1000];
const RATES = { 0.5: () => 0.5, 0.1: () => 0.1, 0.01: () => 0.01, 'max(0.5 / √n, 0.02)': (n) => Math.max(0.5 / Math.sqrt(n), 0.02) };
/** Rewards of 0 and 1, by the chance of 1. */
const SIGNALS = { 'always 1': 1, '1 in three of ten cases': 0.3 };

/** The root mean square of prediction − mean after each of AFTER. */
function errors(chance, rateOf) {
  const squares = AFTER.map(() => 0);
  for (let run = 0; run < RUNS; run += 1) {
    const random = randomFrom(run);
    const input = Float32Array.from({ length: DIM }, () => random() - 0.5);
    const lora = new WasmMicroLoRA(DIM, 0.1, rateOf(1));
    for (let n = 1; n <= AFTER.at(-1); n += 1) {
      lora.set_learning_rate(rateOf(n));
      lora.reward(input, random() < chance ? 1 : 0);
      const at = AFTER.indexOf(n);
      if (at >= 0) squares[at] += (lora.predicted_improvement(input) - chance) ** 2;
    }
    lora.free();
  }
  return squares.map((sum) => Math.sqrt(sum / RUNS));
}

/** A Markdown table. */
export function ratesTable() {
  const row = (cells) => `| ${cells.join(' | ')} |`;
  const lines = Object.entries(SIGNALS).flatMap(([signal, chance]) => Object.entries(RATES).map(([rate, rateOf]) =>
    row([signal, rate, ...errors(chance, rateOf).map((error) => error.toFixed(3))])));
  return [row(['rewards', 'learning rate', ...AFTER.map((n) => `after ${n}`)]), row(['---', '---', ...AFTER.map(() => '---')]), ...lines].join('\n');
}
