import path from 'node:path';

import { inChromium } from '../lib/browsers.mjs';
import { prefixed, versionOf, visitBuilt } from '../lib/bundled.mjs';
import { output, start } from '../lib/command.mjs';
import { freePort } from '../lib/serve.mjs';

async function dev(vite, cwd) {
  const port = await freePort();
  const running = start(process.execPath, [vite, '--host', '127.0.0.1', '--port', String(port), '--strictPort', '--clearScreen', 'false'], { cwd });
  try {
    await running.said(/ready in/);
    return await inChromium(`http://127.0.0.1:${port}/`);
  } finally {
    await running.end();
  }
}

export async function inVite({ folder }) {
  const vite = path.join(folder, 'node_modules/vite/bin/vite.js');
  const results = [prefixed('dev', await dev(vite, folder))];
  await output(process.execPath, [vite, 'build'], { cwd: folder });
  const [built] = await visitBuilt(path.join(folder, 'dist'));
  return { version: versionOf(folder, 'vite'), results: [...results, prefixed('build', built)] };
}

export default { name: 'Vite', quick: true, run: inVite };
