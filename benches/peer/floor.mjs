// Builds benches/floor, as the package is built: cargo, then wasm-opt with the package's own options.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { WASM_TARGET, root, toolchain } from '../../scripts/toolchain.mjs';

const crate = path.join(root, 'benches/floor');

/** The bytes of the wasm file. */
export function buildFloor() {
  const { env } = toolchain();
  // Flags of this shell are not the package's.
  const { RUSTFLAGS, CARGO_TARGET_DIR, ...clean } = env;
  const run = (command, ...args) => execFileSync(command, args, { cwd: crate, env: clean, stdio: ['ignore', 2, 2] });
  run('cargo', 'build', '--quiet', '--locked', '--release', '--target', WASM_TARGET);
  const optimised = path.join(crate, 'target/floor.wasm');
  run('wasm-opt', ...wasmOptOptions(), path.join(crate, 'target', WASM_TARGET, 'release/floor.wasm'), '-o', optimised);
  return readFileSync(optimised);
}

function wasmOptOptions() {
  const manifest = readFileSync(path.join(root, 'Cargo.toml'), 'utf8');
  const [, list] = manifest.match(/^wasm-opt = \[([^\]]*)\]/m);
  return list.match(/-[-\w]+/g);
}
