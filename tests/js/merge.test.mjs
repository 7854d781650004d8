// merge_safetensors: what it refuses, what is exact, and what becomes of everything but the factors. Beside numpy's SVD it is
// in tests/interop.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { check, fc } from './checked.mjs';
import { WasmMicroLoRA, WasmScopedLoRA, wasm } from './module.mjs';
import { normal, vector } from './numbers.mjs';
import { newAdapter, newScoped, parse, write } from './safetensors.mjs';

function learned(dim, seed, { freeze = false, alpha = 0.3, steps = 30 } = {}) {
  const [lora, next] = [new WasmMicroLoRA(dim, alpha, 0.5), normal(seed)];
  lora.freeze_a(freeze);
  for (let i = 0; i < steps; i++) lora.train(vector(dim, next), vector(dim, next));
  return lora;
}

/** alpha · A B of a module of a file, as rows. */
function delta(bytes, module = 'linear') {
  const { metadata, tensors } = parse(bytes);
  const [a, b] = ['A', 'B'].map((factor) => tensors[`base_model.model.${module}.lora_${factor}.weight`]?.values);
  const dim = Number(metadata.dim);
  const rows = Array.from({ length: dim }, () => new Float64Array(dim));
  for (let i = 0; a && i < dim; i++) {
    for (let j = 0; j < dim; j++) rows[i][j] = Number(metadata.alpha) * (a[i] * b[2 * j] + a[dim + i] * b[2 * j + 1]);
  }
  return rows;
}

const combined = (rows, weights) => rows[0].map((row, i) => row.map((_, j) => rows.reduce((sum, each, k) => sum + weights[k] * each[i][j], 0)));
const norm = (rows) => Math.sqrt(rows.reduce((sum, row) => sum + row.reduce((all, x) => all + x * x, 0), 0));
const apart = (x, y) => norm(x.map((row, i) => row.map((value, j) => value - y[i][j])));

test('one file: the same factors and counts, a new context, and nothing dropped', () => {
  const lora = learned(24, 1);
  const file = lora.to_safetensors();
  const { bytes, dropped } = WasmMicroLoRA.merge_safetensors([file]);
  const [before, after] = [parse(file), parse(bytes)];
  for (const factor of ['A', 'B']) {
    const key = `base_model.model.linear.lora_${factor}.weight`;
    // −0 becomes 0 where a sum is begun with 0.
    assert.deepEqual(Array.from(after.tensors[key].values, (x) => x + 0), Array.from(before.tensors[key].values, (x) => x + 0));
  }
  assert.equal(dropped, 0);
  const merged = WasmMicroLoRA.from_safetensors(bytes);
  assert.deepEqual(merged.stats(), lora.stats());
  merged.adapt_array(new Float32Array(24)); // at the context of a new adapter
  assert.ok([...parse(merged.to_safetensors()).tensors['state.contexts'].values].every((x) => x === Math.fround(1 / Math.sqrt(24))));
});

test('a rank-2 average is found exactly, whatever the factors', () => {
  // The same map twice, by different factors: A R and R⁻¹ B for a rotation R, and half of each alpha.
  const file = learned(16, 2).to_safetensors();
  const content = parse(file);
  const [a, b] = ['A', 'B'].map((factor) => content.tensors[`base_model.model.linear.lora_${factor}.weight`].values);
  const [c, s] = [0.6, 0.8];
  for (let i = 0; i < 16; i++) {
    [a[i], a[16 + i]] = [c * a[i] - s * a[16 + i], s * a[i] + c * a[16 + i]];
    [b[2 * i], b[2 * i + 1]] = [c * b[2 * i] - s * b[2 * i + 1], s * b[2 * i] + c * b[2 * i + 1]];
  }
  const gram = content.tensors['state.gram'].values;
  const dot = (x, y) => x.reduce((sum, value, i) => sum + value * y[i], 0);
  const rows = [a.slice(0, 16), a.slice(16), b.filter((_, i) => i % 2 === 0), b.filter((_, i) => i % 2 === 1)];
  [gram[0], gram[1], gram[2], gram[4], gram[5], gram[6]] = [[0, 0], [0, 1], [1, 1], [2, 2], [2, 3], [3, 3]].map(([i, j]) => dot(rows[i], rows[j]));
  const { bytes, dropped } = WasmMicroLoRA.merge_safetensors([file, write(content)]);
  assert.ok(apart(delta(bytes), delta(file)) < 1e-6 * norm(delta(file)), `${apart(delta(bytes), delta(file))}`);
  assert.ok(dropped < 1e-9, `${dropped}`);
});

