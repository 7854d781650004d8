// `npm run soak`: long lives, many lives, many objects at once. `--operations 1e6 --lives 1e4 --many 1e3 --workers 10` for less of it.
import { parseArgs } from 'node:util';

import { module } from '../module.mjs';
import { manyWorkers } from './instances.mjs';
import { amongMany, droppedLives, freedLives, lifeNames, soak } from './soak.mjs';

const number = (value) => ({ type: 'string', default: value });
const { values } = parseArgs({ options: { operations: number('1e7'), lives: number('1e5'), many: number('1e4'), workers: number('100') } });
const [operations, lives, many] = ['operations', 'lives', 'many'].map((name) => Number(values[name]));
const MB = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MB`;

const { memory, ratio } = soak(operations);
console.log(`${operations} operations: finite, counters exact, ${MB(memory)} of memory throughout; the fastest of the last five blocks took ${ratio.toFixed(2)} times as long as that of the first five`);

const few = amongMany(10);
const among = amongMany(many);
for (const [name, time] of Object.entries(among)) {
  console.log(`${name}: ${time.toFixed(1)} µs among ${many} adapters, ${few[name].toFixed(1)} among 10, ratio ${(time / few[name]).toFixed(2)}`);
}

const digests = await manyWorkers(Number(values.workers));
console.log(`${digests.length} instances in workers at once: ${new Set(digests).size} digest of what they have learned`);

for (const name of lifeNames) {
  console.log(`${name}, ${lives} lives with free(): the memory grew by ${MB(freedLives(name, lives))}`);
  const { grown } = await droppedLives(name, lives, 100);
  console.log(`${name}, ${lives} dropped lives, the event loop turns once in 100: it grew by ${MB(grown)}`);
}
for (const name of lifeNames) {
  const { grown } = await droppedLives(name, lives, 0);
  console.log(`${name}, ${lives} dropped lives in one loop: it grew by ${MB(grown)}`);
}

// Last, because a memory never shrinks.
const large = () => new module.WasmTrajectoryBuffer(13_000, 256);
const { lives: made, grown, error } = await droppedLives('', 1000, 0, large);
console.log(`buffers of 15 MB, dropped in one loop: ${made} were made, the memory grew by ${MB(grown)}, then ${error?.name}: ${error?.message}`);
