// Every way to load the package in Node, each as a script of its own.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';

import { installedPackage } from './installed.mjs';
import { runScript } from './script.mjs';

const use = `
const lora = new WasmMicroLoRA(4, 0.1, 0.5);
console.log(lora.forward_array([1, 2, 3, 4]).join());
`;

/** The script succeeds, prints exactly this, and warns about nothing. */
function prints(expected, name, code, options) {
  assert.deepEqual(runScript(name, code, options), { status: 0, stdout: `${expected}\n`, stderr: '' });
}

test('import, then init() without an argument', () => {
  prints('1,2,3,4', 'main.mjs', `
import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';
await init();
${use}`);
});

test('require, then init() without an argument', () => {
  prints('1,2,3,4', 'main.cjs', `
const { default: init, WasmMicroLoRA } = require('ruvector-learning-wasm');
init().then(() => {${use}});`);
});

// Node versions that cannot require() an ES module take the CommonJS file.
test('require without require(esm)', () => {
  const flags = process.allowedNodeEnvironmentFlags.has('--no-experimental-require-module')
    ? ['--no-experimental-require-module']
    : [];
  prints('index.cjs\n1,2,3,4', 'main.cjs', `
const { default: init, WasmMicroLoRA } = require('ruvector-learning-wasm');
console.log(require('node:path').basename(require.resolve('ruvector-learning-wasm')));
init().then(() => {${use}});`, { flags });
});

test('the CommonJS file has classes of its own, that refuse as the others do', () => {
  prints('WasmMicroLoRA was used after free()', 'main.cjs', `
const { initSync, WasmMicroLoRA } = require(${JSON.stringify(path.join(installedPackage, 'index.cjs'))});
initSync({ module: require('node:fs').readFileSync(require.resolve('ruvector-learning-wasm/ruvector_learning_wasm_bg.wasm')) });
const lora = new WasmMicroLoRA(4);
lora.free();
lora.free();
try { lora.forward(); } catch (error) { console.log(error.message); }`);
});

test('dynamic import from CommonJS', () => {
  prints('1,2,3,4', 'main.cjs', `
import('ruvector-learning-wasm').then(async ({ default: init, WasmMicroLoRA }) => { await init(); ${use} });`);
});

test('import of the glue by its file name', () => {
  prints('1,2,3,4', 'main.mjs', `
import init, { WasmMicroLoRA } from 'ruvector-learning-wasm/ruvector_learning_wasm.js';
await init();
${use}`);
});

test('package.json can be required', () => {
  prints('ruvector-learning-wasm', 'main.cjs', "console.log(require('ruvector-learning-wasm/package.json').name);");
});

test('initSync with the wasm file that require.resolve finds', () => {
  prints('1,2,3,4', 'main.cjs', `
const { readFileSync } = require('node:fs');
const { initSync, WasmMicroLoRA } = require('ruvector-learning-wasm');
initSync({ module: readFileSync(require.resolve('ruvector-learning-wasm/ruvector_learning_wasm_bg.wasm')) });
${use}`);
});

test('initSync with the .wasm file beside the entry', () => {
  prints('1,2,3,4', 'main.cjs', `
const fs = require('node:fs');
const path = require('node:path');
const { initSync, WasmMicroLoRA } = require('ruvector-learning-wasm');
const folder = path.dirname(require.resolve('ruvector-learning-wasm'));
const [file, ...others] = fs.readdirSync(folder).filter((name) => name.endsWith('.wasm'));
if (others.length > 0) throw new Error('more than one .wasm file');
initSync({ module: fs.readFileSync(path.join(folder, file)) });
${use}`);
});

test('initSync with a compiled module, in an ES module', () => {
  prints('1,2,3,4', 'main.mjs', `
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { initSync, WasmMicroLoRA } from 'ruvector-learning-wasm';
const file = createRequire(import.meta.url).resolve('ruvector-learning-wasm/ruvector_learning_wasm_bg.wasm');
const wasm = initSync({ module: new WebAssembly.Module(readFileSync(file)) });
if (wasm !== initSync({ module: readFileSync(file) })) throw new Error('a second instance');
${use}`);
});

