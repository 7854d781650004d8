// `npm run bench`: every call beside the published package, plain JavaScript and what bounds it. Prints the table, writes
// results/*.json and results/*.svg, in Node or with --browser in headless Chromium and Firefox.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = fileURLToPath(new URL('.', import.meta.url));
const { values: options } = parseArgs({
  options: {
    browser: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '15' },
    only: { type: 'string', default: '' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (options.help) {
  console.log(`npm run bench -- [options]

  --browser        in headless Chromium and Firefox instead of Node
  --rounds N       rounds, each of which times every call of everyone (15)
  --only PATTERN   only rows whose name matches: "forward", "curve adapt_array", "memory"`);
  process.exit();
}
const rounds = Number(options.rounds);
if (!Number.isInteger(rounds) || rounds < 1) {
  console.error('--rounds must be a positive integer');
  process.exit(2);
}

if (!existsSync(path.join(here, 'node_modules'))) {
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: here, stdio: 'inherit' });
}
// After that, because they import what was installed.
const { buildFloor } = await import('./floor.mjs');
const { benchInBrowser, browsers } = await import('./browser.mjs');
const { benchInNode } = await import('./node.mjs');
const { environment, missed, plots, table } = await import('./report.mjs');

const results = path.join(here, 'results');
mkdirSync(results, { recursive: true });
const wasm = {
  peer: readFileSync(path.join(here, 'node_modules/peer/ruvector_learning_wasm_bg.wasm')),
  floor: buildFloor(),
};
const progress = (text) => process.stderr.isTTY && process.stderr.write(`\r\x1b[K${text}`);

async function report(name, engine, run) {
  const result = await run({ wasm, rounds, only: options.only, say: (text) => progress(`${name}: ${text}`) });
  progress('');
  const about = environment(engine);
  console.log(`\n${table(result, about)}`);
  console.log(missed(result));
  const write = (file, text) => {
    writeFileSync(path.join(results, file), text);
    console.log(`wrote ${path.relative(process.cwd(), path.join(results, file))}`);
  };
  write(`${name}.json`, `${JSON.stringify({ ...about, ...result }, null, 1)}\n`);
  for (const [what, svg] of Object.entries(plots(result, about))) write(`${name}-${what}.svg`, svg);
}

if (!options.browser) {
  await report('node', `Node ${process.versions.node}, V8 ${process.versions.v8}`, benchInNode);
} else {
  for (const browser of browsers()) {
    try {
      const page = await benchInBrowser(browser);
      await report(browser.name, page.version, page.run);
      await page.close();
    } catch (error) {
      console.log(`\n${browser.name} was left out: ${error.message}`);
      process.exitCode = 1;
    }
  }
}
