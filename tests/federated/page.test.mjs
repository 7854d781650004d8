// The page of the demo, in a browser.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

import { references } from '../../examples/federated/references.mjs';
import { writeReport } from '../../examples/federated/report.mjs';
import { taskOf } from '../../examples/federated/tasks.mjs';
import init from '../../pkg/index.js';
import { CHROMIUM_ARGUMENTS } from '../../scripts/toolchain.mjs';

await init();

test('the page stands alone, on wide and narrow screens, light and dark', async (t) => {
  const { rows } = references(taskOf({ name: 'teacher', clients: 3 }), { rounds: 3 });
  const used = [0, 1].map((client) => ({ client, norm: 0.2, clip: 1, share: 0.5 }));
  const faults = [{ client: 2, node: '7', reason: 'a <reason>' }];
  const all = rows.map((row, round) => ({ ...row, round, loss: row.plain, seconds: round || undefined, used: round ? used : [], faults: round ? faults : [] }));
  const file = writeReport({ args: { task: 'teacher', rounds: 3, clients: 3, seed: 1, noise: 0 }, rows: all, bytes: 3024, identical: true });
  const html = readFileSync(file, 'utf8');
  assert.doesNotMatch(html, /\{\{\w+\}\}|<script|https?:|url\(|@import/);
  assert.match(html, /a &lt;reason&gt;/);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: CHROMIUM_ARGUMENTS });
  t.after(() => browser.close());
  const wrong = [];
  for (const [width, colorScheme, kind] of [[1100, 'light', 'wide'], [1100, 'dark', 'wide'], [360, 'light', 'narrow']]) {
    const tab = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    tab.on('console', (message) => wrong.push(message.text()));
    tab.on('pageerror', (error) => wrong.push(String(error)));
    tab.on('request', (request) => /^(file|data):/.test(request.url()) || wrong.push(request.url()));
    await tab.goto(pathToFileURL(file).href);
    assert.deepEqual(await tab.locator('.plot:visible').evaluateAll((plots) => plots.map((each) => each.classList[1])), [kind]);
    assert.equal(await tab.locator('.plot:visible circle').count(), 16);
    assert.equal(await tab.evaluate(() => document.documentElement.scrollWidth), width, 'nothing reaches over the edge');
    await tab.close();
  }
  assert.deepEqual(wrong, []);
});
