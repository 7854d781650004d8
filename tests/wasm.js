// The exported classes as JavaScript calls them, for tests/wasm.rs. Every test starts in a microtask of its own, with no wasm
// function on the stack: as callers of the package do. `classes` are the three by name, `stack` says where the stack of wasm
// ends at the time.

const same = (actual, expected) => {
  const [found, wanted] = [actual, expected].map((value) => (ArrayBuffer.isView(value) ? `${value.constructor.name} ${value}` : value));
  if (!Object.is(found, wanted)) throw new Error(`${found}, not ${wanted}`);
};

/** What a call throws. */
function thrown(call) {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error(`nothing was thrown by ${call}`);
}

function refuses(call, kind, message, cause) {
  const error = thrown(call);
  same(Object.getPrototypeOf(error), kind.prototype);
  same(error.message, message);
  same(error.cause, cause);
}

const row = (length, value) => new Float32Array(length).fill(value);

/** Objects with a past, and twins that the calls under test are not made on. */
function pair(make) {
  return [make(), make()];
}

function micro({ WasmMicroLoRA }) {
  const lora = new WasmMicroLoRA(4, 0.5, 0.25);
  for (let i = 0; i < 5; i++) lora.train([1, i, -1, 0.5], [1, 2, i, -4]);
  lora.forward_array([1, 2, 3, 4]);
  return lora;
}

function scoped({ WasmScopedLoRA }) {
  const set = new WasmScopedLoRA(4, 0.5, 0.25);
  for (let i = 0; i < 5; i++) set.train(2, [1, i, -1, 0.5], [1, 2, i, -4]);
  set.forward_array(2, [1, 2, 3, 4]);
  return set;
}

function buffer({ WasmTrajectoryBuffer }) {
  const ring = new WasmTrajectoryBuffer(3, 4);
  for (let i = 0; i < 5; i++) ring.record([1, i, -1, 0.5], 2, i, 1 + i, 3);
  return ring;
}

