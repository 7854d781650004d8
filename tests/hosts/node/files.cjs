// How existing code finds the file: by require.resolve, and by looking for a .wasm file beside the entry.
const { readFileSync, readdirSync } = require('node:fs');
const path = require('node:path');

const lora = require('ruvector-learning-wasm');
const folder = path.dirname(require.resolve('ruvector-learning-wasm'));
const beside = readdirSync(folder).filter((name) => name.endsWith('.wasm'));
const found = readFileSync(require.resolve('ruvector-learning-wasm/ruvector_learning_wasm_bg.wasm'));

import('./check.mjs').then(({ checkSync, tell }) => tell({
  'initSync of the .wasm by require.resolve': () => checkSync(lora.initSync, lora, { module: found }),
  'the .wasm file beside the entry': () => {
    if (beside.length !== 1 || !found.equals(readFileSync(path.join(folder, beside[0])))) throw new Error(`found ${beside}`);
  },
}));
