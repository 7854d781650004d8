// The wasm file imported by the worker itself, and the inline entry, which here is the same.
import wasm from 'ruvector-learning-wasm/ruvector_learning_wasm_bg.wasm';
import { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer, initSync } from 'ruvector-learning-wasm';
import init from 'ruvector-learning-wasm/inline';
import { checkSync, tell } from './check.mjs';

const classes = { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer };

export default {
  async fetch() {
    return Response.json(await tell({
      'initSync of the imported .wasm': () => checkSync(initSync, classes, { module: wasm }),
      '/inline': () => init(),
    }));
  },
};
