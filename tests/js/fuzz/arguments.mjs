// Arguments for a call: good ones by the names and types of the declarations, and hostile ones of every kind for any parameter.
//
// Each is made by a function of a `call`: `{ target, dim, operators, next, scale, args, files, others, ... }`, where `next` draws from
// [0, 1). The same draws make the same argument for the twin of `target`. What such a function leaves in `call.content[position]`
// is what the argument says, in plain numbers, however odd the array that says it.
import vm from 'node:vm';

import { module, wasm } from '../module.mjs';

const integer = (next, least, most) => least + Math.floor(next() * (most - least + 1));
const pick = (next, list) => list[integer(next, 0, list.length - 1)];
const floats = (length, next, scale = 1) => Float32Array.from({ length }, () => scale * (2 * next() - 1));

/** Remembers what an argument says. */
function says(call, values) {
  call.content[call.position] = values;
  return values;
}

const vector = (call) => says(call, floats(call.dim, call.next, pick(call.next, [1e-3, 1, 1, 1, 100])));
/** A gradient of the size of what the last input was: a history must not explode. */
const gradient = (call) => says(call, floats(call.dim, call.next, 0.3 * call.scale));
const rows = (call) => says(call, floats(call.dim * integer(call.next, 0, 19), call.next));

const words = ['a', 'ä', 'search', '__proto__', 'constructor', '', '日本', '𝄞', 'x'.repeat(300)];
const metadata = ({ next }) => Object.fromEntries(Array.from({ length: integer(next, 0, 3) }, () => [pick(next, words), pick(next, words)]));

/** How many entries the argument before this one has, if it is a list. */
function entries({ args }) {
  try {
    const { length } = args.at(-1);
    return Number.isInteger(length) && length >= 0 && length < 1e5 ? length : 1;
  } catch {
    return 1;
  }
}

/** By name: what the documentation allows. */
const BY_NAME = {
  dim: ({ next }) => pick(next, [1, 2, 3, 4, 7, 8, 15, 16, 17, undefined, null, ...Array(30).fill(integer(next, 1, 24)), next() < 0.02 ? 4096 : 5]),
  alpha: ({ next }) => Math.fround(pick(next, [1e-3, 0.1, 1, 8])),
  learning_rate: ({ next }) => Math.fround(pick(next, [0.001, 0.01, 0.1, 0.5, 1])),
  capacity: ({ next }) => integer(next, 1, 40),
  embedding_dim: ({ next }) => integer(next, 1, 24),
  op_type: ({ next, operators }) => integer(next, 0, operators - 1),
  input: vector,
  target: vector,
  embedding: vector,
  gradient,
  inputs: rows,
  output: ({ dim }) => new Float32Array(dim),
  outputs: (call) => (call.next() < 0.5 ? undefined : new Float32Array(entries(call))),
  improvement: ({ next }) => 4 * next() - 1.5,
  on: ({ next }) => next() < 0.5,
  enabled: ({ next }) => next() < 0.5,
  normalize: ({ next }) => pick(next, [true, true, undefined, null, false]),
  threshold: ({ next }) => 4 * next() - 2,
  seed: ({ next }) => integer(next, 0, 2 ** 32 - 1),
  attention_type: ({ next }) => integer(next, 0, 255),
  attention_types: ({ next }) => Array.from({ length: integer(next, 1, 6) }, () => integer(next, 0, 255)),
  execution_ms: ({ next }) => 1e-3 + 1000 * next() ** 3,
  baseline_ms: ({ next }) => 1000 * next() ** 3,
  names: ({ next }) => Array.from({ length: integer(next, 1, 20) }, (_, i) => `${i} ${pick(next, words)}`),
  categories: (call) => Array.from({ length: entries(call) }, () => pick(call.next, words)),
  bytes: ({ next, files }) => (next() < 0.8 ? pick(next, files).bytes : pick(next, files).bytes.slice().buffer),
  files: ({ next, files }) => {
    const like = pick(next, files);
    return Array.from({ length: integer(next, 1, 4) }, () => pick(next, files.filter(({ kind }) => kind === like.kind)).bytes);
  },
  weights: (call) => pick(call.next, [undefined, null, Array.from({ length: entries(call) }, () => call.next()), new Float64Array(entries(call)).fill(0.5)]),
  adapter_config: ({ next }) => pick(next, [undefined, null, { r: 2, lora_alpha: 4 }, '{"r":2,"lora_alpha":1,"use_rslora":true}']),
  metadata: (call) => pick(call.next, [undefined, metadata(call)]),
};

