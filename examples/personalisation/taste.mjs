// The taste of one user: an adapter that learns from each rating as it comes. All that there is of the package is in this file.

import { WasmMicroLoRA } from '../../pkg/index.js'; // in a program of yours: from 'ruvector-learning-wasm'
import { DIM } from './catalogue.mjs';

const ALPHA = 0.1; // the package's default
const LEARNING_RATE = 0.5; // ratings seldom contradict each other
const LIKE = 1;
const DISLIKE = -0.25; // most items are not liked: each says less than a like

export class Taste {
  /** `inputs`: one flat Float32Array of all items. `bytes`: what `save` returned, to go on from there. */
  constructor(inputs, bytes) {
    this.inputs = inputs;
    this.lora = bytes ? WasmMicroLoRA.from_safetensors(bytes) : new WasmMicroLoRA(DIM, ALPHA, LEARNING_RATE);
  }

  rate(item, likes) {
    this.lora.reward(this.inputs.subarray(item * DIM, (item + 1) * DIM), likes ? LIKE : DISLIKE);
  }

  /** How much of a like to expect of every item; all 0 before the first rating. */
  scores() {
    return this.lora.predicted_improvements(this.inputs);
  }

  save() {
    return this.lora.to_safetensors();
  }

  free() {
    this.lora.free();
  }
}
