// Files of adapters: a set of them in wasm memory, as tensors and back. The factors have the names and shapes that Hugging
// Face PEFT gives them, `base_model.model.<module>.lora_A.weight` [2, dim] and `….lora_B.weight` [dim, 2]; everything else
// that a run needs to go on is in tensors `state.…` and in the metadata.
import { LAYOUT } from './layout.js';
import { Memory } from './memory.js';
import { Operators } from './operators.js';
import { Fields, decode, encode, tensor } from './safetensors.js';

const { Object: ObjectLayout, Set: SetLayout, Config, Scopes, Scope, Weights, Known } = LAYOUT;
const MAX_DIM = 4096;

/** f32::MAX: what the squared norm of a factor must not exceed (MAX_SIZE in src/weights.rs). */
const MAX_SIZE = 3.4028234663852886e38;

/** How a module is called where a single adapter is put on: an identity Linear(dim, dim) of this name. */
const ONLY = 'linear';

/** Names of the modules of operators and categories; `operators` is null for a single adapter. */
export function modules(operators) {
  if (!operators) return { own: [ONLY], categories: [] };
  return {
    own: operators.names.map((name) => `operators.${name}`),
    categories: operators.distinct.map((name) => `categories.${name}`),
  };
}

export const keyOf = (module, factor) => `base_model.model.${module}.lora_${factor}.weight`;

/** Addresses of what an object has in memory. */
class Places {
  constructor(memory, address) {
    const set = address + ObjectLayout.set;
    const scopes = (field) => {
      const { address: first, length } = memory.box(set + SetLayout.scopes + Scopes[field]);
      return Array.from({ length }, (_, i) => first + Scope.size * i);
    };
    this.config = set + SetLayout.config;
    this.initial = set + SetLayout.initial;
    this.fallback = set + SetLayout.category_fallback;
    this.operators = scopes('operators');
    this.categories = scopes('categories');
    this.all = [...this.operators, ...this.categories];
  }
}

/** Address of a scope's factors, 0 if it has none. */
const factorsOf = (memory, scope) => memory.u32(scope + Scope.weights + Weights.factors);
/** Address of a scope's context, undefined if it has none. */
function contextOf(memory, scope) {
  const { address, length } = memory.box(scope + Scope.context);
  return length > 0 ? address : undefined;
}
const GRAMS = ['gram_a', 'gram_b'];

/** What `adapters`, which a class keeps of an object, has in memory: as `readAdapters` gives it. */
export function stateOf(wasm, { address, dim }, operators) {
  const memory = new Memory(wasm);
  const places = new Places(memory, address);
  const { own, categories } = modules(operators);
  const f64 = (at) => memory.view.getFloat64(at, true);
  const i64 = (at) => memory.view.getBigInt64(at, true);
  const factorsAt = (scope) => {
    const start = factorsOf(memory, scope);
    if (start === 0) return undefined;
    const [a, b] = [new Uint32Array(2 * dim), new Uint32Array(2 * dim)];
    Memory.eachOfPair(start, dim, (i, j, at) => { a[i * dim + j] = memory.words[at]; });
    Memory.eachOfPair(start + Memory.factorSize(dim), dim, (i, j, at) => { b[2 * j + i] = memory.words[at]; });
    const gram = GRAMS.flatMap((name) => [0, 8, 16, 24].map((at) => f64(scope + Scope.weights + Weights[name] + at)));
    return { a, b, gram, steps: i64(scope + Scope.weights + Weights.steps) };
  };
  const scopes = places.operators.map((scope, op) => {
    const context = contextOf(memory, scope);
    const known = [0, 1].map((i) => scope + Scope.known + Known.size * i);
    return {
      module: own[op],
      factors: factorsAt(scope),
      context: context && memory.part(context, dim),
      adaptCount: i64(scope + Scope.adapt_count),
      forwardCount: i64(scope + Scope.forward_count),
      asOf: known.map((at) => i64(at + Known.as_of)),
      known: known.flatMap((at) => [...memory.part(at + Known.projection, 3)]),
    };
  });
  const [input, output] = ['input', 'output'].map((row) => memory.part(wasm[`lora_${row}`](address) >>> 0, dim).slice());
  return {
    dim,
    alpha: wasm.lora_alpha(address),
    rate: wasm.lora_learning_rate(address),
    initialRate: memory.f32(places.initial + Config.learning_rate),
    frozen: memory.boolean(places.config + Config.freeze_a),
    fallback: memory.boolean(places.fallback),
    operators,
    scopes,
    categories: categories.map((module, i) => ({ module, factors: factorsAt(places.categories[i]) })),
    input,
    output,
  };
}