/** By type, for names that nobody has told of yet. Whether such an argument is a good one is left open. */
const BY_TYPE = [
  [/boolean/, ({ next }) => next() < 0.5],
  [/bigint/, ({ next }) => BigInt(integer(next, 0, 100))],
  [/readonly string\[\]/, BY_NAME.names],
  [/string/, ({ next }) => pick(next, words)],
  [/ArrayLike<number>|Float32Array/, vector],
  [/number/, ({ next }) => pick(next, [next(), 10 * next(), integer(next, 0, 3), integer(next, 0, 300)])],
];

/** What makes a good argument, and whether it is known to be good. */
export function good({ name, type }) {
  if (BY_NAME[name]) return { make: BY_NAME[name], known: true };
  return { make: BY_TYPE.find(([pattern]) => pattern.test(type))?.[1] ?? (() => undefined), known: false };
}

/** Thrown by the caller's own code. */
export class CallersError extends Error {}
const refuse = () => { throw new CallersError('the caller’s own'); };
const throwingTraps = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((trap) => [trap, refuse]));
const revoked = (target) => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};

const realm = vm.runInContext('({ Float32Array, Float64Array, Uint8Array, Array, ArrayBuffer })', vm.createContext());
class Derived extends Float32Array {
  static get [Symbol.species]() { return refuse(); }
}
class Liar extends Float32Array {
  get length() { return 7; }
}

/** Wasm memory that no allocator knows of, enough for the largest batch: what is written there harms nobody. */
const scratch = 65536 * wasm.memory.grow(8);
const onWasm = (values) => {
  const view = new Float32Array(wasm.memory.buffer, scratch, values.length);
  view.set(values);
  return view;
};
const stale = new Float32Array(wasm.memory.buffer, scratch, 8);
/** Growths that are left: what has grown never shrinks. */
let growths = 40;
const grow = () => {
  if (growths === 0) return;
  growths -= 1;
  wasm.memory.grow(1);
};
grow();
/** A view of one of the object's own buffers. */
const own = ({ target, isFree }, view) => (!isFree && target[view]?.()) || stale;
const shifted = (array) => (array instanceof Float32Array && lengthOf(array) > 0 ? new Float32Array(array.buffer, array.byteOffset + 4, lengthOf(array) - 1) : stale);
const lengthOf = Function.prototype.call.bind(Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Float32Array.prototype), 'length').get);
const detached = (Kind) => {
  const array = new Kind(8);
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
};

/** An array of numbers that does something of the caller's own when its last number is read. */
const acting = (act) => (call) => {
  const values = vector(call);
  const array = [...values];
  const last = array.pop();
  return Object.defineProperty(array, values.length - 1, { enumerable: true, get: () => {
    act(call);
    return last;
  } });
};

/** What a getter does with the object whose method is reading it. */
const BACK = {
  call: ({ target, member }) => target[member.name]?.(),
  save: ({ target }) => target.to_safetensors(),
  // Caught, so that the outer call goes on.
  reset: (call) => {
    if (typeof call.target === 'function') return;
    try {
      call.target.reset?.();
      call.target.reset_all?.();
      call.effects.changed = true;
    } catch { /* in use */ }
  },
  free: (call) => {
    if (typeof call.target === 'function') return;
    call.effects.freed = true;
    call.target.free();
  },
  construct: ({ next }) => new module.WasmMicroLoRA(integer(next, 1, 2000)).free(),
  grow,
  throw: refuse,
};

