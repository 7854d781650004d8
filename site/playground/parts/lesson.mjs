// One adapter and its teacher: what the worker of the panel Adapt does, and what the tests do in Node.
import { WasmMicroLoRA } from 'ruvector-learning-wasm';

import { factorsOf, productOf } from './factors.mjs';
import { normalFrom } from './random.mjs';
import { TEACHERS, leftByTwo, matrixOf, targetOf } from './teachers.mjs';

const HELD_OUT = 64;

export class Lesson {
  constructor({ teacher, drawing, dim, alpha, rate, seed = 1 }) {
    this.dim = dim;
    this.lora = new WasmMicroLoRA(dim, alpha, rate);
    this.parts = TEACHERS[teacher].parts(dim, drawing);
    const pair = (input) => ({ input, target: targetOf(this.parts, input) });
    const heldOut = normalFrom(seed + 1);
    this.heldOut = Array.from({ length: HELD_OUT }, () => pair(heldOut(dim)));
    const draw = normalFrom(seed);
    this.next = () => pair(draw(dim));
  }

  train(steps) {
    for (let i = 0; i < steps; i += 1) {
      const { input, target } = this.next();
      this.lora.train(input, target);
    }
  }

  /** The share of the teacher's change that the adapter does not make yet, over inputs that it does not learn from: 1 at first. */
  loss() {
    let [left, whole] = [0, 0];
    for (const { input, target } of this.heldOut) {
      const output = this.lora.forward_array(input);
      for (let i = 0; i < this.dim; i += 1) {
        left += (output[i] - target[i]) ** 2;
        whole += (input[i] - target[i]) ** 2;
      }
    }
    return whole > 0 ? left / whole : 0;
  }

  state() {
    const factors = factorsOf(this.lora.to_safetensors(), this.dim);
    const change = productOf(factors, this.dim, this.lora.alpha());
    return { steps: Number(this.lora.adapt_count()), loss: this.loss(), distance: this.lora.delta_norm(), ...factors, change };
  }

  /** What does not change while it learns. */
  goal() {
    return { matrix: matrixOf(this.parts, this.dim), floor: leftByTwo(this.parts) };
  }

  /** Calls of `train` per second: of a copy, so that nothing is learned from it. */
  speed(milliseconds = 60) {
    const copy = WasmMicroLoRA.from_safetensors(this.lora.to_safetensors());
    const pairs = this.heldOut;
    const lap = () => pairs.forEach(({ input, target }) => copy.train(input, target));
    for (let i = 0; i < 20; i += 1) lap(); // until the engine has compiled it
    const started = performance.now();
    let laps = 0;
    let elapsed = 0;
    while (elapsed < milliseconds) {
      for (let i = 0; i < 10; i += 1) lap();
      laps += 10;
      elapsed = performance.now() - started;
    }
    copy.free();
    return (laps * pairs.length * 1000) / elapsed;
  }

  free() {
    this.lora.free();
  }
}
