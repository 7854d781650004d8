// The consumer: a temporary project that has installed the packed tarball, as a user would have.
// PACKAGE_FOLDER names the package to pack (pkg/ by default). run.mjs installs once and hands the folder on in CONSUMER;
// a test file that is run by itself installs for itself.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const packageName = 'ruvector-learning-wasm';
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where a script of the consumer imports the package by its name, for the tests to import in turn. */
const entry = 'entry.mjs';

/** Packs the package and installs the tarball into a new project, whose folder is returned. */
export function installPackage() {
  const source = path.resolve(process.env.PACKAGE_FOLDER ?? path.join(root, 'pkg'));
  const folder = mkdtempSync(path.join(tmpdir(), 'consumer-'));
  const npm = (...args) => execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

  const [{ filename }] = Object.values(JSON.parse(npm('pack', source, '--json', '--ignore-scripts')));
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true }));
  // The package has no dependencies, so the installation needs no network; --offline proves it.
  npm('install', `./${filename}`, '--offline', '--no-audit', '--no-fund', '--ignore-scripts');
  writeFileSync(path.join(folder, entry), `export * from '${packageName}';\nexport { default } from '${packageName}';\n`);
  return folder;
}

function installForThisProcess() {
  const folder = installPackage();
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The consumer's folder. */
export const consumer = process.env.CONSUMER ?? installForThisProcess();

/** The folder that npm installed the package into. */
export const installedPackage = path.join(consumer, 'node_modules', packageName);

/** The installed package, imported by its name from the consumer. */
export const importPackage = () => import(pathToFileURL(path.join(consumer, entry)));

export const wasmFile = path.join(installedPackage, 'ruvector_learning_wasm_bg.wasm');
export const wasmBytes = () => readFileSync(wasmFile);
