// The adapter: it runs along and learns how much faster than its baseline a query will be. It chooses nothing.

import { WasmScopedLoRA } from 'ruvector-learning-wasm';
import { OPERATOR } from './replay.mjs';

const ALPHA = 0.1;
const LEARNING_RATE = 0.2; // a query comes back once per pass, so each reward has to count

export class Adapter {
  constructor(dim) {
    this.lora = new WasmScopedLoRA(dim, ALPHA, LEARNING_RATE);
  }

  /** The improvement to expect, whichever hint set is chosen: rewards do not say which one it was. */
  expect(embedding) {
    const improvement = this.lora.predicted_improvement(OPERATOR, embedding);
    this.lora.forward_array(OPERATOR, embedding); // the reward will be about this query
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
