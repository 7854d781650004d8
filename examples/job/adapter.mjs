// The adapter: it runs along and learns how much faster than its baseline a query will be. It chooses nothing.

import { WasmScopedLoRA } from 'ruvector-learning-wasm';
import { OPERATOR } from './replay.mjs';

const ALPHA = 0.1;
const LEARNING_RATE = 0.2; // a query comes back once per pass, so each reward has to count
const CONSTANT = 0.5; // appended to each embedding: without it, the opposite of a query would be expected to be like it

export class Adapter {
  constructor(dim) {
    this.lora = new WasmScopedLoRA(dim + 1, ALPHA, LEARNING_RATE);
    this.input = new Float32Array(dim + 1).fill(CONSTANT, dim);
  }

  /** The improvement to expect, whichever hint set is chosen: rewards do not say which one it was. */
  expect(embedding) {
    this.input.set(embedding);
    const improvement = this.lora.predicted_improvement(OPERATOR, this.input);
    this.lora.forward_array(OPERATOR, this.input); // the reward will be about this query
    return improvement;
  }

  learn(improvement) {
    this.lora.adapt_with_reward(OPERATOR, improvement);
  }

  statistics() {
    return {
      operator: WasmScopedLoRA.scope_name(OPERATOR),
      adaptations: Number(this.lora.adapt_count(OPERATOR)),
      deltaNorm: this.lora.delta_norm(OPERATOR),
      parameters: this.lora.param_count(),
    };
  }
}
