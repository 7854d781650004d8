// Files: what is saved is what is there, what is loaded goes on as if nothing had happened, and what is no file of this
// package is refused with the name of the field, leaving nothing behind.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { check, fc } from './checked.mjs';
import { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer, inputView, outputView, wasm } from './module.mjs';
import { bits, normal, vector } from './numbers.mjs';
import { assemble, checksum, laidOut, newAdapter, newScoped, newTrajectories, parse, write } from './safetensors.mjs';

const A = 'base_model.model.linear.lora_A.weight';
const B = 'base_model.model.linear.lora_B.weight';

const reloaded = (object) => object.constructor.from_safetensors(object.to_safetensors());

/** Random calls on an adapter, `op` being [] or [op_type]; refusals are a part of life. */
function step(object, next, ops) {
  const below = (n) => Math.floor(Math.abs(next()) * 1e6) % n;
  const op = ops > 0 ? [below(ops)] : [];
  const dim = object.dim();
  const x = vector(dim, next);
  const calls = [
    () => object.forward_array(...op, x),
    () => object.forward_array(...op, x.fill(NaN, 0, 1)), // which goes into context, output and input
    () => object.train(...op, x, vector(dim, next)),
    () => object.train(...op, x, vector(dim, next)),
    () => object.adapt_array(...op, vector(dim, next)),
    () => object.adapt_array(...op, new Float32Array(dim)), // makes an adapter that has learned nothing
    () => object.adapt_with_reward(...op, next()),
    () => inputView(object).set(vector(dim, next)),
    () => object.adapt(...op),
    () => object.set_learning_rate(1 / (1 + below(100))),
    () => object.freeze_a(below(2) === 0),
    () => ops > 0 && object.set_category_fallback(below(2) === 0),
    () => ops > 0 && below(4) === 0 && object.reset_scope(...op),
    () => below(8) === 0 && (ops > 0 ? object.reset_all() : object.reset()),
  ];
  try {
    const answer = calls[below(calls.length)]();
    return answer instanceof Float32Array ? bits(answer) : answer;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return error.message;
  }
}

const makers = {
  WasmMicroLoRA: { make: (dim) => new WasmMicroLoRA(dim, 0.3, 0.5), ops: 0 },
  WasmScopedLoRA: { make: (dim) => new WasmScopedLoRA(dim, 0.3, 0.5), ops: 17 },
  'WasmScopedLoRA.with_operators': {
    make: (dim) => WasmScopedLoRA.with_operators(['a', 'a.b', '"\\\u0001é🦀', 'ﬀ', ''], ['x', 'x', '__proto__', 'é', 'x'], dim, 0.3, 0.5),
    ops: 5,
  },
};

for (const [name, { make, ops }] of Object.entries(makers)) {
  test(`${name}: what is loaded goes on bit for bit, and saves the same bytes`, () => {
    const runs = fc.tuple(fc.constantFrom(1, 2, 7, 8, 9, 16, 17, 33, 64), fc.nat(), fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 4 }));
    check(fc.property(runs, ([dim, seed, spans]) => {
      let [object, twin] = [make(dim), make(dim)];
      const [next, again] = [normal(seed), normal(seed)];
      for (const span of spans) {
        const copy = reloaded(object);
        object.free();
        object = copy;
        assert.deepEqual(object.to_safetensors(), twin.to_safetensors());
        for (let i = 0; i < span; i++) assert.deepEqual(step(object, next, ops), step(twin, again, ops));
        assert.deepEqual(bits(inputView(object)), bits(inputView(twin)));
        assert.deepEqual(bits(outputView(object)), bits(outputView(twin)));
        assert.deepEqual(object.stats(), twin.stats());
      }
      assert.deepEqual(object.to_safetensors(), twin.to_safetensors());
      if (ops > 0) object.reset_all();
      else object.reset();
      if (ops > 0) twin.reset_all();
      else twin.reset();
      assert.deepEqual(object.to_safetensors(), twin.to_safetensors());
      object.free();
      twin.free();
    }), 150);
  });

  test(`${name}: a run of thousands of steps goes on as if it had not stopped`, () => {
    const [twin, next, again] = [make(24), normal(5), normal(5)];
    let object = make(24);
    for (let i = 0; i < 5000; i++) {
      // The Gram matrices are computed anew every 256 steps: between them, they are state.
      if (i % 701 === 700) object = reloaded(object);
      assert.deepEqual(step(object, next, ops), step(twin, again, ops));
    }
    assert.deepEqual(object.to_safetensors(), twin.to_safetensors());
  });
}

