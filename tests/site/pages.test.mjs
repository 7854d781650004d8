// The built site as a whole: under a folder, without a network, every link, every page's size, and what axe-core says of all panels.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { BUILT } from '../../scripts/site.mjs';
import { root } from '../../scripts/toolchain.mjs';
import { BASE, openTab, serve, visitors } from './pages.mjs';

const PANELS = ['adapt', 'rank', 'operators', 'decide', 'speed', 'keep'];
/** The most that a page may fetch, in KB with gzip: fonts, scripts, styles and texts. The playground has the package and data, too. */
const BUDGET = { page: 450, playground: 700 };

const site = visitors();
const guides = readdirSync(path.join(root, 'docs')).filter((file) => file.endsWith('.md')).map((file) => file.replace('.md', '.html'));
const pages = [...guides, 'reference/index.html', 'reference/classes/WasmScopedLoRA.html'];

/** What axe-core finds wrong in a page, by all of its rules or by those named. */
async function complaints(tab, rules) {
  const { violations } = await tab.evaluate((runOnly) => {
    // A word of code like another one, in colour and block, is not looked at again: contrast is what axe-core takes most of its time for.
    for (const block of document.querySelectorAll('pre')) {
      const seen = new Set();
      for (const word of block.querySelectorAll('span[style]')) {
        word.toggleAttribute('data-alike', seen.has(word.getAttribute('style')));
        seen.add(word.getAttribute('style'));
      }
    }
    return globalThis.axe.run({ exclude: [['[data-alike]']] }, { resultTypes: ['violations'], ...(runOnly && { runOnly }) });
  }, rules);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 150)).join('\n')}`);
}

/** axe-core has nothing to say about a page that is light, nor when it becomes dark, which changes colours alone. */
async function accessible(tab) {
  await tab.evaluate(readFileSync(path.join(root, 'site/node_modules/axe-core/axe.min.js'), 'utf8'));
  assert.deepEqual(await complaints(tab), []);
  await tab.emulateMedia({ colorScheme: 'dark' });
  await tab.locator('html.dark').waitFor();
  await tab.waitForTimeout(600); // colours are faded
  assert.deepEqual(await complaints(tab, ['color-contrast']), [], 'in the dark');
}

test('every link to a page, a heading or a file of the repository leads somewhere', () => {
  const files = readdirSync(BUILT, { recursive: true }).filter((file) => file.endsWith('.html') && file !== '404.html');
  // Those of `cargo doc` may be linked to; their own links are rustdoc's matter, which the lints run.
  const texts = new Map(files.map((page) => [page.replaceAll(path.sep, '/'), readFileSync(path.join(BUILT, page), 'utf8')]));
  assert.ok(texts.has('reference/classes/WasmMicroLoRA.html'));
  const idsOf = (page) => new Set([...texts.get(page).matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  const broken = [];
  for (const [page, text] of texts) {
    if (page.startsWith('rust/')) continue;
    for (const [, href] of text.matchAll(/<a [^>]*href="([^"]+)"/g)) {
      const url = new URL(href.replaceAll('&amp;', '&'), `http://site${BASE}${page}`);
      const [, file] = url.href.match(/^https:\/\/github\.com\/ruvnet\/ruvector\/blob\/HEAD\/([^#]+)/) ?? [];
      if (file && !statSync(path.join(root, file), { throwIfNoEntry: false })) broken.push(`${page}: ${file} is not in the repository`);
      if (url.host !== 'site') continue;
      const target = url.pathname.replace(BASE, '').replace(/(^|\/)$/, '$1index').replace(/(\.html)?$/, '.html');
      const id = decodeURIComponent(url.hash.slice(1));
      if (!url.pathname.startsWith(BASE) || !texts.has(target)) broken.push(`${page}: ${href}`);
      else if (id && target !== 'playground.html' && !idsOf(target).has(id)) broken.push(`${page}: ${target} has no #${id}`);
    }
  }
  assert.deepEqual(broken, []);
});

for (const page of pages) {
  test(`${page} opens without an error and within its budget, and axe-core has nothing to say`, async () => {
    const { tab, wrong, context } = await openTab(site.browser);
    const fetched = new Set();
    tab.on('response', (response) => !response.fromServiceWorker() && fetched.add(new URL(response.url()).pathname));
    await tab.route('**/offline.js', (route) => route.abort()); // which would fetch all the others
    await tab.goto(`${site.url}${page}`, { waitUntil: 'networkidle' });
    await tab.locator(page === 'index.html' ? '.VPHero h1' : page === 'playground.html' ? '.panel' : '.vp-doc h1').first().waitFor();
    const sizes = [...fetched].map((file) => gzipSync(readFileSync(path.join(BUILT, file === BASE ? 'index.html' : decodeURIComponent(file.slice(BASE.length))))).length);
    const total = Math.round(sizes.reduce((sum, size) => sum + size, 0) / 1000);
    console.log(`${page}: ${total} KB in ${fetched.size} files`);
    assert.ok(total <= BUDGET[page === 'playground.html' ? 'playground' : 'page'], `${total} KB`);
    await accessible(tab);
    await tab.setViewportSize({ width: 360, height: 740 });
    assert.equal(await tab.evaluate(() => document.documentElement.scrollWidth), 360);
    assert.deepEqual(wrong.filter((text) => !/offline\.js/.test(text) && !/net::ERR_FAILED/.test(text)), []);
    await context.close();
  });
}

