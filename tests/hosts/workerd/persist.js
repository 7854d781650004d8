// The second entry alone, in a Cloudflare Worker.
import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm/persist';
import { check, saves, tell } from './check.mjs';

export default {
  async fetch() {
    return Response.json(await tell({
      '/persist': async () => {
        await check(init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer });
        saves({ WasmMicroLoRA }, { WasmMicroLoRA });
      },
    }));
  },
};
