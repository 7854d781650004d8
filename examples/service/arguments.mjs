// The command line of the example: its options, their checks and the help text.

import { parseArgs } from 'node:util';

const INTEGERS = {
  port: { default: 0, min: 0, max: 65_535, about: 'port of 127.0.0.1, 0 for a free one' },
  workers: { default: 4, min: 1, max: 64, about: 'worker threads' },
  seed: { default: 1, min: 0, max: 2 ** 32 - 1, about: 'seed of the first worker; each further one has the next' },
  requests: { default: 3000, min: 30, max: 1_000_000, about: 'requests of the demo' },
};
const FILE = 'trajectories.safetensors';

const line = ([name, { default: preset, min, max, about }]) => `  ${`--${name} <n>`.padEnd(16)}${about}, ${min} to ${max} (default ${preset})`;

export const HELP = `Usage: npm run example:service -- [options]

A service that learns which of several strategies to use for which request. Ctrl-C saves what it has learned and ends it.

Options:
${Object.entries(INTEGERS).map(line).join('\n')}
  --file <path>   where what was learned is kept (default ${FILE} in the current folder)
  --demo          send requests, print what they took by each strategy, and end; neither reads nor writes a file
  --kinds         with --demo: print every kind of request, too
  --help          show this text`;

/** The options by name, or `{ error }` with what is wrong in words. */
export function readArguments(argv) {
  const integers = Object.fromEntries(Object.keys(INTEGERS).map((name) => [name, { type: 'string' }]));
  const flags = Object.fromEntries(['demo', 'kinds', 'help'].map((name) => [name, { type: 'boolean', default: false }]));
  let values;
  try {
    ({ values } = parseArgs({ args: argv, options: { ...integers, ...flags, file: { type: 'string', default: FILE } } }));
  } catch (error) {
    return { error: error.message.split('. ')[0] };
  }
  for (const [name, { default: preset, min, max }] of Object.entries(INTEGERS)) {
    const text = values[name] ?? String(preset);
    const valid = /^\d{1,10}$/.test(text) && Number(text) >= min && Number(text) <= max;
    if (!valid) return { error: `--${name} must be an integer from ${min} to ${max}, not '${text}'` };
    values[name] = Number(text);
  }
  if (values.file === '') return { error: '--file must name a file' };
  return values;
}
