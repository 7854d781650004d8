// What the bundlers' hosts have in common.
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { inChromium } from './browsers.mjs';
import { serve } from './serve.mjs';

/** The version of a tool of the project. */
export const versionOf = (folder, tool) => JSON.parse(readFileSync(path.join(folder, 'node_modules', tool, 'package.json'), 'utf8')).version;

/** Serves a folder that a bundler has filled, and visits pages of it in Chromium: what each of them tells. */
export async function visitBuilt(folder, pages = ['/']) {
  const server = await serve(folder);
  try {
    const results = [];
    for (const page of pages) results.push(await inChromium(`${server.url}${page}`));
    return results;
  } finally {
    server.close();
  }
}

/** The results with what they are about in front of each name. */
export const prefixed = (prefix, results) => Object.fromEntries(Object.entries(results).map(([name, result]) => [`${prefix}: ${name}`, result]));