export async function refusals_are_thrown(classes) {
  await null;
  const { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } = classes;
  const [lora, set, ring] = [micro(classes), scoped(classes), buffer(classes)];
  const range = (call, message) => refuses(call, RangeError, message);
  const type = (call, message) => refuses(call, TypeError, message);
  range(() => new WasmMicroLoRA(0), 'dim must be an integer from 1 to 4096, got 0');
  range(() => new WasmMicroLoRA(2.5), 'dim must be an integer from 1 to 4096, got 2.5');
  range(() => new WasmMicroLoRA(4, Infinity), 'alpha must be above 0 and finite as a 32-bit float, got Infinity');
  range(() => new WasmMicroLoRA(4, 1, 1.5), 'learning_rate must be above 0 as a 32-bit float, and at most 1, got 1.5');
  range(() => new WasmTrajectoryBuffer(1e21), 'capacity must be an integer from 1 to 1000000, got 1e+21');
  range(() => new WasmTrajectoryBuffer(1e6, 4096), 'there is not enough memory, free() objects that are no longer used');
  range(() => lora.forward_array([1, 2]), 'input has 2 values, this adapter has dim 4');
  range(() => lora.adapt_array(row(5, 1)), 'gradient has 5 values, this adapter has dim 4');
  range(() => lora.adapt_array([1, NaN, 3, 4]), 'gradient[1] is NaN, it must be finite');
  range(() => lora.adapt_array([1, 2, 3, -Infinity]), 'gradient[3] is -Infinity, it must be finite');
  range(() => lora.adapt_array(row(4, 1e30)), 'gradient is too large: its squared norm overflows f32');
  range(() => lora.adapt_with_reward(NaN), 'improvement must be finite, got NaN');
  range(() => lora.train([1, 2, 3, 4], [1, 2, 3]), 'target has 3 values, this adapter has dim 4');
  range(() => lora.forward_into([1, 2, 3, 4], row(3, 0)), 'output has 3 values, this adapter has dim 4');
  range(() => lora.forward_batch(row(6, 0)), "inputs has 6 values, no multiple of this adapter's dim 4");
  range(() => lora.forward_batch(row(8, 0), row(4, 0)), 'outputs has 4 values, inputs has 8');
  type(() => lora.forward_array(undefined), 'input must be a Float32Array or an array of numbers');
  type(() => lora.forward_array('1234'), 'input must be a Float32Array or an array of numbers');
  type(() => lora.forward_array({ length: 4 }), 'input must be a Float32Array or an array of numbers');
  type(() => lora.forward_into([1, 2, 3, 4], [0, 0, 0, 0]), 'output must be a Float32Array');
  type(() => lora.forward_batch([1, 2, 3, 4]), 'inputs must be a Float32Array');
  range(() => set.forward(17), 'op_type must be an integer from 0 to 16, got 17');
  range(() => set.adapt_array(-0.5, row(4, 1)), 'op_type must be an integer from 0 to 16, got -0.5');
  range(() => WasmScopedLoRA.scope_name(NaN), 'op_type must be an integer from 0 to 16, got NaN');
  range(() => WasmScopedLoRA.with_operators(['a', 'b', 'a'], ['x', 'x', 'x']), "names must be distinct, got 'a' twice");
  range(() => WasmScopedLoRA.with_operators([], []), 'names has 0 entries, it must have 1 to 1024');
  range(() => WasmScopedLoRA.with_operators(['a', 'b'], ['x']), 'categories has 1 entries, names has 2');
  type(() => WasmScopedLoRA.with_operators('ab', ['x', 'y']), 'names must be an array of strings');
  type(() => WasmScopedLoRA.with_operators(['a', 1], ['x', 'y']), 'names[1] must be a string');
  type(() => WasmScopedLoRA.with_operators(['a', '\ud800'], ['x', 'y']), 'names[1] must be a string without half a surrogate pair, which no file can hold');
  range(() => ring.record(row(4, 1), 2, 256, 1, 1), 'attention_type must be an integer from 0 to 255, got 256');
  range(() => ring.record(row(3, 1), 2, 5, 1, 1), 'embedding has 3 values, this buffer has dim 4');
  range(() => ring.record(row(4, 1), 2, 5, 0, 1), 'execution_ms must be above 0 and finite, got 0');
  range(() => ring.predict(row(4, 1), 2, []), 'attention_types has 0 values, it must have 1 to 256');
  range(() => ring.recommend(row(4, 1), 2, [0, 300]), 'attention_types must be integers from 0 to 255, got 300');
  range(() => ring.set_seed(-1), 'seed must be an integer from 0 to 4294967295, got -1');
  range(() => ring.high_quality_count(NaN), 'threshold must be a number, got NaN');
  type(() => WasmMicroLoRA.from_safetensors('file'), 'bytes must be a Uint8Array or an ArrayBuffer');
  range(() => WasmMicroLoRA.from_safetensors(new Uint8Array(5)), 'bytes: 5 bytes are too few for the length of a header');
  range(() => WasmMicroLoRA.merge_safetensors([lora.to_safetensors(), set.to_safetensors()]), 'files[1]: class is "WasmScopedLoRA", it must be "WasmMicroLoRA"');
  type(() => WasmMicroLoRA.merge_safetensors(new Set()), 'files must be an array of Uint8Arrays');
  type(() => lora.to_safetensors({ note: 5 }), 'metadata.note must be a string');
  range(() => lora.to_safetensors({ dim: '5' }), 'metadata: dim is a key of the format itself');
}

/** Arrays whose own code throws, or does worse, when they are read; each with what it throws, if it does. */
function hostile(length, meanwhile = () => {}) {
  const reason = new Error('mine');
  const fail = () => { throw reason; };
  const getter = (index) => Object.defineProperty(Array(length).fill(1), index, { get: fail });
  const detached = row(length, 1);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  return [
    [{ get length() { return fail(); } }, reason],
    [getter(0), reason],
    [getter(length - 1), reason],
    [Array(length).fill({ valueOf: fail }), reason],
    [new Proxy(Array(length).fill(1), { get: fail }), reason],
    [new Proxy({}, { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail, getOwnPropertyDescriptor: fail }), reason],
    [Array.from({ length }, (_, i) => (i === length - 1 ? 1n : 1)), null],
    [new BigInt64Array(length), null],
    [Array(length).fill(Symbol('mine')), null],
    [detached, null],
    [new Proxy(row(length, 1), {}), null],
    [Object.defineProperty(Array(length).fill(1), 0, { get() { meanwhile(); return fail(); } }), reason],
  ];
}

