// The helpers of examples/saving: what is kept in a page's database, in its private files, in a file, on a server, or sent to a
// worker and back, loads and is what it was.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

import { download, loadFromFile, saveToFile, send, upload } from '../../examples/saving/storage.mjs';
import { BROWSERS, answerFrom } from './browsers.mjs';
import { consumer, importPackage, root } from './installed.mjs';
import { newFolder } from './script.mjs';

const { default: init, WasmMicroLoRA } = await importPackage();
await init();

const folder = mkdtempSync(path.join(tmpdir(), 'storage-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function learned() {
  const lora = new WasmMicroLoRA(40, 0.1, 0.5);
  for (let i = 0; i < 20; i++) lora.train(Float32Array.from({ length: 40 }, (_, j) => ((i * j) % 7) / 8), new Float32Array(40).fill(1));
  return lora;
}
const lora = learned();
const file = lora.to_safetensors();

/** What the worker of the example makes of the file. */
function worked() {
  const copy = WasmMicroLoRA.from_safetensors(file);
  const input = new Float32Array(40).fill(0.5);
  for (let i = 0; i < 10; i++) copy.train(input, input.map((x, j) => x + j / 100));
  return copy.to_safetensors();
}

test('a file', async () => {
  const name = path.join(folder, 'adapter.safetensors');
  for (let i = 0; i < 2; i++) await saveToFile(name, file);
  assert.deepEqual(WasmMicroLoRA.from_safetensors(await loadFromFile(name)).to_safetensors(), file);
  assert.equal(existsSync(`${name}.new`), false);
});

test('a server', async () => {
  const kept = new Map();
  const server = createServer(async (request, response) => {
    if (request.method === 'PUT') kept.set(request.url, Buffer.concat(await request.toArray()));
    response.writeHead(kept.has(request.url) ? 200 : 404).end(kept.get(request.url));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${server.address().port}/adapters/mine`;
  await assert.rejects(download(url), /404/);
  await upload(url, file);
  assert.deepEqual(WasmMicroLoRA.from_safetensors(await download(url)).to_safetensors(), file);
  server.close();
  server.closeAllConnections();
});

test('a worker thread, and back: the bytes are moved', async () => {
  const scripts = newFolder(); // from where the package is found
  for (const name of ['worker.mjs', 'storage.mjs']) copyFileSync(path.join(root, 'examples/saving', name), path.join(scripts, name));
  const worker = new Worker(pathToFileURL(path.join(scripts, 'worker.mjs')));
  const bytes = file.slice();
  send(worker, bytes);
  assert.equal(bytes.length, 0);
  const [answer] = await once(worker, 'message');
  assert.deepEqual(answer, worked());
  await worker.terminate();
});

// In a page the name of the package has to be an address.
const packageUrl = '/node_modules/ruvector-learning-wasm/index.js';
const page = `
import init, { WasmMicroLoRA } from '${packageUrl}';
import { loadFromDatabase, loadFromPrivateFile, saveToDatabase, saveToPrivateFile } from '/storage.mjs';
await init();
const file = Uint8Array.from(${JSON.stringify([...file])});
const loaded = (bytes) => [...WasmMicroLoRA.from_safetensors(bytes).to_safetensors()];
await saveToDatabase('mine', WasmMicroLoRA.from_safetensors(file).to_safetensors());
const database = loaded(await loadFromDatabase('mine'));
const missing = await loadFromDatabase('yours') === undefined;
await saveToPrivateFile('adapter.safetensors', WasmMicroLoRA.from_safetensors(file).to_safetensors());
const privateFile = loaded(await loadFromPrivateFile('adapter.safetensors'));
answer({ database, missing, privateFile });`;

const files = (pathname) => (pathname === '/storage.mjs' ? path.join(root, 'examples/saving/storage.mjs') : path.join(consumer, pathname));

for (const browser of BROWSERS) {
  test(`IndexedDB and the private file system of ${browser.name}`, { timeout: 120_000 }, async () => {
    const { database, missing, privateFile } = await answerFrom(browser, page, files);
    assert.deepEqual(Uint8Array.from(database), file);
    assert.deepEqual(Uint8Array.from(privateFile), file);
    assert.equal(missing, true);
  });
}

// The lines of docs/saving.md as they are.
const [, lines] = readFileSync(path.join(root, 'docs/saving.md'), 'utf8').match(/```js\n(\/\/ IndexedDB[\s\S]*?)```/);
const fromDocs = `
import init, { WasmMicroLoRA } from '${packageUrl}';
import { saveToDatabase } from '/storage.mjs';
await init();
const first = Uint8Array.from(${JSON.stringify([...file])});
await saveToDatabase('other', first); // which makes the database
const opening = indexedDB.open('ruvector-learning');
await new Promise((done) => { opening.onsuccess = done; });
const database = opening.result;
let lora = WasmMicroLoRA.from_safetensors(first);
${lines}
const fromFile = lora;
while (request.readyState !== 'done') await new Promise((done) => setTimeout(done, 5));
request.onsuccess(); // perhaps a second time, which makes no difference
answer([fromFile, lora].map((each) => [each !== fromFile, ...each.to_safetensors()]));`;

for (const browser of BROWSERS) {
  test(`what docs/saving.md says about pages, in ${browser.name}`, { timeout: 120_000 }, async () => {
    const [fromFile, fromDatabase] = await answerFrom(browser, fromDocs, files);
    assert.deepEqual([fromFile[0], fromDatabase[0]], [false, true]);
    for (const [, ...bytes] of [fromFile, fromDatabase]) assert.deepEqual(Uint8Array.from(bytes), file);
  });
}

// The worker as it is, but for the name of the package.
const forPage = (text) => text.replace("'ruvector-learning-wasm'", `'${packageUrl}'`);
for (const browser of BROWSERS) {
  test(`a worker of ${browser.name}, and back`, { timeout: 120_000 }, async () => {
    writeFileSync(path.join(folder, 'worker.mjs'), forPage(readFileSync(path.join(root, 'examples/saving/worker.mjs'), 'utf8')));
    const code = `
import { send } from '/storage.mjs';
const worker = new Worker('/worker.mjs', { type: 'module' });
worker.onerror = ({ message }) => report('/failure', message);
worker.onmessage = ({ data }) => answer([...data]);
send(worker, Uint8Array.from(${JSON.stringify([...file])}));`;
    const served = (pathname) => (pathname === '/worker.mjs' ? path.join(folder, 'worker.mjs') : files(pathname));
    assert.deepEqual(Uint8Array.from(await answerFrom(browser, code, served)), worked());
  });
}
