// The public surface, one row per constructor, static and method: a good call, and what each argument must be.
// A new method without a row here fails contract.test.mjs.
import { normal, vector } from './numbers.mjs';
import { newAdapter, newScoped, newTrajectories, write } from './safetensors.mjs';

/** Numbers per vector of every object in the contract tests. */
export const DIM = 8;

const good = vector(DIM, normal(42));
const NOT_FINITE = [NaN, Infinity, -Infinity];
/** What no number parameter can be read from. */
const NO_NUMBERS = ['x', {}, [1, 2], () => 1];
/** What JavaScript would make a number of, and no one can have meant: methods refuse it, constructors need not. */
const NEARLY_NUMBERS = [null, '', '2', [], [2], true, 2n, Symbol('2'), { valueOf: () => 2 }];
const REFUSED_INTEGERS = [2.5, -1, 300, ...NOT_FINITE, 2 ** 32, 2 ** 32 + 2, -(2 ** 32), 1e300, ...NO_NUMBERS];

/** Makes fresh bad values at each call: some of them can be used only once. */
const vectorArgument = (name, { learned }) => ({ name, good, learned, bad: () => badVectors(learned) });
const numberArgument = (name, value, bad) => ({ name, good: value, bad: () => bad.map((each) => [String(each), each]) });

export const input = vectorArgument('input', { learned: false });
export const learnedInput = vectorArgument('input', { learned: true });
export const gradient = vectorArgument('gradient', { learned: true });
export const target = { ...vectorArgument('target', { learned: true }), good: vector(DIM, normal(44)) };
export const embedding = vectorArgument('embedding', { learned: true });
export const operator = numberArgument('op_type', 2, [17, undefined, ...REFUSED_INTEGERS, ...NEARLY_NUMBERS]);
const attention = numberArgument('attention_type', 5, [256, undefined, ...REFUSED_INTEGERS, ...NEARLY_NUMBERS]);
const improvement = numberArgument('improvement', 0.25, [undefined, ...NOT_FINITE, ...NO_NUMBERS, ...NEARLY_NUMBERS]);
const threshold = numberArgument('threshold', 0.5, [NaN, undefined, ...NO_NUMBERS, ...NEARLY_NUMBERS]);
const executionMs = numberArgument('execution_ms', 45.2, [0, -0, -1, undefined, ...NOT_FINITE, ...NO_NUMBERS, ...NEARLY_NUMBERS]);
const limitMs = numberArgument('limit_ms', 45.2, [0, -0, -1, undefined, ...NOT_FINITE, ...NO_NUMBERS, ...NEARLY_NUMBERS]);
const value = numberArgument('value', 0.5, [1e300, -1e300, undefined, ...NOT_FINITE, ...NO_NUMBERS, ...NEARLY_NUMBERS]);
const decisions = numberArgument('decisions', 300, [0, 0.5, -1, NaN, -Infinity, undefined, ...NO_NUMBERS, ...NEARLY_NUMBERS]);
const baselineMs = numberArgument('baseline_ms', 120.5, [0, -0, -1, -1e-300, 1e300, undefined, ...NOT_FINITE, ...NO_NUMBERS, ...NEARLY_NUMBERS]);
const BOOLEANS_OF_OTHERS = [undefined, null, 0, 1, '', 'true', {}, [], NaN, 1n, Symbol('s'), new Boolean(true)];
const seed = numberArgument('seed', 7, [-1, 2.5, 2 ** 32, 1e300, undefined, ...NOT_FINITE, ...NO_NUMBERS, ...NEARLY_NUMBERS]);
const attentionTypes = { name: 'attention_types', good: Uint8Array.of(0, 5, 250), bad: () => badTypes() };
const enabled = numberArgument('enabled', true, BOOLEANS_OF_OTHERS);
const on = numberArgument('on', true, BOOLEANS_OF_OTHERS);
// Constructors take their default for undefined and null.
const NEARLY_OPTIONAL = NEARLY_NUMBERS.filter((value) => value !== null);
const integerUpTo = (name, value, max) => numberArgument(name, value, [0, max + 1, 1.5, -1, ...NOT_FINITE, 2 ** 32 + 8, ...NO_NUMBERS, ...NEARLY_OPTIONAL]);
const dim = integerUpTo('dim', DIM, 4096);
const alpha = numberArgument('alpha', 0.1, [0, -0.1, 1e39, 1e-50, ...NOT_FINITE, ...NO_NUMBERS, ...NEARLY_OPTIONAL]);
const badRates = [0, -0, -0.1, 1.0000001, 2, 1e-50, ...NOT_FINITE, ...NO_NUMBERS];
const learningRate = numberArgument('learning_rate', 0.5, [...badRates, ...NEARLY_OPTIONAL]);
const newRate = numberArgument('learning_rate', 0.25, [undefined, ...badRates, ...NEARLY_NUMBERS]);
/** `undefined` and `null` leave it out. */
const optionalOperator = { ...operator, bad: () => operator.bad().filter(([, value]) => value != null) };
const names = { name: 'names', good: ['one', 'two', 'three'], bad: () => badNames('names') };
const categories = { name: 'categories', good: ['same', 'same', 'other'], bad: () => badNames('categories') };

