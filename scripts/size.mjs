// What the package weighs, and what each function of the wasm file weighs (`npm run size`). The sizes are held to
// size_budget.json by the tests; `--all` lists every function.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';

import { isMain, root, toolchain, twiggy } from './toolchain.mjs';

const budget = () => JSON.parse(readFileSync(path.join(root, 'scripts/size_budget.json'), 'utf8'));

/** Bytes of a package folder: of the wasm file, and of the JavaScript beside it as a bundler makes it. */
export function sizes(folder) {
  const gzip = (bytes) => gzipSync(bytes, { level: 9 }).length;
  const wasm = readFileSync(path.join(folder, 'ruvector_learning_wasm_bg.wasm'));
  const options = { bundle: true, minify: true, format: 'esm', target: 'es2022', write: false, logOverride: { 'duplicate-object-key': 'silent' } };
  const [{ contents }] = buildSync({ ...options, entryPoints: [path.join(folder, 'index.js')] }).outputFiles;
  return { 'wasm': wasm.length, 'wasm, gzip': gzip(wasm), 'glue, gzip': gzip(contents) };
}

/** [bytes, function] of the package's wasm file, built once more with names. */
function functions() {
  const { env } = toolchain();
  const folder = path.join(root, 'target/named');
  mkdirSync(folder, { recursive: true });
  const run = (command, args, more) => execFileSync(command, args, { cwd: root, env: { ...env, ...more }, encoding: 'utf8', stdio: ['ignore', 'pipe', 2] });
  const build = ['build', '--locked', '--quiet', '--lib', '--release', '--features', 'bindings,runtime'];
  run('cargo', [...build, '--target', 'wasm32-unknown-unknown', '--target-dir', folder], { CARGO_PROFILE_RELEASE_STRIP: 'none' });
  const compiled = path.join(folder, 'wasm32-unknown-unknown/release/ruvector_learning_wasm.wasm');
  run('wasm-bindgen', ['--target', 'web', '--keep-debug', '--out-dir', folder, compiled]);
  // The flags of the package, but for those that strip.
  const manifest = readFileSync(path.join(root, 'Cargo.toml'), 'utf8');
  const flags = [...manifest.matchAll(/^ {4}"(-.*)",$/gm)].map(([, flag]) => flag).filter((flag) => !flag.startsWith('--strip'));
  const named = path.join(folder, 'named.wasm');
  run('wasm-opt', [path.join(folder, 'ruvector_learning_wasm_bg.wasm'), ...flags, '-g', '-o', named]);
  const listed = JSON.parse(run(twiggy(), ['top', '-n', '1000', '-f', 'json', named]));
  return listed
    .filter(({ name }) => !/^custom section|subsection$/.test(name))
    .map(({ name, shallow_size: bytes }) => [bytes, name.replace(/::h[0-9a-f]{16}$/, '')]);
}

if (isMain(import.meta.url)) {
  const limits = budget();
  const row = (...cells) => console.log(cells.map((cell, i) => (i === 0 ? String(cell).padEnd(14) : String(cell).padStart(8))).join(''));
  row('bytes', 'now', 'budget', 'goal');
  for (const [what, bytes] of Object.entries(sizes(path.join(root, 'pkg')))) row(what, bytes, limits[what].budget, limits[what].goal);

  const listed = functions();
  const shown = process.argv.includes('--all') ? listed : listed.slice(0, 40);
  console.log('\n  bytes  function');
  for (const [bytes, name] of shown) console.log(`${String(bytes).padStart(7)}  ${name}`);
  const rest = listed.slice(shown.length).reduce((sum, [bytes]) => sum + bytes, 0);
  if (rest > 0) console.log(`${String(rest).padStart(7)}  … and ${listed.length - shown.length} more`);
}
