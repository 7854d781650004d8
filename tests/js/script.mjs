// Runs a script in the consumer as its author would: a file of its own, in a process of its own.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { consumer } from './installed.mjs';

/** A new folder inside the consumer, so that scripts there find the package. */
export const newFolder = () => mkdtempSync(path.join(consumer, 'script-'));

/** What `node [flags] file` with this code prints, and its exit code. The file's name decides between ESM and CommonJS. */
export function runScript(name, code, { flags = [] } = {}) {
  const folder = newFolder();
  writeFileSync(path.join(folder, name), code);
  // The test runner's own variables would make the child report to it.
  const { NODE_TEST_CONTEXT, NODE_OPTIONS, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, name], { cwd: folder, env, encoding: 'utf8' });
  return { status, stdout, stderr };
}
