// The types: consumers in TypeScript compile, wrong calls do not, and every public member is documented.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { contract } from './contract_table.mjs';
import { importPackage, installedPackage, root } from './installed.mjs';
import { newFolder } from './script.mjs';

const types = fileURLToPath(new URL('types', import.meta.url));
const declarations = readFileSync(path.join(installedPackage, 'ruvector_learning_wasm.d.ts'), 'utf8');

/** What tsc says about copies of these files in a project of the consumer. */
function typecheck(compilerOptions, files) {
  const folder = newFolder();
  for (const file of files) {
    if (typeof file === 'string') copyFileSync(path.join(types, file), path.join(folder, file));
    else writeFileSync(path.join(folder, file.name), file.text);
  }
  const strict = { strict: true, noEmit: true, skipLibCheck: false, types: [], target: 'esnext', lib: ['esnext', 'dom'] };
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({
    compilerOptions: { ...strict, ...compilerOptions },
    files: files.map((file) => file.name ?? file),
  }));
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', '.', '--pretty', 'false'], { cwd: folder, encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

const nodeNext = { module: 'nodenext', moduleResolution: 'nodenext' };
const bundler = { module: 'preserve', moduleResolution: 'bundler' };
for (const [name, options] of Object.entries({ nodenext: nodeNext, bundler, node20: { module: 'node20', moduleResolution: 'node16' } })) {
  test(`the consumers, ES modules and CommonJS, compile with moduleResolution ${name}`, () => {
    assert.deepEqual(typecheck(options, ['consumer.mts', 'consumer.cts', 'saving.mts', 'saving.cts']), { status: 0, said: '' });
  });
}

// Symbol.dispose is newer than that; the declarations bring it along. `tests/hosts/typescript` has older compilers.
const OLDER = Object.entries({
  'older.mts': "import init, { WasmMicroLoRA } from 'ruvector-learning-wasm';\nconst { memory } = await init(new Uint8Array(8));\nnew Float32Array(memory.buffer);\nconst lora = new WasmMicroLoRA(4);\nlora.free();\nlora[Symbol.dispose]();\n",
  'older.cts': "import lora = require('ruvector-learning-wasm');\nvoid lora.default();\n",
}).map(([name, text]) => ({ name, text }));
for (const lib of [['es2022', 'dom'], ['es2022'], ['es2022', 'webworker'], ['esnext'], ['esnext', 'dom']]) {
  test(`ES modules and CommonJS compile with lib ${lib.join(' and ')}`, () => {
    assert.deepEqual(typecheck({ ...nodeNext, target: 'es2022', lib }, OLDER), { status: 0, said: '' });
  });
}