const metadata = { name: 'metadata', good: { author: 'me' }, bad: () => badMetadata() };
const config = { name: 'adapter_config', good: undefined, bad: () => badConfigs() };
const normalize = numberArgument('normalize', true, BOOLEANS_OF_OTHERS.filter((value) => value != null));

const output = { name: 'output', good: new Float32Array(DIM), bad: () => badOutputs() };
const inputs = { name: 'inputs', good: vector(3 * DIM, normal(43)), bad: () => badBatches() };

const adapterMethods = {
  delta_norm: [],
  adapt_count: [],
  forward_count: [],
  adapt: [],
  forward: [],
  forward_array: [input],
  forward_into: [input, output],
  forward_batch: [inputs],
  adapt_array: [gradient],
  adapt_with_reward: [improvement],
  reward: [learnedInput, improvement],
  train: [learnedInput, target],
  predicted_improvement: [learnedInput],
  predicted_improvements: [inputs],
};
const sharedMethods = {
  param_count: [],
  dim: [],
  alpha: [],
  learning_rate: [],
  set_learning_rate: [newRate],
  freeze_a: [on],
  get_input_ptr: [],
  get_output_ptr: [],
  input_view: [],
  output_view: [],
  to_safetensors: [metadata],
  metadata: [],
  peft_config: [],
  toJSON: [],
};

const files = { WasmMicroLoRA: write(newAdapter(DIM)), WasmScopedLoRA: write(newScoped(DIM)), WasmTrajectoryBuffer: write(newTrajectories(DIM)) };
const bytes = (name) => ({ name: 'bytes', good: files[name], bad: () => badFiles(name) });
const fileList = (name) => ({ name: 'files', good: [files[name], files[name]], bad: () => badLists(name) });
const weights = { name: 'weights', good: [1, 3], bad: () => badWeights() };
const ofAdapters = (name) => ({ from_safetensors: [bytes(name), config], merge_safetensors: [fileList(name), weights, normalize] });

const withOperator = (methods) => Object.fromEntries(Object.entries(methods).map(([name, rest]) => [name, [operator, ...rest]]));

