// The service example. Nothing here depends on what is fast: times are real, so which strategy is chosen is not known.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

import { makeData } from '../../examples/service/data.mjs';
import { summarise } from '../../examples/service/demo.mjs';
import { Experience } from '../../examples/service/experience.mjs';
import { queryOf, requestsFrom } from '../../examples/service/load.mjs';
import { ROUTES, routeOf } from '../../examples/service/routes.mjs';
import { Service } from '../../examples/service/service.mjs';
import { Statistics } from '../../examples/service/statistics.mjs';
import { randomFrom } from '../../examples/job/random.mjs';
import { WasmTrajectoryBuffer } from '../../pkg/index.js';
import { CHROMIUM_ARGUMENTS } from '../../scripts/toolchain.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const script = path.join(root, 'examples/service/main.mjs');
const data = makeData();
const strings = Object.fromEntries(Object.entries(data.texts).map(([name, bytes]) => [name, Buffer.from(bytes).toString('latin1')]));

async function startService(t, options) {
  const service = await Service.start({ workers: 2, ...options });
  t.after(() => service.close());
  const ask = async (where, init) => {
    const response = await fetch(new URL(where, service.url), init);
    return { status: response.status, allow: response.headers.get('allow'), body: await response.json() };
  };
  return { service, ask };
}

/** `?…` of this many requests of a route. */
function queries(name, count, seed = 1) {
  const next = requestsFrom(data, randomFrom(seed));
  const found = [];
  while (found.length < count) {
    const { name: of, request } = next();
    if (of === name) found.push({ request, query: queryOf(request) });
  }
  return found;
}

function topByHand({ column, from, length, k }) {
  return [...data.columns[column].subarray(from, from + length)].sort((a, b) => b - a).slice(0, k);
}

function findByHand({ text, from, length, patterns }) {
  const string = strings[text].slice(from, from + length);
  return patterns.map((pattern) => [...string].filter((_, i) => string.startsWith(pattern, i)).length);
}

