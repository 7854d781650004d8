// Every panel in Chromium, Firefox and WebKitGTK, and its numbers beside those of the library in Node.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import init from '../../pkg/index.js';
import { openBrowser } from '../hosts/lib/browsers.mjs';
import { decisions, learned } from './library.mjs';
import { provide, serve } from './pages.mjs';

const PAGE = '<!doctype html><meta charset="utf-8"><title>driver</title><link rel="icon" href="data:,"><iframe width="1200" height="900"></iframe><script type="module" src="drive.js"></script>';

let site;

before(async () => {
  provide();
  await init();
  site = await serve({ 'drive.html': PAGE, 'drive.js': readFileSync(new URL('drive.js', import.meta.url)) });
});
after(() => site?.close());

// The engines' sines and exponentials may differ in the last bit.
const close = (found, expected) => assert.ok(Math.abs(found - expected) <= 1e-6 * Math.max(1, Math.abs(expected)), `${found} is not ${expected}`);

for (const kind of ['chromium', 'firefox', ...(process.platform === 'linux' ? ['webkit'] : [])]) {
  test(`the panels in ${kind}`, async () => {
    const browser = await openBrowser(kind);
    try {
      const { results, complaints } = await browser.visit(`${site.url}drive.html`);
      console.log(kind, browser.version, JSON.stringify(results));
      assert.ok(results, `nothing was told: ${complaints.join('\n')}`);
      assert.deepEqual(Object.values(results).filter(({ failed }) => failed), []);
      assert.deepEqual(complaints, []);
      const { adapt, rank, operators, decide, speed, keep } = results;
      const expected = learned({ teacher: 'two', dim: 64, rate: 0.1, alpha: 0.1, steps: 100 });
      close(adapt.loss, expected.loss);
      close(adapt.distance, expected.distance);
      assert.ok(rank.sorted && rank.best > 0.1, JSON.stringify(rank));
      close(operators.indexScan, operators.scan);
      assert.equal(operators.join, 0);
      const { runtimes, queries, decide: next } = decisions(1);
      const runs = Array.from({ length: queries }, next);
      assert.equal(decide.hintSet, runs[0].hintSet);
      close(decide.seconds, runs.reduce((sum, { ms }) => sum + ms, 0) / 1000);
      close(decide.default, runtimes.reduce((sum, [first]) => sum + first, 0));
      assert.ok(speed.medians.length === 9 && speed.medians.every((median) => median > 0), `${speed.medians}`);
      assert.ok(keep.distance > 0);
      assert.equal(keep.loaded, keep.distance);
      assert.match(keep.error, /^RangeError: bytes: checksum/);
    } finally {
      await browser.close();
    }
  });
}
