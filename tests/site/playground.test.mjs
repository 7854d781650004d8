// Each panel of the playground, driven as a user does, and its numbers beside those of the library in Node.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';

import init, { WasmMicroLoRA, WasmScopedLoRA } from '../../pkg/index.js';
import { catalogue } from '../../examples/personalisation/catalogue.mjs';
import { Rocchio, rank } from '../../examples/personalisation/ranking.mjs';
import { normalFrom } from '../../site/playground/parts/random.mjs';
import { TEACHERS, targetOf } from '../../site/playground/parts/teachers.mjs';
import { decisions, learned } from './library.mjs';
import { openPanel, openTab, visitors } from './pages.mjs';

const site = visitors();
before(() => init());

const valueOf = async (locator) => Number(await locator.getAttribute('data-value'));
const within = (found, expected) => assert.ok(Math.abs(found - expected) <= 1e-9 * Math.max(1, Math.abs(expected)), `${found} is not ${expected}`);

test('Adapt: loss and distance are those of the library, for each teacher', async () => {
  const { tab, wrong } = await openPanel(site, 'adapt');
  for (const [teacher, dim] of [['two', 64], ['six', 16], ['turn', 64]]) {
    await tab.getByRole('combobox', { name: 'Teacher' }).selectOption(teacher);
    await tab.getByRole('combobox', { name: 'Dimensions' }).selectOption(String(dim));
    await tab.getByRole('button', { name: 'Start over' }).click();
    await tab.locator('[data-test=loss][data-value="1"]').waitFor();
    await tab.getByRole('button', { name: '100 steps' }).click();
    await tab.locator('[data-test=steps]', { hasText: /^100$/ }).waitFor();
    const expected = learned({ teacher, dim, rate: 0.1, alpha: 0.1, steps: 100 });
    within(await valueOf(tab.locator('[data-test=loss]')), expected.loss);
    within(await valueOf(tab.locator('[data-test=distance]')), expected.distance);
  }
  await tab.locator('[data-test=speed][data-value]').waitFor();
  assert.ok((await valueOf(tab.locator('[data-test=speed]'))) > 1000);
  assert.deepEqual(wrong, []);
});

test('Adapt: a drawing, made with keys, is learned', async () => {
  const { tab, wrong } = await openPanel(site, 'adapt');
  await tab.getByRole('combobox', { name: 'Teacher' }).selectOption('drawn');
  const curve = tab.getByRole('slider', { name: /Your curve/ });
  await curve.focus();
  for (const key of ['ArrowRight', 'ArrowUp', 'ArrowUp', 'ArrowRight', 'ArrowDown']) await tab.keyboard.press(key);
  assert.match(await curve.getAttribute('aria-valuetext'), /^point 3 of 32: /);
  const box = await curve.boundingBox();
  await tab.mouse.move(box.x + box.width / 4, box.y + 10);
  await tab.mouse.down();
  await tab.mouse.move(box.x + (3 * box.width) / 4, box.y + box.height - 10, { steps: 5 });
  await tab.mouse.up();
  for (let steps = 100; steps <= 1000; steps += 100) {
    await tab.getByRole('button', { name: '100 steps' }).click();
    await tab.locator('[data-test=steps]', { hasText: new RegExp(`^${steps.toLocaleString('en')}$`) }).waitFor();
  }
  assert.ok((await valueOf(tab.locator('[data-test=loss]'))) < 0.1);
  assert.deepEqual(wrong, []);
});

/** Before a page is opened: `window.waiting()` is then how many messages its workers have not answered, `window.most` the most at a time. */
const countMessages = () => {
  window.most = 0;
  let waiting = 0;
  window.waiting = () => waiting;
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function count(message) {
    if (!this.counted) this.addEventListener('message', () => { waiting -= 1; });
    this.counted = true;
    waiting += 1;
    window.most = Math.max(window.most, waiting);
    post.call(this, message);
  };
};

for (const [name, button, seen] of [['adapt', 'Learn', '[data-test=steps]'], ['decide', 'Run', '[data-test=pass]']]) {
  test(`${name}: a double click on Pause, and a look at another panel, leave one loop running`, async () => {
    const { tab, wrong, context } = await openTab(site.browser);
    await tab.addInitScript(countMessages);
    await tab.goto(`${site.url}playground.html#${name}`);
    await tab.getByRole('button', { name: button, exact: true }).click();
    for (let i = 0; i < 4; i += 1) await tab.locator('.panel button.first').dblclick();
    await tab.getByRole('tab', { name: 'Rank' }).click();
    await tab.getByRole('tab', { selected: false }).first().waitFor();
    await tab.evaluate((id) => { location.hash = id; }, name);
    const before = await tab.locator(seen).textContent();
    await tab.waitForFunction(([selector, text]) => document.querySelector(selector)?.textContent !== text, [seen, before]);
    // What was asked for meanwhile has been answered once nothing waits; from then on the loop asks for one thing at a time.
    await tab.waitForFunction(() => window.waiting() === 0, null, { polling: 5 });
    await tab.evaluate(() => { window.most = 0; });
    await tab.waitForTimeout(500);
    assert.ok((await tab.evaluate(() => window.most)) <= 1);
    assert.deepEqual(wrong, []);
    await context.close();
  });
}

