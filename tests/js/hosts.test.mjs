// Starting in odd hosts, as far as Node can play them: other realms, missing globals, files that are missing or of another
// build. The real hosts are in tests/hosts.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { installedPackage } from './installed.mjs';
import { runScript } from './script.mjs';

const use = `
const lora = new WasmMicroLoRA(4, 0.1, 0.5);
console.log(lora.forward_array([1, 2, 3, 4]).join());
`;
const bytes = "readFileSync(new URL(import.meta.resolve('ruvector-learning-wasm/ruvector_learning_wasm_bg.wasm')))";
const prelude = `
import { readFileSync } from 'node:fs';
import vm from 'node:vm';
import init, { initSync, WasmMicroLoRA } from 'ruvector-learning-wasm';
const bytes = ${bytes};
`;

/** The script succeeds, prints exactly this, and warns about nothing. */
function prints(expected, code, name = 'main.mjs') {
  assert.deepEqual(runScript(name, code), { status: 0, stdout: `${expected}\n`, stderr: '' });
}

// Frames, Next's edge routes, `vm`: what they make is no instance of the classes here.
const foreign = {
  'a module': 'vm.runInNewContext("new WebAssembly.Module(bytes)", { bytes })',
  'bytes': 'vm.runInNewContext("Uint8Array.from(bytes)", { bytes })',
  'an ArrayBuffer': 'vm.runInNewContext("Uint8Array.from(bytes).buffer", { bytes })',
};
for (const [what, expression] of Object.entries(foreign)) {
  for (const [how, start] of Object.entries({
    'init()': 'await init(given)',
    'init({ module_or_path })': 'await init({ module_or_path: given })',
    'init() in an object of that realm': 'await init(vm.runInNewContext("({ module_or_path: given })", { given }))',
    'init() in a promise of that realm': 'await init(vm.runInNewContext("Promise.resolve(given)", { given }))',
    'initSync({ module })': 'initSync({ module: given })',
    'initSync() in an object of that realm': 'initSync(vm.runInNewContext("({ module: given })", { given }))',
  })) {
    test(`${what} of another realm: ${how}`, () => {
      prints('false 1,2,3,4', `${prelude}
const given = ${expression};
console.log = ((log) => (text) => log([WebAssembly.Module, Uint8Array, ArrayBuffer].some((Class) => given instanceof Class), text))(console.log);
${start};
${use}`);
    });
  }
}

test('a URL, a request and a response of another realm', () => {
  // Classes with these brands that are not this realm's.
  prints('1,2,3,4', `${prelude}
class Other {
  get [Symbol.toStringTag]() { return 'Response'; }
  ok = true;
  status = 200;
  url = 'https://example.com/x.wasm';
  headers = new Headers({ 'Content-Type': 'application/wasm' });
  arrayBuffer = async () => Uint8Array.from(bytes).buffer;
}
await init(new Other());
${use}`);
  prints('https://example.com/x.wasm\n1,2,3,4', `${prelude}
globalThis.fetch = async (url) => { console.log(String(url)); return new Response(bytes); };
const url = vm.runInNewContext("new URL('https://example.com/x.wasm')", { URL: class extends URL {} });
await init(url);
${use}`);
  prints('https://example.com/x.wasm\n1,2,3,4', `${prelude}
globalThis.fetch = async ({ url }) => { console.log(url); return new Response(bytes, { headers: { 'Content-Type': 'application/wasm' } }); };
await init(new Request('https://example.com/x.wasm'));
${use}`);
});

test('init(something bad) beside init() fails alone', () => {
  prints('rejected fulfilled rejected fulfilled\n1,2,3,4', `${prelude}
const settled = await Promise.allSettled([init('file:///no/such/file.wasm'), init(), init(new Uint8Array(8)), init()]);
console.log(settled.map(({ status }) => status).join(' '));
${use}`);
});

const ours = path.join(installedPackage, 'ruvector_learning_wasm_bg.wasm');
/** Our file with another id in its last section, and without that section. */
const otherBuilds = {
  'another id': (file) => { file[file.length - 1] ^= 1; return file; },
  'no id': (file) => file.subarray(0, file.lastIndexOf('build_id') - 3),
};
for (const [what, change] of Object.entries(otherBuilds)) {
  test(`a .wasm of another build (${what}) is refused by name, and the right one is taken afterwards`, () => {
    const changed = change(readFileSync(ours));
    assert.doesNotThrow(() => new WebAssembly.Module(changed));
    const message = 'Error: ruvector_learning_wasm_bg.wasm is of another build than the JavaScript beside it: reload, or copy both';
    prints(`${message}\n${message}\n1,2,3,4`, `${prelude}
const other = Uint8Array.from(Buffer.from('${changed.toString('base64')}', 'base64'));
try { initSync({ module: other }); } catch (error) { console.log(String(error)); }
await init(other).catch((error) => console.log(String(error)));
await init();
${use}`);
  });
}

test('the .wasm of version 0.1.0 is one of another build', () => {
  // (module (func (export "lora_new")))
  prints('Error: ruvector_learning_wasm_bg.wasm is of another build than the JavaScript beside it: reload, or copy both', `${prelude}
const old = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 12, 1, 8, ...new TextEncoder().encode('lora_new'), 0, 0, 10, 4, 1, 2, 0, 11);
await init(old).catch((error) => console.log(String(error)));`);
});

