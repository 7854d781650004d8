// The built site on a server of its own, under a folder, and a page of it in Chromium that notes everything that goes wrong.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { after, before } from 'node:test';
import { chromium } from 'playwright-core';

import { BUILT, buildSite } from '../../scripts/site.mjs';
import { CHROMIUM_ARGUMENTS } from '../../scripts/toolchain.mjs';

export const BASE = '/some/folder/';
const TYPES = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };

/** Builds the site, unless whoever has started the tests says that it is built. */
export function provide() {
  if (!process.env.SITE_IS_BUILT) buildSite(BASE);
}

/**
 * Resolves to `{ url, close }`. `more` are files beside the site, or in place of its own: texts by the paths under BASE. `clean` redirects from
 * x.html to x, as some servers do.
 */
export async function serve(more = {}, { clean = false } = {}) {
  const server = createServer(async ({ url }, response) => {
    const { pathname } = new URL(url, 'http://localhost'); // has no '..' left in it
    const wanted = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
    const own = more[wanted.slice(BASE.length)];
    const read = async (file) => own ?? readFile(path.join(BUILT, file.slice(BASE.length)));
    try {
      if (clean && pathname.endsWith('.html')) {
        response.writeHead(301, { location: pathname.replace(/(index)?\.html$/, '') }).end();
        return;
      }
      if (!wanted.startsWith(BASE)) throw new Error('not served');
      const body = await read(wanted).catch(() => read(`${wanted}.html`));
      response.setHeader('Content-Type', TYPES[path.extname(wanted) || '.html'] ?? 'application/octet-stream').end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${server.address().port}${BASE}`, close };
}

const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: CHROMIUM_ARGUMENTS });

/** For all tests of a file: `url` of the built site, and a Chromium, `browser`, that are there before the first test. */
export function visitors() {
  const given = {};
  let close;
  before(async () => {
    provide();
    const [site, browser] = await Promise.all([serve(), launch()]);
    close = site.close;
    Object.assign(given, { url: site.url, browser });
  });
  after(async () => {
    await given.browser?.close();
    close?.();
  });
  return given;
}

/** A tab, in a context of its own or in the one given; `wrong` fills with errors, warnings and failed requests. */
export async function openTab(browser, { context, ...options } = {}) {
  const own = context ?? (await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options }));
  const tab = await own.newPage();
  const wrong = [];
  tab.on('console', (message) => /error|warning/.test(message.type()) && wrong.push(message.text()));
  tab.on('pageerror', (error) => wrong.push(String(error)));
  tab.on('response', (response) => response.ok() || response.status() === 304 || wrong.push(`${response.status()} ${response.url()}`));
  return { tab, wrong, context: own };
}

/** A tab with a panel of the playground that is ready. */
export async function openPanel({ url, browser }, name, options) {
  const opened = await openTab(browser, options);
  await opened.tab.goto(`${url}playground.html#${name}`);
  await opened.tab.locator('.panel button:not([disabled])').first().waitFor();
  if (name === 'adapt') await opened.tab.locator('[data-test=speed][data-value]').waitFor();
  return opened;
}
