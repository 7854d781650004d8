// The types: consumers in TypeScript compile, wrong calls do not, and every public member is documented.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { contract, persistence } from './contract_table.mjs';
import { importPackage, installedPackage, root } from './installed.mjs';
import { newFolder } from './script.mjs';

const types = fileURLToPath(new URL('types', import.meta.url));
const declarations = readFileSync(path.join(installedPackage, 'ruvector_learning_wasm.d.ts'), 'utf8');
const second = readFileSync(path.join(installedPackage, 'persist.d.ts'), 'utf8');

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
  for (const file of ['consumer.mts', 'consumer.cts', 'persist.mts', 'persist.cts']) {
    test(`${file} compiles with moduleResolution ${name}`, () => {
      assert.deepEqual(typecheck(options, [file]), { status: 0, said: '' });
    });
  }
}

// Symbol.dispose is newer than that; the declarations bring the library that has it.
for (const [file, text] of Object.entries({
  'older.mts': "import init, { WasmMicroLoRA } from 'ruvector-learning-wasm';\nawait init();\nnew WasmMicroLoRA(4).free();\n",
  'older.cts': "import lora = require('ruvector-learning-wasm');\nvoid lora.default();\n",
})) {
  test(`${file} compiles with lib es2022 and dom`, () => {
    const options = { ...nodeNext, target: 'es2022', lib: ['es2022', 'dom'] };
    assert.deepEqual(typecheck(options, [{ name: file, text }]), { status: 0, said: '' });
  });
}

