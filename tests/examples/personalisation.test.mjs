// The personalisation example, as a user runs it in Node and as a user clicks it in a page.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

import { averagePrecision, meanOfLikes, nearestLike, rank } from '../../examples/personalisation/ranking.mjs';
import { serve } from '../../examples/personalisation/serve.mjs';
import { CHROMIUM_ARGUMENTS } from '../../scripts/toolchain.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const script = path.join(root, 'examples/personalisation/main.mjs');
const readme = readFileSync(path.join(root, 'examples/personalisation/README.md'), 'utf8');

/** Runs it once for all the tests: the text that it prints. */
const { stdout: printed, stderr: complaints, status } = spawnSync(process.execPath, [script], { encoding: 'utf8' });

/** The numbers before, by the mean of the likes, by the nearest like and by the adapter, in the row of this name. */
function row(name) {
  const [, numbers] = printed.match(new RegExp(`^ +${name} +([\\d. ]+)$`, 'm')) ?? assert.fail(`no row ${name}`);
  return numbers.trim().split(/ +/).map(Number);
}

test('what the user wants is ranked higher after the likes than before', () => {
  assert.equal(status, 0, complaints);
  assert.equal(complaints, '');
  for (const name of ['average precision', '1 family', '3 families', '6 families', 'slower than 1 s', 'hints double speed']) {
    const [before, , , after] = row(name);
    assert.ok(after > before, `${name}: ${before} before, ${after} after`);
  }
  for (const name of ['average precision', '3 families', '6 families']) {
    const [, meanOfTheLikes, , after] = row(name);
    assert.ok(after > meanOfTheLikes + 0.1, `${name}: ${after}, the mean of the likes ${meanOfTheLikes}`);
  }
});

test('the README states what is printed', () => {
  const stated = [...readme.matchAll(/^\| ([^|]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$/gm)];
  assert.equal(stated.length, 5);
  for (const [, name, ...numbers] of stated) assert.deepEqual(numbers.map(Number), row(name), name);
});

test('rankings and their measure, by hand', () => {
  assert.deepEqual(rank([0.1, 0.5, 0.5, 0.9], new Set([3])), [1, 2, 0]);
  // Wanted at the places 1 and 3: (1/1 + 2/3) / 2.
  assert.ok(Math.abs(averagePrecision([7, 8, 9], new Set([7, 9])) - 5 / 6) < 1e-12);
  const items = [[1, 0], [0, 2], [3, 3]].map((values) => Float32Array.from(values));
  // The mean of (1, 0) and (3, 3) is (2, 1.5), of length 2.5.
  assert.deepEqual(meanOfLikes(items, [0, 2]).map((value) => value.toFixed(6)), ['0.800000', '0.600000', (3.5 / 2.5 / Math.SQRT2).toFixed(6)]);
  assert.deepEqual(nearestLike(items, [0, 1]).map((value) => value.toFixed(6)), ['1.000000', '1.000000', Math.SQRT1_2.toFixed(6)]);
});

test('in a page, clicks move the ranking to where it is in Node', async (t) => {
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
  await tab.locator('#ranking li').first().waitFor().catch((error) => assert.fail(`${error}\n${wrong.join('\n')}`));

  const ranking = () => tab.locator('#ranking b').allTextContents();
  const like = (name) => tab.getByRole('button', { name: `Like query ${name}`, exact: true }).click();
  const precision = (tile) => tab.locator('#tiles dd').nth(tile).textContent();
  const catalogue = await ranking();
  assert.equal(catalogue.length, 113);
  assert.deepEqual(catalogue.slice(0, 3), ['1a', '1b', '1c']);

  for (const name of ['22a', '6a', '17a']) await like(name); // any order gives the same
  const inNode = [...printed.matchAll(/^ +\d+ .*?(\d+[a-f])(?: \*)?$/gm)].map((match) => match[1]);
  assert.equal(inNode.length, 12);
  assert.deepEqual((await ranking()).slice(0, 15), ['22a', '6a', '17a', ...inNode]);
  const [before, , , after] = row('average precision');
  assert.deepEqual([Number(await precision(0)), Number(await precision(3))], [before, after]);

  for (const name of ['22a', '6a', '17a']) await like(name); // taken back
  assert.deepEqual(await ranking(), catalogue);
  assert.deepEqual(wrong, []);
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
