// Fuzzes the packed package: `npm run fuzz -- --calls 1e8`. FUZZ_SEED chooses where to begin, FUZZ_PATH replays a failure.
import { parseArgs } from 'node:util';

import { fuzz } from './property.mjs';
import { counted } from './session.mjs';

const { values } = parseArgs({ options: { calls: { type: 'string', default: '1e6' } } });
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
console.log(`seed ${seed}`);
const start = process.cpuUsage();
const said = () => {
  const { user, system } = process.cpuUsage(start);
  return `${counted.calls} calls (${counted.refused} refused, ${counted.modelled} compared with the model), ${((user + system) / 1e6).toFixed(0)} s of processor time`;
};
let next = 1e6;
fuzz({
  calls: Number(values.calls), seed, path: process.env.FUZZ_PATH,
  progress: (calls, at) => {
    if (calls < next) return;
    next += 1e6;
    console.log(`${said()}, seed ${at}`);
  },
});
console.log(`nothing broke: ${said()}`);