test('Adapt: alpha can be moved while it learns, and its chart has the colours of a page that has become dark meanwhile', async () => {
  const { tab, wrong, context } = await openPanel(site, 'adapt');
  await tab.getByRole('button', { name: 'Learn', exact: true }).click();
  const alpha = tab.getByRole('slider', { name: /^Alpha/ });
  await alpha.evaluate((slider) => {
    slider.value = 90;
    slider.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await tab.waitForTimeout(200);
  assert.equal(await alpha.inputValue(), '90');
  await tab.getByText('Alpha 0.63').waitFor();
  await tab.locator('[data-test=steps]', { hasText: /^[1-9]\d\d/ }).waitFor();
  await tab.getByRole('tab', { name: 'Rank' }).click();
  await tab.emulateMedia({ colorScheme: 'dark' });
  await tab.locator('html.dark').waitFor();
  await tab.waitForTimeout(600); // colours are faded
  await tab.getByRole('tab', { name: 'Adapt' }).click();
  await tab.waitForFunction(() => {
    const canvas = document.querySelector('.plot canvas');
    if (!canvas) return false;
    const context = canvas.getContext('2d');
    context.fillStyle = getComputedStyle(canvas).getPropertyValue('--ours');
    const wanted = context.fillStyle.match(/[0-9a-f]{2}/g).map((each) => Number.parseInt(each, 16));
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    let points = 0; // of the curve
    for (let i = 0; i < data.length; i += 4) points += wanted.every((value, c) => Math.abs(data[i + c] - value) < 8) && data[i + 3] > 200 ? 1 : 0;
    return points > 100;
  });
  assert.deepEqual(wrong, []);
  await context.close();
});

test('Operators: rewards go to the operator that they were asked for, and none to a set that has begun since', async () => {
  const { tab, wrong, context } = await openPanel(site, 'operators');
  const stepsOf = (name) => tab.getByRole('row', { name: new RegExp(`^${name}\\b`) }).first().locator('.number').first().textContent();
  await tab.evaluate(() => {
    [...document.querySelectorAll('.panel button')].find(({ textContent }) => textContent === '10 times').click();
    document.querySelectorAll('input[name=operator]')[5].click();
  });
  await tab.getByRole('row', { name: /^Scan\b.* 10 1\.0/ }).waitFor();
  assert.equal(await stepsOf('Project'), '0');
  await tab.evaluate(() => {
    const button = (name) => [...document.querySelectorAll('.panel button')].find(({ textContent }) => textContent === name);
    button('10 times').click();
    button('Start over').click();
    document.querySelectorAll('input[name=operator]')[0].click();
  });
  await tab.getByRole('row', { name: /^Scan\b.* 0 0\.0/ }).waitFor();
  await tab.waitForTimeout(300); // nothing comes later
  assert.deepEqual([await stepsOf('Scan'), await stepsOf('Project')], ['0', '0']);
  assert.deepEqual(wrong, []);
  await context.close();
});

test('Operators: what each expects is what the library says, with the category and without', async () => {
  const { tab, wrong } = await openPanel(site, 'operators');
  const scoped = new WasmScopedLoRA(65, 0.1, 0.5);
  const values = normalFrom(1)(64);
  const length = Math.hypot(...values);
  const input = Float32Array.of(...values.map((value) => value / length), 0.5);
  const same = async () => {
    for (let id = 0; id < 17; id += 1) within(await valueOf(tab.locator(`[data-operator="${id}"]`)), scoped.predicted_improvement(id, input));
  };
  const stepsOf = (name, steps) => tab.getByRole('row', { name: new RegExp(`^${name}\\b.* ${steps} \\d\\.\\d `) }).waitFor();

  await tab.getByRole('button', { name: '10 times' }).click();
  await stepsOf('Scan', 10);
  for (let i = 0; i < 10; i += 1) scoped.reward(0, input, 0.5);
  await same();
  assert.ok((await valueOf(tab.locator('[data-operator="6"]'))) > 0.4, 'an index scan leans on the category');
  assert.equal(await valueOf(tab.locator('[data-operator="2"]')), 0);

  await tab.getByRole('radio', { name: /^IndexScan/ }).check();
  await tab.getByRole('button', { name: 'Reward IndexScan' }).click();
  await stepsOf('IndexScan', 1);
  scoped.reward(6, input, 0.5);
  await same();

  await tab.getByRole('checkbox', { name: 'lean on the category' }).uncheck();
  scoped.set_category_fallback(false);
  await tab.locator('[data-operator="7"][data-value="0"]').waitFor();
  await same();
  assert.deepEqual(wrong, []);
});

test('Rank: both lists are those of the library and of the mean', async () => {
  const read = (name) => readFileSync(new URL(`../../examples/personalisation/data/${name}`, import.meta.url));
  const { items, inputs, embeddings } = catalogue(JSON.parse(read('items.json')), Uint8Array.from(read('embeddings.f32')).buffer);
  const { tab, wrong } = await openPanel(site, 'rank');
  const lora = new WasmMicroLoRA(385, 0.1, 0.5);
  const mean = new Rocchio(embeddings, 0);
  const seen = new Set();
  const shown = (list) => tab.locator(`[data-list=${list}] li:not(.moving-leave-active) em`).evaluateAll((found) => found.map(({ dataset }) => [Number(dataset.item), Number(dataset.value)]));
  for (const [place, likes] of [[1, true], [4, false], [0, true]]) {
    const row = tab.locator('[data-list=adapter] li:not(.moving-leave-active)').nth(place);
    const name = await row.locator('b').textContent();
    await row.getByRole('button', { name: `${likes ? 'Like' : 'Dislike'} ${name}`, exact: true }).click();
    const item = items.findIndex((each) => each.name === name);
    seen.add(item);
    lora.reward(inputs.subarray(item * 385, (item + 1) * 385), likes ? 1 : -0.25);
    mean.rate(item, likes);
    await tab.getByText(`${seen.size} rated`).waitFor();
    const expected = (scores) => rank(scores, seen).slice(0, 10).map((each) => [each, scores[each]]);
    assert.deepEqual(await shown('adapter'), expected(lora.predicted_improvements(inputs)));
    assert.deepEqual(await shown('mean'), expected(mean.scores()));
  }
  assert.deepEqual(wrong, []);
});

test('Keep: a saved adapter outlives a reload, a file goes out and in, tabs share, an error is the library’s', async () => {
  const { tab, wrong, context } = await openPanel(site, 'keep');
  const said = (text) => tab.locator('[data-test=said]', { hasText: text }).waitFor();
  await tab.getByRole('button', { name: 'Learn 50 steps' }).click();
  await said('Learned 50 times.');
  const distance = await valueOf(tab.locator('[data-test=kept-distance]'));
  await tab.getByRole('button', { name: 'Save here' }).click();
  await said('Saved in IndexedDB.');

  const downloading = tab.waitForEvent('download');
  await tab.getByRole('button', { name: 'Download' }).click();
  const download = await downloading;
  assert.equal(download.suggestedFilename(), 'adapter.safetensors');
  const bytes = new Uint8Array(readFileSync(await download.path()));
  const lora = WasmMicroLoRA.from_safetensors(bytes);
  within(distance, lora.delta_norm());
  const parts = TEACHERS.two.parts(32);
  for (let i = 0; i < 50; i += 1) {
    const input = normalFrom(Number(lora.adapt_count()) + 1)(32);
    lora.train(input, targetOf(parts, input));
  }

  await tab.reload();
  await tab.getByRole('button', { name: 'Load again' }).click();
  await said('Loaded from IndexedDB.');
  within(await valueOf(tab.locator('[data-test=kept-distance]')), distance);
  await tab.getByRole('button', { name: 'Learn 50 steps' }).click();
  await said('Learned 50 times.');
  within(await valueOf(tab.locator('[data-test=kept-distance]')), lora.delta_norm());

  const other = await openPanel(site, 'keep', { context });
  await other.tab.locator('[data-test=kept-steps]', { hasText: '100' }).waitFor();
  within(await valueOf(other.tab.locator('[data-test=kept-distance]')), lora.delta_norm());
  await other.tab.getByRole('button', { name: 'Forget' }).click();
  await tab.locator('[data-test=kept-steps]', { hasText: /^0$/ }).waitFor();

  await tab.getByLabel('choose one').setInputFiles({ name: 'mine.safetensors', mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) });
  await said('Loaded from mine.safetensors.');
  within(await valueOf(tab.locator('[data-test=kept-distance]')), distance);

  // Dropped, and cut short: the library's own words, and the adapter is as it was.
  const cut = bytes.slice(0, 100);
  const message = (() => { try { WasmMicroLoRA.from_safetensors(cut); } catch (error) { return `${error.name}: ${error.message}`; } return ''; })();
  await tab.evaluate((values) => {
    const dropped = new DataTransfer();
    dropped.items.add(new File([Uint8Array.from(values)], 'cut.safetensors'));
    document.querySelector('.drop').dispatchEvent(new DragEvent('drop', { dataTransfer: dropped, bubbles: true, cancelable: true }));
  }, [...cut]);
  await said(message);
  await tab.getByRole('button', { name: 'Load it with one bit flipped' }).click();
  await said('RangeError: bytes: checksum');
  within(await valueOf(tab.locator('[data-test=kept-distance]')), distance);
  assert.deepEqual([...wrong, ...other.wrong], []);
});

test('Keep: without IndexedDB all but saving works; what is no file, or cannot be read, is an error that is shown', async () => {
  const { tab, wrong, context } = await openTab(site.browser);
  await tab.route(/\/assets\/keep-[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    const body = `indexedDB.open = () => { throw new DOMException('refused', 'SecurityError'); };\n${await response.text()}`;
    await route.fulfill({ response, body });
  });
  await tab.goto(`${site.url}playground.html#keep`);
  const said = (text) => tab.locator('[data-test=said]', { hasText: text }).waitFor();
  await tab.getByRole('button', { name: 'Learn 50 steps' }).click();
  await said('Learned 50 times.');
  await tab.getByRole('button', { name: 'Save here' }).click();
  await said('SecurityError: refused');
  const drop = (what) => tab.evaluate((add) => {
    const dropped = new DataTransfer();
    if (add === 'text') dropped.setData('text/plain', 'hello');
    const event = new DragEvent('drop', { dataTransfer: dropped, bubbles: true, cancelable: true });
    const folder = { name: 'folder', arrayBuffer: () => Promise.reject(new DOMException('it is a folder', 'NotFoundError')) };
    if (add === 'folder') Object.defineProperty(event, 'dataTransfer', { value: { files: [folder] } });
    document.querySelector('.drop').dispatchEvent(event);
  }, what);
  await drop('text');
  await said('That was no file.');
  await drop('folder');
  await said('NotFoundError: it is a folder');
  assert.equal(await tab.locator('[data-test=kept-steps]').textContent(), '50');
  assert.deepEqual(wrong, []);
  await context.close();
});

test('Keep: a tab that comes gets what there is, and nothing changes for the others', async () => {
  const first = await openPanel(site, 'keep');
  const steps = ({ tab }, text) => tab.locator('[data-test=kept-steps]', { hasText: new RegExp(`^${text}$`) }).waitFor();
  await first.tab.getByRole('button', { name: 'Learn 50 steps' }).click();
  await steps(first, 50);
  const { context } = first;
  const second = await openPanel(site, 'keep', { context });
  await steps(second, 50);
  await second.tab.getByRole('checkbox', { name: /^share/ }).uncheck();
  await second.tab.getByRole('button', { name: 'Learn 50 steps' }).click();
  await steps(second, 100);
  const third = await openPanel(site, 'keep', { context });
  await steps(third, 50);
  await steps(first, 50);
  await steps(second, 100);
  await second.tab.getByRole('checkbox', { name: /^share/ }).check();
  await steps(second, 50);
  await steps(first, 50);
  assert.deepEqual([first, second, third].flatMap(({ wrong }) => wrong), []);
  await context.close();
});

test('tabs go by keyboard, and keep their state', async () => {
  const { tab, wrong } = await openPanel(site, 'operators');
  await tab.getByRole('button', { name: '10 times' }).click();
  await tab.getByRole('row', { name: /^Scan .*10 1\.0/ }).waitFor();
  await tab.getByRole('tab', { name: 'Operators' }).focus();
  await tab.keyboard.press('End');
  assert.equal(await tab.getByRole('tab', { selected: true }).textContent(), 'Keep');
  await tab.getByRole('heading', { name: 'Keep what was learned' }).waitFor();
  await tab.keyboard.press('ArrowRight');
  assert.equal(await tab.getByRole('tab', { selected: true }).textContent(), 'Adapt');
  for (let i = 0; i < 2; i += 1) await tab.keyboard.press('ArrowRight');
  await tab.getByRole('row', { name: /^Scan .*10 1\.0/ }).waitFor();
  await tab.evaluate(() => { location.hash = '#keep'; });
  await tab.getByRole('heading', { name: 'Keep what was learned' }).waitFor();
  assert.deepEqual(wrong, []);
});

/** Seconds of the next so many queries. */
const restOf = (decide, count) => Array.from({ length: count }, decide).reduce((sum, { ms }) => sum + ms, 0) / 1000;

test('Decide: seconds per pass are those of the library, and steps can be repeated', async () => {
  const { runtimes, queries, decide } = decisions(3);
  const one = decide();
  const expected = [one.ms / 1000 + restOf(decide, queries - 1), restOf(decide, queries), restOf(decide, queries)];

  const { tab, wrong } = await openPanel(site, 'decide');
  await tab.getByLabel('Seed').fill('3');
  const seconds = tab.locator('[data-test=seconds]');
  const step = async (number) => {
    await tab.getByRole('button', { name: '1 pass' }).click();
    await tab.locator('[data-test=pass]', { hasText: new RegExp(`^${number}$`) }).waitFor();
    await tab.waitForFunction(() => /^(\d+) of \1$/.test(document.querySelector('[data-test=queries]').textContent));
    return valueOf(seconds);
  };
  await tab.getByRole('button', { name: '1 query' }).click();
  await tab.locator('[data-test=queries]', { hasText: /^1 of 113$/ }).waitFor();
  assert.equal(Number(await tab.locator('[data-test=choice]').getAttribute('data-hint-set')), one.hintSet);
  within(await valueOf(seconds), one.ms / 1000);
  for (const [i, value] of expected.entries()) {
    within(await step(i + 1), value);
    await tab.locator('[data-test=queries]', { hasText: /^113 of 113$/ }).waitFor();
  }
  within(await valueOf(tab.locator('[data-test=default]')), runtimes.reduce((sum, [first]) => sum + first, 0));

  await tab.getByRole('slider', { name: /^Noise/ }).fill('0.3');
  const noisy = [await step(1), await step(2)];
  await tab.getByRole('button', { name: 'Start over' }).click();
  assert.deepEqual([await step(1), await step(2)], noisy);
  await tab.getByRole('slider', { name: /^Noise/ }).fill('0');
  await tab.getByRole('slider', { name: /^Queries that come after/ }).fill('0.5');
  await step(1);
  assert.ok((await valueOf(tab.locator('[data-test=default]'))) < 150, 'half of the queries are held back');

  await tab.getByRole('button', { name: 'Run', exact: true }).click();
  await tab.locator('[data-test=pass]', { hasText: /^[3-9]$/ }).waitFor();
  await tab.getByRole('button', { name: 'Pause' }).click();
  assert.deepEqual(wrong, []);
});

test('Decide: the seed that is shown is the one that is used', async () => {
  const { tab, wrong, context } = await openPanel(site, 'decide');
  for (const [typed, used] of [['-5', '0'], ['1.6', '2'], ['99999999999999', '4294967295'], ['', '0'], ['7', '7']]) {
    await tab.getByLabel('Seed').fill(typed);
    await tab.getByLabel('Seed').press('Enter');
    assert.equal(await tab.getByLabel('Seed').inputValue(), used);
  }
  assert.deepEqual(wrong, []);
  await context.close();
});

test('Speed: all three are timed, and the text has what the bars show', async () => {
  const { tab, wrong, context } = await openPanel(site, 'speed');
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await tab.getByRole('combobox', { name: 'Dimensions' }).selectOption('64');
  await tab.getByRole('button', { name: 'Measure' }).click();
  const copy = tab.getByRole('button', { name: 'Copy the result' });
  await copy.click({ timeout: 120_000 });
  await tab.getByText('Copied.').waitFor();
  const text = await tab.evaluate(() => navigator.clipboard.readText());
  assert.equal(text, await tab.locator('[data-test=text]').textContent());
  for (const call of ['forward', 'adapt', 'adapt_with_reward']) {
    const medians = [];
    for (const name of ['ours', 'published', 'javascript']) medians.push(await valueOf(tab.locator(`[data-lane="${name} ${call}"]`)));
    assert.ok(medians.every((median) => median > 1 && median < 1e6), `${call}: ${medians}`);
    const [, row] = text.match(new RegExp(`^\\| ${call}\\(\\) \\| (.*) \\|$`, 'm'));
    assert.deepEqual(row.split(' | ').map((cell) => cell.split(' ')[0]), medians.map((median) => median.toFixed(0)));
  }
  await tab.getByRole('combobox', { name: 'Dimensions' }).selectOption('256');
  assert.match(await tab.locator('[data-test=text]').textContent(), /^WasmMicroLoRA of 64 dimensions/);
  assert.deepEqual(wrong, []);
});
