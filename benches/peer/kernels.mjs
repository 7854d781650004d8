// What each loop takes inside wasm: `npm run bench:kernels`. Each goes round 1000 times a call, the loops in turn.
import { buildFloor } from './floor.mjs';
import { DIM } from './rows.mjs';

const COUNT = 1000;
const CALLS = 50;
const ROUNDS = 21;

const { instance: { exports } } = await WebAssembly.instantiate(buildFloor());
const rows = exports.kernels_new(DIM);
const kernels = Object.keys(exports).filter((name) => name.startsWith('kernel_'));
const times = Object.fromEntries(kernels.map((name) => [name, []]));
for (let round = 0; round <= ROUNDS; round++) {
  for (const name of kernels) {
    const start = performance.now();
    for (let i = 0; i < CALLS; i++) exports[name](rows, COUNT);
    if (round > 0) times[name].push((performance.now() - start) * 1e6 / (CALLS * COUNT)); // the first one warms up
  }
}
console.log(`nanoseconds at d = ${DIM}, median (least) of ${ROUNDS} interleaved rounds`);
for (const name of kernels) {
  const sorted = times[name].sort((a, b) => a - b);
  console.log(`${name.slice('kernel_'.length).padEnd(18)} ${sorted[ROUNDS >> 1].toFixed(1)} (${sorted[0].toFixed(1)})`);
}
