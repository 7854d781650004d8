// The first run installs what package-lock.json pins into this folder.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));

/** To be awaited before a file is imported that needs what is installed. */
export function install() {
  // npm writes this file last, so it is missing after an interrupted installation.
  if (existsSync(path.join(here, 'node_modules/.package-lock.json'))) return;
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: here,
    stdio: 'inherit',
    shell: process.platform === 'win32', // npm is a .cmd file there
  });
}
