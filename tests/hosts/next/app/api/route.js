import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';

import { check, checkInstance, tell } from '../../check.mjs';

export const dynamic = 'force-dynamic';

const classes = { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer };

export async function GET() {
  return Response.json(await tell({
    'route handler': () => check(init, classes),
    'route handler again': async () => checkInstance(await init(), classes),
  }));
}
