// The command line of the demo: its options, their checks and the help text.

import { parseArgs } from 'node:util';

const INTEGERS = {
  passes: { default: 20, min: 1, max: 1000 },
  seed: { default: 1, min: 0, max: 2 ** 32 - 1 },
};

export const HELP = `Usage: npm run demo -- [options]

Replays the Join Order Benchmark through ruvector-learning-wasm and writes examples/job/report.html.

Options:
  --passes <n>  how often to replay the 113 queries, ${INTEGERS.passes.min} to ${INTEGERS.passes.max} (default ${INTEGERS.passes.default})
  --seed <n>    seed of the exploration, ${INTEGERS.seed.min} to ${INTEGERS.seed.max} (default ${INTEGERS.seed.default})
  --no-adapter  choose by the plain embeddings, to see what the adapter adds to the choice
  --help        show this text`;

/** `{ help, passes, seed, noAdapter }`, or `{ error }` with what is wrong in words. */
export function readArguments(argv) {
  const text = { type: 'string' };
  const options = { help: { type: 'boolean', short: 'h' }, 'no-adapter': { type: 'boolean' }, passes: text, seed: text };
  let values;
  try {
    ({ values } = parseArgs({ args: joinNegatives(argv), options }));
  } catch (error) {
    return { error: error.message.split('. ')[0] };
  }
  const result = { help: values.help === true, noAdapter: values['no-adapter'] === true };
  for (const [name, range] of Object.entries(INTEGERS)) {
    const text = values[name];
    result[name] = text === undefined ? range.default : Number(text);
    const inRange = result[name] >= range.min && result[name] <= range.max;
    const valid = text === undefined || (/^\d+$/.test(text) && inRange);
    if (!valid) return { error: `--${name} must be an integer from ${range.min} to ${range.max}, not '${text}'` };
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