/** Calls of every method that reads an array, with an array in place of one of its arguments. */
const readers = (length) => ({
  micro: [
    (lora, x) => lora.forward_array(x),
    (lora, x) => lora.forward_into(x, row(length, 0)),
    (lora, x) => lora.forward_into(row(length, 1), x),
    (lora, x) => lora.forward_batch(x),
    (lora, x) => lora.forward_batch(row(length, 1), x),
    (lora, x) => lora.adapt_array(x),
    (lora, x) => lora.train(x, row(length, 1)),
    (lora, x) => lora.train(row(length, 1), x),
    (lora, x) => lora.predicted_improvement(x),
  ],
  scoped: [
    (set, x) => set.forward_array(2, x),
    (set, x) => set.forward_into(2, x, row(length, 0)),
    (set, x) => set.forward_into(2, row(length, 1), x),
    (set, x) => set.forward_batch(2, x),
    (set, x) => set.forward_batch(2, row(length, 1), x),
    (set, x) => set.adapt_array(2, x),
    (set, x) => set.train(2, x, row(length, 1)),
    (set, x) => set.train(2, row(length, 1), x),
    (set, x) => set.predicted_improvement(2, x),
  ],
  buffer: [
    (ring, x) => ring.record(x, 2, 5, 1, 2),
    (ring, x) => ring.predict(x, 2, [0, 1]),
    (ring, x) => ring.recommend(x, 2, [0, 1]),
    (ring, x) => ring.predict(row(length, 1), 2, x),
    (ring, x) => ring.recommend(row(length, 1), 2, x),
  ],
});

const makers = { micro, scoped, buffer };

export async function hostile_arrays_leave_no_trace(classes) {
  await null;
  for (const [name, calls] of Object.entries(readers(4))) {
    for (const [number, call] of calls.entries()) {
      const [object, twin] = pair(() => makers[name](classes));
      const meanwhile = () => thrown(() => object.forward_array([1, 2, 3, 4])); // it is borrowed
      for (const [array, cause] of hostile(4, meanwhile)) {
        const error = thrown(() => call(object, array));
        if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
        // A method that takes nothing but a Float32Array does not look into others.
        const looks = cause !== null && error.cause !== undefined;
        if (looks) same(error.cause, cause);
        if (cause !== null && name === 'buffer') same(error.cause, cause);
        same(object.to_safetensors(), twin.to_safetensors());
      }
      call(object, row(4, 1)); // neither borrowed nor spoilt
      call(twin, row(4, 1));
      same(object.to_safetensors(), twin.to_safetensors());
      if (number === 0) object.free();
    }
  }
}

export async function an_exception_of_the_callers_is_the_cause(classes) {
  await null;
  const [lora, ring] = [micro(classes), buffer(classes)];
  const { WasmMicroLoRA, WasmScopedLoRA } = classes;
  const file = lora.to_safetensors();
  const reason = new Error('mine');
  const fail = () => { throw reason; };
  const proxy = (target) => new Proxy(target, { get: fail, ownKeys: fail });
  const array = Object.defineProperty([1, 2, 3, 4], 2, { get: fail });
  class Evil extends Uint8Array {
    get buffer() { return fail(); }
  }
  refuses(() => lora.forward_array(array), TypeError, 'input must be a Float32Array or an array of numbers', reason);
  refuses(() => ring.predict(row(4, 1), 2, array), TypeError, 'attention_types must be an array of numbers', reason);
  refuses(() => WasmScopedLoRA.with_operators(array, array), TypeError, 'names must be an array of strings', reason);
  refuses(() => WasmMicroLoRA.merge_safetensors(array), TypeError, 'files must be an array of Uint8Arrays', reason);
  refuses(() => WasmMicroLoRA.merge_safetensors([file], proxy([1])), TypeError, 'weights must be an array of numbers', reason);
  refuses(() => WasmMicroLoRA.from_safetensors(file, proxy({})), TypeError, 'adapter_config must be an object', reason);
  refuses(() => lora.to_safetensors(proxy({})), TypeError, 'metadata must be an object of strings', reason);
  const error = thrown(() => { WasmMicroLoRA.from_safetensors(new Evil(file)); throw new RangeError('it was read all the same'); });
  if (error instanceof TypeError) same(error.cause, reason);
  // It is not the cause of what is refused later.
  refuses(() => lora.forward_array(5), TypeError, 'input must be a Float32Array or an array of numbers', undefined);
}

