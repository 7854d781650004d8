// Replays workloads with Vowpal Wabbit, in a Python that has it.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { python } from '../../../scripts/toolchain.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Calls `use` with a folder for the time that it takes. */
export async function withFolder(use) {
  const folder = mkdtempSync(path.join(tmpdir(), 'decisions-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Seconds [seeds][passes] of each job, `{ workload: file, setting, seeds: [numbers] }`, or `{ error }` where VW refuses the
 * setting or diverges. One process, job after job; `onResult(done)` after each.
 */
export async function replayAll(jobs, onResult = () => {}) {
  // -B: no compiled files in this folder.
  const interpreter = python('vw-python', here('requirements.txt'));
  return withFolder(async (folder) => {
    const file = path.join(folder, 'jobs.json');
    writeFileSync(file, JSON.stringify(jobs));
    const replaying = spawn(interpreter, ['-B', here('vw.py'), file], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise((resolve, reject) => replaying.on('error', reject).on('close', resolve));
    const results = [];
    for await (const line of createInterface({ input: replaying.stdout })) {
      results.push(JSON.parse(line));
      onResult(results.length);
    }
    if ((await ended) !== 0 || results.length !== jobs.length) throw new Error('Vowpal Wabbit did not replay everything');
    return results;
  });
}
