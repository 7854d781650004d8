// The benchmark in a page: the repository is served on a free port of this machine, and a page runs the same workers.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';

import puppeteer from 'puppeteer-core';

import { chromium, firefox, root } from '../../scripts/toolchain.mjs';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };

/** What there is to run in; each is asked for only when it is its turn. */
export const browsers = () => [
  { name: 'chromium', kind: 'chrome', find: () => chromium().browser, args: ['--no-sandbox'] },
  { name: 'firefox', kind: 'firefox', find: firefox, args: [] },
];

/** A page: its `version`, `run(options)` as bench() has them, and `close()`. */
export async function benchInBrowser({ kind, find, args }) {
  const executablePath = find();
  const server = await serve();
  const browser = await puppeteer.launch({ browser: kind, executablePath, args, headless: true, protocolTimeout: 0 });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/benches/peer/page.html`);
  return {
    version: await browser.version(),
    async run({ wasm, say, ...options }) {
      await page.exposeFunction('say', say);
      const bytes = Object.fromEntries(Object.entries(wasm).map(([name, data]) => [name, data.toString('base64')]));
      const answer = await page.evaluate((...given) => globalThis.benchInPage(...given), bytes, options);
      return JSON.parse(answer);
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}

function serve() {
  const server = createServer(async ({ url }, response) => {
    const { pathname } = new URL(url, 'http://127.0.0.1');
    const file = path.join(root, path.normalize(pathname));
    try {
      const body = await readFile(file);
      response.writeHead(200, {
        'Content-Type': TYPES[path.extname(file)] ?? 'application/octet-stream',
        // For the finest clock that a page can have.
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cross-Origin-Embedder-Policy': 'require-corp',
        'Cross-Origin-Resource-Policy': 'same-origin',
      });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}
