// Two inputs rewarded 0.5 and −0.2 in turn: what ours then predicts for them.
import { WasmMicroLoRA } from '../../pkg/index.js';
import { normal } from './random.mjs';
import { BASE } from './rows.mjs';
import { medians } from './statistics.mjs';

export const REWARDS = [0.5, -0.2];

/** The predictions after each of `rounds`, medians over the seeds. To be called after contenders.mjs has been imported. */
export function predictions(rounds, seeds) {
  const found = seeds.map((seed) => {
    const next = normal(seed, 5);
    const inputs = REWARDS.map(() => Float32Array.from({ length: BASE.dim }, next));
    const lora = new WasmMicroLoRA(BASE.dim, 0.1, 0.01);
    let round = 0;
    const values = rounds.flatMap((until) => {
      for (; round < until; round++) {
        inputs.forEach((x, k) => {
          lora.forward_array(x);
          lora.adapt_with_reward(REWARDS[k]);
        });
      }
      return inputs.map((x) => lora.predicted_improvement(x));
    });
    lora.free();
    return values;
  });
  const all = medians(found);
  return rounds.map((_, i) => all.slice(2 * i, 2 * i + 2));
}
