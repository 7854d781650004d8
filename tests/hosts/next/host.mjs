import { rmSync } from 'node:fs';
import path from 'node:path';

import { inChromium } from '../lib/browsers.mjs';
import { versionOf } from '../lib/bundled.mjs';
import { output, start } from '../lib/command.mjs';
import { freePort } from '../lib/serve.mjs';

async function inNext(folder, webpack) {
  const next = path.join(folder, 'node_modules/next/dist/bin/next');
  const options = { cwd: folder, env: { NEXT_TELEMETRY_DISABLED: '1', ...(webpack && { WITH_WEBPACK: '1' }) } };
  rmSync(path.join(folder, '.next'), { recursive: true, force: true });
  await output(process.execPath, [next, 'build', ...(webpack ? ['--webpack'] : [])], options);
  const port = await freePort();
  const running = start(process.execPath, [next, 'start', '-H', '127.0.0.1', '-p', String(port)], options);
  try {
    await running.said(/Ready in/);
    const url = `http://127.0.0.1:${port}`;
    const results = [await inChromium(`${url}/`, /favicon|404/), await (await fetch(`${url}/api`)).json()];
    return { version: versionOf(folder, 'next'), results };
  } finally {
    await running.end();
  }
}

export default [
  { name: 'Next.js', run: ({ folder }) => inNext(folder, false) },
  { name: 'Next.js with webpack', run: ({ folder }) => inNext(folder, true) },
];