// A class from one copy does not know the objects of another, and two copies keep two memories. Node versions before
// require(esm) have to have two.
test('import and require in one process share one copy', () => {
  const shared = process.features.require_module === true;
  prints([shared, shared, shared].join(' '), 'main.mjs', `
import { createRequire } from 'node:module';
import init, { WasmMicroLoRA } from 'ruvector-learning-wasm';
const required = createRequire(import.meta.url)('ruvector-learning-wasm');
const wasm = await init();
const lora = new required.WasmMicroLoRA(4);
console.log(required.WasmMicroLoRA === WasmMicroLoRA, lora instanceof WasmMicroLoRA, (await required.default()) === wasm);`);
});

test('init() twice, and twice at once, gives one instance with its memory', () => {
  prints('true true true', 'main.mjs', `
import init from 'ruvector-learning-wasm';
const [first, second] = await Promise.all([init(), init()]);
const third = await init();
console.log(first === second, first === third, first.memory instanceof WebAssembly.Memory);`);
});

test('init() after a failed one', () => {
  prints('CompileError\n1,2,3,4', 'main.mjs', `
import init, { WasmMicroLoRA } from 'ruvector-learning-wasm';
await init(new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8])).catch((error) => console.log(error.name));
await init();
${use}`);
});

test('another wasm file is refused, at once or in time, and the right one is taken afterwards', () => {
  prints('TypeError: another wasm file\nTypeError: another wasm file\n1,2,3,4', 'main.mjs', `
import init, { initSync, WasmMicroLoRA } from 'ruvector-learning-wasm';
const empty = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
try { initSync({ module: empty }); } catch (error) { console.log(String(error)); }
await init(empty).catch((error) => console.log(String(error)));
await init();
${use}`);
});

const wasmUrl = "new URL(import.meta.resolve('ruvector-learning-wasm/ruvector_learning_wasm_bg.wasm'))";
const sources = {
  'the bytes': `readFileSync(${wasmUrl})`,
  'an ArrayBuffer': `new Uint8Array(readFileSync(${wasmUrl})).buffer`,
  'a compiled module': `new WebAssembly.Module(readFileSync(${wasmUrl}))`,
  'a promise of bytes': `readFile(${wasmUrl})`,
  'a file: URL': wasmUrl,
  'a file: URL as text': `String(${wasmUrl})`,
  'a Response': `new Response(readFileSync(${wasmUrl}), { headers: { 'Content-Type': 'application/wasm' } })`,
};
for (const [what, source] of Object.entries(sources)) {
  for (const [how, argument] of [[what, source], [`{ module_or_path: ${what} }`, `{ module_or_path: ${source} }`]]) {
    test(`init(${how})`, () => {
      prints('1,2,3,4', 'main.mjs', `
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import init, { WasmMicroLoRA } from 'ruvector-learning-wasm';
await init(${argument});
${use}`);
    });
  }
}

const beforeInit = [
  ['WasmMicroLoRA', 'new WasmMicroLoRA(4)'],
  ['WasmScopedLoRA', 'new WasmScopedLoRA(4)'],
  ['WasmScopedLoRA', "WasmScopedLoRA.with_operators(['a'], ['b'])"],
  ['WasmTrajectoryBuffer', 'new WasmTrajectoryBuffer(4, 4)'],
];
const imports = "import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';";
const required = "const { default: init, ...learning } = require('ruvector-learning-wasm');\nconst { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } = learning;";

for (const [name, expression] of beforeInit) {
  test(`${expression} before init() says what to do, and works after it`, () => {
    const attempt = `try { ${expression}; } catch (error) { console.log(String(error), error.constructor === Error); }`;
    const message = `Error: await init() before new ${name}() true`;
    prints(`${message}\ntrue\n1,2,3,4`, 'main.mjs', `${imports}
${attempt}
await init();
console.log(${expression} instanceof ${name});
${use}`);
    prints(`${message}\ntrue\n1,2,3,4`, 'main.cjs', `${required}
${attempt}
init().then(() => {
console.log(${expression} instanceof ${name});
${use}});`);
  });
}

test('while init() is under way it is still too early', () => {
  prints('Error: await init() before new WasmMicroLoRA()\n1,2,3,4', 'main.mjs', `${imports}
const pending = init();
try { new WasmMicroLoRA(4); } catch (error) { console.log(String(error)); }
await pending;
${use}`);
});

