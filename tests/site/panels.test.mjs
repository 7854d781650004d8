// What holds for every panel: it works by keyboard alone, while it runs a frame costs the page's own thread little and nothing is shifted,
// and it says so if its worker does not load.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openPanel, openTab, visitors } from './pages.mjs';

/** By panel: a button that makes something happen, and what is then to be seen. */
const PANELS = {
  adapt: { button: 'Learn', seen: (tab) => tab.locator('[data-test=steps]', { hasText: /[1-9]/ }) },
  rank: { button: /^Like /, seen: (tab) => tab.getByText('1 rated') },
  operators: { button: '10 times', seen: (tab) => tab.getByRole('row', { name: /^Scan .*10 1\.0/ }) },
  decide: { button: 'Run', seen: (tab) => tab.locator('[data-test=pass]', { hasText: /[2-9]/ }) },
  speed: { button: 'Measure', seen: (tab) => tab.getByText(/^Round [1-9]/) },
  keep: { button: 'Learn 50 steps', seen: (tab) => tab.getByText('Learned 50 times.') },
};
const FOCUSABLE = 'button, select, input, canvas[tabindex], [tabindex="0"]';

/**
 * On a machine that needs a 60th of a second for this loop, a page that needs less for a frame shows 60 a second. Frames that are counted
 * would tell how busy the machine is.
 */
function aLoop() {
  let x = 1;
  for (let i = 0; i < 6e6; i += 1) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
  }
  return x;
}

/** Resolves to how many frames the page shows in this time. */
const framesOf = (tab, ms) => tab.evaluate(async (until) => {
  const started = performance.now();
  let count = 0;
  for (; performance.now() - started < until; count += 1) await new Promise(requestAnimationFrame);
  return count;
}, ms);

/** `costOf(work)`: seconds of processor time of the page's own thread while `work` runs. */
async function threadOf(tab) {
  const session = await tab.context().newCDPSession(tab);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const used = async () => (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration').value;
  const costOf = async (work) => {
    const before = await used();
    await work();
    return (await used()) - before;
  };
  return { costOf };
}

const site = visitors();

for (const [name, { button, seen }] of Object.entries(PANELS)) {
  test(`${name}: the Tab key comes to everything that can be used, which shows that it has the focus, and a key uses it`, async () => {
    const { tab, wrong, context } = await openPanel(site, name);
    /** In the order of the page; of radio buttons of one name, Tab comes to the chosen one. */
    const wanted = await tab.evaluate((focusable) => {
      window.wanted = [...document.querySelectorAll(`.panel :is(${focusable})`)].filter((each) => !each.disabled && (each.type !== 'radio' || each.checked));
      return window.wanted.length;
    }, FOCUSABLE);
    assert.ok(wanted > 2, `${wanted}`);
    await tab.getByRole('tab', { selected: true }).focus();
    for (let i = 0; i < wanted; i += 1) {
      await tab.keyboard.press('Tab');
      const { at, what, visible } = await tab.evaluate(() => {
        const focused = document.activeElement;
        const shown = focused.type === 'file' ? focused.nextElementSibling : focused; // the button in its place
        const { outlineStyle, outlineWidth } = getComputedStyle(shown);
        return { at: window.wanted.indexOf(focused), what: focused.outerHTML.slice(0, 100), visible: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0 };
      });
      assert.deepEqual({ at, visible }, { at: i, visible: true }, what);
    }
    await tab.locator('.panel').getByRole('button', { name: button, exact: true }).first().focus();
    await tab.keyboard.press('Enter');
    await seen(tab).waitFor();
    await tab.waitForTimeout(100); // a focus that is moved has been moved
    assert.notEqual(await tab.evaluate(() => document.activeElement.tagName), 'BODY', 'the focus is still in the panel');
    assert.deepEqual(wrong, []);
    await context.close();
  });

  test(`${name}: while it runs, a frame costs the page little and nothing is shifted`, async () => {
    const { tab, wrong, context } = await openPanel(site, name);
    await tab.evaluate(() => {
      window.shifts = [];
      const note = (list) => list.getEntries().forEach(({ value, sources }) => window.shifts.push(`${value.toFixed(4)} ${sources.map(({ node }) => node?.outerHTML?.slice(0, 80))}`));
      new PerformanceObserver(note).observe({ type: 'layout-shift' });
    });
    const thread = await threadOf(tab);
    await tab.evaluate(aLoop); // until the engine has compiled it
    const loop = await thread.costOf(() => tab.evaluate(aLoop));
    await tab.locator('.panel').getByRole('button', { name: button, exact: true }).first().click();
    let frames;
    const cost = await thread.costOf(async () => { frames = await framesOf(tab, 1500); });
    await seen(tab).waitFor();
    const perFrame = cost / frames;
    console.log(`${name}: ${(1000 * perFrame).toFixed(1)} ms of the page's thread for each of ${frames} frames in 1.5 s; the loop takes ${(1000 * loop).toFixed(1)} ms`);
    assert.ok(perFrame < loop, `a frame costs the page's thread ${perFrame / loop} of the loop`);
    // The rows of a ranking are meant to move; all else stays.
    assert.deepEqual((await tab.evaluate(() => window.shifts)).filter((shift) => !(name === 'rank' && /^\S+ (<li|<div><b>|<em|<button|,)+/.test(shift))), []);
    assert.deepEqual(wrong, []);
    await context.close();
  });

  test(`${name}: a worker that does not load is an error that is shown`, async () => {
    const { tab, wrong, context } = await openTab(site.browser);
    await tab.route(new RegExp(`/assets/${name}-[^/]*\\.js$`), (route) => route.abort());
    await tab.goto(`${site.url}playground.html#${name}`);
    if (name === 'speed') await tab.getByRole('button', { name: 'Measure' }).click();
    await tab.locator('.panel .failed', { hasText: 'Error: the worker has not started' }).waitFor();
    await tab.waitForTimeout(200); // nothing that comes later hides it
    await tab.locator('.panel .failed', { hasText: 'Error: the worker has not started' }).waitFor();
    assert.deepEqual(wrong.filter((text) => !/net::ERR_FAILED/.test(text)), []);
    await context.close();
  });
}
