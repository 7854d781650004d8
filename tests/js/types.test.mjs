// The types: consumers in TypeScript compile, wrong calls do not, and every public member is documented.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { contract } from './contract_table.mjs';
import { installedPackage, root } from './installed.mjs';
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
  for (const file of ['consumer.mts', 'consumer.cts']) {
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

test('a wrong call does not compile', () => {
  const text = "import { WasmMicroLoRA } from 'ruvector-learning-wasm';\nnew WasmMicroLoRA(4).forward_array('1234');\n";
  const { status, said } = typecheck(nodeNext, [{ name: 'wrong.mts', text }]);
  assert.notEqual(status, 0);
  assert.match(said, /wrong\.mts\(2,/);
});

test('the TypeScript consumer uses every export', () => {
  const consumer = readFileSync(path.join(types, 'consumer.mts'), 'utf8');
  for (const [name, { statics, methods }] of Object.entries(contract)) {
    assert.ok(consumer.includes(`new ${name}(`), name);
    for (const method of [...Object.keys(statics), ...Object.keys(methods)]) {
      assert.match(consumer, new RegExp(`\\.${method}\\(`), `${name}.${method}`);
    }
  }
});

/** Members of a class with the doc comment in front of each: [[member, comment or '']]. */
function members(name) {
  const bodies = declarations.matchAll(new RegExp(`export (?:class|interface) ${name} \\{\\n([\\s\\S]*?)\\n\\}`, 'g'));
  const body = [...bodies].map((match) => match[1]).join('\n');
  const declaration = /(?: {4}\/\*\*\n([\s\S]*?) {5}\*\/\n)? {4}(?:static )?([\w[\].]+)\(.*\).*;/g;
  return [...body.matchAll(declaration)].map(([, comment, member]) => [member, comment ?? '']);
}

test('the types declare the public surface, and no more', () => {
  for (const [name, { statics, methods }] of Object.entries(contract)) {
    const declared = members(name).map(([member]) => member).sort();
    assert.deepEqual(declared, ['constructor', 'free', '[Symbol.dispose]', ...Object.keys(statics), ...Object.keys(methods)].sort(), name);
  }
});

test('every public member has a doc comment, every argument a line, every class an example', () => {
  for (const name of Object.keys(contract)) {
    const [, comment = ''] = declarations.match(new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\nexport class ${name} `)) ?? [];
    assert.match(comment, /@example/, name);
    for (const [member, text] of members(name)) {
      // free() and [Symbol.dispose]() are the generator's, which writes no comment.
      if (['free', '[Symbol.dispose]'].includes(member)) continue;
      assert.match(text, /\* \S/, `${name}.${member} is not documented`);
      const { constructor, statics, methods } = contract[name];
      const list = member === 'constructor' ? constructor : methods[member] ?? statics[member];
      for (const argument of list) assert.ok(text.includes(argument.name), `${name}.${member} does not say what ${argument.name} is`);
      if (list.length > 0) assert.match(text, /@throws/, `${name}.${member} does not say what it throws`);
    }
  }
});

test('both entries have the same types', () => {
  const [libraries, ...commonJs] = readFileSync(path.join(installedPackage, 'index.d.cts'), 'utf8').split('\n');
  assert.equal(commonJs.join('\n'), declarations);
  assert.ok(readFileSync(path.join(installedPackage, 'index.d.ts'), 'utf8').startsWith(libraries));
});
