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
  'new WasmMicroLoRA(4)',
  'new WasmScopedLoRA(4)',
  "WasmScopedLoRA.with_operators(['a'], ['b'])",
  'WasmScopedLoRA.scope_name(2)',
  'new WasmTrajectoryBuffer(4, 4)',
  'WasmMicroLoRA.from_safetensors(new Uint8Array(8))',
  'WasmMicroLoRA.merge_safetensors([new Uint8Array(8)])',
];
const imports = "import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';";
const required = "const { default: init, ...learning } = require('ruvector-learning-wasm');\nconst { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } = learning;";

test('calls before init() say what to do, and work after it', () => {
  const attempts = `
const attempts = [${beforeInit.map((expression) => `() => ${expression}`).join(', ')}];
const said = attempts.map((attempt) => { try { attempt(); } catch (error) { return error; } });
console.log(said.every((error) => error.constructor === Error), [...new Set(said.map(String))].join());`;
  const message = 'true Error: await init() before using ruvector-learning-wasm';
  prints(`${message}\ntrue\n1,2,3,4`, 'main.mjs', `${imports}
${attempts}
await init();
console.log(new WasmTrajectoryBuffer(4, 4) instanceof WasmTrajectoryBuffer);
${use}`);
  prints(`${message}\ntrue\n1,2,3,4`, 'main.cjs', `${required}
${attempts}
init().then(() => {
console.log(new WasmTrajectoryBuffer(4, 4) instanceof WasmTrajectoryBuffer);
${use}});`);
});

test('while init() is under way it is still too early', () => {
  prints('Error: await init() before using ruvector-learning-wasm\n1,2,3,4', 'main.mjs', `${imports}
const pending = init();
try { new WasmMicroLoRA(4); } catch (error) { console.log(String(error)); }
await pending;
${use}`);
});

test('OperatorType needs no instance', () => {
  prints('2 Join', 'main.mjs', `
import { OperatorType } from 'ruvector-learning-wasm';
console.log(OperatorType.Join, OperatorType[2]);`);
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

test('inline: import, require, and initSync without an argument', () => {
  prints('true\n1,2,3,4', 'main.mjs', `
import { WasmMicroLoRA as First } from 'ruvector-learning-wasm';
import init, { WasmMicroLoRA } from 'ruvector-learning-wasm/inline';
await init();
console.log(First === WasmMicroLoRA);
${use}`);
  prints('1,2,3,4', 'main.mjs', `
import { initSync, WasmMicroLoRA } from 'ruvector-learning-wasm/inline';
initSync();
${use}`);
  const flag = '--no-experimental-require-module';
  for (const flags of process.allowedNodeEnvironmentFlags.has(flag) ? [[], [flag]] : [[]]) {
    prints('true\n1,2,3,4', 'main.cjs', `
const { default: init, WasmMicroLoRA } = require('ruvector-learning-wasm/inline');
init().then(() => {
console.log(require('ruvector-learning-wasm').WasmMicroLoRA === WasmMicroLoRA);
${use}});`, { flags });
    prints('1,2,3,4', 'main.cjs', `
const { initSync, WasmMicroLoRA } = require('ruvector-learning-wasm/inline');
initSync();
${use}`, { flags });
  }
});

test('all entries export the same', () => {
  prints('', 'main.mjs', `
import { createRequire } from 'node:module';
import * as first from 'ruvector-learning-wasm';
import * as inline from 'ruvector-learning-wasm/inline';
import * as byName from 'ruvector-learning-wasm/ruvector_learning_wasm.js';
const require = createRequire(import.meta.url);
const pairs = [[first, inline], [first, byName], [require('ruvector-learning-wasm'), require('ruvector-learning-wasm/inline')]];
const differing = ([one, other]) => Object.keys(one).filter((name) => !(name in other) || (/^[A-Z]/.test(name) && one[name] !== other[name]));
console.log(pairs.flatMap(differing).join());`);
});