test('adapters that kept their A are averaged exactly, with weights and alphas of their own', () => {
  const loras = [[1, 0.1], [2, 0.2], [3, 0.4]].map(([seed, alpha]) => learned(20, seed, { freeze: true, alpha }));
  const files = loras.map((lora) => lora.to_safetensors());
  const { bytes, dropped } = WasmMicroLoRA.merge_safetensors(files, [2, 1, 1]);
  const exact = combined(files.map((file) => delta(file)), [0.5, 0.25, 0.25]);
  assert.ok(apart(delta(bytes), exact) < 1e-7 * norm(exact));
  assert.equal(dropped, 0);
  const [merged, first] = [parse(bytes), parse(files[0])];
  assert.deepEqual(merged.tensors['base_model.model.linear.lora_A.weight'], first.tensors['base_model.model.linear.lora_A.weight']);
  assert.deepEqual([merged.metadata.freeze_a, merged.metadata.alpha], ['true', first.metadata.alpha]);
});

test('weights are divided by their sum, and a file without weight does not count', () => {
  const files = [1, 2, 3].map((seed) => learned(12, seed).to_safetensors());
  const same = (x, y) => assert.ok(apart(delta(x.bytes), delta(y.bytes)) < 1e-6 && Math.abs(x.dropped - y.dropped) < 1e-9);
  const merge = WasmMicroLoRA.merge_safetensors;
  same(merge(files), merge(files, [7, 7, 7]));
  same(merge(files, [1, 2, 3]), merge(files, new Float64Array([1e-300, 2e-300, 3e-300])));
  same(merge(files, [1, 2, 3]), merge(files, [0.5e308, 1e308, 1.5e308]));
  same(merge(files, [1, 0, 2]), merge([files[0], files[2]], [1, 2]));
  assert.equal(WasmMicroLoRA.from_safetensors(merge(files, [1, 0, 2]).bytes).adapt_count(), 60n);
});

test('files of new adapters, and files that cancel, are the identity, which goes on learning', () => {
  const opposite = () => {
    const content = parse(learned(8, 4).to_safetensors());
    content.tensors['base_model.model.linear.lora_B.weight'].values.forEach((x, i, all) => { all[i] = -x; });
    return write(content);
  };
  const other = newAdapter(8, { value: 0.5 });
  for (const files of [[new WasmMicroLoRA(8).to_safetensors(), write(other)], [learned(8, 4).to_safetensors(), opposite()]]) {
    const { bytes, dropped } = WasmMicroLoRA.merge_safetensors(files);
    const lora = WasmMicroLoRA.from_safetensors(bytes);
    assert.ok(norm(delta(bytes)) < 1e-7);
    assert.equal(dropped, 0);
    const [x, target] = [new Float32Array(8).fill(1), Float32Array.from({ length: 8 }, (_, i) => i)];
    lora.set_learning_rate(0.5);
    const before = lora.train(x, target);
    for (let i = 0; i < 50; i++) lora.train(x, target);
    assert.ok(lora.train(x, target) < 1e-3 * before);
  }
});