/** Refused calls, each of another kind. */
function refused(classes) {
  const { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } = classes;
  const [lora, set, ring] = [micro(classes), scoped(classes), buffer(classes)];
  const fails = Object.defineProperty([1, 2, 3, 4], 2, { get() { throw new Error('mine'); } });
  const file = lora.to_safetensors();
  file[file.length - 1] ^= 1;
  return [
    () => lora.forward_array([1]),
    () => lora.forward_array(fails),
    () => lora.forward_into([1, 2, 3, 4], 5),
    () => lora.forward_batch(row(5, 1)),
    () => lora.adapt_array([1, 2, 3, NaN]),
    () => lora.adapt_with_reward(NaN),
    () => lora.train([1, 2, 3, 4], [1, 2, 3, NaN]),
    () => lora.predicted_improvement(row(4, Infinity)),
    () => lora.set_learning_rate(2),
    () => set.forward(17),
    () => set.forward_array(2, [1]),
    () => set.adapt_array(2, fails),
    () => set.train(2, row(4, NaN), row(4, 1)),
    () => set.adapt_count(-1),
    () => set.delta_norm(99),
    () => set.operator_name(99),
    () => set.category_name(99),
    () => set.stats(99),
    () => set.reset_scope(0.5),
    () => ring.record([1], 2, 5, 1, 1),
    () => ring.record(row(4, 1), 2, 5, 0, 1),
    () => ring.predict(row(4, 1), 2, []),
    () => ring.recommend(row(4, 1), 2, fails),
    () => ring.high_quality_count(NaN),
    () => ring.set_seed(NaN),
    () => new WasmMicroLoRA(0),
    () => new WasmScopedLoRA(4, -1),
    () => new WasmTrajectoryBuffer(0),
    () => WasmScopedLoRA.with_operators(['a', 'a'], ['x', 'x']),
    () => WasmScopedLoRA.with_operators(fails, fails),
    () => WasmScopedLoRA.scope_name(17),
    () => WasmMicroLoRA.from_safetensors(file),
    () => WasmMicroLoRA.from_safetensors(5),
    () => WasmMicroLoRA.merge_safetensors([file]),
    () => lora.to_safetensors({ dim: '5' }),
  ];
}

/** Refused calls do not use up the stack, whose end no later call would find again. */
export async function the_stack_is_given_back(classes, stack) {
  await null;
  const before = stack();
  for (const call of refused(classes)) {
    for (let i = 0; i < 1000; i++) thrown(call);
    if (stack() !== before) throw new Error(`1000 times, this left ${before - stack()} bytes on the stack: ${call}`);
  }
}

/** Nor do those that the caller's own code makes inside another call; and they do not take that call's part of it. */
export async function so_it_is_inside_another_call(classes, stack) {
  await null;
  const calls = refused(classes);
  const start = stack();
  const { WasmMicroLoRA, WasmScopedLoRA } = classes;
  const file = micro(classes).to_safetensors();
  let depths;
  const meanwhile = (times = 3) => {
    depths = [];
    for (let i = 0; i < times; i++) {
      for (const call of calls) thrown(call);
      depths.push(stack());
    }
  };
  const element = Object.defineProperty([1, 2, 3, 4], 2, { get() { meanwhile(); return 3; } });
  const names = Object.defineProperty(['a', 'b'], 0, { get() { meanwhile(); return 'a'; } });
  class Bytes extends Uint8Array {
    get buffer() { meanwhile(); return super.buffer; }
    get byteOffset() { meanwhile(); return super.byteOffset; }
    get byteLength() { meanwhile(); return super.byteLength; }
  }
  const files = Object.defineProperty([file, file], 0, { get() { meanwhile(); return file; } });
  const config = { get r() { meanwhile(); return 2; }, lora_alpha: 1, rank_pattern: new Proxy({}, { ownKeys() { meanwhile(); return []; } }) };
  const wrong = { r: { toJSON() { meanwhile(); return 8; } }, lora_alpha: 1 };
  const metadata = new Proxy({ note: 'x' }, { get(object, key) { meanwhile(); return object[key]; }, ownKeys(object) { meanwhile(); return Reflect.ownKeys(object); } });
  const foreign = withoutState(file);
  const outer = {
    'an element': () => micro(classes).forward_array(element),
    'an attention type': () => buffer(classes).predict(row(4, 1), 2, element),
    'a name': () => WasmScopedLoRA.with_operators(names, ['x', 'y'], 4).operator_name(0),
    'bytes': () => WasmMicroLoRA.from_safetensors(new Bytes(file)).to_safetensors(),
    'files': () => WasmMicroLoRA.merge_safetensors(files).bytes,
    'a weight': () => WasmMicroLoRA.merge_safetensors([file, file, file, file], element).bytes,
    'a configuration': () => WasmMicroLoRA.from_safetensors(foreign, config).to_safetensors(),
    'metadata': () => micro(classes).to_safetensors(metadata),
  };
  for (const [what, call] of Object.entries(outer)) {
    depths = undefined;
    const first = call();
    if (depths === undefined) continue; // this engine does not run the caller's code there
    if (new Set(depths).size > 1) throw new Error(`${what}: the stack ends at ${depths}`);
    if (depths[0] >= start) throw new Error(`${what}: a refused call took the stack of the call around it: ${depths[0]}, ${start}`);
    same(call(), first);
    same(stack(), start);
  }
  refuses(() => WasmMicroLoRA.from_safetensors(foreign, wrong), RangeError, 'adapter_config: r is 8, it must be a number');
  if (depths[0] >= start) throw new Error('toJSON: a refused call took the stack of the call around it');
  same(stack(), start);
  // However often.
  const often = Object.defineProperty([1, 2, 3, 4], 2, { get() { meanwhile(300); return 3; } });
  const lora = micro(classes);
  lora.forward_array(often);
  same(new Set(depths).size, 1);
  same(stack(), start);
}