test('a wrong call does not compile', () => {
  const text = "import { WasmMicroLoRA } from 'ruvector-learning-wasm';\nnew WasmMicroLoRA(4).forward_array('1234');\n";
  const { status, said } = typecheck(nodeNext, [{ name: 'wrong.mts', text }]);
  assert.notEqual(status, 0);
  assert.match(said, /wrong\.mts\(2,/);
});

test('the TypeScript consumers use every export', () => {
  const consumers = ['consumer.mts', 'saving.mts'].map((file) => readFileSync(path.join(types, file), 'utf8')).join('');
  for (const [name, { statics, methods }] of Object.entries(contract)) {
    assert.ok(consumers.includes(`new ${name}(`), name);
    for (const method of [...Object.keys(statics), ...Object.keys(methods)]) {
      assert.match(consumers, new RegExp(`\\.${method}\\(`), `${name}.${method}`);
    }
  }
});

/** Members of a class with the doc comment in front of each: [[member, comment or '', names of parameters, result]]. */
function members(name) {
  const bodies = [...declarations.matchAll(new RegExp(`export (?:class|interface) ${name} \\{\\n([^]*?)\\n\\}`, 'g'))].map(([, body]) => `${body}\n`);
  const declaration = /(?: {4}\/\*\*(\n(?: {5}\*.*\n)*? {5}| .*)\*\/\n)? {4}(?:static )?([\w[\].]+)\((.*)\)(.*);\n/g;
  const named = (parameters) => [...parameters.matchAll(/(\w+)\??: /g)].map(([, parameter]) => parameter);
  return [...bodies.join('').matchAll(declaration)].map(([, comment, member, parameters, result]) => [member, comment ?? '', named(parameters), result]);
}

/** Members that are declared more than once, as overloads. */
const OVERLOADED = { WasmScopedLoRA: { stats: 2 } };

test('the types declare the public surface, and no more', () => {
  const exported = [...declarations.matchAll(/^export (?:class|enum|(?:default )?function) (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual(exported.sort(), ['OperatorType', 'init', 'initSync', ...Object.keys(contract)].sort());
  for (const [name, { statics, methods }] of Object.entries(contract)) {
    const declared = members(name).map(([member]) => member).sort();
    const expected = ['constructor', 'free', '[Symbol.dispose]', ...Object.keys(statics), ...Object.keys(methods)];
    const times = (member) => OVERLOADED[name]?.[member] ?? 1;
    assert.deepEqual(declared, expected.flatMap((member) => Array(times(member)).fill(member)).sort(), name);
  }
});

test('parameters have the names that errors give them, results what the methods return', () => {
  for (const [name, { constructor, statics, methods }] of Object.entries(contract)) {
    for (const [member, , parameters, result] of members(name)) {
      const list = member === 'constructor' ? constructor : { ...methods, ...statics, free: [], '[Symbol.dispose]': [] }[member];
      const expected = [...list.map((argument) => argument.name), ...(member === 'forward_batch' ? ['outputs'] : [])];
      const overloads = OVERLOADED[name]?.[member] ? [[], expected] : [expected];
      assert.ok(overloads.some((each) => each.join() === parameters.join()), `${name}.${member}(${parameters})`);
      assert.doesNotMatch(result, /undefined|any/, `${name}.${member}`);
    }
  }
});

test('OperatorType is declared as it is', async () => {
  const { OperatorType } = await importPackage();
  const [, body] = declarations.match(/export enum OperatorType \{\n([^]*?)\n\}/);
  const declared = [...body.matchAll(/(\w+) = (\d+),/g)].map(([, name, id]) => [name, Number(id)]);
  assert.deepEqual(declared, Object.entries(OperatorType).filter(([, id]) => typeof id === 'number'));
});

test('InitOutput has the memory, and nothing else', () => {
  const [, body] = declarations.match(/export interface InitOutput \{\n([\s\S]*?)\n\}/);
  assert.deepEqual([...body.matchAll(/^ *readonly (\w+):/gm)].map(([, name]) => name), ['memory']);
});

test('every public member has a doc comment, every argument a line, every class an example', () => {
  for (const name of Object.keys(contract)) {
    const [, comment = ''] = declarations.match(new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\nexport class ${name} `)) ?? [];
    assert.match(comment, /@example/, name);
    for (const [member, text, parameters] of members(name)) {
      if (member !== 'constructor') assert.match(text, /\w/, `${name}.${member} is not documented`);
      for (const parameter of parameters) {
        assert.ok(text.includes(`@param ${parameter} - `), `${name}.${member} does not say what ${parameter} is`);
      }
      if (parameters.length > 0) assert.match(text, /@throws/, `${name}.${member} does not say what it throws`);
    }
  }
});

// A view that has gone stale is an empty array: writing to it is no error, and does nothing.
test('the types say that views go stale when the memory grows', () => {
  for (const name of ['WasmMicroLoRA', 'WasmScopedLoRA']) {
    const comments = Object.fromEntries(members(name));
    assert.match(comments.input_view, /goes stale \(its length becomes 0\) when the memory grows/);
    assert.match(comments.output_view, /like `input_view`/);
    assert.match(comments.get_input_ptr, /go stale whenever it grows/);
  }
});

test('all entries have the same types', () => {
  const types = (name) => readFileSync(path.join(installedPackage, name), 'utf8');
  assert.equal(types('index.d.cts'), declarations);
  assert.equal(types('inline.d.cts').replaceAll('./index.cjs', './index.js'), types('inline.d.ts'));
});
