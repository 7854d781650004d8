// The personalisation example, as a user runs it in Node and as a user clicks it in a page.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

import { KernelRidge, Nearest, Rocchio, averagePrecision, rank } from '../../examples/personalisation/ranking.mjs';
import { serve } from '../../examples/personalisation/serve.mjs';
import { CHROMIUM_ARGUMENTS } from '../../scripts/toolchain.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const script = path.join(root, 'examples/personalisation/main.mjs');

test('the example runs, and the adapter ranks far better than chance', () => {
  const { stdout, status, stderr } = spawnSync(process.execPath, [script, '--users', '2'], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  const [, numbers] = stdout.match(/^ +all +([\d. ]+)$/m);
  const [adapter, meanOfLikes] = numbers.trim().split(/ +/).map(Number);
  // In random order it is about the share of what is wanted: 28 to 140 of 603.
  assert.ok(adapter > 0.25 && adapter > meanOfLikes - 0.05, stdout);
  assert.match(stdout, /likes ThreadId: ThreadId::as_u64/);
});

test('rankings and their measure, by hand', () => {
  assert.deepEqual(rank([0.1, 0.5, 0.5, 0.9], new Set([3])), [1, 2, 0]);
  // Wanted at the places 1 and 3: (1/1 + 2/3) / 2.
  assert.ok(Math.abs(averagePrecision([7, 8, 9], new Set([7, 9])) - 5 / 6) < 1e-12);
  const items = [[1, 0], [0, 1], [0.6, 0.8]].map((values) => Float32Array.from(values));
  const scored = (contender) => {
    contender.rate(0, true);
    contender.rate(1, false);
    return Array.from(contender.scores(), (value) => value.toFixed(4));
  };
  assert.deepEqual(scored(new Rocchio(items)), ['1.0000', '-0.7500', '0.0000']);
  assert.deepEqual(scored(new Nearest(items)), ['1.0000', '-1.0000', '-0.2000']);
  // Kernels 1 and e⁻⁴ between the two, penalty 1: [2, k; k, 2] w = (1, 0).
  const k = Math.exp(-4);
  const weights = [2 / (4 - k * k), -k / (4 - k * k)];
  const expected = [weights[0] + k * weights[1], k * weights[0] + weights[1]].map((value) => value.toFixed(4));
  assert.deepEqual(scored(new KernelRidge(items, { penalty: 1, dislike: 0 })).slice(0, 2), expected);
});

test('in a page, the ranking follows the ratings and outlives a reload', async (t) => {
  const { url, close } = await serve();
  t.after(close);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: CHROMIUM_ARGUMENTS });
  t.after(() => browser.close());
  const tab = await browser.newPage();
  const wrong = [];
  tab.on('console', (message) => wrong.push(message.text()));
  tab.on('pageerror', (error) => wrong.push(String(error)));
  tab.on('response', (response) => response.ok() || wrong.push(`${response.status()} ${response.url()}`));
  await tab.goto(url);
  const state = (text) => tab.getByText(text).waitFor().catch((error) => assert.fail(`${error}\n${wrong.join('\n')}`));
  const top = async () => (await tab.locator('#ranking b').allTextContents()).slice(0, 5);
  await state('0 rated');
  const catalogue = await top();

  await tab.getByRole('button', { name: `Like ${catalogue[0]}`, exact: true }).click();
  await state('1 rated');
  await tab.getByRole('button', { name: `Dislike ${(await top())[4]}`, exact: true }).click();
  await state('2 rated');
  const learned = await top();
  assert.notDeepEqual(learned, catalogue);
  assert.ok(!learned.includes(catalogue[0]));
  const scores = await tab.locator('#ranking em').allTextContents();
  assert.ok(Number(scores[0]) > 0.1, scores.join(' '));

  await tab.reload();
  await state('2 rated');
  assert.deepEqual(await top(), learned);
  assert.deepEqual(await tab.locator('#ranking em').allTextContents(), scores);

  await tab.getByLabel('kernel ridge').check();
  await tab.getByLabel('adapter').check();
  await tab.getByRole('button', { name: 'Start over' }).click();
  await state('0 rated');
  assert.deepEqual(await top(), catalogue);
  assert.deepEqual(wrong, []);

  // Two clicks before the ranking has changed are one rating.
  await tab.getByRole('button', { name: `Like ${catalogue[0]}`, exact: true }).evaluate((button) => [1, 2].forEach(() => button.click()));
  await state('1 rated');
  assert.equal(await tab.locator('#rated li').count(), 1);

  // A file that the package refuses: the page says so and starts from nothing.
  await tab.evaluate(() => new Promise((resolve, reject) => {
    const opening = indexedDB.open('personalisation', 1);
    opening.onsuccess = () => {
      const writing = opening.result.transaction('taste', 'readwrite');
      writing.objectStore('taste').put({ ratings: [{ item: 0, likes: true }], bytes: Uint8Array.of(1, 2, 3) }, 'me');
      writing.oncomplete = resolve;
      writing.onerror = () => reject(writing.error);
    };
    opening.onerror = () => reject(opening.error);
  }));
  await tab.reload();
  await state('0 rated');
  assert.deepEqual(await top(), catalogue);
  assert.match(wrong.join(), /What was kept is forgotten: RangeError: bytes/);
});

test('the server keeps to its folders', async (t) => {
  const { url, close } = await serve();
  t.after(close);
  const code = async (where) => (await fetch(new URL(where, url))).status;
  assert.equal(await code('/pkg/package.json'), 200);
  for (const where of ['/package.json', '/examples/../package.json', '/examples/%2e%2e/package.json', '/pkg/..%2fpackage.json']) {
    assert.equal(await code(where), 404, where);
  }
});