/** A file with nothing but the factors, as PEFT saves them. */
function withoutState(file) {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  const parts = [];
  const kept = {};
  let end = 0;
  for (const [name, entry] of Object.entries(header)) {
    if (!name.includes('lora_')) continue;
    const [from, to] = entry.data_offsets;
    parts.push(file.subarray(8 + length + from, 8 + length + to));
    kept[name] = { ...entry, data_offsets: [end, (end += to - from)] };
  }
  const text = new TextEncoder().encode(JSON.stringify(kept));
  const start = new Uint8Array(8);
  new DataView(start.buffer).setBigUint64(0, BigInt(text.length), true);
  return Uint8Array.from([start, text, ...parts].flatMap((part) => [...part]));
}

export async function what_was_freed_or_is_in_use_throws(classes, stack) {
  await null;
  for (const [name, make] of Object.entries(makers)) {
    const object = make(classes);
    object.free();
    const error = thrown(() => object.stats());
    if (!(error instanceof Error)) throw new Error(`${name}: ${error}`);
    const before = stack();
    for (let i = 0; i < 1000; i++) thrown(() => object.stats());
    same(stack(), before);
  }
  const lora = micro(classes);
  let inside;
  const array = Object.defineProperty([1, 2, 3, 4], 1, {
    get() {
      inside = [() => lora.forward(), () => lora.stats(), () => lora.adapt_array([1, 2, 3, 4])].map((call) => thrown(call));
      return 2;
    },
  });
  same(lora.forward_array(array).length, 4);
  for (const error of inside) if (!(error instanceof Error) || error instanceof WebAssembly.RuntimeError) throw error;
  const twin = micro(classes);
  twin.forward_array([1, 2, 3, 4]);
  same(lora.to_safetensors(), twin.to_safetensors());
  lora.free();
}

/** A view goes stale when the memory grows, an address does not; and no call reads or writes another place. */
export async function memory_grows_under_views_and_arrays(classes, memory) {
  await null;
  const [lora, twin] = pair(() => micro(classes));
  const [input, output, address] = [lora.input_view(), lora.output_view(), lora.get_input_ptr()];
  same(input.byteOffset, address);
  same(address % 16, 0);
  input.set([4, 3, 2, 1]);
  memory.grow(1);
  same(input.length, 0);
  same(output.length, 0);
  same(lora.get_input_ptr(), address);
  same(lora.input_view(), Float32Array.of(4, 3, 2, 1));
  lora.forward();
  same(lora.output_view(), twin.forward_array([4, 3, 2, 1]));
  // While an array is read.
  const growing = Object.defineProperty([1, 2, 3, 4], 1, { get() { memory.grow(1); return 2; } });
  same(lora.forward_array(growing), twin.forward_array([1, 2, 3, 4]));
  same(lora.train(growing, [1, 1, 1, 1]), twin.train([1, 2, 3, 4], [1, 1, 1, 1]));
  // What an object makes in other objects' memory.
  const host = new classes.WasmMicroLoRA(8);
  const into = host.output_view();
  lora.forward_into([1, 2, 3, 4], into.subarray(4));
  same(into.slice(4), twin.forward_array([1, 2, 3, 4]));
  same(lora.forward_batch(host.input_view()), twin.forward_batch(row(8, 0)));
  const batch = Float32Array.from({ length: 400 }, (_, i) => Math.sin(i));
  const expected = twin.forward_batch(batch);
  same(lora.forward_batch(batch, batch), expected);
  same(batch, expected);
  same(lora.to_safetensors(), twin.to_safetensors());
}