test('a set that is loaded has its operators, and the settings that a reset goes back to', () => {
  const scoped = reloaded(WasmScopedLoRA.with_operators(['search', 'browse'], ['web', 'web'], 8, 0.1, 0.25));
  assert.ok(scoped instanceof WasmScopedLoRA);
  assert.deepEqual([scoped.operator_count(), scoped.operator_name(1), scoped.category_name(1)], [2, 'browse', 'web']);
  assert.throws(() => scoped.forward(2), /op_type must be an integer from 0 to 1/);
  const lora = new WasmMicroLoRA(8, 0.1, 0.25);
  lora.set_learning_rate(0.5);
  const loaded = reloaded(lora);
  assert.equal(loaded.learning_rate(), 0.5);
  loaded.reset();
  assert.equal(loaded.learning_rate(), 0.25);
  class Mine extends WasmMicroLoRA {}
  assert.equal(Object.getPrototypeOf(Mine.from_safetensors(lora.to_safetensors())), WasmMicroLoRA.prototype);
});

const TYPES = Uint8Array.from({ length: 256 }, (_, type) => type);

describe('trajectories', () => {
  const embedding = (next, dim) => vector(dim, next);

  test('what is loaded goes on bit for bit, and saves the same bytes', () => {
    const runs = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.constantFrom(1, 3, 16, 20), fc.nat(), fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 5 }));
    check(fc.property(runs, ([capacity, dim, seed, spans]) => {
      const twin = new WasmTrajectoryBuffer(capacity, dim);
      let buffer = new WasmTrajectoryBuffer(capacity, dim);
      const next = normal(seed);
      for (const span of spans) {
        const copy = reloaded(buffer);
        buffer.free();
        buffer = copy;
        assert.deepEqual(buffer.to_safetensors(), twin.to_safetensors());
        for (let i = 0; i < span; i++) {
          const call = [embedding(next, dim), i % 17, (31 * i) % 256, Math.abs(next()) + 0.01, Math.abs(next())];
          for (const each of [buffer, twin]) each.record(...call);
          if (i % 3 > 0) continue;
          const x = i % 2 === 0 ? call[0] : embedding(next, dim);
          const [found, expected] = [buffer, twin].map((each) => [each.recommend(x, i % 17, TYPES), ...bits(each.predict(x, 3, TYPES))]);
          assert.deepEqual(found, expected);
        }
        if (span === 11) for (const each of [buffer, twin]) each.set_seed(seed);
        if (span === 12) for (const each of [buffer, twin]) each.reset();
        assert.deepEqual(buffer.stats(), twin.stats());
        for (const threshold of [-1, 0, 0.5]) assert.equal(buffer.high_quality_count(threshold), twin.high_quality_count(threshold));
        for (const method of ['count_by_operator', 'success_rate_for', 'mean_improvement_for', 'best_attention_for']) {
          for (let op = 0; op < 17; op++) assert.equal(buffer[method](op), twin[method](op));
        }
      }
      assert.deepEqual(buffer.to_safetensors(), twin.to_safetensors());
      buffer.free();
      twin.free();
    }), 300);
  });

  test('the columns are those of the ring, oldest first', () => {
    const buffer = new WasmTrajectoryBuffer(3, 2);
    for (let i = 0; i < 5; i++) buffer.record([i, -i], i, 10 * i, 2, 2 + i);
    const { metadata, tensors } = parse(buffer.to_safetensors());
    assert.deepEqual([metadata.class, metadata.capacity, metadata.embedding_dim], ['WasmTrajectoryBuffer', '3', '2']);
    assert.deepEqual([...tensors.embeddings.values], [2, -2, 3, -3, 4, -4]);
    assert.deepEqual(tensors.embeddings.shape, [3, 2]);
    assert.deepEqual([...tensors.operators.values], [2, 3, 4]);
    assert.deepEqual([...tensors.attention_types.values], [20, 30, 40]);
    assert.deepEqual([...tensors.baselines.values], [4, 5, 6]);
    assert.deepEqual([...tensors.improvements.values], [1, 1.5, 2]);
    const { values: counts, shape } = tensors['state.counts'];
    assert.deepEqual(shape, [18, 2]); // all, and then each operator
    assert.deepEqual([...counts.slice(0, 8)], [5n, 4n, 1n, 0n, 1n, 1n, 1n, 1n]);
    assert.deepEqual([...tensors['state.best_attention'].values.slice(0, 7)], [40, 0, 10, 20, 30, 40, 0]);
    assert.deepEqual([...tensors['state.draws'].values], [0n, 0n]);
  });
});

test('the factors are under PEFT’s keys, in its shapes, and compute what forward_array computes', () => {
  const [dim, next] = [24, normal(3)];
  const lora = new WasmMicroLoRA(dim, 0.3, 0.5);
  for (let i = 0; i < 50; i++) lora.train(vector(dim, next), vector(dim, next));
  const { tensors } = parse(lora.to_safetensors());
  const config = JSON.parse(lora.peft_config());
  assert.deepEqual([tensors[A].shape, tensors[B].shape, tensors[A].dtype, tensors[B].dtype], [[2, dim], [dim, 2], 'F32', 'F32']);
  assert.deepEqual([config.peft_type, config.r, config.target_modules, config.bias], ['LORA', 2, ['linear'], 'none']);
  const x = vector(dim, next);
  const h = [0, 1].map((i) => x.reduce((sum, value, j) => sum + value * tensors[A].values[i * dim + j], 0));
  const y = [...x].map((value, j) => value + (config.lora_alpha / config.r) * (h[0] * tensors[B].values[2 * j] + h[1] * tensors[B].values[2 * j + 1]));
  lora.forward_array(x).forEach((value, j) => assert.ok(Math.abs(value - y[j]) < 1e-5, `${value} ${y[j]}`));
});

