// What holds for every panel: it works by keyboard alone, and while it runs the page keeps its frames and nothing is shifted.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openPanel, visitors } from './pages.mjs';

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

  test(`${name}: while it runs, the page keeps its frames and nothing is shifted`, async () => {
    const { tab, wrong, context } = await openPanel(site, name);
    await tab.evaluate(() => {
      window.shifts = [];
      const note = (list) => list.getEntries().forEach(({ value, sources }) => window.shifts.push(`${value.toFixed(4)} ${sources.map(({ node }) => node?.outerHTML?.slice(0, 80))}`));
      new PerformanceObserver(note).observe({ type: 'layout-shift' });
    });
    // A browser without a screen has a timer of 60 frames a second, which a busy machine does not keep even when nothing happens.
    const framesPerSecond = () => tab.evaluate(async () => {
      const started = performance.now();
      let count = 0;
      while (performance.now() - started < 1500) {
        await new Promise(requestAnimationFrame);
        count += 1;
      }
      return (1000 * count) / (performance.now() - started);
    });
    const idle = await framesPerSecond();
    await tab.locator('.panel').getByRole('button', { name: button, exact: true }).first().click();
    const frames = await framesPerSecond();
    await seen(tab).waitFor();
    console.log(`${name}: ${frames.toFixed(1)} frames a second while it runs, ${idle.toFixed(1)} before`);
    assert.ok(frames > 0.5 * idle, `${frames} frames a second, ${idle} before`);
    // The rows of a ranking are meant to move; all else stays.
    assert.deepEqual((await tab.evaluate(() => window.shifts)).filter((shift) => !(name === 'rank' && /^\S+ (<li|<div><b>|<em|<button|,)+/.test(shift))), []);
    assert.deepEqual(wrong, []);
    await context.close();
  });
}
