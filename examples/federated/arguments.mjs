// The demo's command line.

import { parseArgs } from 'node:util';

import { FAULT_NAMES } from './faults.mjs';
import { TASK_NAMES } from './tasks.mjs';

export const HELP = `npm run demo:federated -- [options]

  --task <name>       what is learned, ${TASK_NAMES.join(' or ')}; teacher if left out
  --rounds <n>        1 to 100; 5 if left out
  --clients <n>       1 to 16, in a simulation to 1000; 3 if left out
  --seed <n>          of the data of the task teacher; 1 if left out
  --simulation        all clients in one process group of Flower's, instead of a supernode each
  --tls               encrypted, with certificates made on the spot
  --freeze-from <n>   from this round on only B is trained, and averages are exact; 0, never, if left out
  --clip <norm>       largest norm of an update; three times the median of the round if left out
  --noise <factor>    differential privacy: needs --freeze-from 1 and --clip
  --faults <list>     clients that fail, each client:round:fault, separated by commas; faults are
                      ${FAULT_NAMES.join(', ')}
  --deadline <s>      how long a round waits for replies; 30 if left out, 300 in a simulation
  --keep              keep the folder with the logs of all processes
  --help`;

const integer = (low, high) => ({ type: 'string', read: Number, right: (value) => Number.isInteger(value) && value >= low && value <= high, means: `an integer from ${low} to ${high}` });
const positive = { type: 'string', read: Number, right: (value) => Number.isFinite(value) && value > 0, means: 'a number above 0' };
const flag = { type: 'boolean' };
const OPTIONS = {
  task: { type: 'string', right: (value) => TASK_NAMES.includes(value), means: TASK_NAMES.join(' or ') },
  rounds: integer(1, 100),
  clients: integer(1, 1000),
  seed: integer(0, 1_000_000),
  simulation: flag,
  tls: flag,
  'freeze-from': integer(0, 100),
  clip: positive,
  noise: positive,
  faults: { type: 'string', right: isListOfFaults, means: 'a list of client:round:fault' },
  deadline: positive,
  keep: flag,
  help: flag,
};
const DEFAULTS = { task: 'teacher', rounds: 5, clients: 3, seed: 1, 'freeze-from': 0, clip: 0, noise: 0, faults: '', simulation: false, tls: false, keep: false };

function isListOfFaults(list) {
  return list.split(',').every((entry) => {
    const [, fault] = entry.match(/^\d+:\d+:(\w+)$/) ?? [];
    return FAULT_NAMES.includes(fault);
  });
}

/** The options by name, or { error }. */
export function readArguments(args) {
  let given;
  try {
    given = parseArgs({ args, options: Object.fromEntries(Object.entries(OPTIONS).map(([name, { type }]) => [name, { type }])) }).values;
  } catch (error) {
    return { error: error.message };
  }
  const values = { ...DEFAULTS };
  for (const [name, text] of Object.entries(given)) {
    const { read = (value) => value, right = () => true, means } = OPTIONS[name];
    const value = read(text);
    if (!right(value)) return { error: `--${name} must be ${means}, got ${text}` };
    values[name] = value;
  }
  values.deadline ??= values.simulation ? 300 : 30;
  if (values.clients > 16 && !values.simulation) return { error: 'more than 16 clients need --simulation' };
  if (values.clients > 33 && values.task === 'queries') return { error: 'the task queries has 33 families, so at most as many clients' };
  if (values.noise > 0 && !(values['freeze-from'] === 1 && values.clip > 0)) return { error: '--noise needs --freeze-from 1 and --clip' };
  return values;
}