/** class -> { constructor, statics, methods }, each argument in order. */
export const contract = {
  WasmMicroLoRA: {
    constructor: [dim, alpha, learningRate],
    statics: ofAdapters('WasmMicroLoRA'),
    methods: { ...adapterMethods, ...sharedMethods, stats: [], reset: [] },
  },
  WasmScopedLoRA: {
    constructor: [dim, alpha, learningRate],
    statics: {
      scope_name: [operator],
      with_operators: [names, categories, dim, alpha, learningRate],
      ...ofAdapters('WasmScopedLoRA'),
    },
    methods: {
      ...withOperator(adapterMethods),
      ...sharedMethods,
      stats: [optionalOperator],
      operator_count: [],
      operator_name: [operator],
      category_name: [operator],
      total_adapt_count: [],
      total_forward_count: [],
      set_category_fallback: [enabled],
      reset_scope: [operator],
      reset_all: [],
    },
  },
  WasmTrajectoryBuffer: {
    constructor: [integerUpTo('capacity', 4, 1_000_000), integerUpTo('embedding_dim', DIM, 4096)],
    statics: {
      with_operators: [names, categories, integerUpTo('capacity', 4, 1_000_000), integerUpTo('embedding_dim', DIM, 4096)],
      from_safetensors: [bytes('WasmTrajectoryBuffer')],
    },
    methods: {
      record: [embedding, operator, attention, executionMs, baselineMs],
      record_timeout: [embedding, operator, attention, limitMs, baselineMs],
      record_outcome: [embedding, operator, attention, value],
      operator_count: [],
      operator_name: [operator],
      category_name: [operator],
      total_count: [],
      success_rate: [],
      mean_improvement: [],
      best_improvement: [],
      best_attention: [],
      variance: [],
      len: [],
      is_empty: [],
      high_quality_count: [threshold],
      count_by_operator: [operator],
      success_rate_for: [operator],
      mean_improvement_for: [operator],
      best_attention_for: [operator],
      predict: [embedding, operator, attentionTypes],
      recommend: [embedding, operator, attentionTypes],
      set_seed: [seed],
      set_forgetting: [decisions],
      forgetting: [],
      stats: [],
      toJSON: [],
      to_safetensors: [metadata],
      metadata: [],
      reset: [],
    },
  },
};

export const goodArguments = (list) => list.map((argument) => argument.good);

const notFloats = () => [null, {}, 5, 'text', Array(DIM).fill(1), new Float64Array(DIM), new ArrayBuffer(4 * DIM), new BigInt64Array(DIM)]
  .map((value) => [`${Object.prototype.toString.call(value)}`, value]);

function badOutputs() {
  return [['undefined', undefined], ...notFloats(), ...[0, DIM - 1, DIM + 1].map((length) => [`${length} values`, new Float32Array(length)])];
}

function badBatches() {
  return [['undefined', undefined], ...notFloats(), ...[1, DIM - 1, 2 * DIM + 1].map((length) => [`${length} values`, new Float32Array(length)])];
}

/** No lists of attention types. */
function badTypes() {
  const detached = Uint8Array.of(1, 2);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  const refuse = () => { throw new Error('from a proxy'); };
  const traps = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((trap) => [trap, refuse]));
  const throwing = Object.defineProperty([1, 2], 1, { get() { throw new Error('from a getter'); } });
  const bad = [undefined, null, 5, 5n, true, 'text', '12', Symbol('s'), {}, () => [1], new Set([1]), new ArrayBuffer(2), new DataView(new ArrayBuffer(2))];
  const lists = [[], [-1], [256], [2.5], [1, NaN], [1, Infinity], [1, -Infinity], [1e300], ['x'], [undefined], [1n], [Symbol('1')], [1, , 2], Array(257).fill(1)];
  const typed = [new Uint8Array(), new Uint8Array(257), new Int8Array([-1]), new Float32Array([0.5]), new Float64Array([NaN]), new Uint16Array([256]), new BigInt64Array(2)];
  const lies = [{ length: 3 }, { length: 1e9 }, { length: -1 }, { length: NaN }, { get length() { throw new Error('from length'); } }];
  const wrong = [...bad, ...lists, ...typed, ...lies, detached, throwing, new Proxy([1, 2], traps), new Proxy(Uint8Array.of(1), traps)];
  return wrong.map((value, i) => [`bad list ${i}`, value]);
}

