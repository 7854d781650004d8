// Who learns, behind one interface: forward(x), adapt(gradient of the last forward), free().
import { readFileSync } from 'node:fs';

import init, { WasmMicroLoRA as Ours } from '../../pkg/index.js';
import { adam, sgd } from './optimizers.mjs';
import { initSync, WasmMicroLoRA as Published } from './node_modules/peer/ruvector_learning_wasm.js';

await init();
initSync({ module: readFileSync(new URL('node_modules/peer/ruvector_learning_wasm_bg.wasm', import.meta.url)) });

const ALPHA = 0.1;

const packaged = (Lora) => (dim, step) => {
  const lora = new Lora(dim, ALPHA, step);
  return {
    forward: (x) => lora.forward_array(x),
    adapt: (gradient) => lora.adapt_array(gradient),
    free: () => lora.free(),
  };
};

/** Four step sizes a decade. */
const grid = (from, to) => Array.from({ length: 4 * (to - from) + 1 }, (_, i) => Number((10 ** (from + i / 4)).toPrecision(2)));

/**
 * `make({ dim, inputEnergy }, step)`. `steps`: what a step size is chosen from, row by row; the rates of ours are in
 * rows.mjs. The published package learns nothing on most rows, and there its choice means nothing.
 */
export const CONTENDERS = {
  ours: { make: ({ dim }, rate) => packaged(Ours)(dim, rate) },
  published: { make: ({ dim }, rate) => packaged(Published)(dim, rate), steps: grid(-3, 0).filter((_, i) => i % 2 === 0) },
  // Divided by E|x|², because the best one is inverse to it.
  sgd: { make: ({ dim, inputEnergy }, step) => sgd(dim, ALPHA, step / inputEnergy), steps: grid(0, 2.5) },
  adam: { make: ({ dim }, step) => adam(dim, ALPHA, step), steps: grid(-4, -1) },
};
