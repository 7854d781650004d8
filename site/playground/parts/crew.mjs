// A set of adapters, one for each operator, that is rewarded about one input: what the worker of the panel Operators does.
import { WasmScopedLoRA } from 'ruvector-learning-wasm';

import { normalFrom } from './random.mjs';

const DIM = 64;
const CONSTANT = 0.5; // appended, so that the opposite of an input is not expected to be like it
/** An operator has all the weight over its category after so many steps (docs/learning.md). */
const STEPS = 10;

/** An input of length 1, and the constant. */
export function inputFrom(seed) {
  const values = normalFrom(seed)(DIM);
  const length = Math.hypot(...values);
  return Float32Array.of(...values.map((value) => value / length), CONSTANT);
}

export class Crew {
  constructor({ rate, seed = 1 }) {
    this.scoped = new WasmScopedLoRA(DIM + 1, 0.1, rate);
    this.input = inputFrom(seed);
    this.fallback = true;
  }

  reward(operator, improvement, times) {
    for (let i = 0; i < times; i += 1) this.scoped.reward(operator, this.input, improvement);
  }

  setFallback(on) {
    this.fallback = on;
    this.scoped.set_category_fallback(on);
  }

  /** Of every operator: what it expects, what its own adapter alone would expect, how often it has learned, and its weight. */
  state() {
    const { scoped, input } = this;
    const expected = (operator) => scoped.predicted_improvement(operator, input);
    const found = scoped.stats().operators.map(({ name, category, adapt_count: steps }, id) => {
      return { id, name, category, steps, weight: Math.min(steps / STEPS, 1), expected: expected(id) };
    });
    scoped.set_category_fallback(false);
    for (const each of found) each.own = expected(each.id);
    scoped.set_category_fallback(this.fallback);
    return found;
  }

  free() {
    this.scoped.free();
  }
}