function folder(t) {
  const made = mkdtempSync(path.join(tmpdir(), 'service-'));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test('every strategy finds the k largest, equal numbers and all sizes included', () => {
  const columns = {
    ...data.columns,
    equal: new Float64Array(500).fill(3),
    few: Float64Array.from({ length: 500 }, (_, i) => i % 3),
    signs: Float64Array.from({ length: 500 }, (_, i) => (i % 2 ? -1 : 1) * i),
    far: Float64Array.from({ length: 500 }, (_, i) => (i === 7 ? 1e300 : i === 9 ? -1e300 : i / 3)),
  };
  for (const [name, column] of Object.entries(columns)) {
    for (const [length, k] of [[1, 1], [2, 1], [2, 2], [3, 2], [65, 64], [500, 1], [500, 20], [500, 250], [500, 500], [4000, 999]]) {
      const numbers = column.subarray(0, length);
      const right = [...numbers].sort((a, b) => b - a).slice(0, k);
      for (const { name: strategy, run } of routeOf('top').strategies) {
        if (k <= numbers.length) assert.deepEqual([...run(numbers, k)], right, `${strategy}, ${name}, ${k} of ${length}`);
      }
    }
  }
});

test('every strategy counts patterns, overlaps and odd characters included', () => {
  const texts = ['aaaaaaa', 'abababa', '', 'a', 'x.y*z\n(x.y*z)[x.y]', strings.dna.slice(0, 3000), strings.log.slice(0, 3000)];
  const patterns = ['a', 'aa', 'aaa', 'aba', 'abababab', '.', 'x.y', '*z', '[x', '\n', 'ACGT', 'GG', 'GET /', '200 1', 'a'];
  for (const string of texts) {
    const right = patterns.map((pattern) => [...string].filter((_, i) => string.startsWith(pattern, i)).length);
    for (const { name, run } of routeOf('find').strategies) {
      assert.deepEqual(run({ string, bytes: Uint8Array.from(Buffer.from(string)) }, patterns), right, `${name}: ${string.slice(0, 20)}`);
    }
  }
});

test('answers are right, as decided and by every strategy', async (t) => {
  const { ask } = await startService(t);
  for (const { request, query } of queries('top', 6)) {
    const values = topByHand(request);
    for (const strategy of [undefined, ...routeOf('top').strategies.map(({ name }) => name)]) {
      const { status, body } = await ask(`/top?${query}${strategy ? `&strategy=${strategy}` : ''}`);
      assert.equal(status, 200);
      if (strategy) assert.equal(body.strategy, strategy);
      assert.deepEqual(body.first, values.slice(0, 10));
      assert.equal(body.last, values.at(-1));
      assert.equal(body.count, request.k);
      assert.ok(body.ms > 0);
    }
  }
  for (const { request, query } of queries('find', 4)) {
    for (const strategy of [undefined, ...routeOf('find').strategies.map(({ name }) => name)]) {
      const { body } = await ask(`/find?${query}${strategy ? `&strategy=${strategy}` : ''}`);
      assert.deepEqual(body.counts, findByHand(request));
    }
  }
});

test('what one worker records reaches all, and strategies that were asked for are not recorded', async (t) => {
  const { service, ask } = await startService(t, { workers: 4, seed: 10 });
  await Promise.all(queries('find', 20).map(({ query }) => ask(`/find?${query}`)));
  await Promise.all(queries('top', 20).map(({ request }) => service.pool.run({ name: 'top', request }))); // all at once
  await Promise.all(queries('top', 5).map(({ query }) => ask(`/top?${query}&strategy=heap`)));
  const { total_count: total, workers } = (await ask('/status')).body;
  assert.equal(total, 40);
  assert.deepEqual(workers.map((worker) => worker.total_count), [40, 40, 40, 40]);
  assert.deepEqual(workers.map(({ seed }) => seed), [10, 11, 12, 13]);
  assert.equal(workers.reduce((sum, { requests }) => sum + requests, 0), 45);
  assert.ok(workers.every(({ requests }) => requests > 0));
});

test('where little is known, workers with different seeds spread', async () => {
  const request = routeOf('top').input(data, { column: 'random', from: 0, length: 4096, k: 10 });
  const features = routeOf('top').features(request);
  const first = await Experience.from();
  first.record(first.recordOf(routeOf('top'), features, 1, 5));
  const choices = await Promise.all(Array.from({ length: 40 }, async (_, seed) => {
    const other = await Experience.from(first.bytes());
    other.seed(seed);
    return other.choose(routeOf('top'), features);
  }));
  assert.ok(new Set(choices).size > 1, `all of them chose ${choices[0]}`);
});

test('running means are per route and size, and go into the file', async () => {
  const experience = await Experience.from();
  const { strategies: [first, second] } = routeOf('top');
  const features = { values: [0, 0.5, 0, 0], sizeClass: 6 };
  const record = (strategy, ms) => {
    const made = experience.recordOf(routeOf('top'), features, strategy.id, ms);
    experience.record(made);
    return made.baseline;
  };
  assert.deepEqual([record(first, 4), record(second, 8), record(first, 3)], [4, 4, 6]);
  const again = await Experience.from(experience.bytes());
  assert.equal(again.recordOf(routeOf('top'), features, first.id, 1).baseline, 5);
  assert.equal(again.recordOf(routeOf('top'), { ...features, sizeClass: 7 }, first.id, 1).baseline, 1);
  assert.equal(again.recordOf(routeOf('find'), features, 5, 2).baseline, 2);
  assert.equal(again.count, 3);
});

test('each number is one strategy, and 0 is none', () => {
  const ids = ROUTES.flatMap(({ strategies }) => strategies.map(({ id }) => id));
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(ids.every((id) => id >= 1 && id <= 255));
});

/** The command line, until it has said where it is. */
async function startCommand(t, file) {
  const child = spawn(process.execPath, [script, '--workers', '2', '--file', file], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  let [printed, complaints] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => { printed += text; });
  child.stderr.setEncoding('utf8').on('data', (text) => { complaints += text; });
  const exited = once(child, 'close');
  const lines = (count) => new Promise((resolve, reject) => {
    const look = () => printed.split('\n').length > count && resolve();
    child.stdout.on('data', look);
    exited.then(() => reject(new Error(`it has ended: ${printed}${complaints}`)));
    look();
  });
  await lines(2);
  const end = async (signal) => {
    child.kill(signal);
    const [code] = await exited;
    return { code, printed, complaints };
  };
  return { url: printed.match(/^http:\S+/)[0], end, printed: () => printed };
}

for (const signal of ['SIGTERM', 'SIGINT']) {
  test(`${signal} saves, and the next start goes on`, { skip: process.platform === 'win32' && 'there are no signals' }, async (t) => {
    const inside = folder(t);
    const file = path.join(inside, 'learned.safetensors');
    const first = await startCommand(t, file);
    for (const { query } of queries('top', 7)) assert.equal((await fetch(`${first.url}top?${query}`)).status, 200);
    const { code, printed, complaints } = await first.end(signal);
    assert.deepEqual([code, complaints], [0, '']);
    assert.match(printed, /saved 7 runs\n$/);
    assert.deepEqual(readdirSync(inside), ['learned.safetensors']); // nothing temporary is left

    const second = await startCommand(t, file);
    assert.match(second.printed(), /going on from 7 runs/);
    const status = async () => (await fetch(`${second.url}status`)).json();
    const { total_count: total, workers } = await status();
    assert.deepEqual([total, ...workers.map((worker) => worker.total_count)], [7, 7, 7]);
    await fetch(`${second.url}find?text=dna&pattern=ACG`);
    assert.equal((await status()).total_count, 8);
    assert.equal((await second.end(signal)).code, 0);
    assert.equal((await Experience.from(readFileSync(file))).count, 8);
  });
}

test('what is being done at the end is answered and saved, whoever keeps a connection', async (t) => {
  const file = path.join(folder(t), 'learned.safetensors');
  const { service, ask } = await startService(t, { file });
  const open = createConnection(Number(new URL(service.url).port), '127.0.0.1');
  t.after(() => open.destroy());
  open.on('error', () => {}).write('GET /top HTTP/1.1\r\n'); // and never the rest
  const page = await fetch(`${service.url}events`);
  const asked = queries('find', 6).map(({ query }) => ask(`/find?${query}`));
  while (service.statistics.total === 0 && service.pool.workers.every(({ job }) => !job)) await setImmediate();
  const closed = service.close();
  const answered = (await Promise.allSettled(asked)).filter(({ value }) => value?.status === 200).length;
  await closed;
  assert.ok(answered > 0);
  assert.equal((await Experience.from(readFileSync(file))).count, service.experience.count);
  assert.match(await page.text(), /^data: \{.*\}\n\n/);
});

test('a file of something else is refused, and stays as it is', async (t) => {
  const inside = folder(t);
  const file = path.join(inside, 'other.safetensors');
  await Experience.from(); // initialises the package
  const other = new WasmTrajectoryBuffer(10, 3).to_safetensors();
  writeFileSync(file, other);
  const { status, stderr } = spawnSync(process.execPath, [script, '--file', file], { encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stderr, /^service: .*other\.safetensors: these trajectories are of other routes or strategies\n$/);
  writeFileSync(file, 'nonsense');
  assert.equal(spawnSync(process.execPath, [script, '--file', file]).status, 1);
  assert.deepEqual(readdirSync(inside), ['other.safetensors']);
});

test('a worker that dies is replaced by one that knows as much', async (t) => {
  const died = [];
  const { service, ask } = await startService(t, { onReplaced: (worker, reason) => died.push(reason) });
  for (const { query } of queries('top', 5)) await ask(`/top?${query}`);
  const [victim] = service.pool.workers;
  await victim.thread.terminate();
  const replacement = service.pool.workers[0];
  assert.notEqual(replacement, victim);
  for (const { query } of queries('find', 5)) assert.equal((await ask(`/find?${query}`)).status, 200); // some while it starts
  await replacement.ready;
  const { total_count: total, workers, replaced } = (await ask('/status')).body;
  assert.deepEqual([total, ...workers.map((worker) => worker.total_count)], [10, 10, 10]);
  assert.equal(new Set([victim.seed, ...workers.map(({ seed }) => seed)]).size, 3);
  assert.equal(replaced, 1);
  assert.deepEqual(died, ['exit code 1']);
});

test('the request of a worker that dies gets an answer, those that wait are done', async (t) => {
  const { service, ask } = await startService(t, { workers: 1 });
  const [worker] = service.pool.workers;
  const lost = service.pool.run({ name: 'top', request: { column: 'random', from: 0, length: 0, k: -1 } }); // what no request can be
  const waiting = ask('/find?text=dna&pattern=A');
  await assert.rejects(lost, /the worker that did this request died; a new one has been started/);
  assert.equal((await waiting).status, 200);
  assert.notEqual(service.pool.workers[0], worker);
});

test('bad requests are told what is wrong', async (t) => {
  const { ask } = await startService(t, { workers: 1 });
  const wrong = [
    ['/top', 'column is missing: one of random, rising, falling, skewed'],
    ['/top?column=x', "column must be one of random, rising, falling, skewed, not 'x'"],
    ['/top?column=random', 'k is missing: an integer from 1 to 131072'],
    ['/top?column=random&length=10&k=11', "k must be an integer from 1 to 10, not '11'"],
    ['/top?column=random&k=0', "k must be an integer from 1 to 131072, not '0'"],
    ['/top?column=random&k=1e2', "k must be an integer from 1 to 131072, not '1e2'"],
    ['/top?column=random&k=1&from=131072', "from must be an integer from 0 to 131071, not '131072'"],
    ['/top?column=random&k=1&from=131071&length=2', "length must be an integer from 1 to 1, not '2'"],
    ['/top?column=random&k=1&k=2', 'k must be given once'],
    ['/top?column=random&k=1&strategy=luck', "strategy must be one of sort, heap, selection, buckets, not 'luck'"],
    ['/top?column=random&k=1&seed=1', 'unknown parameter seed: /top knows column, from, length, k, strategy'],
    ['/find?text=dna', 'pattern must be given 1 to 256 times, not 0'],
    ['/find?text=dna&pattern=', 'pattern must be 1 to 64 printable ASCII characters, not ""'],
    ['/find?text=dna&pattern=%C3%A9', 'pattern must be 1 to 64 printable ASCII characters, not "é"'],
    [`/find?text=dna${'&pattern=A'.repeat(257)}`, 'pattern must be given 1 to 256 times, not 257'],
  ];
  for (const [where, error] of wrong) assert.deepEqual(await ask(where), { status: 400, allow: null, body: { error } }, where);
  assert.equal((await ask('/load?per_second=-1', { method: 'POST' })).status, 400);
  assert.deepEqual(await ask('/nowhere'), { status: 404, allow: null, body: { error: 'there is no /nowhere: there are /, /status, /top and /find' } });
  for (const [where, method, allow] of [['/top', 'POST', 'GET, HEAD'], ['/load', 'GET', 'POST']]) {
    const { status, allow: header } = await ask(where, { method });
    assert.deepEqual([status, header], [405, allow]);
  }
  assert.equal((await ask('/top?column=random&k=1')).status, 200);
  assert.equal((await ask('/status')).body.total_count, 1);
});

test('statistics, by hand', () => {
  let seconds = 0;
  const statistics = new Statistics(() => seconds);
  const add = (kind, strategy, ms, wanted = false) => statistics.add({ route: 'top', kind, strategy, ms, decisionMs: 0.5, wanted });
  add('a', 1, 10);
  add('a', 2, 2);
  add('a', 2, 4);
  add('b', 1, 6);
  add('a', 1, 20, true);
  const [top, find] = statistics.snapshot().routes;
  assert.deepEqual([top.decisions, top.now, top.deciding], [4, 5.5, 0.5]);
  assert.deepEqual(top.strategies.slice(0, 3), [
    { name: 'sort', share: 0.5, always: (3 * 15 + 6) / 4 }, // 15 in a, 6 in b
    { name: 'heap', share: 0.5, always: null }, // has not run in b
    { name: 'selection', share: 0, always: null },
  ]);
  assert.deepEqual(top.kinds.map(({ kind, decisions, now }) => [kind, decisions, now]), [['a', 3, 16 / 3], ['b', 1, 6]]);
  assert.deepEqual(top.kinds[0].cells.slice(0, 2), [{ share: 1 / 3, ms: 15 }, { share: 2 / 3, ms: 3 }]);
  assert.deepEqual([find.decisions, find.now, find.kinds.length], [0, null, 0]);
  assert.equal(statistics.rate(), 1);
  seconds = 6;
  assert.equal(statistics.rate(), 0);
});

test('the summary of the demo, by hand', () => {
  const sent = (kind, id, ms, ...fixed) => ({ name: 'top', kind, learned: { id, ms, deciding: 1 }, fixed: new Map(fixed.map((time, i) => [i + 1, time])) });
  const { count, rows, kinds } = summarise('top', [sent('a', 1, 5, 4, 2, 8, 6), sent('b', 2, 9, 1, 9, 3, 7), sent('a', 2, 3, 6, 4, 8, 2)]);
  assert.equal(count, 3);
  assert.deepEqual(Object.fromEntries(rows.map(({ label, all, last }) => [label, [all, last]])), {
    'learned, deciding included': [20 / 3, 4],
    'always sort': [11 / 3, 6],
    'always heap': [5, 4],
    'always selection': [19 / 3, 8],
    'always buckets': [5, 2],
    'at random (mean of these)': [5, 5],
    'best of each kind, in hindsight': [7 / 3, 4], // heap in a, sort in b
  });
  assert.deepEqual(kinds.map(({ kind, best, chosen }) => [kind, best.name, chosen]), [['a', 'heap', [{ name: 'heap', count: 1 }]], ['b', 'sort', []]]);
});

test('the demo prints its tables and ends', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--demo', '--kinds', '--requests', '60'], { encoding: 'utf8' });
  assert.deepEqual([status, stderr], [0, '']);
  for (const { name, strategies } of ROUTES) {
    assert.match(stdout, new RegExp(`^/${name}, .*: \\d+ requests of \\d+ kinds, mean ms$`, 'm'));
    for (const { name: strategy } of strategies) assert.match(stdout, new RegExp(`^ +always ${strategy} +[\\d.]+ +[\\d.]+$`, 'm'));
  }
  for (const row of ['learned, deciding included', 'at random \\(mean of these\\)', 'best of each kind, in hindsight']) {
    assert.equal([...stdout.matchAll(new RegExp(`^ +${row} +[\\d.]+ +[\\d.]+$`, 'gm'))].length, ROUTES.length, row);
  }
});

test('the command line explains itself', () => {
  const run = (...args) => spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
  assert.match(run('--help').stdout, /^Usage: npm run example:service/);
  for (const [args, error] of [
    [['--port', '70000'], "--port must be an integer from 0 to 65535, not '70000'"],
    [['--workers', 'many'], "--workers must be an integer from 1 to 64, not 'many'"],
    [['--file', ''], '--file must name a file'],
    [['--fast'], "Unknown option '--fast'"],
  ]) {
    const { status, stderr } = run(...args);
    assert.equal(status, 2);
    assert.equal(stderr.split('\n')[0], `service: ${error}`);
  }
});

test('a port that is taken is an error, not a crash of the next start', async (t) => {
  const { service } = await startService(t, { workers: 1 });
  await assert.rejects(Service.start({ workers: 1, port: Number(new URL(service.url).port) }), { code: 'EADDRINUSE' });
});

test('the page shows what is decided, as it happens', async (t) => {
  const { service, ask } = await startService(t);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: CHROMIUM_ARGUMENTS });
  t.after(() => browser.close());
  const tab = await browser.newPage({ viewport: { width: 360, height: 800 } });
  const wrong = [];
  tab.on('console', (message) => wrong.push(message.text()));
  tab.on('pageerror', (error) => wrong.push(String(error)));
  tab.on('request', (request) => request.url().startsWith(service.url) || request.url().startsWith('data:') || wrong.push(request.url()));
  await tab.goto(service.url);
  await tab.getByText('no requests yet').first().waitFor();
  for (const { query } of queries('top', 12)) await ask(`/top?${query}`);
  await ask('/top?column=random&length=4096&k=8&strategy=heap');

  const section = tab.locator('section').filter({ hasText: '/top' });
  await section.getByText('The last 12 decisions').waitFor();
  await tab.locator('#total').getByText('13', { exact: true }).waitFor();
  assert.equal(await tab.locator('#recorded').textContent(), '12');
  const [{ strategies, kinds, now }] = service.statistics.snapshot().routes;
  const shares = await section.locator('.times tbody tr td:last-child').allTextContents();
  assert.deepEqual(shares, ['', ...strategies.map(({ share }) => `${(100 * share).toFixed(0)} %`)]);
  assert.equal(Number(await section.locator('.times .ours td.number').first().textContent()).toPrecision(2), now.toPrecision(2));
  assert.deepEqual(await section.locator('.kinds tbody th').allTextContents(), kinds.map(({ kind }) => kind));

  await tab.getByRole('button', { name: 'Send requests' }).click();
  await tab.locator('section').filter({ hasText: '/find' }).locator('.kinds').waitFor();
  await tab.getByRole('button', { name: 'Stop sending' }).click();
  await tab.getByRole('button', { name: 'Send requests' }).waitFor();
  assert.equal(await tab.evaluate(() => document.documentElement.scrollWidth), 360); // nothing sticks out
  assert.deepEqual(wrong, []);
});
