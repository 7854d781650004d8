// The command line of the demo: its options, their checks and the help text.

import { parseArgs } from 'node:util';

const INTEGERS = {
  passes: { default: 20, min: 1, max: 1000 },
  seed: { default: 1, min: 0, max: 2 ** 32 - 1 },
  seeds: { default: 5, min: 1, max: 1000 },
  capacity: { default: 4096, min: 1, max: 100_000 },
};

const range = (name) => `${INTEGERS[name].min} to ${INTEGERS[name].max} (default ${INTEGERS[name].default})`;

export const HELP = `Usage: npm run demo -- [options]

Replays the Join Order Benchmark through ruvector-learning-wasm and writes examples/job/report.html.

Options:
  --passes <n>    how often to replay the 113 queries, ${range('passes')}
  --seed <n>      seed of the recommendations, ${range('seed')}
  --seeds <n>     seeds to summarise, counted from --seed, which is the one shown, ${range('seeds')}
  --capacity <n>  runs that the trajectory buffer holds: older ones are forgotten, ${range('capacity')}
  --help          show this text`;

/** `{ help, passes, seed, seeds, capacity }`, or `{ error }` with what is wrong in words. */
export function readArguments(argv) {
  const integers = Object.fromEntries(Object.keys(INTEGERS).map((name) => [name, { type: 'string' }]));
  const options = { help: { type: 'boolean', short: 'h' }, ...integers };
  let values;
  try {
    ({ values } = parseArgs({ args: joinNegatives(argv), options }));
  } catch (error) {
    return { error: error.message.split('. ')[0] };
  }
  const result = { help: values.help === true };
  for (const [name, { default: preset, min, max }] of Object.entries(INTEGERS)) {
    const text = values[name];
    result[name] = text === undefined ? preset : Number(text);
    const inRange = result[name] >= min && result[name] <= max;
    const valid = text === undefined || (/^\d+$/.test(text) && inRange);
    if (!valid) return { error: `--${name} must be an integer from ${min} to ${max}, not '${text}'` };
  }
  return result;
}

/** `--seed -1` as `--seed=-1`, so that the complaint is about the number and not about an option called -1. */
function joinNegatives(argv) {
  const joined = [];
  for (const arg of argv) {
    const previous = joined.at(-1);
    if (/^-[\d.]/.test(arg) && Object.keys(INTEGERS).some((name) => previous === `--${name}`)) {
      joined[joined.length - 1] = `${previous}=${arg}`;
    } else {
      joined.push(arg);
    }
  }
  return joined;
}
