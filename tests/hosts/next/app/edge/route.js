// On the edge runtime nothing compiles bytes: the bundler compiles the file.
import wasm from 'ruvector-learning-wasm/ruvector_learning_wasm_bg.wasm?module';
import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';

import { checkInstance, tell } from '../../check.mjs';

export const runtime = 'edge';

const classes = { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer };

export async function GET() {
  return Response.json(await tell({ 'edge route: init of the imported .wasm': async () => checkInstance(await init(wasm), classes) }));
}
