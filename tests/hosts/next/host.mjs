import { cpSync, rmSync } from 'node:fs';
import path from 'node:path';

import { outcome } from '../common/check.mjs';
import { learnsAt } from '../frameworks/learns.mjs';
import { inChromium } from '../lib/browsers.mjs';
import { prefixed, versionOf } from '../lib/bundled.mjs';
import { output, start } from '../lib/command.mjs';
import { elsewhere } from '../lib/elsewhere.mjs';
import { freePort } from '../lib/serve.mjs';

/** Has a server started, by what makes it listen on a port, and what its pages and routes tell. */
async function visit(listen, ask) {
  const port = await freePort();
  const running = listen(String(port));
  try {
    await running.said(/Ready in/);
    return await ask(`http://127.0.0.1:${port}`);
  } finally {
    await running.end();
  }
}

const json = async (url) => {
  const response = await fetch(url);
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text}`);
  return JSON.parse(text);
};

/** What is to be deployed, in a folder without anything else. */
const standalone = (folder, routes) => elsewhere((place) => {
  cpSync(path.join(folder, '.next/standalone'), place, { recursive: true });
  cpSync(path.join(folder, '.next/static'), path.join(place, '.next/static'), { recursive: true });
  const listen = (PORT) => start(process.execPath, ['server.js'], { cwd: place, env: { PORT, HOSTNAME: '127.0.0.1' } });
  return visit(listen, async (url) => {
    const results = [await inChromium(`${url}/`, /favicon|404/)];
    for (const route of routes) results.push(await json(url + route));
    results.push({ 'a route that learns': await outcome(() => learnsAt(`${url}/learn`)) });
    return results;
  });
});

async function inNext(folder, webpack) {
  const next = path.join(folder, 'node_modules/next/dist/bin/next');
  const options = { cwd: folder, env: { NEXT_TELEMETRY_DISABLED: '1', ...(webpack && { WITH_WEBPACK: '1' }) } };
  rmSync(path.join(folder, '.next'), { recursive: true, force: true });
  // With webpack, Next 16.4 builds no route handler for the edge at all: it looks for a manifest that it has not written.
  if (webpack) rmSync(path.join(folder, 'app/edge'), { recursive: true });
  await output(process.execPath, [next, 'build', ...(webpack ? ['--webpack'] : [])], options);
  const results = (await standalone(folder, webpack ? ['/api'] : ['/api', '/edge'])).map((result) => prefixed('standalone', result));
  return { version: versionOf(folder, 'next'), results };
}

export default [
  { name: 'Next.js', with: ['frameworks'], run: ({ folder }) => inNext(folder, false) },
  { name: 'Next.js with webpack', with: ['frameworks'], run: ({ folder }) => inNext(folder, true) },
];
