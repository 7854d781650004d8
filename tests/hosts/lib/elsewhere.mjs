// What was built or traced, run where no node_modules is above it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Does `work` with a folder of its own, outside of the project, which is removed afterwards. */
export async function elsewhere(work) {
  const place = mkdtempSync(path.join(tmpdir(), 'host-'));
  try {
    return await work(place);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
