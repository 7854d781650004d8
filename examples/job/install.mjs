// The set-up of the first run: `npm ci` in this folder, if its dependencies are not there yet.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

// One quick retry: without a network, npm's own defaults would take more than a minute to say so.
const NPM_CI = [
  'ci',
  '--prefer-offline',
  '--install-links=false',
  '--fetch-retries=1',
  '--fetch-retry-mintimeout=1000',
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
];

const here = (path) => new URL(path, import.meta.url);
const readJson = (path) => JSON.parse(readFileSync(here(path), 'utf8'));

/** Returns at once when everything is installed; throws if it cannot be. */
export function installDependencies() {
  if (!existsSync(here('../../pkg/package.json'))) throw new Error('the folder pkg, which holds the package, is missing');
  if (isInstalled()) return;
  console.log('First run: installing the progress bar and the plotting library into examples/job/node_modules ...');
  const [command, ...args] = npmCommand();
  const done = spawnSync(command, [...args, ...NPM_CI], {
    cwd: here('.'),
    encoding: 'utf8',
    shell: process.platform === 'win32' && args.length === 0, // npm is a .cmd file there
  });
  if (done.status === 0 && isInstalled()) return;
  const output = done.error?.message ?? done.stderr;
  const reasons = output.split('\n').filter((line) => /\S/.test(line) && !/^npm error\s+at /.test(line)).slice(0, 6);
  throw new Error(['npm ci failed in examples/job; the first run needs the npm registry', ...reasons].join('\n  '));
}

function isInstalled() {
  // npm writes this file last, so it is missing after an interrupted install.
  if (!existsSync(here('node_modules/.package-lock.json'))) return false;
  return Object.entries(readJson('package.json').dependencies).every(([name, wanted]) => {
    const path = `node_modules/${name}/package.json`;
    return existsSync(here(path)) && (wanted.startsWith('file:') || readJson(path).version === wanted);
  });
}

/** The npm that runs this script if there is one, else the one on the PATH. */
function npmCommand() {
  const script = process.env.npm_execpath;
  return script?.endsWith('npm-cli.js') ? [process.execPath, script] : ['npm'];
}