test('a set’s adapters are under the names of operators and categories', () => {
  const scoped = WasmScopedLoRA.with_operators(['search', 'browse', 'run'], ['web', 'web', 'code'], 8);
  scoped.forward(2);
  assert.deepEqual(JSON.parse(scoped.peft_config()).target_modules, []);
  scoped.train(1, Array(8).fill(1), Array(8).fill(2));
  const keys = ['operators.browse', 'categories.web'].flatMap((module) => ['A', 'B'].map((factor) => `base_model.model.${module}.lora_${factor}.weight`));
  assert.deepEqual(Object.keys(parse(scoped.to_safetensors()).tensors).filter((key) => key.includes('lora')), keys);
  assert.deepEqual(JSON.parse(scoped.peft_config()).target_modules, ['operators.browse', 'categories.web']);
});

test('files are aligned as the format asks, and their checksum is the one that is documented', () => {
  for (const { make, ops } of Object.values(makers)) {
    const [object, next] = [make(9), normal(4)];
    for (let i = 0; i < 60; i++) step(object, next, ops);
    const file = object.to_safetensors();
    const length = Number(new DataView(file.buffer).getBigUint64(0, true));
    assert.equal(length % 8, 0);
    const { metadata, tensors } = parse(file);
    assert.equal(metadata.checksum, checksum(metadata, tensors));
    const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
    for (const [name, { values }] of Object.entries(tensors)) {
      assert.equal(header[name].data_offsets[0] % values.BYTES_PER_ELEMENT, 0, name);
    }
  }
});

test('a file may lie anywhere: at an odd address, in an ArrayBuffer, in shared memory, in wasm memory that grows', () => {
  const next = normal(6);
  const lora = new WasmMicroLoRA(40, 0.1, 0.5);
  for (let i = 0; i < 5; i++) lora.train(vector(40, next), vector(40, next));
  const file = lora.to_safetensors();
  const odd = new Uint8Array(file.length + 1);
  odd.set(file, 1);
  const shared = new Uint8Array(new SharedArrayBuffer(file.length));
  shared.set(file);
  const places = [file.buffer, odd.subarray(1), shared, Buffer.from(file), new DataView(file.buffer), new Uint16Array(file.buffer)];
  for (const place of places) assert.deepEqual(WasmMicroLoRA.from_safetensors(place).to_safetensors(), file);
  const large = new WasmTrajectoryBuffer(1, 4096);
  const host = new WasmMicroLoRA(4096);
  const inside = new Uint8Array(wasm.memory.buffer, host.get_input_ptr(), file.length);
  inside.set(file);
  const before = wasm.memory.buffer.byteLength;
  const loaded = [];
  // What is loaded lies in the same memory: sooner or later it grows under the file.
  while (wasm.memory.buffer.byteLength === before) {
    loaded.push(WasmMicroLoRA.from_safetensors(new Uint8Array(wasm.memory.buffer, host.get_input_ptr(), file.length)));
  }
  assert.deepEqual(loaded.at(-1).to_safetensors(), file);
  for (const object of [...loaded, large, host]) object.free();
});

describe('files of another hand', () => {
  test('an adapter, a set and trajectories that were written elsewhere load', () => {
    const lora = WasmMicroLoRA.from_safetensors(write(newAdapter(8)));
    assert.deepEqual([...lora.forward_array(Array(8).fill(1))], Array(8).fill(1));
    const spelled = newAdapter(8);
    Object.assign(spelled.metadata, { alpha: '5e-01', learning_rate: '0.250', note: 'of another program' });
    assert.deepEqual(WasmMicroLoRA.from_safetensors(write(spelled)).stats(), WasmMicroLoRA.from_safetensors(write(newAdapter(8))).stats());
    assert.equal(WasmScopedLoRA.from_safetensors(write(newScoped(8))).operator_name(2), 'three');
    assert.equal(WasmTrajectoryBuffer.from_safetensors(write(newTrajectories(8))).best_attention(), 5);
  });

  test('the order of tensors and keys does not matter, nor do spaces', () => {
    const { metadata, tensors } = newAdapter(8);
    const turned = (object) => Object.fromEntries(Object.entries(object).reverse());
    const expected = WasmMicroLoRA.from_safetensors(write({ metadata, tensors })).to_safetensors();
    const file = write({ metadata: turned(metadata), tensors: turned(tensors) });
    assert.deepEqual(WasmMicroLoRA.from_safetensors(file).to_safetensors(), expected);
    const { header, data } = laidOut({ metadata, tensors });
    assert.deepEqual(WasmMicroLoRA.from_safetensors(assemble(`${JSON.stringify(turned(header), null, 3)}   `, data)).to_safetensors(), expected);
  });
});

