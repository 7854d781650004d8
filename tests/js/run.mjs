// Runs the JavaScript tests on the packed package: packs and installs it once, then lets node --test run the test files.
// `node tests/js/run.mjs [part of a file name …]`; PACKAGE_FOLDER tests another package than pkg/.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(here)
  .filter((file) => file.endsWith('.test.mjs') && (wanted.length === 0 || wanted.some((part) => file.includes(part))))
  .map((file) => path.join(here, file));
if (files.length === 0) throw new Error(`no test file has ${wanted.join(' or ')} in its name`);

// installed.mjs removes what it has installed when this process ends.
const { consumer } = await import('./installed.mjs');
const { status } = spawnSync(process.execPath, ['--test', '--test-reporter=spec', ...files], {
  env: { ...process.env, CONSUMER: consumer },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
