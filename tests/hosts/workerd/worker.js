// The package as a user writes it, in a Cloudflare Worker.
import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';
import { check, tell } from './check.mjs';

export default {
  async fetch() {
    return Response.json(await tell({ import: () => check(init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer }) }));
  },
};
