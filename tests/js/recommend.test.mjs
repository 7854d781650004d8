// Recommendations through the boundary: whatever lists of types are, whatever runs while they are read. That the numbers are
// right is for tests/recommend.rs and benches/decisions.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { WasmTrajectoryBuffer, module, wasm } from './module.mjs';
import { bits, normal, vector } from './numbers.mjs';

const DIM = 24;
const TYPES = [0, 1, 7, 255];

/** A buffer with a history, always the same. */
function experienced(capacity = 40) {
  const buffer = new WasmTrajectoryBuffer(capacity, DIM);
  const next = normal(1);
  for (let i = 0; i < 30; i++) buffer.record(vector(DIM, next), i % 3, TYPES[i % 4], 10, 10 * Math.exp(next()));
  return buffer;
}

const x = vector(DIM, normal(2));

test('types in any array of numbers are the same types', () => {
  const lists = [
    TYPES,
    Uint8Array.from(TYPES),
    Uint16Array.from(TYPES),
    Int32Array.from(TYPES),
    Float32Array.from(TYPES),
    Float64Array.from(TYPES),
    new Uint8Array([9, ...TYPES]).subarray(1),
    { length: 4, ...TYPES },
  ];
  const expected = [bits(experienced().predict(x, 2, TYPES)), experienced().recommend(x, 2, TYPES)];
  for (const list of lists) {
    assert.deepEqual([bits(experienced().predict(x, 2, list)), experienced().recommend(x, 2, list)], expected);
    assert.deepEqual(bits(experienced().predict([...x], 2, list)), expected[0]);
  }
});

test('predictions are the caller’s own, one for each type, in the order of the list', () => {
  const buffer = experienced();
  const first = buffer.predict(x, 2, TYPES);
  const kept = bits(first);
  const again = buffer.predict(x, 2, [7, 7, 0, 1, 255, 1]);
  assert.notEqual(first.buffer, wasm.memory.buffer);
  assert.deepEqual(bits(first), kept);
  assert.deepEqual([...again], [first[2], first[2], first[0], first[1], first[3], first[1]]);
  first.fill(9);
  assert.deepEqual(bits(buffer.predict(x, 2, TYPES)), kept);
  assert.equal(buffer.predict(x, 2, Array.from({ length: 256 }, (_, type) => type)).length, 256);
});

test('a recommendation is one of the list, and of one that has no baseline, too', () => {
  const buffer = experienced();
  for (let type = 0; type < 256; type++) assert.equal(buffer.recommend(x, 2, [type]), type);
  for (let i = 0; i < 50; i++) assert.ok([3, 4].includes(buffer.recommend(x, module.OperatorType.Scan, [3, 4])));
  // A new buffer knows nothing and does not cost anything to ask.
  assert.deepEqual([...new WasmTrajectoryBuffer(1, DIM).predict(x, 2, [0])], [0]);
});

test('what runs while a list is read does no harm', () => {
  const buffer = experienced();
  const expected = bits(experienced().predict(x, 2, TYPES));
  const other = experienced();
  const meddling = () => {
    assert.throws(() => buffer.predict(vector(DIM, normal(5)), 1, [250, 251, 252, 253, 254]), /recursive use of an object/);
    other.predict(vector(DIM, normal(5)), 1, [250, 251, 252, 253, 254]);
    new WasmTrajectoryBuffer(1000, 4096); // grows the memory
  };
  const list = Object.defineProperty([...TYPES], 2, { get() { meddling(); return TYPES[2]; } });
  assert.deepEqual(bits(buffer.predict(x, 2, list)), expected);
  const embedding = Object.defineProperty([...x], 3, { get() { meddling(); return x[3]; } });
  assert.deepEqual(bits(buffer.predict(embedding, 2, Uint8Array.from(TYPES))), expected);

  // Arrays that grow once their length has been looked at would be written over what is behind the buffer for them.
  for (const bytes of [8000, 1 << 18]) {
    const neighbour = experienced();
    const list = new ArrayBuffer(16, { maxByteLength: 1 << 20 });
    const growsList = Object.defineProperty([...x], 3, { get() { list.resize(bytes); return x[3]; } });
    assert.equal(buffer.predict(growsList, 2, new Float32Array(list)).length, 4); // the list was read before
    const vector = new ArrayBuffer(4 * DIM, { maxByteLength: 1 << 20 });
    const growsVector = Object.defineProperty([...TYPES], 1, { get() { vector.resize(bytes); return TYPES[1]; } });
    assert.throws(() => buffer.predict(new Float32Array(vector), 2, growsVector), { name: 'RangeError', message: `embedding has ${bytes / 4} values, this buffer has dim ${DIM}` });
    for (const each of [buffer, neighbour]) assert.deepEqual(bits(each.predict(x, 2, TYPES)), expected);
  }

  const freed = experienced();
  const freeing = Object.defineProperty([...TYPES], 1, { get() { freed.free(); return 1; } });
  freed.predict(x, 2, freeing); // it is freed when the call ends
  assert.throws(() => freed.predict(x, 2, TYPES), /WasmTrajectoryBuffer was used after free\(\)/);
});

test('refusals say what was wrong', () => {
  const buffer = experienced();
  const refused = (types, message, name = 'RangeError') => assert.throws(() => buffer.recommend(x, 2, types), { name, message });
  refused([], 'attention_types has 0 values, it must have 1 to 256');
  refused(new Uint8Array(257), 'attention_types has 257 values, it must have 1 to 256');
  refused([0, 2.5, 300], 'attention_types must be integers from 0 to 255, got 2.5');
  refused(Int8Array.of(0, -1), 'attention_types must be integers from 0 to 255, got -1');
  refused(undefined, 'attention_types must be an array of numbers', 'TypeError');
  refused(5, 'attention_types must be an array of numbers', 'TypeError');
  assert.throws(() => buffer.set_seed(-1), { name: 'RangeError', message: 'seed must be an integer from 0 to 4294967295, got -1' });
  assert.throws(() => buffer.set_seed('1'), { name: 'TypeError', message: 'seed must be a number' });
});

test('a seed repeats a run, before and after a reset', () => {
  const run = (buffer) => {
    const next = normal(3);
    return Array.from({ length: 60 }, () => {
      const embedding = vector(DIM, next);
      const type = buffer.recommend(embedding, 2, TYPES);
      buffer.record(embedding, 2, type, 10, 10 * Math.exp(type === 7 ? 1 : -(next() ** 2)));
      return type;
    });
  };
  const seeded = (seed) => {
    const buffer = new WasmTrajectoryBuffer(50, DIM);
    buffer.set_seed(seed);
    return buffer;
  };
  const buffer = seeded(4294967295);
  const first = run(buffer);
  buffer.reset();
  assert.deepEqual(run(buffer), first);
  assert.deepEqual(run(seeded(4294967295)), first);
  assert.ok([0, 1, 2, 3, 4, 5].some((seed) => run(seeded(seed)).join() !== first.join()));
  assert.ok(first.slice(-20).filter((type) => type === 7).length >= 15, `${first}`);
});