/** Refused as [what is said], and nothing is left behind. */
function refuses(Class, bytes, said, what = '') {
  try {
    Class.from_safetensors(bytes);
  } catch (error) {
    assert.ok(error instanceof RangeError && error.message.startsWith('bytes: '), `${what}: ${error.stack}`);
    if (said !== undefined) assert.match(error.message, said, what);
    return;
  }
  assert.fail(`accepted: ${what}`);
}

/** Objects with a past, small. */
function examples() {
  const next = normal(7);
  const lora = new WasmMicroLoRA(3, 0.1, 0.5);
  const scoped = WasmScopedLoRA.with_operators(['a', '\u001f'], ['x', 'y'], 2, 0.1, 0.5); // JSON says \u001f
  const buffer = new WasmTrajectoryBuffer(2, 3);
  for (let i = 0; i < 3; i++) {
    lora.train(vector(3, next), vector(3, next));
    scoped.train(0, vector(2, next), vector(2, next));
    scoped.forward_array(1, vector(2, next));
    buffer.record(vector(3, next), i, i, 1 + i, 2);
  }
  return [lora, scoped, buffer].map((object) => {
    const file = object.to_safetensors();
    object.free();
    return [object.constructor, file];
  });
}

describe('damage', () => {
  for (const [Class, file] of examples()) {
    test(`${Class.name}: cut off anywhere, it is refused`, () => {
      const before = wasm.memory.buffer.byteLength;
      for (let length = 0; length < file.length; length++) {
        refuses(Class, file.subarray(0, length), undefined, `${length} bytes`);
        refuses(Class, file.subarray(file.length - length), undefined, `the last ${length} bytes`);
      }
      for (const more of [1, 7, 8]) refuses(Class, Uint8Array.from([...file, ...Array(more).fill(0)]), /the file has \d+ for them/);
      assert.equal(wasm.memory.buffer.byteLength, before);
      Class.from_safetensors(file).free();
    });

    test(`${Class.name}: with any one bit flipped, it is refused`, () => {
      const before = wasm.memory.buffer.byteLength;
      const copy = file.slice();
      for (let at = 0; at < file.length; at++) {
        for (let bit = 0; bit < 8; bit++) {
          copy[at] ^= 1 << bit;
          refuses(Class, copy, undefined, `byte ${at}, bit ${bit}`);
          copy[at] ^= 1 << bit;
        }
      }
      assert.equal(wasm.memory.buffer.byteLength, before);
      Class.from_safetensors(copy).free();
    });

    test(`${Class.name}: random damage is refused or harmless, and never traps`, () => {
      const edit = fc.record({ at: fc.nat(file.length - 1), kind: fc.constantFrom('set', 'insert', 'delete', 'copy'), value: fc.nat(255), length: fc.nat(30) });
      check(fc.property(fc.array(edit, { minLength: 1, maxLength: 5 }), (edits) => {
        const bytes = [...file];
        for (const { at, kind, value, length } of edits) {
          if (kind === 'set') bytes[at] = value;
          if (kind === 'insert') bytes.splice(at, 0, ...Array(length).fill(value));
          if (kind === 'delete') bytes.splice(at, length);
          if (kind === 'copy') bytes.splice(at, length, ...bytes.slice(value, value + length));
        }
        const damaged = Uint8Array.from(bytes);
        if (Buffer.compare(damaged, file) !== 0) refuses(Class, damaged);
      }), 3000);
    });

    test(`${Class.name}: any bytes at all are refused`, () => {
      check(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => refuses(Class, bytes)), 3000);
      const header = fc.oneof(fc.json(), fc.string());
      check(fc.property(header, fc.uint8Array({ maxLength: 50 }), (text, data) => refuses(Class, assemble(text, data))), 3000);
    });

    // What a checksum cannot tell: a file whose writer meant it.
    test(`${Class.name}: whatever its writer says with a right checksum is refused, or makes an object that works`, () => {
      const { metadata, tensors } = parse(file);
      const strange = fc.constantFrom(0, -0, 1, -1, NaN, Infinity, 1e38, -3e38, 1e-45, 255, 2 ** 53);
      const texts = fc.oneof(fc.constantFrom('0', '1', '-1', 'true', '[]', '["a"]', '1e39', '4097', '1000001', 'NaN', '', 'null'), fc.string());
      const lie = fc.oneof(
        fc.record({ kind: fc.constant('metadata'), key: fc.constantFrom(...Object.keys(metadata)), text: texts }),
        fc.record({ kind: fc.constant('value'), key: fc.constantFrom(...Object.keys(tensors)), at: fc.nat(100), value: strange }),
        fc.record({ kind: fc.constant('all'), key: fc.constantFrom(...Object.keys(tensors)), value: strange }),
        fc.record({ kind: fc.constant('drop'), key: fc.constantFrom(...Object.keys(tensors)) }),
      );
      const next = normal(1);
      let accepted = 0;
      check(fc.property(fc.array(lie, { minLength: 1, maxLength: 3 }), (lies) => {
        const content = parse(file);
        for (const { kind, key, text, at, value } of lies) {
          const { values } = content.tensors[key] ?? {};
          const fitting = values instanceof BigInt64Array ? BigInt(Number.isFinite(value) ? Math.trunc(value) : 0) : value;
          if (kind === 'metadata') content.metadata[key] = text;
          if (kind === 'value' && values?.length > 0) values[at % values.length] = fitting;
          if (kind === 'all') values?.fill(fitting);
          if (kind === 'drop') delete content.tensors[key];
        }
        let object;
        try {
          object = Class.from_safetensors(write(content));
        } catch (error) {
          assert.ok(error instanceof RangeError && /^bytes: |not enough memory/.test(error.message), error.stack);
          return;
        }
        accepted += 1;
        for (let i = 0; i < 3; i++) {
          try {
            if (Class === WasmTrajectoryBuffer) object.record(vector(content.tensors.embeddings.shape[1], next), i, i, 1, 2);
            else step(object, next, Class === WasmScopedLoRA ? 2 : 0);
          } catch (error) {
            assert.ok(error instanceof RangeError, error.stack);
          }
        }
        if (Class !== WasmTrajectoryBuffer) {
          const again = parse(object.to_safetensors());
          for (const [name, { values }] of Object.entries(again.tensors)) {
            if (name.includes('lora_')) assert.ok(values.every(Number.isFinite), `${name} after ${JSON.stringify(lies)}`);
          }
        }
        object.free();
      }), 3000);
      assert.ok(accepted > 100, `${accepted} were accepted`);
    });
  }
});