test('what needs no instance works before init()', () => {
  prints('Join 2', 'main.mjs', `
import { OperatorType, WasmScopedLoRA } from 'ruvector-learning-wasm';
console.log(WasmScopedLoRA.scope_name(2), OperatorType.Join);`);
});

test('initSync() while init() is under way, and init() after it, give one instance', () => {
  prints('true true true', 'main.mjs', `
import { readFileSync } from 'node:fs';
import init, { WasmMicroLoRA, initSync } from 'ruvector-learning-wasm';
const pending = init();
const first = initSync({ module: readFileSync(${wasmUrl}) });
const objects = Array.from({ length: 5 }, () => new WasmMicroLoRA(4096));
const second = await pending;
// What init() is given no longer matters: nothing is opened.
const third = await init('file:///no/such/file.wasm');
console.log(first === second, first === third, objects[4].forward_count() === 0n);`);
});

test('initSync with bytes', () => {
  prints('1,2,3,4', 'main.mjs', `
import { readFileSync } from 'node:fs';
import { initSync, WasmMicroLoRA } from 'ruvector-learning-wasm';
initSync(readFileSync(${wasmUrl}));
${use}`);
});

test('a file that is not there rejects', () => {
  prints('ENOENT', 'main.cjs', `
require('ruvector-learning-wasm').default('file:///no/such/file.wasm').catch((error) => console.log(error.code));`);
});

const saving = `
const lora = new WasmMicroLoRA(4, 0.1, 0.5);
lora.train([1, 2, 3, 4], [1, 2, 3, 5]);
const again = WasmMicroLoRA.from_safetensors(lora.to_safetensors());
console.log(again.adapt_count(), again.delta_norm() === lora.delta_norm());
`;

test('the second entry: import', () => {
  prints('1n true', 'main.mjs', `
import init, { WasmMicroLoRA } from 'ruvector-learning-wasm/persist';
await init();
${saving}`);
});

test('the second entry, imported for its effect after the first one, and after init()', () => {
  prints('undefined\n1n true', 'main.mjs', `
import init, { WasmMicroLoRA } from 'ruvector-learning-wasm';
await init();
console.log(WasmMicroLoRA.prototype.to_safetensors);
await import('ruvector-learning-wasm/persist');
${saving}`);
});

test('the second entry: require, with and without require(esm)', () => {
  const code = `
const { default: init, WasmMicroLoRA } = require('ruvector-learning-wasm/persist');
if (WasmMicroLoRA !== require('ruvector-learning-wasm').WasmMicroLoRA) throw new Error('a second copy');
init().then(() => {${saving}});`;
  prints('1n true', 'main.cjs', code);
  const flag = '--no-experimental-require-module';
  if (process.allowedNodeEnvironmentFlags.has(flag)) prints('1n true', 'main.cjs', code, { flags: [flag] });
});

test('the second entry exports what the first one does', () => {
  prints('', 'main.mjs', `
import { createRequire } from 'node:module';
import * as first from 'ruvector-learning-wasm';
import * as second from 'ruvector-learning-wasm/persist';
const require = createRequire(import.meta.url);
const missing = ([one, other]) => Object.keys(one).filter((name) => one[name] !== other[name]);
const entries = [[first, second], [require('ruvector-learning-wasm'), require('ruvector-learning-wasm/persist')]];
console.log(entries.flatMap(missing).join());`);
});

test('the second entry before init() says what to do; merging needs none', () => {
  prints('Error: await init() before new WasmMicroLoRA()\n0 1n', 'main.mjs', `
import init, { WasmMicroLoRA } from 'ruvector-learning-wasm/persist';
import { Worker, isMainThread, parentPort } from 'node:worker_threads';
if (isMainThread) {
  new Worker(new URL(import.meta.url)).on('message', async (bytes) => {
    try { WasmMicroLoRA.from_safetensors(bytes); } catch (error) { console.log(String(error)); }
    const { bytes: merged, dropped } = WasmMicroLoRA.merge_safetensors([bytes, bytes]);
    await init();
    console.log(dropped, WasmMicroLoRA.from_safetensors(merged).adapt_count() / 2n);
  });
} else {
  await init();
  const lora = new WasmMicroLoRA(4, 0.1, 0.5);
  lora.train([1, 2, 3, 4], [1, 2, 3, 5]);
  const bytes = lora.to_safetensors();
  parentPort.postMessage(bytes, [bytes.buffer]);
}`);
});
