// `npm run site` serves the site and follows changes of the pages; `npm run site:build` builds it and prints where it is.
// For a folder of a server: `npm run site:build -- --base=/learning/`.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { isMain, root } from './toolchain.mjs';

const site = path.join(root, 'site');
export const BUILT = path.join(site, '.vitepress/dist');

function run(command, args, env = process.env) {
  const { status, error } = spawnSync(command, args, { cwd: site, env, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} has failed`, { cause: error });
}

/** The packages of site/package-lock.json. */
function install() {
  const wanted = path.join(site, 'package-lock.json');
  const stamp = path.join(site, 'node_modules/.installed-lock.json');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === readFileSync(wanted, 'utf8')) return;
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  cpSync(wanted, stamp);
}

/** Pages of the reference, from the package's types: docs/reference/, which is not committed. */
function writeReference() {
  run('npx', ['typedoc', '--logLevel', 'Warn']);
}

/** Pages of the Rust crate, by `cargo doc`, where there is Cargo: their folder. */
function rustPages() {
  const target = path.join(root, 'target/site');
  const args = ['doc', '--quiet', '--locked', '--no-deps', '--features', 'safetensors', '--target-dir', target];
  const { status } = spawnSync('cargo', args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) console.error('The site has no pages of the Rust crate: cargo doc does not run here.');
  return status === 0 ? path.join(target, 'doc') : undefined;
}

/** Builds the site for this folder of a server; returns where it is. */
export function buildSite(base = '/') {
  if (!/^\/([^/]+\/)*$/.test(base)) throw new Error(`--base must begin and end with a slash, got ${base}`);
  install();
  writeReference();
  const rust = rustPages();
  run('npx', ['vitepress', 'build'], { ...process.env, SITE_BASE: base, ...(rust && { SITE_RUST: rust }) });
  return BUILT;
}

if (isMain(import.meta.url)) {
  const { values, positionals } = parseArgs({ options: { base: { type: 'string', default: '/' } }, allowPositionals: true });
  if (positionals[0] === 'build') {
    console.log(buildSite(values.base));
  } else {
    install();
    writeReference();
    run('npx', ['vitepress', 'dev'], { ...process.env, SITE_BASE: values.base });
  }
}
