// The report in a browser: it stands alone, draws everything, in both colour schemes and on a phone.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

import { CHROMIUM_ARGUMENTS } from '../../scripts/toolchain.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

function report(...args) {
  const { stdout, stderr } = spawnSync(process.execPath, ['examples/job/demo.mjs', ...args], { cwd: root, encoding: 'utf8' });
  return stdout.match(/^Report: (.+)$/m)?.[1] ?? assert.fail(stderr);
}

const SECTIONS = [
  'Seconds per pass',
  'From trying to settling',
  'Gains and losses by family',
  'Does it know what to expect?',
  'Trajectory buffer',
  'Time per call',
  'How a hint set is chosen',
  'What this shows and what it does not',
  'All passes',
];

/** How many different colours a canvas has: one that was drawn on has some. */
const coloursOf = (canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size;
};

test('the report stands alone, on wide and narrow screens, light and dark', async (t) => {
  const file = report('--seeds', '2');
  const html = readFileSync(file, 'utf8').replace('https://github.com/leeoniya/uPlot', ''); // in a comment of the library
  assert.doesNotMatch(html, /\{\{\w+\}\}/);
  assert.doesNotMatch(html, /<[^>]+ (?:src|href)=(?!"data:)|url\(|@import|fetch\(|https?:/);

  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: CHROMIUM_ARGUMENTS });
  t.after(() => browser.close());
  const wrong = [];
  for (const [width, colorScheme] of [[1200, 'light'], [1200, 'dark'], [400, 'light']]) {
    const tab = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    tab.on('console', (message) => wrong.push(message.text()));
    tab.on('pageerror', (error) => wrong.push(String(error)));
    tab.on('request', (request) => /^(file|data):/.test(request.url()) || wrong.push(request.url()));
    await tab.goto(pathToFileURL(file).href);
    assert.deepEqual(await tab.locator('h2').allTextContents(), SECTIONS);
    assert.equal(await tab.locator('figure').count(), 6);
    for (const id of ['seconds', 'outcomes', 'choices', 'counts', 'tries', 'errors']) {
      assert.ok((await tab.locator(`#${id} canvas`).evaluate(coloursOf)) > 4, `${id} is drawn`);
    }
    assert.equal(await tab.evaluate(() => document.documentElement.scrollWidth), width, 'nothing reaches over the edge');
    await tab.close();
  }
  assert.deepEqual(wrong, []);
});

test('pointing at a run tells what it was, and another colour scheme draws anew', async (t) => {
  const file = report('--passes', '3', '--seeds', '1');
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: CHROMIUM_ARGUMENTS });
  t.after(() => browser.close());
  const tab = await browser.newPage({ colorScheme: 'light' });
  await tab.goto(pathToFileURL(file).href);
  await tab.locator('#outcomes canvas').hover({ position: { x: 40, y: 2 } });
  assert.match(await tab.locator('#outcomes .tip').textContent(), /^1a, pass 1: .+ s \(default .+ s\)$/);
  await tab.locator('#choices canvas').hover({ position: { x: 80, y: 5 } });
  assert.match(await tab.locator('#choices .tip').textContent(), /^default, pass 1: \d+ of 113 queries$/);

  const pictures = () => [...document.querySelectorAll('figure canvas')].map((canvas) => canvas.toDataURL());
  const light = await tab.evaluate(pictures);
  await tab.emulateMedia({ colorScheme: 'dark' });
  const allDiffer = (before) => [...document.querySelectorAll('figure canvas')].every((canvas, i) => canvas.toDataURL() !== before[i]);
  await tab.waitForFunction(allDiffer, light, { timeout: 5000 });
});

test('a single pass has a report, too', () => {
  const html = readFileSync(report('--passes', '1', '--seeds', '1'), 'utf8');
  assert.match(html, /replayed once/);
  assert.doesNotMatch(html, /NaN|Infinity%|undefined<\/t/);
});
