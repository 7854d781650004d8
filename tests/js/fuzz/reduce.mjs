// Makes a sequence that traps shorter. A trap ruins the instance, so that each attempt needs a process of its own.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { consumer } from '../installed.mjs';

const replay = fileURLToPath(new URL('replay.mjs', import.meta.url));

/** Whether a sequence fails in a new process. */
const fails = (sequence) => spawnSync(process.execPath, [replay], { input: JSON.stringify(sequence), env: { ...process.env, CONSUMER: consumer } }).status !== 0;

/** The sequence without what it needs not to fail, by the delta debugging of Zeller and Hildebrandt; null if it does not fail by itself. */
export function reduce(sequence) {
  if (!fails(sequence)) return null;
  let found = sequence;
  for (let parts = 2; found.length > 1;) {
    const size = Math.ceil(found.length / parts);
    const starts = Array.from({ length: Math.ceil(found.length / size) }, (_, i) => i * size);
    const shorter = starts.map((start) => found.toSpliced?.(start, size) ?? found.filter((_, i) => i < start || i >= start + size)).find(fails);
    if (!shorter && size === 1) break;
    parts = shorter ? Math.max(2, parts - 1) : Math.min(found.length, 2 * parts);
    found = shorter ?? found;
  }
  return found;
}