// Scripts that bundle the package into one file know no address for its .wasm, or a wrong one.
const inline = /ruvector-learning-wasm\/inline needs no file$/;
for (const [what, source, code] of [
  ['a file that is not there', "'file:///no/such/file.wasm'", 'ENOENT'],
  ['an address that is none', "'no-address.wasm'", undefined],
  ['a server that is not there', "'http://127.0.0.1:9/x.wasm'", undefined],
  ['a URL that no one serves', "new URL('blob:nodedata:nothing')", undefined],
]) {
  test(`${what} names the entry that needs no file`, () => {
    const { stdout } = runScript('main.mjs', `
import init from 'ruvector-learning-wasm';
await init(${source}).catch(({ message, code, cause }) => console.log(JSON.stringify({ message, code, cause: cause instanceof Error })));`);
    const said = JSON.parse(stdout);
    assert.match(said.message, inline);
    assert.equal(said.cause, true);
    if (code) assert.equal(said.code, code);
  });
}

test('a module that does not know where it is names the entry that needs no file', () => {
  const modules = ['ruvector_learning_wasm', 'start', 'checks', 'text', 'arrays', 'build_id'];
  const index = readFileSync(path.join(installedPackage, 'index.js'), 'utf8');
  const files = Object.fromEntries(modules.map((name) => [`${name}.js`, readFileSync(path.join(installedPackage, `${name}.js`), 'utf8')]));
  // As a worker from a blob, or a bundler for browsers, sees it.
  const { stdout, stderr } = runScript('main.mjs', `
import { mkdirSync, writeFileSync } from 'node:fs';
mkdirSync('moved');
writeFileSync('moved/package.json', '{ "type": "module" }');
for (const [name, text] of Object.entries(${JSON.stringify(files)})) writeFileSync('moved/' + name, text);
writeFileSync('moved/index.js', ${JSON.stringify(index.replace('import.meta.url', "'about:blank'"))});
const { default: init } = await import('./moved/index.js');
await init().catch(({ message }) => console.log(message));`);
  assert.equal(stderr, '');
  assert.match(stdout.trim(), /^ruvector_learning_wasm_bg\.wasm cannot be read \(Invalid URL\); ruvector-learning-wasm\/inline needs no file$/);
});

test('the .wasm is missing beside the CommonJS file', () => {
  const { stdout } = runScript('main.cjs', `
const fs = require('node:fs');
fs.copyFileSync(${JSON.stringify(path.join(installedPackage, 'index.cjs'))}, 'alone.cjs');
require('./alone.cjs').default().catch(({ message, code }) => console.log(code, message));`);
  assert.match(stdout.trim(), /^ENOENT .*ruvector_learning_wasm_bg\.wasm cannot be read .*inline needs no file$/);
});

test('a host without WebAssembly says so', () => {
  prints(Array(3).fill('there is no WebAssembly here: it is turned off, as in the lockdown mode of iOS').join('\n'), `${prelude}
delete globalThis.WebAssembly;
await init().catch(({ message }) => console.log(message));
await init(bytes).catch(({ message }) => console.log(message));
try { initSync({ module: bytes }); } catch ({ message }) { console.log(message); }`);
});

test('what a Content-Security-Policy must allow is said', () => {
  prints("the Content-Security-Policy must allow 'wasm-unsafe-eval' true", `${prelude}
WebAssembly.compile = async () => { throw new WebAssembly.CompileError("Refused to compile because 'unsafe-eval' is not allowed by the Content Security Policy"); };
await init().catch(({ message, cause }) => console.log(message, cause instanceof WebAssembly.CompileError));`);
});

test('a page where the .wasm should be is named', () => {
  prints('http://x/y.wasm is no wasm: 200 text/html; ruvector-learning-wasm/inline needs none', `${prelude}
const response = new Response('<!doctype html>', { headers: { 'Content-Type': 'text/html' } });
Object.defineProperty(response, 'url', { value: 'http://x/y.wasm' });
await init(response).catch(({ message }) => console.log(message));`);
});

// AudioWorklets have none of these, jsdom has no TextEncoder.
test('a host without URL, fetch, Response, TextEncoder, TextDecoder, atob, process and FinalizationRegistry', () => {
  const missing = ['URL', 'fetch', 'Request', 'Response', 'Headers', 'TextEncoder', 'TextDecoder', 'atob', 'process', 'FinalizationRegistry', 'Buffer'];
  const round = `
const lora = WasmMicroLoRA.from_safetensors(new WasmMicroLoRA(4, 0.1, 0.5).to_safetensors({ 'ключ 🙂': 'значение ﬀ\\u0000' }));
console.log(JSON.stringify(lora.metadata()), lora.forward_array([1, 2, 3, 4]).join(), WasmScopedLoRA.with_operators(['é🦀'], ['ß']).operator_name(0));
try { lora.forward_array([1]); } catch ({ message }) { console.log(message); }
try { lora.to_safetensors({ a: '\\ud800' }); } catch ({ message }) { console.log(message); }`;
  const expected = [
    '{"ключ 🙂":"значение ﬀ\\u0000"} 1,2,3,4 é🦀',
    'input has 1 values, this adapter has dim 4',
    'metadata.a must be a string without half a surrogate pair, which no file can hold',
  ].join('\n');
  for (const [entry, start] of [['ruvector-learning-wasm', 'await init(module);'], ['ruvector-learning-wasm/inline', 'await init();']]) {
    prints(expected, `
import { readFileSync } from 'node:fs';
const module = new WebAssembly.Module(${bytes});
for (const name of ${JSON.stringify(missing)}) delete globalThis[name];
const { default: init, WasmMicroLoRA, WasmScopedLoRA } = await import('${entry}');
${start}
${round}`);
  }
});