/** Opens a page, and waits until its service worker, another one than `before`, has kept the site. */
async function kept(tab, url, before) {
  await tab.goto(url);
  if (before) await tab.evaluate(async () => (await navigator.serviceWorker.ready).update());
  for (;;) {
    const { state, names } = await tab.evaluate(async () => ({ state: navigator.serviceWorker.controller?.state, names: await caches.keys() }));
    if (state === 'activated' && names.length === 1 && names[0] !== before) return names[0];
    await tab.waitForTimeout(100);
  }
}

/** Else a service worker that never comes would be waited for. */
const ENDS = { timeout: 300_000 };

for (const clean of [false, true]) {
  test(`a page that was never opened is there without a network, once the site has been visited${clean ? ', from a server that redirects to clean addresses' : ''}`, ENDS, async () => {
    const own = clean ? await serve({}, { clean }) : site;
    const { tab, context } = await openTab(site.browser);
    await kept(tab, own.url);
    await context.setOffline(true);
    await tab.goto(`${own.url}playground#adapt`);
    await tab.getByRole('button', { name: '100 steps' }).click();
    await tab.locator('[data-test=steps]', { hasText: /^100$/ }).waitFor();
    await tab.goto(`${own.url}saving.html`);
    await tab.getByRole('heading', { name: 'Saving, loading and merging' }).waitFor();
    await context.close();
    if (clean) own.close();
  });
}

test('a new version takes the place of the old one without a network, too, and a file that is missing does not matter', ENDS, async () => {
  const more = { 'files.json': JSON.stringify([...JSON.parse(readFileSync(path.join(BUILT, 'files.json'), 'utf8')), 'missing.json']) };
  const own = await serve(more);
  const { tab, context } = await openTab(site.browser);
  const old = await kept(tab, own.url);
  const built = (file) => readFileSync(path.join(BUILT, file), 'utf8');
  assert.match(old, /\/ [0-9a-f]{16}$/, 'the build has written its version');
  more['offline.js'] = built('offline.js').replace(/VERSION = '.*'/, "VERSION = 'another'");
  more['workers.html'] = built('workers.html').replaceAll('Workers and threads', 'Threads and workers');
  assert.notEqual(await kept(tab, own.url, old), old);
  await context.setOffline(true);
  await tab.goto(`${own.url}workers.html`, { waitUntil: 'commit' });
  assert.match(await tab.title(), /^Threads and workers/);
  await context.close();
  own.close();
});

test('search finds a word of a guide', async () => {
  const { tab, wrong, context } = await openTab(site.browser);
  await tab.goto(site.url);
  await tab.getByRole('button', { name: 'Search' }).first().click();
  await tab.getByRole('searchbox').fill('IndexedDB');
  await tab.locator('.results a[href*="saving"]').first().waitFor();
  assert.deepEqual(wrong, []);
  await context.close();
});

test('the reference has every class and method of the types, with a text', () => {
  const types = readFileSync(path.join(root, 'pkg/ruvector_learning_wasm.d.ts'), 'utf8');
  const classes = [...types.matchAll(/^export class (\w+) \{\n([^]*?)^\}/gm)];
  assert.deepEqual(classes.map(([, name]) => name), ['WasmMicroLoRA', 'WasmScopedLoRA', 'WasmTrajectoryBuffer']);
  for (const [, name, body] of classes) {
    const page = readFileSync(path.join(BUILT, `reference/classes/${name}.html`), 'utf8');
    const methods = [...body.matchAll(/^    (?:static )?(\w+)\(/gm)].map(([, method]) => method).filter((method) => method !== 'constructor');
    assert.ok(methods.length > 15);
    for (const method of methods) assert.ok(page.includes(` id="${method.toLowerCase().replaceAll('_', '-')}"`), `${name}.${method}`);
    const bare = [...body.matchAll(/^(.*)\n    (?:static )?(\w+)\(/gm)].filter(([, line]) => !/\*\/$/.test(line)).map(([, , method]) => method);
    assert.deepEqual(bare, [], `${name}: without a comment`);
  }
});

for (const panel of PANELS) {
  test(`${panel}: axe-core has nothing to say, and 360 pixels are wide enough`, async () => {
    const { tab, wrong, context } = await openTab(site.browser, { viewport: { width: 360, height: 740 } });
    await tab.goto(`${site.url}playground.html#${panel}`);
    await tab.locator('.panel button:not([disabled])').first().waitFor();
    await tab.waitForTimeout(300);
    assert.equal(await tab.evaluate(() => document.documentElement.scrollWidth), 360);
    await accessible(tab);
    assert.deepEqual(wrong, []);
    await context.close();
  });
}
