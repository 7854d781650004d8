// What every host runs on the installed package: plain JavaScript without imports, so that each of them can load it.

/**
 * FNV-1a (64 bits) of every number that `scriptedRun` gets, bit for bit. A change of the arithmetic changes it in every host;
 * the new value is in the error that each of them then reports.
 */
export const DIGEST = 'afd8d09b57de8d1c';

const CLASSES = ['WasmMicroLoRA', 'WasmScopedLoRA', 'WasmTrajectoryBuffer'];

function equal(actual, expected, what) {
  if (!Object.is(actual, expected)) throw new Error(`${what}: got ${String(actual)}, not ${String(expected)}`);
}

/** Checks that `call` throws this. */
function throws(call, name, message) {
  let thrown;
  try {
    call();
  } catch (error) {
    thrown = error;
  }
  equal(thrown && `${thrown.name}: ${thrown.message}`, `${name}: ${message}`, 'an error');
}

/** Everything, in a process, page or worker that has not called init() yet. Resolves to the digest. */
export async function check(init, classes) {
  refusesBeforeInit(classes);
  const [wasm, again] = await Promise.all([init(), init()]);
  equal(again, wasm, 'init() twice at once');
  equal(await init(), wasm, 'init() once more');
  return checkInstance(wasm, classes);
}

/** The same where the instance is made at once, from `source` (a WebAssembly.Module, say). */
export function checkSync(initSync, classes, ...source) {
  refusesBeforeInit(classes);
  const wasm = initSync(...source);
  equal(initSync(...source), wasm, 'initSync() twice');
  return checkInstance(wasm, classes);
}

/** What is left to check once there is an instance. */
export function checkInstance(wasm, classes) {
  quickStart(classes);
  pointers(wasm, classes);
  scoped(classes);
  trajectories(classes);
  saves(classes);
  errors(classes);
  const digest = scriptedRun(classes);
  equal(digest, DIGEST, 'the digest of the scripted run');
  return digest;
}

/** Two copies would have two memories, and objects of one would be strangers to the other. */
export function sameCopy(other, WasmMicroLoRA) {
  equal(other.WasmMicroLoRA === WasmMicroLoRA, true, 'both entries give one class');
}

function refusesBeforeInit(classes) {
  for (const name of CLASSES) throws(() => new classes[name](8), 'Error', 'await init() before using ruvector-learning-wasm');
}

function quickStart({ WasmMicroLoRA }) {
  const lora = new WasmMicroLoRA(256, 0.1, 0.5);
  const input = Float32Array.from({ length: 256 }, (_, i) => Math.sin(i));
  const target = input.map((x, i) => x + 0.1 * Math.cos(i));
  for (let step = 0; step < 20; step++) {
    const output = lora.forward_array(input);
    lora.adapt_array(output.map((y, i) => y - target[i]));
  }
  const left = lora.forward_array(input).map((y, i) => Math.abs(y - target[i]));
  equal(Math.max(...left) < 1e-4, true, 'the quick start learns');
  equal(lora.adapt_count(), BigInt(20), 'adapt_count()');
  lora.free();
}

function pointers(wasm, { WasmMicroLoRA }) {
  equal(wasm.memory instanceof WebAssembly.Memory, true, 'what init() gives has the memory');
  const lora = new WasmMicroLoRA(100);
  const view = (address) => new Float32Array(wasm.memory.buffer, address, 100);
  view(lora.get_input_ptr()).fill(0.25);
  lora.forward();
  equal(view(lora.get_output_ptr()).every((y) => y === 0.25), true, 'a new adapter is the identity');
  view(lora.get_input_ptr()).fill(0.5);
  lora.adapt();
  equal(lora.adapt_count(), BigInt(1), 'adapt()');
  equal(lora.delta_norm() > 0, true, 'adapt() changes the adapter');
  lora.free();
}

function scoped({ WasmScopedLoRA }) {
  const lora = new WasmScopedLoRA(256, 0.1, 0.1);
  const query = Float32Array.from({ length: 256 }, (_, i) => Math.sin(i));
  for (let i = 0; i < 100; i++) {
    lora.forward_array(0, query);
    lora.adapt_with_reward(0, 0.25);
  }
  equal(WasmScopedLoRA.scope_name(0), 'Scan', 'scope_name()');
  equal(lora.predicted_improvement(0, query).toFixed(2), '0.25', 'an operator that was rewarded');
  equal(lora.predicted_improvement(6, query).toFixed(2), '0.25', 'another one of its category');
  lora.free();
}

