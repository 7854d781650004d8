// The same calls give the same bits everywhere: one scripted run of 10,000 mixed calls has one digest in every engine.
//
// The digest changes when the learning rule does, and only then: put the new one, which the failing test prints, here and
// a line into CHANGELOG.md, because a program that resumes with stored factors will learn differently from there on.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { BROWSERS, answerFrom } from './browsers.mjs';
import { consumer, importPackage } from './installed.mjs';
import './module.mjs'; // instantiates the package
import { scriptedRun } from './scripted_run.mjs';

const GOLDEN = '1f68cf23289d3ae429ac5b91d4ffe7176dca5a02b619a70f0111e018ecfa17af';
/** That of the files that all objects are saved to at the end. */
const GOLDEN_FILES = '1b3a70e0814467e794e14284cd176e44f4a580548294dae966e2894d512970ed';

const module = await importPackage();
const here = await scriptedRun(module);

const code = `
import init, * as module from '/node_modules/ruvector-learning-wasm/index.js';
import { scriptedRun } from '/scripted_run.mjs';
await init();
answer(await scriptedRun(module));`;

const script = fileURLToPath(new URL('scripted_run.mjs', import.meta.url));
const files = (pathname) => (pathname === '/scripted_run.mjs' ? script : path.join(consumer, pathname));

test('the scripted run has the golden digest in Node', () => {
  assert.equal(here.digest, GOLDEN, `GOLDEN would be '${here.digest}'`);
});

test('the scripted run has the same digest again, and mixes calls that work with calls that are refused', async () => {
  assert.deepEqual(await scriptedRun(module), here);
  assert.ok(here.refused > 300 && here.refused < 1000, `${here.refused} of 10,000 calls were refused`);
});

test('the files that its objects are saved to have the golden digest in Node', () => {
  assert.equal(here.saved, GOLDEN_FILES, `GOLDEN_FILES would be '${here.saved}'`);
});

// Every call is answered as if nothing had happened, and every byte that is saved at the end is the same.
for (const reloadEvery of [7, 1000]) {
  test(`the scripted run has the same digests if all objects are saved and loaded every ${reloadEvery} calls`, async () => {
    assert.deepEqual(await scriptedRun(module, reloadEvery), here);
  });
}

for (const browser of BROWSERS) {
  // The limit only keeps a browser that never answers from blocking the run.
  test(`the scripted run has the same digest in ${browser.name}`, { timeout: 300_000 }, async () => {
    // `parts` says in which thousand calls they part.
    assert.deepEqual(await answerFrom(browser, code, files), here);
  });
}
