// `npm run bench:decisions -- --growth`: how the time of a recommendation grows with what the ring holds.

import init, { OperatorType, WasmTrajectoryBuffer } from '../../pkg/index.js';

import { normalFrom, randomFrom } from './random.mjs';

await init();

const TYPES = Array.from({ length: 16 }, (_, type) => type);
const DIMS = [256, 384];
const HELD = [100, 1000, 10_000, 20_000, 100_000];
const QUESTIONS = 50;

/** Mean µs of processor time of a recommendation when the ring holds `held` trajectories, each with an embedding of its own. */
function mean(held, dim) {
  const normal = normalFrom(randomFrom(1));
  const buffer = new WasmTrajectoryBuffer(held, dim);
  const embedding = new Float32Array(dim);
  const draw = () => embedding.map(normal); // a new array
  try {
    for (let i = 0; i < held; i += 1) buffer.record(draw(), OperatorType.Join, i % TYPES.length, Math.exp(normal()), 1);
    buffer.recommend(draw(), OperatorType.Join, TYPES); // takes in all that was recorded
    const questions = Array.from({ length: QUESTIONS }, draw);
    const started = process.cpuUsage();
    for (const question of questions) buffer.recommend(question, OperatorType.Join, TYPES);
    return process.cpuUsage(started).user / QUESTIONS;
  } finally {
    buffer.free();
  }
}

/** Rows of the table, texts. */
export const growth = () => [
  ['trajectories', ...DIMS.map((dim) => `µs, dim ${dim}`)],
  ...HELD.map((held) => [String(held), ...DIMS.map((dim) => mean(held, dim).toFixed(0))]),
];
