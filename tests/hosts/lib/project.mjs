// The projects of users: each host's folder, copied to target/hosts with its locked tools and the packed package installed.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { output } from './command.mjs';

export const root = fileURLToPath(new URL('../../..', import.meta.url));
export const hostsFolder = path.join(root, 'tests/hosts');
const work = path.join(root, 'target/hosts');
const QUIET = ['--no-audit', '--no-fund', '--loglevel=error'];
const PACKAGE = 'ruvector-learning-wasm';

/** Packs PACKAGE_FOLDER (pkg/ by default), once per run: the path of the tarball. */
export async function packed() {
  mkdirSync(work, { recursive: true });
  const source = path.resolve(process.env.PACKAGE_FOLDER ?? path.join(root, 'pkg'));
  const [{ filename }] = Object.values(JSON.parse(await output('npm', ['pack', source, '--json', '--ignore-scripts'], { cwd: work })));
  return path.join(work, filename);
}

/** Prepares the project of a host; `bin(name)` is a tool of its own. */
export async function project(id, more, tarball) {
  const folder = path.join(work, id);
  const sources = ['common', ...more, id].map((name) => path.join(hostsFolder, name));
  mkdirSync(folder, { recursive: true });
  // All but the tools is made anew.
  for (const name of readdirSync(folder)) if (name !== 'node_modules') rmSync(path.join(folder, name), { recursive: true });
  const own = (file) => !/(^|\/)(host\.mjs|node_modules)$/.test(file);
  for (const source of sources) cpSync(source, folder, { recursive: true, filter: own });
  // Whose manifest it is decides the last one, with its lock file.
  for (const name of ['package.json', 'package-lock.json']) cpSync(path.join(hostsFolder, id, name), path.join(folder, name));
  await installTools(folder);
  await installPackage(folder, tarball);
  return { folder, tarball, bin: (name) => path.join(folder, 'node_modules/.bin', name) };
}

/** The folder of a host's project with its tools alone. */
export async function tools(id) {
  const folder = path.join(work, id);
  mkdirSync(folder, { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) cpSync(path.join(hostsFolder, id, name), path.join(folder, name));
  await installTools(folder);
  return folder;
}

async function installTools(folder) {
  const lock = path.join(folder, 'package-lock.json');
  const stamp = path.join(folder, 'node_modules/.installed-lock.json');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === readFileSync(lock, 'utf8')) return;
  await output('npm', ['ci', ...QUIET], { cwd: folder });
  mkdirSync(path.dirname(stamp), { recursive: true });
  cpSync(lock, stamp);
}

/** As a user would, from the tarball, but the manifest stays as it is. It needs no network: --offline proves it. */
async function installPackage(folder, tarball) {
  rmSync(path.join(folder, 'node_modules', PACKAGE), { recursive: true, force: true });
  await output('npm', ['install', tarball, '--no-save', '--offline', '--ignore-scripts', ...QUIET], { cwd: folder });
}

export const packageFolder = (folder) => path.join(folder, 'node_modules', PACKAGE);