const shared = (values, maximum) => {
  const buffer = new SharedArrayBuffer(4 * values.length, maximum && { maxByteLength: maximum });
  const array = new Float32Array(buffer);
  array.set(values);
  return array;
};
const resizable = (values) => {
  const array = new Float32Array(new ArrayBuffer(4 * values.length, { maxByteLength: 1 << 16 }));
  array.set(values);
  return array;
};
const shrunk = () => {
  const buffer = new ArrayBuffer(64, { maxByteLength: 64 });
  const array = new Float32Array(buffer, 32, 8);
  buffer.resize?.(16);
  return array;
};
const apart = (values) => {
  const array = new Float32Array(new ArrayBuffer(4 * values.length + 20), 20, values.length);
  array.set(values);
  return array;
};

const one = (call) => pick(call.next, call.files);
const damaged = (call) => {
  const bytes = one(call).bytes.slice();
  bytes[integer(call.next, 0, bytes.length - 1)] ^= 1 << integer(call.next, 0, 7);
  return bytes;
};
const spoiled = (...values) => (call) => {
  const array = floats(call.dim, call.next);
  array[integer(call.next, 0, call.dim - 1)] = pick(call.next, values);
  return array;
};
const constant = (value) => () => value;

/** Hostile and odd arguments, each of which any parameter can get. Those that say good numbers in an odd way may be accepted. */
export const HOSTILE = [
  ...[undefined, null, true, false, 0, -0, 1, 2, 3, -1, 0.5, 16, 17, 1.5, 255, 256, 4097, 1e6 + 1, 2 ** 31, 2 ** 32, 2 ** 53, 1e10, 1e39, 1e-46, 5e-324, NaN, Infinity, -Infinity].map(constant),
  ...['', '3', 'x', '\ud800', 5n, -1n, Symbol('s'), () => 3, /x/, new Date(0), Object(3), Object('x')].map(constant),
  () => ({}), () => [], () => new Map(), () => Object.create(null), () => ({ length: 3 }), () => ({ length: -1 }), () => ({ length: 2 ** 53 }), () => ({ length: 2 ** 32, 0: 1 }),
  () => ({ valueOf: refuse }), () => ({ [Symbol.toPrimitive]: refuse }), (call) => ({ valueOf: () => (BACK.free(call), 1) }), () => ({ get length() { return refuse(); } }), () => ({ [Symbol.iterator]: refuse }),
  // Arrays of the right length that are not what they seem.
  (call) => [...vector(call)],
  (call) => Float64Array.from(vector(call)),
  (call) => Derived.from(vector(call)),
  (call) => new Liar(vector(call)),
  (call) => Object.defineProperty(vector(call).slice(), 'length', { get: refuse }),
  (call) => Object.assign({ length: call.dim }, vector(call)),
  (call) => shared(vector(call)),
  (call) => shared(vector(call), 1 << 16),
  (call) => resizable(vector(call)),
  (call) => onWasm(vector(call)),
  (call) => onWasm(rows(call)),
  (call) => realm.Float32Array.from(vector(call)),
  (call) => realm.Array.from(vector(call)),
  (call) => realm.Float64Array.from(vector(call)),
  (call) => apart(vector(call)),
  (call) => apart(rows(call)),
  (call) => new Proxy([...vector(call)], {}),
  (call) => new Proxy(vector(call), {}),
  (call) => new Proxy([...vector(call)], throwingTraps),
  (call) => revoked([...vector(call)]),
  (call) => revoked(vector(call)),
  (call) => revoked({}),
  (call) => [...vector(call)].map((value) => ({ valueOf: () => value })),
  (call) => own(call, 'input_view'),
  (call) => own(call, 'output_view'),
  (call) => shifted(own(call, 'input_view')),
  // It overlaps the one before it.
  ({ args }) => shifted(args.at(-1)),
  ({ args }) => args.at(-1),
  // Wrong lengths, wrong kinds.
  ({ dim }) => new Float32Array(dim + 1), ({ dim }) => new Float32Array(dim - 1), ({ dim }) => Array(dim + 1).fill(1), () => new Float32Array(), () => new Float32Array(5000),
  ({ dim }) => new BigInt64Array(dim), ({ dim }) => new Int8Array(dim), ({ dim }) => Array(dim).fill(1n), ({ dim }) => Array(dim).fill('x'), ({ dim }) => Array(dim), ({ dim }) => new DataView(new ArrayBuffer(4 * dim)), ({ dim }) => new ArrayBuffer(4 * dim), ({ dim }) => new SharedArrayBuffer(4 * dim),
  ({ dim }) => Array(dim).fill(Symbol('s')), ({ dim }) => [...Array(dim - 1).fill(1), { valueOf: refuse }],
  () => detached(Float32Array), () => detached(Uint8Array), () => detached(Float32Array).buffer, constant(stale), shrunk,
  // Numbers that are none, too large, or too small.
  spoiled(NaN, Infinity, -Infinity), spoiled(3e38, -3e38), spoiled(1e20, 1e-20), ({ dim }) => new Float32Array(dim), ({ dim, next }) => floats(dim, next, 1e18), ({ dim, next }) => floats(dim, next, 1e-18), ({ dim }) => new Float32Array(dim).fill(3.4e38), ({ dim }) => new Float32Array(3 * dim).fill(NaN), ({ dim }) => Array(dim).fill(1e39),
  ...Object.values(BACK).map(acting),
  // Files that are none, and lists of them.
  damaged, damaged, (call) => one(call).bytes.subarray(0, one(call).bytes.length >> 1), (call) => one(call).bytes.slice().buffer, (call) => shared(new Float32Array(one(call).bytes.slice().buffer.slice(0, 64))), (call) => new DataView(one(call).bytes.slice().buffer), (call) => realm.Uint8Array.from(one(call).bytes), (call) => new Proxy(one(call).bytes, {}),
  (call) => [one(call).bytes, one(call).bytes], (call) => [damaged(call), damaged(call)], (call) => [one(call).bytes, 5], (call) => Array(2), (call) => [{ get length() { return refuse(); } }], (call) => realm.Array.from([one(call).bytes]),
  (call) => Object.defineProperty([one(call).bytes], 0, { get: () => (BACK.save(call), 1) }), () => new Proxy([1, 2], throwingTraps), () => [0, 0], () => [-1, 1], () => [NaN, 1], () => [1, '2'], () => [1e308, 1e308],
  // Texts and objects of texts.
  () => ['a', 'a'], () => ['\udc00'], () => [1, 'b'], () => Array(1025).fill('c').map((c, i) => c + i), () => ({ a: 1 }), () => ({ class: 'x' }), () => ({ '\ud800': 'x' }), () => ({ get a() { return refuse(); } }), (call) => ({ get a() { BACK.free(call); return 'b'; } }), (call) => ({ get a() { BACK.call(call); return 'b'; } }), () => new Proxy({ a: 'b' }, throwingTraps), () => ({ [Symbol('s')]: 'x' }), () => ({ a: 'x'.repeat(5000) }), () => '{', () => '{"r":3,"lora_alpha":1}', () => ({ r: 2, lora_alpha: Infinity }), () => ({ r: 2, lora_alpha: { valueOf: refuse } }), () => ({ r: 2, get lora_alpha() { return refuse(); } }), (call) => ({ r: 2, get lora_alpha() { BACK.construct(call); return 2; } }),
  // Objects of the package.
  ({ target }) => target, ({ others }) => others[0], ({ others }) => others.at(-1), ({ freed, next }) => pick(next, freed), () => module.WasmMicroLoRA, () => module,
];

/** What a method is called on in place of its object. Those marked true are as good as the object itself. */
export const THIS = [
  [({ target }) => new Proxy(target, {}), true],
  [({ target }) => Object.create(target), true],
  [({ target }) => Object.assign(Object.create(Object.getPrototypeOf(target)), target), true],
  ...[undefined, null, 3, 'x', Symbol('s')].map((value) => [constant(value)]),
  [() => ({})], [() => ({ __wbg_handle: 1 })], [() => ({ __wbg_handle: {} })],
  [({ target }) => Object.getPrototypeOf(target)], [({ target }) => target.constructor], [({ target }) => revoked(target)], [({ target }) => new Proxy(target, throwingTraps)],
  [({ others, member }) => others.find((other) => other.constructor.name !== member.className)],
  [({ freed, next }) => pick(next, freed)],
];