test('what is merged is at most rank 2 of the average, for any files', () => {
  const runs = fc.tuple(fc.constantFrom(1, 2, 3, 5, 8, 17), fc.array(fc.nat(1000), { minLength: 1, maxLength: 6 }), fc.nat());
  check(fc.property(runs, ([dim, seeds, seed]) => {
    const files = seeds.map((each) => learned(dim, each, { steps: each % 5 }).to_safetensors());
    const next = normal(seed);
    const weights = seeds.map(() => Math.abs(next()) + 0.01);
    const { bytes, dropped } = WasmMicroLoRA.merge_safetensors(files, weights);
    const sum = weights.reduce((x, y) => x + y);
    const exact = combined(files.map((file) => delta(file)), weights.map((weight) => weight / sum));
    const error = apart(delta(bytes), exact);
    // ‖exact − best‖² = dropped ‖exact‖², up to the rounding of the factors.
    assert.ok(Math.abs(error - Math.sqrt(dropped) * norm(exact)) <= 1e-5 * norm(exact) + 1e-30, `${error} ${dropped} ${norm(exact)}`);
    WasmMicroLoRA.from_safetensors(bytes).free();
  }), 200);
});

test('a thousand files of 256 dimensions', () => {
  const files = Array.from({ length: 20 }, (_, i) => learned(256, i, { steps: 5 }).to_safetensors());
  const many = Array.from({ length: 1000 }, (_, i) => files[i % 20]);
  const { bytes, dropped } = WasmMicroLoRA.merge_safetensors(many);
  const few = WasmMicroLoRA.merge_safetensors(files);
  assert.ok(apart(delta(bytes), delta(few.bytes)) < 1e-5 * norm(delta(few.bytes)));
  assert.ok(Math.abs(dropped - few.dropped) < 1e-9 && dropped > 0.1 && dropped < 1);
  const before = wasm.memory.buffer.byteLength;
  WasmMicroLoRA.merge_safetensors(many);
  assert.equal(wasm.memory.buffer.byteLength, before); // nothing stays behind
});

test('sets are merged adapter by adapter; one that is not there counts as the identity', () => {
  const make = (ops) => {
    const [scoped, next] = [WasmScopedLoRA.with_operators(['a', 'b', 'c'], ['x', 'x', 'y'], 8, 0.3, 0.5), normal(5)];
    for (let i = 0; i < 30; i++) scoped.train(ops[i % ops.length], vector(8, next), vector(8, next));
    return scoped;
  };
  const files = [make([0]), make([0, 2])].map((scoped) => scoped.to_safetensors());
  const { bytes, dropped } = WasmScopedLoRA.merge_safetensors(files, [3, 1]);
  const merged = WasmScopedLoRA.from_safetensors(bytes);
  assert.deepEqual([0, 1, 2].map((op) => merged.adapt_count(op)), [45n, 0n, 15n]);
  assert.ok(dropped > 0 && dropped < 1);
  const module = 'operators.c';
  const alone = combined([delta(files[1], module)], [0.25]);
  assert.ok(apart(delta(bytes, module), alone) < 1e-6 * norm(alone));
  merged.train(1, new Float32Array(8).fill(1), new Float32Array(8));
  assert.deepEqual(WasmScopedLoRA.merge_safetensors([new WasmScopedLoRA(8).to_safetensors()]).dropped, 0);
});

test('files of different dimensions, operators or categories are refused by name', () => {
  const merge = (Class, ...contents) => () => Class.merge_safetensors(contents.map(write));
  assert.throws(merge(WasmMicroLoRA, newAdapter(8), newAdapter(8), newAdapter(9)), { name: 'RangeError', message: 'files[2]: dim is 9, that of files[0] is 8' });
  const [others, categories] = [newScoped(8), newScoped(8)];
  others.metadata.operators = '["one","two","four"]';
  categories.metadata.categories = '["same","other","other"]';
  assert.throws(merge(WasmScopedLoRA, newScoped(8), others), { name: 'RangeError', message: 'files[1]: operators are not those of files[0]' });
  assert.throws(merge(WasmScopedLoRA, newScoped(8), categories), { name: 'RangeError', message: 'files[1]: categories are not those of files[0]' });
  assert.throws(merge(WasmMicroLoRA, newAdapter(8), newScoped(8)), /^RangeError: files\[1\]: class is "WasmScopedLoRA", it must be "WasmMicroLoRA"/);
});

test('a sum that 32-bit floats do not hold is refused', () => {
  const content = newAdapter(2, { alpha: 1e-38, value: 1 });
  const large = newAdapter(2, { alpha: 1e38, value: 1 });
  large.tensors['base_model.model.linear.lora_B.weight'].values.fill(1);
  large.tensors['state.gram'].values.set([2, 2, 2, 4], 4);
  assert.throws(() => WasmMicroLoRA.merge_safetensors([write(content), write(large)]), { name: 'RangeError', message: 'files: what they add up to overflows f32' });
});

