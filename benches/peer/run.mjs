// `npm run bench`: every call beside version 0.1.0, the published package, plain JavaScript and what bounds it. Prints the table,
// writes results/*.json and results/*.svg, in Node or with --browser in headless Chromium and Firefox.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { install, readOptions } from '../command.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const HELP = `npm run bench -- [options]

  --browser        in headless Chromium and Firefox instead of Node
  --rounds N       rounds, each of which times every call of everyone (15)
  --only PATTERN   only rows whose name matches: "forward", "curve adapt_array", "memory", "churn";
                   writes no files`;

const declared = {
  browser: { type: 'boolean', default: false },
  rounds: { type: 'string', default: '15' },
  only: { type: 'string', default: '' },
};
const options = readOptions(HELP, declared, (values) => {
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds must be a positive integer');
  new RegExp(values.only); // throws now rather than in a worker
  return { ...values, rounds };
});

install(here);
// After that, because they import what was installed.
const { CATEGORY } = await import('../operators.mjs');
const { buildFloor } = await import('./floor.mjs');
const { BROWSERS, benchInBrowser } = await import('./browser.mjs');
const { benchInNode } = await import('./node.mjs');
const { PREVIOUS_VERSION, extractPrevious } = await import('./previous.mjs');
const { environment, missed, plots, table } = await import('./report.mjs');

const given = {
  wasm: {
    peer: readFileSync(path.join(here, 'node_modules/peer/ruvector_learning_wasm_bg.wasm')),
    floor: ifPossible('the loops inside wasm, which could not be built', buildFloor), // where there is no Rust
  },
  previous: ifPossible(`version ${PREVIOUS_VERSION}`, extractPrevious),
  categories: CATEGORY,
};

/** What is left out where it cannot be had is null, and a line says so. */
function ifPossible(what, provide) {
  try {
    return provide();
  } catch (error) {
    console.error(`without ${what}: ${error.message}`);
    return null;
  }
}

const { browser, rounds, only } = options;
const progress = (text) => process.stderr.isTTY && process.stderr.write(`\r\x1b[K${text}`);

/** Runs the benchmark somewhere, prints what it found and writes the files. */
async function report(name, bench) {
  const { engine, result } = await bench({ given, rounds, only, say: (text) => progress(`${name}: ${text}`) });
  progress('');
  const about = environment(engine);
  console.log(`\n${table(result, about)}`);
  console.log(missed(result));
  if (only) return; // a part would take the place of the whole
  const results = path.join(here, 'results');
  mkdirSync(results, { recursive: true });
  const write = (file, text) => {
    writeFileSync(path.join(results, file), text);
    console.log(`wrote ${path.relative(process.cwd(), path.join(results, file))}`);
  };
  write(`${name}.json`, `${JSON.stringify({ ...about, ...result }, null, 1)}\n`);
  for (const [what, svg] of Object.entries(plots(result, about))) write(`${name}-${what}.svg`, svg);
}

if (!browser) {
  const engine = `Node ${process.versions.node}, V8 ${process.versions.v8}`;
  await report('node', async (options) => ({ engine, result: await benchInNode(options) }));
} else {
  for (const each of BROWSERS) {
    try {
      await report(each.name, (options) => benchInBrowser(each, options));
    } catch (error) {
      progress('');
      console.log(`\n${each.name} was left out: ${error.message}`);
      process.exitCode = 1;
    }
  }
}