describe('what a file can be wrong about, each named', () => {
  const F32 = (shape, value = 0) => ({ dtype: 'F32', shape, values: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value) });
  /** name -> [the lie, what is said of it]; a lie changes the content of a file, or gives another one. */
  const lies = {
    'no metadata': [(content) => { delete content.metadata; }, /state\.\w+ is not expected here/],
    'metadata without a version': [({ metadata }) => { delete metadata.format_version; }, /format_version is missing/],
    'a newer version': [({ metadata }) => { metadata.format_version = '2'; }, /format_version is "2", this version of the package reads "1"/],
    'no class': [({ metadata }) => { delete metadata.class; }, /class is missing, it must be "WasmMicroLoRA"/],
    'another class': [({ metadata }) => { metadata.class = 'WasmScopedLoRA'; }, /class is "WasmScopedLoRA", it must be "WasmMicroLoRA"/],
    'no checksum': [({ metadata }) => { delete metadata.checksum; }, /checksum is missing, the content has "[\da-f]{8}"/],
    'metadata that is no text': [({ metadata }) => { metadata.dim = 8; }, /dim in __metadata__ is no text/],
    ...Object.fromEntries(['dim', 'alpha', 'learning_rate', 'initial_learning_rate', 'freeze_a', 'category_fallback'].map((key) => [
      `no ${key}`, [({ metadata }) => { delete metadata[key]; }, new RegExp(`${key} is missing, it must be`)],
    ])),
    ...Object.fromEntries(Object.entries({
      dim: ['0', '4097', '2.5', '-8', '', ' 8', '0x8', 'eight', 'NaN', '1e1000', '7'],
      alpha: ['0', '-1', '1e39', '1e-50', 'NaN', 'Infinity', '', '0,1'],
      learning_rate: ['0', '1.0000001', '-0.5', '1e-50', 'NaN', ''],
      initial_learning_rate: ['0', '2', 'x'],
      freeze_a: ['', '1', 'True', 'FALSE', 'toString'],
      category_fallback: ['no'],
    }).flatMap(([key, texts]) => texts.map((text) => [`${key} "${text}"`, [
      ({ metadata }) => { metadata[key] = text; },
      // A dim that could be one is not that of the tensors.
      text === '7' ? /shape of base_model\.model\.linear\.lora_A\.weight is \[2,8\], it must be \[2,7\]/ : new RegExp(`^bytes: ${key} is "${text.replace(/[.,]/g, '.')}", it must be`),
    ]]))),
    ...Object.fromEntries(Object.keys(newAdapter(8).tensors).flatMap((name) => {
      const named = name.replaceAll('.', '\\.');
      return [
        [`no ${name}`, [({ tensors }) => { delete tensors[name]; }, new RegExp(`${named} is missing`)]],
        [`${name} with one dimension more`, [({ tensors }) => { tensors[name].shape = [1, ...tensors[name].shape]; }, new RegExp(`shape of ${named} is \\[1,.*\\], it must be`)]],
        [`${name} of another type`, [({ tensors }) => {
          const { dtype, shape } = tensors[name];
          const size = shape.reduce((a, b) => a * b, 1);
          tensors[name] = dtype === 'U8' ? F32(shape) : { dtype: 'U8', shape, values: new Uint8Array(size) };
        }, new RegExp(`dtype of ${named} is U8, it must be`)]],
      ];
    })),
    'factors turned': [({ tensors }) => { [tensors[A].shape, tensors[B].shape] = [[8, 2], [2, 8]]; }, /shape of .*lora_A\.weight is \[8,2\], it must be \[2,8\]/],
    'a tensor too many': [({ tensors }) => { tensors.more = F32([2]); }, /more is not expected here/],
    ...Object.fromEntries([NaN, Infinity, -Infinity].flatMap((value) => [A, B].map((name) => [
      `${value} in ${name}`, [({ tensors }) => { tensors[name].values[5] = value; }, new RegExp(`${name.replaceAll('.', '\\.')} has ${value} at 5, it must be finite`)],
    ]))),
    'a Gram matrix with NaN': [({ tensors }) => { tensors['state.gram'].values[1] = NaN; }, /state\.gram has NaN at 1, it must be finite/],
    'a Gram matrix of other factors': [({ tensors }) => { tensors['state.gram'].values[0] = 100; }, /state\.gram of linear is not that of its factors/],
    'weights whose squared norm overflows': [({ tensors }) => {
      tensors[B].values.fill(1e19);
      tensors['state.gram'].values.fill(1.6e39, 4);
    }, /linear\.lora_B\.weight is too large: its squared norm overflows f32/],
    'negative counts': [({ tensors }) => { tensors['state.counts'].values[1] = -1n; }, /state\.counts has -1 at 1, it must be at least 0/],
    'negative steps': [({ tensors }) => { tensors['state.steps'].values[0] = -1n; }, /state\.steps has -1 at 0/],
    'what is known of steps to come': [({ tensors }) => { tensors['state.known_as_of'].values[0] = 2n; }, /state\.known_as_of of linear has 2, its adapter has taken 0 steps/],
    'what is known of no category': [({ tensors }) => { tensors['state.known_as_of'].values[1] = 1n; }, /state\.known_as_of of linear has 1, its adapter has taken 0 steps/],
    ...Object.fromEntries([[NaN, 8], [Infinity, 8], [1e20, 8], [1, NaN], [1, Infinity], [1, 9], [1, 0]].map(([x, norm2]) => [
      `${norm2} as the squared norm of a context with ${x}`,
      [({ tensors }) => {
        tensors['state.known_as_of'].values[0] = 1n;
        tensors['state.known'].values[2] = norm2;
        tensors['state.contexts'].values[3] = x;
      }, /state\.known of linear is not that of its context/],
    ])),
    'a context of an operator that is not there': [({ tensors }) => { tensors['state.context_of'].values[0] = 1n; }, /state\.context_of has 1 at 0, it must be/],
    'no context': [({ tensors }) => {
      tensors['state.context_of'] = { dtype: 'I64', shape: [0], values: new BigInt64Array() };
      tensors['state.contexts'] = F32([0, 8]);
    }, /state\.context_of has not linear, which has an adapter/],
  };
  const scopedLies = {
    'operators that are no JSON': [({ metadata }) => { metadata.operators = '["one"'; }, /operators is "\["one"", it must be a list of names/],
    'operators that are no list': [({ metadata }) => { metadata.operators = '{}'; }, /operators is "\{\}", it must be a list of names/],
    'no operators at all': [({ metadata }) => { metadata.operators = metadata.categories = '[]'; }, /operators: names has 0 entries, it must have 1 to 1024/],
    'operators that are no names': [({ metadata }) => { metadata.operators = '["one", 2, "three"]'; }, /operators is "\["one", 2, "three"\]", it must be a list of names/],
    'operators with one name': [({ metadata }) => { metadata.operators = '["one", "one", "three"]'; }, /operators: names must be distinct/],
    'fewer categories': [({ metadata }) => { metadata.categories = '["same"]'; }, /operators: categories has 1 entries, names has 3/],
    'another number of operators': [({ metadata }) => { metadata.operators = '["one"]'; metadata.categories = '["same"]'; }, /shape of state\.counts is \[3,2\], it must be \[1,2\]/],
    'one factor without the other': [({ tensors }) => { tensors['base_model.model.operators.two.lora_A.weight'] = F32([2, 8], 1); }, /operators\.two\.lora_B\.weight is missing/],
    'an adapter of an operator that is not there': [({ tensors }) => { tensors['base_model.model.operators.four.lora_A.weight'] = F32([2, 8], 1); }, /operators\.four\.lora_A\.weight is not expected here/],
    'a category that nothing can have taught': [({ tensors }) => {
      for (const [factor, shape] of [['A', [2, 8]], ['B', [8, 2]]]) tensors[`base_model.model.categories.same.lora_${factor}.weight`] = F32(shape);
      tensors['state.gram'] = { dtype: 'F64', shape: [1, 2, 4], values: new Float64Array(8) };
      tensors['state.steps'] = { dtype: 'I64', shape: [1], values: new BigInt64Array(1) };
    }, /categories\.same\.lora_A\.weight is not expected here: none of its operators has an adapter/],
    'contexts out of order': [({ tensors }) => {
      tensors['state.context_of'] = { dtype: 'I64', shape: [2], values: BigInt64Array.of(1n, 1n) };
      tensors['state.contexts'] = F32([2, 8]);
    }, /state\.context_of has 1 at 1, it must be the id of an operator, larger than the one before it/],
  };
  const trajectoryLies = {
    'capacity 0': [({ metadata }) => { metadata.capacity = '0'; }, /capacity is "0", it must be an integer from 1 to 1000000/],
    'a capacity above the largest': [({ metadata }) => { metadata.capacity = '1000001'; }, /capacity is "1000001"/],
    'more of the operators than in all': [({ tensors }) => { tensors['state.counts'].values[2] = 1n; }, /state\.counts has 3 of all operators, and 2 in all/],
    'more successes than an operator has trajectories': [({ tensors }) => { tensors['state.counts'].values[7] = 2n; }, /state\.counts has 2 successes of 1/],
    'a negative sum of squares of an operator': [({ tensors }) => { tensors['state.statistics'].values[10] = -2; }, /state\.statistics has -2 as a sum of squares/],
    'a negative baseline': [({ tensors }) => { tensors.baselines.values[1] = -1; }, /baselines has -1 at 1, it must be at least 0/],
    'a baseline of NaN': [({ tensors }) => { tensors.baselines.values[0] = NaN; }, /baselines has NaN at 0/],
    'a seed that is too large': [({ tensors }) => { tensors['state.draws'].values[0] = 2n ** 32n; }, /state\.draws has 4294967296 at 0/],
    'fewer than were recorded': [({ tensors }) => { for (const i of [0, 2]) tensors['state.counts'].values[i] += 1n; }, /shape of embeddings is \[2,8\], it must be \[3,8\]/],
    'more than the ring can hold': [({ metadata }) => { metadata.capacity = '1'; }, /shape of embeddings is \[2,8\], it must be \[1,8\]/],
    'more successes than trajectories': [({ tensors }) => { tensors['state.counts'].values[1] = 3n; }, /state\.counts has 3 successes of 2/],
    'an embedding with NaN': [({ tensors }) => { tensors.embeddings.values[9] = NaN; }, /embeddings has NaN at 9, it must be finite/],
    'an embedding that is too large': [({ tensors }) => { tensors.embeddings.values[9] = 1e20; }, /embeddings number 1 is too large/],
    'an unknown operator': [({ tensors }) => { tensors.operators.values[1] = 17; }, /operators has 17 at 1, it must be an integer from 0 to 16/],
    'an improvement below −1': [({ tensors }) => { tensors.improvements.values[0] = -1.5; }, /improvements has -1.5 at 0/],
    'an improvement of NaN': [({ tensors }) => { tensors.improvements.values[0] = NaN; }, /improvements has NaN at 0/],
    'a mean of NaN': [({ tensors }) => { tensors['state.statistics'].values[0] = NaN; }, /state\.statistics has NaN at 0/],
    'a negative sum of squares': [({ tensors }) => { tensors['state.statistics'].values[1] = -1; }, /state\.statistics has -1 as a sum of squares/],
    ...Object.fromEntries(Object.keys(newTrajectories(8).tensors).map((name) => [`no ${name}`, [({ tensors }) => { delete tensors[name]; }, new RegExp(`${name.replaceAll('.', '\\.')} is missing`)]])),
    'a tensor too many': [({ tensors }) => { tensors.more = F32([2]); }, /more is not expected here/],
  };
  for (const [Class, fresh, list] of [[WasmMicroLoRA, newAdapter, lies], [WasmScopedLoRA, newScoped, scopedLies], [WasmTrajectoryBuffer, newTrajectories, trajectoryLies]]) {
    for (const [what, [lie, said]] of Object.entries(list)) {
      test(`${Class.name}: ${what}`, () => {
        const content = fresh(8);
        lie(content);
        refuses(Class, write(content), said);
      });
    }
  }

  const { header, data } = laidOut(newAdapter(8));
  const changed = (change) => {
    const copy = structuredClone(header);
    return assemble(change(copy) ?? copy, data);
  };
  const long = (length) => {
    const file = assemble(header, data);
    new DataView(file.buffer).setBigUint64(0, length, true);
    return file;
  };
  const headers = {
    'a header as long as the file': [long(BigInt(data.length) + 100_000n), /the header has \d+ bytes, the file \d+ with it/],
    'a header longer than any': [long(2n ** 64n - 1n), /the header has 18446744073709552000 bytes/],
    'a header of no bytes': [long(0n), /the header is not JSON/],
    'a header that is cut off': [long(10n), /the header is not JSON/],
    'a header that takes in data': [long(BigInt(assemble(header, data).length - 8 - 3)), /the header is not JSON/],
    'a header that is a list': [assemble('[]', data), /the header is no object/],
    'a header that is null': [assemble('null', data), /the header is no object/],
    'a header with a byte order mark': [assemble(`\uFEFF${JSON.stringify(header)}`, data), /the header is not JSON/],
    'a header that is no UTF-8': [assemble(JSON.stringify(header), data).map((byte, i) => (i === 12 ? 0xff : byte)), /the header is not JSON/],
    'metadata that is a list': [changed((copy) => { copy.__metadata__ = []; }), /__metadata__ is no object/],
    'a tensor that is a number': [changed((copy) => { copy[A] = 5; }), /lora_A\.weight is no object/],
    'a tensor with another field': [changed((copy) => { copy[A].strides = [1]; }), /lora_A\.weight has a field strides/],
    'a tensor without a type': [changed((copy) => { delete copy[A].dtype; }), /dtype of .*lora_A\.weight is undefined/],
    'a type that is not known': [changed((copy) => { copy[A].dtype = 'F8_E4M3'; }), /dtype of .*lora_A\.weight is "F8_E4M3"/],
    'a type that is a method': [changed((copy) => { copy[A].dtype = 'toString'; }), /dtype of .*lora_A\.weight is "toString"/],
    'a shape that is a number': [changed((copy) => { copy[A].shape = 16; }), /shape of .*lora_A\.weight is 16/],
    'a shape with a fraction': [changed((copy) => { copy[A].shape = [2, 8.5]; }), /shape of .*lora_A\.weight is \[2,8.5\]/],
    'a shape with less than nothing': [changed((copy) => { copy[A].shape = [-2, -8]; }), /shape of .*lora_A\.weight is \[-2,-8\]/],
    'a shape that overflows': [changed((copy) => { copy[A].shape = [2 ** 52, 2 ** 52]; }), /shape of .*lora_A\.weight is \[4503599627370496,4503599627370496\]/],
    'a shape of another size': [changed((copy) => { copy[A].shape = [2, 9]; }), /data_offsets of .*lora_A\.weight are \[0,64\], its shape has 72 bytes/],
    'no offsets': [changed((copy) => { delete copy[A].data_offsets; }), /data_offsets of .*lora_A\.weight are undefined/],
    'three offsets': [changed((copy) => { copy[A].data_offsets = [0, 64, 64]; }), /data_offsets of .*lora_A\.weight are \[0,64,64\]/],
    'offsets that run backwards': [changed((copy) => { copy[A].data_offsets = [64, 0]; }), /data_offsets of .*lora_A\.weight are \[64,0\]/],
    'offsets before the start': [changed((copy) => { copy[A].data_offsets = [-64, 0]; }), /data_offsets of .*lora_A\.weight are \[-64,0\]/],
    'offsets behind the end': [changed((copy) => { copy[A].data_offsets = [1e6, 1e6 + 64]; }), /data_offsets of .* begin at/],
    'tensors that overlap': [changed((copy) => { copy[B].data_offsets = [0, 64]; }), /data_offsets of .* begin at 0, the tensor before it ends at 64/],
    'a hole between tensors': [changed((copy) => { delete copy[B]; }), /data_offsets of state\.gram begin at 128, the tensor before it ends at 64/],
    'bytes that no tensor has': [assemble(header, Buffer.concat([data, data])), /the tensors have \d+ bytes, the file has \d+ for them/],
  };
  for (const [what, [file, said]] of Object.entries(headers)) test(what, () => refuses(WasmMicroLoRA, file, said));

  test('names that a file cannot hold are refused before there is one', () => {
    const half = { name: 'TypeError', message: 'names[1] must be a string without half a surrogate pair, which no file can hold' };
    assert.throws(() => WasmScopedLoRA.with_operators(['fine', '\ud800'], ['x', 'x'], 2), half);
  });

  test('a ring for which there is no memory is refused as the constructor refuses it, and leaves nothing', () => {
    const { metadata, tensors } = newTrajectories(4096);
    metadata.capacity = '1000000';
    const before = wasm.memory.buffer.byteLength;
    assert.throws(() => WasmTrajectoryBuffer.from_safetensors(write({ metadata, tensors })), { name: 'RangeError', message: 'there is not enough memory, free() objects that are no longer used' });
    assert.equal(wasm.memory.buffer.byteLength, before);
  });

  test('thousands of refusals leave nothing in wasm memory', () => {
    const files = [...Object.values(headers).map(([file]) => file), ...Object.values(lies).map(([lie]) => {
      const content = newAdapter(8);
      lie(content);
      return write(content);
    })];
    const before = wasm.memory.buffer.byteLength;
    for (let i = 0; i < 100; i++) for (const file of files) refuses(WasmMicroLoRA, file);
    assert.equal(wasm.memory.buffer.byteLength, before);
  });

  test('thousands of files loaded and freed leave nothing either', () => {
    const file = write(newAdapter(8));
    const load = () => { for (let i = 0; i < 2000; i++) WasmMicroLoRA.from_safetensors(file).free(); };
    load();
    const before = wasm.memory.buffer.byteLength;
    load();
    assert.equal(wasm.memory.buffer.byteLength, before);
  });
});
