// Runs a Python program of this folder and gives what it prints, which is JSON or nothing.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { python } from '../../scripts/toolchain.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

export function runPython({ program, environment = 'python', requirements = 'requirements.txt' }, ...args) {
  const interpreter = python(environment, here(requirements));
  const printed = execFileSync(interpreter, [here(program), ...args], { encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 2] });
  return printed.trim() === '' ? undefined : JSON.parse(printed);
}