/** No lists of three strings. */
function badNames(name) {
  const good = ['one', 'two', 'three'];
  const bad = [undefined, null, 3, 'abc', {}, () => good, new Set(good), { ...good, length: 3 }, new Float32Array(3)];
  const lists = [[], ['one', 'two'], [...good, 'four'], Array(1025).fill('x'), ['one', 2, 'three'], ['one', null, 'three']];
  lists.push([Symbol('s'), 'two', 'three'], [['one'], 'two', 'three'], ['one', new String('two'), 'three'], Array(3));
  lists.push(Object.assign([...good], { 1: undefined }), Array.from({ length: 1025 }, (_, i) => `x${i}`));
  if (name === 'names') lists.push(['one', 'two', 'one']);
  return [...bad.map((value) => [Object.prototype.toString.call(value), value]), ...lists.map((list) => [`${list.length}: ${list.map(String).slice(0, 5)}`, list])];
}

/** [what, value] of everything that is no vector of DIM numbers. */
function badVectors(learned) {
  const shrunk = new ArrayBuffer(4 * DIM, { maxByteLength: 4 * DIM });
  const outOfReach = new Float32Array(shrunk, 0, DIM);
  shrunk.resize(4);
  const detached = Float32Array.from(good);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  const throwing = [...good];
  Object.defineProperty(throwing, 3, { get() { throw new Error('from a getter'); } });
  const refuse = () => { throw new Error('from a proxy'); };
  const traps = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((trap) => [trap, refuse]));
  const bad = [
    ['null', null],
    ['undefined', undefined],
    ['{}', {}],
    ['5', 5],
    ['5n', 5n],
    ['true', true],
    ['a symbol', Symbol('s')],
    ['text', 'text'],
    ['a function', () => good],
    ['a DataView', new DataView(new ArrayBuffer(4 * DIM))],
    ['an ArrayBuffer', new ArrayBuffer(4 * DIM)],
    ['a detached Float32Array', detached],
    ['a Float32Array beyond the end of its buffer', outOfReach],
    ['a BigInt64Array', new BigInt64Array(DIM)],
    ['an array of bigints', Array(DIM).fill(1n)],
    ['an array of symbols', Array(DIM).fill(Symbol('s'))],
    ['a getter that throws', throwing],
    ['a value whose valueOf throws', [...good.slice(1), { valueOf() { throw new Error('from valueOf'); } }]],
    ['an iterator that throws', { [Symbol.iterator]() { throw new Error('from an iterator'); } }],
    ['a length that throws', { get length() { throw new Error('from length'); } }],
    ['a Proxy that throws', new Proxy([...good], traps)],
    ['a Proxy that throws around a Float32Array', new Proxy(Float32Array.from(good), traps)],
  ];
  for (const length of [0, 1, DIM - 1, DIM + 1, 2 * DIM, 100_000]) {
    bad.push([`a Float32Array of ${length}`, new Float32Array(length)], [`an array of ${length}`, Array(length).fill(1)]);
    bad.push([`a Float64Array of ${length}`, new Float64Array(length)]);
  }
  if (!learned) return bad;

  for (const value of NOT_FINITE) {
    for (const position of [0, 3, DIM - 1]) {
      const values = Float32Array.from(good);
      values[position] = value;
      bad.push([`${value} at ${position}`, values, `[${position}] is ${value}`], [`${value} at ${position}, as an array`, [...values]]);
    }
  }
  // Not finite as 32-bit floats, or no numbers at all.
  bad.push(['1e39', Array(DIM).fill(1e39)], ['{ length }', { length: DIM }], ['an array of text', Array(DIM).fill('x')]);
  bad.push(['an array with a hole', Object.assign(Array(DIM), { ...good, 4: undefined })]);
  bad.push(['values whose squared norm overflows', new Float32Array(DIM).fill(3e38)]);
  return bad;
}

/** What is no object of texts, or has keys that the format needs for itself. */
function badMetadata() {
  const throwing = { a: 'b', get c() { throw new Error('from a getter'); } };
  const refuse = () => { throw new Error('from a proxy'); };
  const traps = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((trap) => [trap, refuse]));
  const bad = [null, 5, 5n, true, 'text', Symbol('s'), () => ({}), [], ['text'], { a: 1 }, { a: undefined }, { a: null }, { a: ['b'] }];
  bad.push({ a: new String('b') }, { [Symbol('s')]: 'b' }, { a: '\ud800' }, { '\udc00': 'b' }, throwing, new Proxy({ a: 'b' }, traps));
  for (const key of ['class', 'format_version', 'checksum', 'dim', 'alpha', 'operators', 'capacity']) bad.push({ [key]: 'x' });
  return bad.map((value, i) => [`bad object ${i}`, value]);
}

