// One small adapter that goes on learning, to save and to load: what the worker of the panel Keep does.
import { WasmMicroLoRA } from 'ruvector-learning-wasm';

import { factorsOf, productOf } from './factors.mjs';
import { normalFrom } from './random.mjs';
import { TEACHERS, targetOf } from './teachers.mjs';

const DIM = 32;

const fresh = () => new WasmMicroLoRA(DIM, 0.1, 0.3);

export class Pupil {
  constructor() {
    this.lora = fresh();
    this.parts = TEACHERS.two.parts(DIM);
  }

  /** Its inputs depend on how often it has learned, so that a loaded one goes on as the saved one does. */
  train(steps) {
    for (let i = 0; i < steps; i += 1) {
      const input = normalFrom(Number(this.lora.adapt_count()) + 1)(DIM);
      this.lora.train(input, targetOf(this.parts, input));
    }
  }

  file() {
    return this.lora.to_safetensors({ made_by: 'the playground' });
  }

  /** Throws what the package throws, and is then as it was. */
  load(bytes) {
    const loaded = WasmMicroLoRA.from_safetensors(bytes);
    const dim = loaded.dim();
    if (dim !== DIM) {
      loaded.free();
      throw new RangeError(`this panel has adapters of ${DIM} dimensions, the file has one of ${dim}`);
    }
    this.lora.free();
    this.lora = loaded;
  }

  /** A loaded adapter may have had other settings. */
  reset() {
    this.lora.free();
    this.lora = fresh();
  }

  state() {
    const file = this.file();
    const change = productOf(factorsOf(file, DIM), DIM, this.lora.alpha());
    return { steps: Number(this.lora.adapt_count()), distance: this.lora.delta_norm(), size: file.length, change, dim: DIM };
  }
}
