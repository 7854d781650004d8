// The benchmark in a page: the repository is served on a free port of this machine, and a page runs the same workers.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';

import puppeteer from 'puppeteer-core';

import { chromium, firefox, root } from '../../scripts/toolchain.mjs';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };

/** Without these, Firefox's clock has steps of 20 µs in the finest case. */
const FINE_CLOCK = { 'privacy.reduceTimerPrecision': false, 'privacy.reduceTimerPrecision.unconditional': false };

/** What there is to run in; each is looked for, or installed, only when it is its turn. */
export const BROWSERS = [
  { name: 'chromium', kind: 'chrome', find: () => chromium().browser, args: ['--no-sandbox', '--disable-gpu', '--disable-quic'] },
  { name: 'firefox', kind: 'firefox', find: firefox, extraPrefsFirefox: FINE_CLOCK },
];

/** Runs bench() with these options in a page: `{ engine, result }`. */
export async function benchInBrowser({ kind, find, name, ...launch }, { given: { wasm, ...given }, say, ...options }) {
  const executablePath = find();
  const server = await serve();
  let browser;
  try {
    browser = await puppeteer.launch({ ...launch, browser: kind, executablePath, headless: true, protocolTimeout: 0 });
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/benches/peer/page.html`);
    await page.exposeFunction('say', say);
    const there = Object.entries(wasm).filter(([, data]) => data);
    const bytes = Object.fromEntries(there.map(([module, data]) => [module, data.toString('base64')]));
    const answer = await page.evaluate((...args) => globalThis.benchInPage(...args), bytes, { given, ...options });
    return { engine: await browser.version(), result: JSON.parse(answer) };
  } finally {
    await browser?.close();
    server.close();
    server.closeAllConnections();
  }
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