/** The file of a state. */
export function writeAdapters(owner, { dim, alpha, rate, initialRate, frozen, fallback, operators, scopes, categories, input, output }) {
  if (operators) refuseSurrogates(operators);
  const made = [...scopes, ...categories].filter(({ factors }) => factors);
  const met = scopes.flatMap(({ context }, op) => (context ? [op] : []));
  const contexts = new Uint32Array(met.length * dim);
  for (const [i, op] of met.entries()) contexts.set(scopes[op].context, i * dim);
  const bigs = (list) => BigInt64Array.from(list);
  const count = scopes.length;
  return encode(
    {
      class: owner,
      dim: String(dim),
      alpha: String(alpha),
      learning_rate: String(rate),
      initial_learning_rate: String(initialRate),
      freeze_a: String(frozen),
      category_fallback: String(fallback),
      ...(operators && { operators: JSON.stringify(operators.names), categories: JSON.stringify(operators.categories) }),
    },
    [
      ...made.flatMap(({ module, factors: { a, b } }) => [
        tensor(keyOf(module, 'A'), 'F32', [2, dim], a),
        tensor(keyOf(module, 'B'), 'F32', [dim, 2], b),
      ]),
      tensor('state.gram', 'F64', [made.length, 2, 4], Float64Array.from(made.flatMap(({ factors }) => [...factors.gram]))),
      tensor('state.steps', 'I64', [made.length], bigs(made.map(({ factors }) => factors.steps))),
      tensor('state.counts', 'I64', [count, 2], bigs(scopes.flatMap(({ adaptCount, forwardCount }) => [adaptCount, forwardCount]))),
      tensor('state.known_as_of', 'I64', [count, 2], bigs(scopes.flatMap(({ asOf }) => [...asOf]))),
      tensor('state.known', 'F32', [count, 2, 3], Uint32Array.from(scopes.flatMap(({ known }) => [...known]))),
      tensor('state.context_of', 'I64', [met.length], bigs(met.map(BigInt))),
      tensor('state.contexts', 'F32', [met.length, dim], contexts),
      tensor('state.input', 'F32', [dim], input),
      tensor('state.output', 'F32', [dim], output),
    ],
  );
}

/** JSON readers other than JavaScript's refuse half a surrogate pair. */
function refuseSurrogates({ names, categories }) {
  for (const [list, label] of [[names, 'operator'], [categories, 'category']]) {
    const wrong = list.findIndex((name) => /\p{Surrogate}/u.test(name));
    if (wrong >= 0) throw new RangeError(`${label} name ${JSON.stringify(list[wrong])} has half a surrogate pair, which no file can hold`);
  }
}

