// Browsers that visit pages and wait for what they tell. Chromium and Firefox are driven by puppeteer, WebKit by WebDriver.
import { createRequire } from 'node:module';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { CHROMIUM_ARGUMENTS, chromium, firefox, webkit } from '../../../scripts/toolchain.mjs';
import { start } from './command.mjs';
import { tools } from './project.mjs';
import { freePort } from './serve.mjs';

const SECONDS = 60;

/** `{ version, visit, close }`: `visit(url)` resolves to the page's `{ results, complaints }`. */
export const openBrowser = (kind) => (kind === 'webkit' ? openWebKit() : openPuppeteer(kind));

/** Visits one page in Chromium: its results, if it complained about nothing. */
export async function inChromium(url, allowed) {
  const browser = await openBrowser('chromium');
  try {
    return await results(browser, url, allowed);
  } finally {
    await browser.close();
  }
}

/** What a page tells; it must not have complained on its console, but for what `allowed` matches. */
export async function results(browser, url, allowed) {
  const { results: told, complaints } = await browser.visit(url);
  const real = complaints.filter((complaint) => !allowed?.test(complaint));
  if (!told) throw new Error(`${url} told nothing within ${SECONDS} s: ${complaints.join('\n')}`);
  if (real.length > 0) throw new Error(`${url} complained: ${real.join('\n')}\n${JSON.stringify(told)}`);
  return told;
}

async function openPuppeteer(kind) {
  const require = createRequire(path.join(await tools('browsers'), 'package.json'));
  const { default: puppeteer } = await import(pathToFileURL(require.resolve('puppeteer-core')));
  const [browserKind, executablePath, args] = kind === 'firefox' ? ['firefox', firefox(), []] : ['chrome', chromium().browser, CHROMIUM_ARGUMENTS];
  const browser = await puppeteer.launch({ browser: browserKind, executablePath, args, headless: true });
  return {
    version: (await browser.version()).match(/([\d.]+)/)[1],
    close: () => browser.close(),
    async visit(url) {
      const page = await browser.newPage();
      const complaints = [];
      page.on('console', (message) => ['error', 'warn', 'warning', 'assert'].includes(message.type()) && complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
      await page.goto(url);
      const told = await page.waitForFunction(() => globalThis.hostResults, { timeout: 1000 * SECONDS }).then((handle) => handle.jsonValue()).catch(() => undefined);
      await page.close();
      return { results: told, complaints };
    },
  };
}

/** WebKitGTK's own test browser by its driver, on a display that exists in memory alone. */
async function openWebKit() {
  const { driver, browser, display } = webkit();
  const port = await freePort();
  const home = mkdtempSync(path.join(tmpdir(), 'webkit-'));
  const screen = start(display, ['-displayfd', '1', '-nolisten', 'tcp', '-screen', '0', '1024x768x24']);
  const [number] = await screen.said(/^\d+$/m, 10);
  // A language as a user has one: without it WebKit calls itself "C", which no Intl accepts.
  const env = { DISPLAY: `:${number}`, LANG: 'en_US.UTF-8', LANGUAGE: 'en_US', HOME: home, XDG_CACHE_HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home };
  const running = start(driver, [`--port=${port}`, '--host=127.0.0.1'], { env });
  const ask = async (method, what, body) => {
    const answer = await fetch(`http://127.0.0.1:${port}/session${what}`, {
      method,
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(1000 * SECONDS),
    });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`WebDriver: ${value.error}: ${value.message}`);
    return value;
  };
  const stop = async () => {
    await running.end();
    await screen.end();
    rmSync(home, { recursive: true, force: true });
  };
  try {
    const options = { 'webkitgtk:browserOptions': { binary: browser, args: ['--automation'] } };
    const { sessionId, capabilities } = await patiently(() => ask('POST', '', { capabilities: { alwaysMatch: options } }));
    const session = `/${sessionId}`;
    return {
      version: capabilities.browserVersion,
      async close() {
        await ask('DELETE', session).finally(stop);
      },
      async visit(url) {
        await ask('POST', `${session}/url`, { url });
        const look = { script: 'return JSON.stringify(globalThis.hostResults)', args: [] };
        for (let tenths = 0; tenths < 10 * SECONDS; tenths++) {
          const told = await ask('POST', `${session}/execute/sync`, look);
          if (told) return { results: JSON.parse(told), complaints: [] };
          await new Promise((done) => setTimeout(done, 100));
        }
        return { complaints: [] };
      },
    };
  } catch (error) {
    await stop();
    throw new Error(`${error.message}\n${running.output}`);
  }
}

/** Tries until the driver listens. */
async function patiently(attempt) {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === 100 || !(error instanceof TypeError)) throw error; // fetch's "nobody listens" is a TypeError
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}
