// Version 0.1.0 of the package, to compare with: out of the history of this repository.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { root } from '../../scripts/toolchain.mjs';

export const PREVIOUS_VERSION = '0.1.0';
const COMMIT = 'c597defc37422704dd8beb0b85e15b131dcbf041';

const here = fileURLToPath(new URL('.', import.meta.url));
const folder = path.join(here, `node_modules/.previous-${PREVIOUS_VERSION}`);

/** Makes sure that its folder is there, which is returned relative to this one; throws where the history has not got it. */
export function extractPrevious() {
  if (!existsSync(folder)) {
    const input = archive();
    const unfinished = `${folder}.new`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    execFileSync('tar', ['-x', '-C', unfinished], { input, stdio: ['pipe', 2, 2] });
    renameSync(unfinished, folder);
  }
  return path.posix.join('node_modules', path.basename(folder), 'pkg');
}

/** Its pkg/ as a tar file. */
function archive() {
  try {
    return execFileSync('git', ['archive', COMMIT, 'pkg'], { cwd: root, maxBuffer: 2 ** 26, stdio: ['ignore', 'pipe', 'ignore'] });
  } catch (cause) {
    throw new Error(`there is no commit ${COMMIT.slice(0, 7)} here (no git, no history or only a part of it)`, { cause });
  }
}