/** All that a file of adapters says, every value checked. `scoped` is whether it has operators. */
export function readAdapters(bytes, source, owner, scoped) {
  const fields = new Fields(decode(bytes, source, owner), source);
  const dim = fields.number('dim', `an integer from 1 to ${MAX_DIM}`, (value) => Number.isInteger(value) && value >= 1 && value <= MAX_DIM);
  const alpha = fields.number('alpha', 'above 0 and finite as a 32-bit float', (value) => Math.fround(value) > 0 && Number.isFinite(Math.fround(value)));
  const [rate, initialRate] = ['learning_rate', 'initial_learning_rate'].map((key) =>
    fields.number(key, 'above 0 as a 32-bit float, and at most 1', (value) => Math.fround(value) > 0 && value <= 1));
  const [frozen, fallback] = ['freeze_a', 'category_fallback'].map((key) => fields.boolean(key));
  const operators = scoped ? operatorsOf(fields) : null;

  const { own, categories } = modules(operators);
  const factors = [...own, ...categories].map((module) => {
    const [a, b] = [keyOf(module, 'A'), keyOf(module, 'B')];
    if (!fields.has(a) && !fields.has(b) && scoped) return undefined;
    return { a: fields.finite(a, 'F32', [2, dim]), b: fields.finite(b, 'F32', [dim, 2]) };
  });
  const made = factors.filter(Boolean);
  const count = own.length;
  const gram = fields.finite('state.gram', 'F64', [made.length, 2, 4]);
  const steps = fields.counts('state.steps', [made.length]);
  const counts = fields.counts('state.counts', [count, 2]);
  const asOf = fields.counts('state.known_as_of', [count, 2]);
  const known = fields.take('state.known', 'F32', [count, 2, 3]);
  const contextOf = fields.checked('state.context_of', 'I64', [null], `the ids of different operators, from 0 to ${count - 1}`, (op, i, all) => op >= 0n && op < count && (i === 0 || op > all[i - 1]));
  const contexts = fields.take('state.contexts', 'F32', [contextOf.length, dim]);
  const [input, output] = ['input', 'output'].map((row) => fields.take(`state.${row}`, 'F32', [dim]));
  fields.end();

  for (const [i, each] of made.entries()) {
    each.gram = gram.subarray(8 * i, 8 * i + 8);
    each.steps = steps[i];
    checkGram(fields, each, i, dim);
  }
  const contextAt = new Map(Array.from(contextOf, (op, i) => [Number(op), contexts.subarray(i * dim, i * dim + dim)]));
  const scopes = own.map((module, op) => ({
    module,
    factors: factors[op],
    category: operators ? operators.distinct.indexOf(operators.categories[op]) : undefined,
    context: contextAt.get(op),
    adaptCount: counts[2 * op],
    forwardCount: counts[2 * op + 1],
    asOf: asOf.subarray(2 * op, 2 * op + 2),
    known: known.subarray(6 * op, 6 * op + 6),
  }));
  const ofCategories = categories.map((module, i) => ({ module, factors: factors[count + i] }));
  checkScopes(fields, scopes, ofCategories, scoped);
  return { dim, alpha, rate, initialRate, frozen, fallback, operators, scopes, categories: ofCategories, input, output };
}

function operatorsOf(fields) {
  const list = (key) => fields.text(key, 'a list of names', (text) => {
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  });
  const [names, categories] = [list('operators'), list('categories')];
  try {
    return Operators.named(names, categories);
  } catch ({ message }) {
    return fields.refuse(`operators: ${message}`);
  }
}

/** A Gram matrix that is not its factor's could make a step overflow that looks safe. */
function checkGram(fields, { a, b, gram }, i, dim) {
  for (const [at, rows] of [[0, a], [4, b]]) {
    const values = floats(rows);
    let trace = 0;
    for (let j = 0; j < 2 * dim; j++) trace += values[j] * values[j];
    if (!(trace <= MAX_SIZE)) fields.refuse(`lora_${at ? 'B' : 'A'} number ${i} is too large: its squared norm overflows f32`);
    const said = gram[at] + gram[at + 2];
    // It is kept up to date step by step, and may be off by rounding.
    const close = said >= 0.5 * trace && said <= 2 * trace;
    if (!close && Math.max(said, trace) > 1e-30) fields.refuse(`state.gram number ${i} is not that of its factors`);
  }
}

export const floats = (words) => new Float32Array(words.buffer, words.byteOffset, words.length);

/** A squared norm that is not the context's could hide what is not finite in it, or how far a step goes. */
function checkKnown(fields, module, context, bits) {
  const [said] = floats(Uint32Array.of(bits));
  const norm2 = floats(context).reduce((sum, x) => sum + x * x, 0);
  const close = Number.isFinite(norm2) && Math.abs(said - norm2) <= 1e-3 * norm2 + 1e-20;
  const overflows = !Number.isFinite(said) && !(norm2 < 0.999 * MAX_SIZE);
  if (!close && !overflows) fields.refuse(`state.known of ${module} is not that of its context`);
}