test('weights that are taken as they are: sums and differences', () => {
  const files = [1, 2].map((seed) => learned(16, seed, { freeze: true }).to_safetensors());
  const deltas = files.map((file) => delta(file));
  for (const weights of [[1, 1], [1, -1], [-0.5, 2], [0, 3], new Float32Array([2, -2])]) {
    const { bytes, dropped } = WasmMicroLoRA.merge_safetensors(files, weights, false);
    const exact = combined(deltas, weights);
    assert.ok(apart(delta(bytes), exact) < 1e-6 * norm(exact), `${weights}`);
    assert.equal(dropped, 0); // they kept the same A
  }
  // Without weights each counts once.
  const { bytes } = WasmMicroLoRA.merge_safetensors(files, null, false);
  assert.ok(apart(delta(bytes), combined(deltas, [1, 1])) < 1e-6 * norm(deltas[0]));
});

test('weights that are taken as they are may cancel', () => {
  const file = learned(8, 3).to_safetensors();
  for (const weights of [[0, 0], [1, -1]]) {
    const { bytes, dropped } = WasmMicroLoRA.merge_safetensors([file, file], weights, false);
    assert.ok(norm(delta(bytes)) < 1e-7);
    assert.equal(dropped, 0);
    assert.ok(Number.isFinite(WasmMicroLoRA.from_safetensors(bytes).train(new Float32Array(8).fill(1), new Float32Array(8))));
  }
});

test('weights below 0 are refused unless they are taken as they are, and those that are not finite always', () => {
  const files = [1, 2].map((seed) => learned(8, seed).to_safetensors());
  const merge = (weights, normalize) => () => WasmMicroLoRA.merge_safetensors(files, weights, normalize);
  for (const normalize of [undefined, null, true]) {
    assert.throws(merge([1, -1], normalize), { name: 'RangeError', message: /weights/ });
    assert.throws(merge([0, 0], normalize), { name: 'RangeError', message: /weights/ });
  }
  for (const normalize of [true, false]) {
    for (const value of [NaN, Infinity, -Infinity]) assert.throws(merge([1, value], normalize), { name: 'RangeError', message: /weights/ });
    assert.throws(merge([1], normalize), { name: 'RangeError', message: 'weights has 1 values, files has 2' });
    assert.throws(merge(Array(5000).fill(1), normalize), { name: 'RangeError', message: 'weights has 5000 values, files has 2' });
  }
  assert.throws(merge([1, 1], 1), { name: 'TypeError', message: 'normalize must be a boolean' });
  assert.throws(merge([1e300, 1e300], false), { name: 'RangeError', message: 'files: what they add up to overflows f32' });
});

test('sets with weights that are taken as they are', () => {
  const make = (seed) => {
    const [scoped, next] = [new WasmScopedLoRA(8, 0.3, 0.5), normal(seed)];
    scoped.freeze_a(true);
    for (let i = 0; i < 30; i++) scoped.train(i % 3, vector(8, next), vector(8, next));
    return scoped.to_safetensors();
  };
  const files = [make(1), make(2)];
  const { bytes } = WasmScopedLoRA.merge_safetensors(files, [2, -1], false);
  for (const module of ['operators.Scan', 'operators.Join', 'categories.Join']) {
    const exact = combined(files.map((file) => delta(file, module)), [2, -1]);
    assert.ok(norm(exact) > 0 && apart(delta(bytes, module), exact) < 1e-6 * norm(exact), module);
  }
});

test('texts of the files do not go into the merged one', () => {
  const [first, second] = [learned(8, 1), learned(8, 2)];
  const { bytes } = WasmMicroLoRA.merge_safetensors([first.to_safetensors({ author: 'me' }), second.to_safetensors({ author: 'you', run: '2' })]);
  assert.deepEqual(WasmMicroLoRA.from_safetensors(bytes).metadata(), {});
});