function trajectories({ WasmTrajectoryBuffer }) {
  const buffer = new WasmTrajectoryBuffer(1000, 256);
  const embedding = new Float32Array(256).fill(0.1);
  buffer.record(embedding, 2, 5, 40, 120);
  buffer.record(embedding, 2, 3, 150, 120);
  equal(buffer.success_rate(), 0.5, 'success_rate()');
  equal(buffer.best_improvement(), 2, 'best_improvement()');
  equal(buffer.best_attention(), 5, 'best_attention()');
  equal(buffer.high_quality_count(0.5), 1, 'high_quality_count()');
  equal(buffer.recommend(embedding, 2, [0, 3, 5]), 5, 'recommend()');
  buffer.free();
}

/** Also text that is more than ASCII, there and back. */
function saves({ WasmMicroLoRA }) {
  const lora = new WasmMicroLoRA(8, 0.1, 0.5);
  lora.train([1, 2, 3, 4, 5, 6, 7, 8], [8, 7, 6, 5, 4, 3, 2, 1]);
  const loaded = WasmMicroLoRA.from_safetensors(lora.to_safetensors({ note: 'ä → 𝄞' }));
  equal(loaded.adapt_count(), BigInt(1), 'adapt_count() of what was loaded');
  equal(loaded.delta_norm(), lora.delta_norm(), 'delta_norm() of what was loaded');
  equal(loaded.metadata().note, 'ä → 𝄞', 'metadata() of what was loaded');
  for (const object of [lora, loaded]) object.free();
}

function errors({ WasmMicroLoRA }) {
  const lora = new WasmMicroLoRA(256);
  throws(() => lora.forward_array(new Float32Array(384)), 'RangeError', 'input has 384 values, this adapter has dim 256');
  throws(() => new WasmMicroLoRA(2.5), 'RangeError', 'dim must be an integer from 1 to 4096, got 2.5');
  equal(lora.forward_array(new Float32Array(256).fill(3))[255], 3, 'the call after a bad one');
  lora.free();
}

/** A run whose inputs are made of integers alone, so that every host must get the same bits. */
function scriptedRun({ WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer }) {
  let hash = BigInt('0xcbf29ce484222325');
  const prime = BigInt('0x100000001b3');
  const take = (numbers) => {
    for (const byte of new Uint8Array(numbers.buffer)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * prime);
  };
  let state = 20250101;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state >> 16; // from -2^15 to 2^15 - 1
  };
  const vector = (dim) => Float32Array.from({ length: dim }, () => next() / 16384); // a power of two: exact

  const dim = 67; // no multiple of any lane width
  const lora = new WasmMicroLoRA(dim, 0.125, 0.25);
  for (let step = 0; step < 40; step++) {
    const output = lora.forward_array(vector(dim));
    take(output);
    const target = vector(dim);
    if (step % 4 === 3) lora.adapt_with_reward(next() / 65536);
    else lora.adapt_array(output.map((y, i) => y - target[i]));
  }
  take(lora.forward_batch(vector(3 * dim)));
  take(Float64Array.of(lora.delta_norm(), lora.predicted_improvement(vector(dim)), Number(lora.adapt_count())));

  const set = new WasmScopedLoRA(64, 0.125, 0.25);
  for (let step = 0; step < 60; step++) {
    const op = (next() >>> 0) % 17;
    take(set.forward_array(op, vector(64)));
    set.adapt_array(op, vector(64));
  }
  take(set.forward_array(16, vector(64)));

  const buffer = new WasmTrajectoryBuffer(8, 16);
  const types = Uint8Array.from({ length: 20 }, (_, type) => type);
  for (let i = 0; i < 20; i++) {
    const embedding = vector(16);
    take(buffer.predict(embedding, i % 17, types));
    buffer.record(embedding, i % 17, buffer.recommend(embedding, i % 17, types), 40 + (next() & 63), 64);
  }
  take(Float64Array.of(buffer.mean_improvement(), buffer.variance(), buffer.best_improvement(), buffer.success_rate()));
  for (const object of [lora, set, buffer]) object.free();
  return hash.toString(16).padStart(16, '0');
}

/** Makes attempts one after the other and tells the runner how each went: `true`, or what was wrong. */
export async function tell(attempts) {
  const results = {};
  for (const [name, attempt] of Object.entries(attempts)) results[name] = await outcome(attempt);
  globalThis.hostResults = results; // for who looks into a page
  console.log(`results: ${JSON.stringify(results)}`); // for who reads the output
  return results;
}

/** `true`, or what was wrong. */
export async function outcome(attempt) {
  try {
    await attempt();
    return true;
  } catch (error) {
    return `${error?.name}: ${error?.message}`;
  }
}

/** Waits for a worker of a page to post an outcome; throws if it is a bad one. */
export function ask(worker, message) {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data === true ? resolve() : reject(new Error(`in the worker: ${data}`)));
    worker.onerror = (event) => reject(new Error(`the worker failed: ${event.message}`));
    if (message !== undefined) worker.postMessage(message);
  }).finally(() => worker.terminate());
}
