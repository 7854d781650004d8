// The package in a real browser: a plain module script from a plain file server computes what Node computes.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

import { CHROMIUM_ARGUMENTS } from '../../scripts/toolchain.mjs';
import { consumer, importPackage } from './installed.mjs';
import { quickStart } from './quick_start.mjs';

const mimeTypes = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };

const page = (specifier, importMap = '') => `<!doctype html><meta charset="utf-8"><title>quick start</title>
<link rel="icon" href="data:,">${importMap}
<script type="module">
import init, * as module from '${specifier}';
import { quickStart } from '/quick_start.mjs';
const [first, second] = await Promise.all([init(), init()]);
globalThis.result = { ...quickStart(module), shared: first === second, memory: first.memory instanceof WebAssembly.Memory };
</script>`;

const entryUrl = '/node_modules/ruvector-learning-wasm/index.js';
const importMap = { imports: { 'ruvector-learning-wasm': entryUrl } };
const pages = {
  '/relative.html': page(`.${entryUrl}`),
  '/mapped.html': page('ruvector-learning-wasm', `<script type="importmap">${JSON.stringify(importMap)}</script>`),
};

/** Serves the pages, the shared quick start, and the consumer's installed files. */
async function serve(request, response) {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (pages[pathname]) return response.setHeader('Content-Type', 'text/html').end(pages[pathname]);
  const file = pathname === '/quick_start.mjs'
    ? fileURLToPath(new URL('quick_start.mjs', import.meta.url))
    : path.join(consumer, path.posix.normalize(pathname));
  try {
    response.setHeader('Content-Type', mimeTypes[path.extname(file)] ?? 'application/octet-stream').end(await readFile(file));
  } catch {
    response.writeHead(404).end();
  }
}

for (const [pathname, what] of [['/relative.html', 'by its path'], ['/mapped.html', 'by its name, with an import map']]) {
  test(`a page that imports the package ${what} gets the numbers of Node`, async (t) => {
    const server = createServer(serve);
    t.after(() => {
      server.close();
      server.closeAllConnections();
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: CHROMIUM_ARGUMENTS });
    t.after(() => browser.close());

    const tab = await browser.newPage();
    const complaints = [];
    tab.on('console', (message) => complaints.push(message.text()));
    tab.on('pageerror', (error) => complaints.push(String(error)));
    tab.on('response', (response) => response.ok() || complaints.push(`${response.status()} ${response.url()}`));
    await tab.goto(`http://127.0.0.1:${server.address().port}${pathname}`);
    const arrived = tab.waitForFunction(() => globalThis.result);
    const result = await arrived.then((handle) => handle.jsonValue()).catch((error) => assert.fail(`${error}\n${complaints.join('\n')}`));

    const module = await importPackage();
    await module.default();
    assert.deepEqual(result, { ...quickStart(module), shared: true, memory: true });
    assert.deepEqual(complaints, []);
  });
}
