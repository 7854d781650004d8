// Every public name of the package's types says what a caller has to know (shapes, units, errors), and its example runs.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { surface } from './fuzz/surface.mjs';
import { importPackage, installedPackage } from './installed.mjs';

const types = readFileSync(path.join(installedPackage, 'ruvector_learning_wasm.d.ts'), 'utf8');
const library = await importPackage();
await library.default();

const ARRAY = /Array|string\[\]/;
/** How an array's length is told: so many of something, or one for each. */
const SHAPE = /(`\w+`|\d[\d,]* to \d[\d,]*) (distinct )?(numbers|names|files|integers)|for each/;
const UNIT = { _ms: /milliseconds/, improvement: /baseline/, learning_rate: /share|above 0 and at most 1/ };

/** What a comment says: its text, and of each tag a list of texts. */
function read(comment) {
  const [text, ...tags] = comment.replace(/^\s*\/\*\*|\*\/$/g, '').replace(/^ *\* ?/gm, '').split(/^\s*@(?=\w)/m).map((part) => part.trim());
  const of = (tag) => tags.filter((each) => each.startsWith(`${tag} `) || each.startsWith(`${tag}\n`)).map((each) => each.slice(tag.length).trim());
  return { text, params: of('param'), returns: of('returns'), throws: of('throws'), examples: of('example') };
}

/** `{ name, declaration, comment }` of what stands in a text at this depth, with the comment right before it, if there is one. */
function declared(text, indent) {
  const pattern = new RegExp(`(?:^${indent}(/\\*\\*(?:(?!\\*/)[^])*\\*/)\\n)?^${indent}((?:export |static |readonly |default |declare )*(?:class |interface |type |enum |function )?(\\[Symbol\\.dispose\\]|\\w+)[^\\n]*)$`, 'gm');
  return [...text.matchAll(pattern)].filter(([, , line]) => !/^(declare )?global/.test(line)).map(([, comment, declaration, name]) => ({ name, declaration, comment }));
}

const bodies = [...types.matchAll(/^export (class|interface) (\w+) \{\n([^]*?)^\}/gm)];
const { classes, members } = surface(types);
const methods = bodies.filter(([, , name]) => classes.includes(name)).flatMap(([, , className, body]) => {
  return declared(body, ' {4}').map(({ name, comment }) => ({ className, name, ...read(comment ?? '') }));
});

test('every method of the types is read here', () => {
  const names = (list) => list.map(({ className, name }) => `${className}.${name === 'new' ? 'constructor' : name}`);
  assert.deepEqual(names(methods), names(members));
});

test('every name that is exported, and every field, says what it is', () => {
  const exported = declared(types, '').filter(({ declaration }) => declaration.startsWith('export'));
  assert.ok(exported.length > 12, `${exported.length}`);
  // An interface of the name of a class only adds to it.
  const bare = exported.filter(({ comment, name, declaration }) => !comment && !(classes.includes(name) && declaration.includes('interface')));
  assert.deepEqual(bare.map(({ name }) => name), []);
  for (const [, kind, name, body] of bodies) {
    if (kind === 'class' || classes.includes(name)) continue;
    const fields = declared(body, ' {2,4}');
    assert.ok(fields.length > 0, name);
    for (const field of fields) assert.ok(field.comment, `${name}.${field.name}`);
  }
});

test('every method has a text, a line for each argument with its shape and unit, and the errors of what can be wrong with them', () => {
  const missing = [];
  methods.forEach(({ className, name, text, params, throws }, i) => {
    const miss = (what) => missing.push(`${className}.${name}: ${what}`);
    if (!text && name !== 'constructor') miss('what it does');
    for (const { name: argument, type } of members[i].parameters) {
      const line = params.find((each) => each.startsWith(`${argument} - `));
      if (!line) {
        miss(`@param ${argument}`);
        continue;
      }
      if (ARRAY.test(type) && argument !== 'bytes' && !SHAPE.test(line)) miss(`the shape of ${argument}: ${line}`);
      for (const [ending, unit] of Object.entries(UNIT)) if (argument.endsWith(ending) && !unit.test(line)) miss(`the unit of ${argument}: ${line}`);
    }
    if (members[i].parameters.length > 0 && throws.length === 0) miss('@throws');
    if (throws.some((each) => !/^\{(Range|Type)?Error\}/.test(each))) miss('the class of an error');
    if (/ArrayLike|Float32Array/.test(members[i].parameters.map(({ type }) => type).join()) && !throws.some((each) => /TypeError/.test(each))) miss('the TypeError');
  });
  assert.deepEqual(missing, []);
});

/** What the examples speak of. */
async function surroundings() {
  const { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer, OperatorType } = library;
  const vector = (seed, length = 256) => Float32Array.from({ length }, (_, i) => Math.sin(seed + i));
  const [lora, scoped, buffer] = [new WasmMicroLoRA(256, 0.1, 0.5), new WasmScopedLoRA(256, 0.1, 0.5), new WasmTrajectoryBuffer(100, 256)];
  lora.train(vector(1), vector(2));
  scoped.train(OperatorType.Join, vector(1), vector(2));
  buffer.record(vector(1), OperatorType.Join, 3, 40, 120);
  const stored = { 'adapter.safetensors': lora, 'adapters.safetensors': scoped, 'scoped.safetensors': scoped, 'trajectories.safetensors': buffer };
  return {
    ...library, lora, scoped, buffer, input: vector(1), target: vector(2), gradient: vector(3), embedding: vector(4), output: vector(5), inputs: vector(6, 512), catalogue: vector(7, 512),
    files: [lora.to_safetensors(), lora.to_safetensors()], counts: [1, 3], mine: scoped.to_safetensors(), theirs: scoped.to_safetensors(), n: 2, threadId: 1, baseline_ms: 120, clicked: true, url: 'http://localhost/',
    run: () => 40, usePlanB: () => {}, fetch: () => {}, console: { log() {}, table() {} }, writeFile: async () => {},
    readFile: async (name) => stored[name].to_safetensors(),
    require: { resolve: () => path.join(installedPackage, 'ruvector_learning_wasm_bg.wasm') }, readFileSync, init: library.default,
  };
}

const AsyncFunction = (async () => {}).constructor;
/** What has nothing to show: its name says it all. */
const WITHOUT = ['free', '[Symbol.dispose]'];

test('every method, class and function has an example, and it runs', async () => {
  const tops = declared(types, '').filter(({ declaration }) => /^export (default )?(class|function)/.test(declaration)).map(({ name, comment }) => ({ className: 'the package', name, ...read(comment) }));
  assert.ok(tops.length === 5, `${tops.map(({ name }) => name)}`);
  for (const { className, name, examples } of [...tops, ...methods]) {
    if (WITHOUT.includes(name)) continue;
    assert.equal(examples.length, 1, `${className}.${name} has ${examples.length} examples`);
    const { default: _, ...given } = await surroundings();
    // In a block of its own: an example may declare a name that another one takes for given.
    const example = new AsyncFunction(...Object.keys(given), `{\n${examples[0]}\n}`);
    await assert.doesNotReject(async () => example(...Object.values(given)), `${className}.${name}: ${examples[0]}`);
  }
});
