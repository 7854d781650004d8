// What the benchmarks' commands have in common.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

/** The command's options as `read` makes them of the parsed ones. Ends the process after --help, and where `read` throws. */
export function readOptions(help, declared, read) {
  try {
    const { values } = parseArgs({ options: { ...declared, help: { type: 'boolean', short: 'h', default: false } } });
    if (!values.help) return read(values);
  } catch (error) {
    console.error(`${error.message}\n\n${help}`);
    process.exit(2);
  }
  console.log(help);
  process.exit();
}

/** Installs what a folder's package-lock.json pins, the first time; to be called before importing what needs it. */
export function install(folder, ...options) {
  // npm writes this file last, so it is missing after an interrupted installation.
  if (existsSync(path.join(folder, 'node_modules/.package-lock.json'))) return;
  execFileSync('npm', ['ci', ...options, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32', // npm is a .cmd file there
  });
}