/** No adapter_config.json. Ranks and scales that cannot be loaded are in peft.test.mjs. */
function badConfigs() {
  const good = { r: 2, lora_alpha: 4 };
  const throwing = { r: 2, get lora_alpha() { throw new Error('from a getter'); } };
  const refuse = () => { throw new Error('from a proxy'); };
  const traps = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((trap) => [trap, refuse]));
  const bad = [5, 5n, true, '', 'text', '[]', '5', 'null', Symbol('s'), () => good, [], {}, { r: 2 }, { lora_alpha: 4 }, { r: '2', lora_alpha: 4 }];
  bad.push(...[2n, '2'].map((r) => ({ ...good, r })), ...[4n, '4'].map((lora_alpha) => ({ ...good, lora_alpha })), throwing, new Proxy(good, traps), { ...good, use_dora: true }, { ...good, rank_pattern: { linear: 3 } });
  return bad.map((value, i) => [`bad object ${i}`, value]);
}

/** No files of this class. What a file can be wrong about has tests of its own: files.test.mjs. */
function badFiles(name) {
  const good = files[name];
  const detached = Uint8Array.from(good);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  const refuse = () => { throw new Error('from a proxy'); };
  const traps = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((trap) => [trap, refuse]));
  const bad = [undefined, null, 5, 5n, true, 'text', Symbol('s'), {}, [], [...good], () => good, { ...good, length: good.length }, new Date()];
  return [
    ...bad.map((value) => [Object.prototype.toString.call(value), value]),
    ['a Blob', new Blob([good])],
    ['a Promise', Promise.resolve(good)],
    ['a Proxy', new Proxy(good, traps)],
    ['a detached Uint8Array', detached],
    ['a detached ArrayBuffer', detached.buffer],
    ['nothing', new Uint8Array()],
    ['an ArrayBuffer of zeros', new ArrayBuffer(100)],
    ['a Float64Array', new Float64Array(10)],
    ['the first half', good.subarray(0, good.length / 2)],
    ['the second half', good.subarray(good.length / 2)],
    ['text in UTF-8', new TextEncoder().encode('no safetensors')],
    ...Object.keys(files).filter((other) => other !== name).map((other) => [`a ${other}`, files[other], `class is "${other}"`]),
  ];
}

function badLists(name) {
  const [good] = [files[name]];
  const lists = [[], [good], [good, good, good], Array(1001).fill(good), Array(2)];
  const bad = [undefined, null, 5, 'ab', good, {}, new Set([good, good]), { 0: good, 1: good, length: 2 }, () => [good, good]];
  // Two weights go with two files: lists of another length are refused for that.
  const wrong = lists.filter(({ length }) => length === 0 || length > 1000 || length === 2);
  return [
    ...[...bad, ...wrong].map((value) => [Object.prototype.toString.call(value), value]),
    ...badFiles(name).map(([what, value, detail]) => [`${what} as the second one`, [good, value], detail ?? '[1]']),
  ];
}

function badWeights() {
  const lists = [[], [1], [1, 2, 3], [0, 0], [-0, 0], [1, -1], [1, -1e-300], ...NOT_FINITE.map((value) => [1, value])];
  const numbers = [...NO_NUMBERS, ...NEARLY_NUMBERS, undefined].map((value) => [1, value]);
  const bad = [5, 'ab', true, {}, { 0: 1, 1: 1, length: 2 }, new Set([1, 2]), () => [1, 1], new ArrayBuffer(2), new DataView(new ArrayBuffer(2))];
  const typed = [new Float64Array([1, NaN]), new Float32Array(3), new BigInt64Array(2)];
  return [...lists, ...numbers, ...bad, ...typed].map((value) => [`${Object.prototype.toString.call(value)} ${Array.isArray(value) ? value.map(String) : ''}`, value]);
}