// The methods of the second entry are there once it is imported, under whatever name the classes are.
test('importing the second entry for its effect gives the first one’s classes their methods, and nothing else does', () => {
  const text = "import { WasmMicroLoRA } from 'ruvector-learning-wasm';\nnew WasmMicroLoRA(4).to_safetensors();\n";
  assert.deepEqual(typecheck(nodeNext, [{ name: 'both.mts', text: `import 'ruvector-learning-wasm/persist';\n${text}` }]), { status: 0, said: '' });
  assert.match(typecheck(nodeNext, [{ name: 'first.mts', text }]).said, /first\.mts\(2,.*to_safetensors/);
});

test('a wrong call does not compile', () => {
  const text = "import { WasmMicroLoRA } from 'ruvector-learning-wasm';\nnew WasmMicroLoRA(4).forward_array('1234');\n";
  const { status, said } = typecheck(nodeNext, [{ name: 'wrong.mts', text }]);
  assert.notEqual(status, 0);
  assert.match(said, /wrong\.mts\(2,/);
});

test('the TypeScript consumers use every export', () => {
  for (const [file, table] of [['consumer.mts', contract], ['persist.mts', persistence]]) {
    const consumer = readFileSync(path.join(types, file), 'utf8');
    for (const [name, { statics, methods }] of Object.entries(table)) {
      assert.ok(consumer.includes(`new ${name}(`), name);
      for (const method of [...Object.keys(statics), ...Object.keys(methods)]) {
        assert.match(consumer, new RegExp(`\\.${method}\\(`), `${name}.${method}`);
      }
    }
  }
});

/** What the second entry adds to a class: methods in an interface, statics in a namespace, as [name, comment, parameters]. */
function added(kind, name) {
  const [, body] = second.match(new RegExp(`\\n  ${kind} ${name} \\{\\n([\\s\\S]*?)\\n  \\}`)) ?? [];
  const declaration = / {4}\/\*\*\n((?: {5}\*.*\n)*?) {5}\*\/\n {4}(?:function )?(\w+)\(([^)]*)\)/g;
  return [...(body ?? '').matchAll(declaration)].map(([, comment, member, parameters]) => [member, comment, parameters]);
}

test('the types of the second entry declare what it adds, each with a comment, its arguments, what it throws and an example', () => {
  for (const [name, { statics, methods }] of Object.entries(persistence)) {
    for (const [kind, table] of [['interface', methods], ['namespace', statics]]) {
      const members = added(kind, name);
      assert.deepEqual(members.map(([member]) => member).sort(), Object.keys(table).sort(), `${kind} ${name}`);
      for (const [member, comment, parameters] of members) {
        const named = [...parameters.matchAll(/(\w+)\??: /g)].map(([, parameter]) => parameter);
        assert.deepEqual(named, table[member].map((argument) => argument.name), `${name}.${member}`);
        for (const parameter of named) assert.ok(comment.includes(`@param ${parameter} - `), `${name}.${member}: ${parameter}`);
        assert.match(comment, /@throws \{Error\} (after `free\(\)`|before `init\(\)`)|Needs no `init\(\)`|See `WasmMicroLoRA/, `${name}.${member}`);
        assert.match(comment, /@example/, `${name}.${member}`);
      }
    }
  }
});

test('both forms of the second entry have the same types, each beside its own form of the first', () => {
  const commonJs = readFileSync(path.join(installedPackage, 'persist.d.cts'), 'utf8');
  assert.equal(commonJs.replaceAll('./index.cjs', './ruvector_learning_wasm.js'), second);
});

/** Members of a class with the doc comment in front of each: [[member, comment or '']]. */
function members(name) {
  const [, body] = declarations.match(new RegExp(`export declare class ${name} \\{\\n([\\s\\S]*?)\\n\\}`));
  const declaration = /(?: {2}\/\*\*\n((?: {3}\*.*\n)*?) {3}\*\/\n)? {2}(?:static )?([\w[\].]+)\((.*)\)(.*);/g;
  return [...body.matchAll(declaration)].map(([, comment, member, parameters, result]) => [member, comment ?? '', parameters, result]);
}

/** Members that are declared more than once, as overloads. */
const OVERLOADED = { WasmScopedLoRA: { stats: 2 } };

test('the types declare the public surface, and no more', () => {
  const exported = [...declarations.matchAll(/^export (?:declare (?:class|const)|(?:default )?function) (\w+)/gm)].map(([, name]) => name);
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
      const named = parameters.split(', ').filter(Boolean).map((parameter) => parameter.match(/^\w+/)[0]);
      const expected = [...list.map((argument) => argument.name), ...(member === 'forward_batch' ? ['outputs'] : [])];
      const overloads = OVERLOADED[name]?.[member] ? [[], expected] : [expected];
      assert.ok(overloads.some((each) => each.join() === named.join()), `${name}.${member}(${named})`);
      assert.doesNotMatch(result, /undefined|any/, `${name}.${member}`);
    }
  }
});

test('OperatorType is declared as it is', async () => {
  const { OperatorType } = await importPackage();
  const [, body] = declarations.match(/export declare const OperatorType: \{\n([\s\S]*?)\n\};/);
  const declared = [...body.matchAll(/readonly (\w+): (\d+);/g)].map(([, name, id]) => [name, Number(id)]);
  assert.deepEqual(declared, Object.entries(OperatorType));
});

test('InitOutput has the memory, and nothing else', () => {
  const [, body] = declarations.match(/export interface InitOutput \{\n([\s\S]*?)\n\}/);
  assert.equal(body.trim(), 'readonly memory: WebAssembly.Memory;');
});

test('every public member has a doc comment, every argument a line, every class an example', () => {
  for (const name of Object.keys(contract)) {
    const [, comment = ''] = declarations.match(new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\nexport declare class ${name} `)) ?? [];
    assert.match(comment, /@example/, name);
    for (const [member, text, parameters] of members(name)) {
      if (member !== 'constructor') assert.match(text, /\* \S/, `${name}.${member} is not documented`);
      for (const parameter of parameters.split(', ').filter(Boolean)) {
        const [named] = parameter.match(/^\w+/);
        assert.ok(text.includes(`@param ${named} - `), `${name}.${member} does not say what ${named} is`);
      }
      if (parameters) assert.match(text, /@throws/, `${name}.${member} does not say what it throws`);
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

test('both entries have the same types', () => {
  const [libraries, ...commonJs] = readFileSync(path.join(installedPackage, 'index.d.cts'), 'utf8').split('\n');
  assert.equal(commonJs.join('\n'), declarations);
  assert.ok(readFileSync(path.join(installedPackage, 'index.d.ts'), 'utf8').startsWith(libraries));
});
