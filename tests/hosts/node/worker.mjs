import { parentPort, workerData } from 'node:worker_threads';

import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer, initSync } from 'ruvector-learning-wasm';
import { check, checkSync, outcome } from './check.mjs';

const classes = { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer };
parentPort.postMessage(await outcome(() => (workerData ? checkSync(initSync, classes, { module: workerData }) : check(init, classes))));
