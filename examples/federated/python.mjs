// A virtual environment with Flower, made once for each user in the cache directory.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const WANTED = [3, 11]; // of flwr 1.41
const NAMES = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python'];

/** { command, version } of a Python that Flower runs on and that can make environments, null if there is none. `PYTHON` names one. */
export function findPython() {
  const program = 'import ensurepip, sys, venv; print(*sys.version_info[:3])';
  for (const command of process.env.PYTHON ? [process.env.PYTHON] : NAMES) {
    const { status, stdout } = spawnSync(command, ['-c', program], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    if (status !== 0) continue;
    const [major, minor, patch] = stdout.trim().split(' ').map(Number);
    if (major === WANTED[0] && minor >= WANTED[1]) return { command, version: `${major}.${minor}.${patch}` };
  }
  return null;
}

function run(command, args, what) {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
  if (status !== 0) throw new Error(`${what} failed: ${(error?.message ?? stderr).trim().split('\n').slice(-4).join('\n  ')}`);
}

/**
 * By uv, which Flower brings along and pip installs first: it takes seconds where pip takes a minute. It does not read pip's settings, so
 * where it fails (there may be a mirror) pip has its turn. Modules are compiled when they are first imported, see flower.mjs.
 */
function install(bin, wanted) {
  const pip = (what) => {
    const quiet = ['--quiet', '--no-compile', '--disable-pip-version-check', '--timeout', '10', '--retries', '2'];
    run(path.join(bin, 'python'), ['-m', 'pip', 'install', ...quiet, ...what], 'pip install');
  };
  pip(['uv', '--constraint', here('constraints.txt')]);
  try {
    run(path.join(bin, 'uv'), ['pip', 'install', '--quiet', '--no-cache', '--python', path.join(bin, 'python'), ...wanted], 'uv pip install');
  } catch {
    pip(wanted);
  }
}

/** The folder of programs of an environment with Flower, with what its simulations need or without. */
export function environment({ simulation = false, say = () => {} } = {}) {
  const python = findPython();
  if (python === null) throw new Error(`Python ${WANTED.join('.')} or newer, with venv, is needed (PYTHON names one); on Debian: apt-get install python3-venv`);
  const lists = ['constraints.txt', 'requirements.txt', 'requirements-simulation.txt'];
  const hash = createHash('sha256').update(python.version);
  for (const list of lists) hash.update(readFileSync(here(list)));
  const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'ruvector-learning-wasm');
  const folder = path.join(cache, `federated-${hash.digest('hex').slice(0, 12)}`);
  const bin = path.join(folder, process.platform === 'win32' ? 'Scripts' : 'bin');
  for (const list of simulation ? lists.slice(1) : ['requirements.txt']) {
    const stamp = path.join(folder, `installed-${list}`);
    if (existsSync(stamp)) continue;
    say(`Setting up (once): ${readFileSync(here(list), 'utf8').trim().split('\n').join(', ')} for Python ${python.version} into ${folder}`);
    if (list === 'requirements.txt') {
      rmSync(folder, { recursive: true, force: true }); // of a set-up that was interrupted
      mkdirSync(cache, { recursive: true });
      run(python.command, ['-m', 'venv', folder], 'python -m venv');
    }
    install(bin, ['--requirement', here(list), '--constraint', here('constraints.txt')]);
    writeFileSync(stamp, '');
  }
  return bin;
}