/** What no run can come to. */
function checkScopes(fields, scopes, categories, scoped) {
  for (const { module, factors, category, context, asOf, known: projections } of scopes) {
    if (!context && (factors || !scoped)) fields.refuse(`state.context_of has not ${module}, which has an adapter`);
    const steps = [factors?.steps, categories[category]?.factors?.steps];
    for (const [i, known] of steps.entries()) {
      if (asOf[i] > (known === undefined ? 0n : known + 1n)) fields.refuse(`state.known_as_of of ${module} has ${asOf[i]}, its adapter has taken ${known ?? 0} steps`);
      if (known !== undefined && asOf[i] === known + 1n) checkKnown(fields, module, context, projections[3 * i + 2]);
    }
  }
  for (const [number, { module, factors }] of categories.entries()) {
    const used = scopes.some(({ category, factors: own }) => category === number && own);
    if (factors && !used) fields.refuse(`${keyOf(module, 'A')} is not expected here: none of its operators has an adapter`);
  }
}

/** Gives a new object, whose adapters are `adapters`, the state that a file has. */
export function restoreAdapters(wasm, { address }, state) {
  const settle = (status) => {
    if (status !== 0) throw new RangeError('there is not enough memory');
  };
  // What is made at first use: contexts by a forward, adapters by a step against a gradient of zero.
  for (const [op, { factors, context }] of state.scopes.entries()) {
    if (context) settle(wasm.lora_forward(address, op));
    if (factors) settle(wasm.lora_adapt_staged(address, op));
  }
  settle(wasm.lora_set_learning_rate(address, state.rate));
  wasm.lora_freeze_a(address, state.frozen);
  wasm.lora_set_category_fallback(address, state.fallback);

  const { dim } = state;
  const memory = new Memory(wasm);
  const places = new Places(memory, address);
  const i64 = (at, value) => memory.view.setBigInt64(at, value, true);
  for (const [i, { factors }] of [...state.scopes, ...state.categories].entries()) {
    if (!factors) continue;
    const scope = places.all[i];
    const start = factorsOf(memory, scope);
    Memory.eachOfPair(start, dim, (row, j, at) => { memory.words[at] = factors.a[row * dim + j]; });
    Memory.eachOfPair(start + Memory.factorSize(dim), dim, (row, j, at) => { memory.words[at] = factors.b[2 * j + row]; });
    for (const [gram, name] of GRAMS.entries()) {
      for (let k = 0; k < 4; k++) memory.view.setFloat64(scope + Scope.weights + Weights[name] + 8 * k, factors.gram[4 * gram + k], true);
    }
    i64(scope + Scope.weights + Weights.steps, factors.steps);
  }
  for (const [op, { context, adaptCount, forwardCount, asOf, known }] of state.scopes.entries()) {
    const scope = places.operators[op];
    if (context) memory.part(contextOf(memory, scope), dim).set(context);
    i64(scope + Scope.adapt_count, adaptCount);
    i64(scope + Scope.forward_count, forwardCount);
    for (let i = 0; i < 2; i++) {
      const at = scope + Scope.known + Known.size * i;
      i64(at + Known.as_of, asOf[i]);
      memory.part(at + Known.projection, 3).set(known.subarray(3 * i, 3 * i + 3));
    }
  }
  for (const row of ['input', 'output']) memory.part(wasm[`lora_${row}`](address) >>> 0, dim).set(state[row]);
}

/** The adapter_config.json that goes with a file: PEFT computes x + (lora_alpha / r) · B A x. */
export function peftConfig(wasm, { address }, operators) {
  const memory = new Memory(wasm);
  const { own, categories } = modules(operators);
  const made = new Places(memory, address).all.map((scope) => factorsOf(memory, scope) !== 0);
  const config = {
    peft_type: 'LORA',
    base_model_name_or_path: null,
    task_type: null,
    inference_mode: true,
    r: 2,
    lora_alpha: 2 * wasm.lora_alpha(address),
    lora_dropout: 0,
    bias: 'none',
    fan_in_fan_out: false,
    target_modules: [...own, ...categories].filter((_, i) => made[i]),
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
