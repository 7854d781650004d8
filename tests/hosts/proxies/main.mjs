// Objects of the classes as state of Vue or Valtio, which both wrap them in a Proxy. Run with --expose-gc.
import { setTimeout } from 'node:timers/promises';

import init, { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';
import { proxy as valtioProxy, ref as valtioRef, snapshot } from 'valtio/vanilla';
import { isReactive, reactive, ref, shallowRef } from 'vue';

import { check, tell } from './check.mjs';

const DIM = 64;
const classes = { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer };
const input = Float32Array.from({ length: DIM }, (_, i) => Math.sin(i));
const target = input.map((x, i) => x + 0.1 * Math.cos(i));

function equal(actual, expected, what) {
  if (actual !== expected) throw new Error(`${what}: got ${actual}, not ${expected}`);
}

/** Trains for a while: the outputs, which do not depend on who else learns. */
function train(lora) {
  for (let step = 0; step < 5; step++) {
    const output = lora.forward_array(input);
    lora.adapt_array(output.map((y, i) => y - target[i]));
  }
  lora.adapt_with_reward(0.5);
  equal(lora.adapt_count(), 6n, 'adapt_count()');
  equal(lora.dim(), DIM, 'dim()');
  const again = WasmMicroLoRA.from_safetensors(lora.to_safetensors());
  const output = again.forward_array(input).join();
  again.free();
  equal(lora.forward_array(input).join(), output, 'what was saved and loaded');
  return output;
}

/** The other two classes behind `wrap`. */
function others(wrap) {
  const scoped = wrap(new WasmScopedLoRA(DIM, 0.1, 0.1));
  scoped.forward_array(3, input);
  scoped.adapt_with_reward(3, 0.5);
  equal(scoped.total_adapt_count(), 1n, 'total_adapt_count()');
  const buffer = wrap(new WasmTrajectoryBuffer(8, DIM));
  buffer.record(input, 2, 5, 40, 120);
  equal(buffer.best_attention(), 5, 'best_attention()');
  for (const object of [scoped, buffer]) object.free();
}

function throwsAfterFree(object) {
  try {
    object.dim();
  } catch ({ message }) {
    return equal(message, 'WasmMicroLoRA was used after free()', 'the error');
  }
  throw new Error('free() through the proxy did not free the object');
}

/** Lets the garbage collector find what nobody holds, and call what waits for it. */
async function collect() {
  for (let round = 0; round < 5; round++) {
    globalThis.gc();
    await setTimeout(10);
  }
}

/** Everything behind `wrap`: nothing may be freed twice, too early, or never. */
async function behind(wrap) {
  const expected = train(new WasmMicroLoRA(DIM, 0.1, 0.25));
  const lora = wrap(new WasmMicroLoRA(DIM, 0.1, 0.25));
  equal(train(lora), expected, 'the output through the proxy');
  others(wrap);
  await collect(); // the proxy alone keeps it
  const kept = lora.forward_array(input).join();
  equal(kept, expected, 'the output after a garbage collection');

  for (let i = 0; i < 100; i++) {
    const each = wrap(new WasmMicroLoRA(DIM, 0.1, 0.25));
    each.forward_array(input);
    if (i % 2 === 0) {
      each.free();
      each.free();
      throwsAfterFree(each);
    } // the others are left to the garbage collector
  }
  await collect();
  // Memory that was freed twice would be given to two of these.
  const many = Array.from({ length: 100 }, () => wrap(new WasmMicroLoRA(DIM, 0.1, 0.25)));
  equal(new Set(many.map((each) => each.get_input_ptr())).size, many.length, 'addresses');
  for (const each of many) equal(train(each), expected, 'one of many');
  equal(lora.forward_array(input).join(), expected, 'the first one, still');
  for (const each of [lora, ...many]) each.free();
}

/** Objects that nobody frees do not pile up. */
async function collected(wrap) {
  const { memory } = await init();
  const round = async () => {
    for (let i = 0; i < 200; i++) wrap(new WasmMicroLoRA(4096)).dim();
    await collect();
    return memory.buffer.byteLength;
  };
  await round();
  const before = await round();
  equal(await round(), before, 'bytes of memory');
}

const wraps = {
  'Vue ref()': (object) => ref(object).value,
  'Vue reactive()': (object) => reactive({ deep: { object } }).deep.object,
  'Vue shallowRef()': (object) => shallowRef(object).value,
  'Valtio proxy()': (object) => valtioProxy({ object }).object,
  'Valtio proxy() itself': (object) => valtioProxy(object),
  'Valtio ref()': (object) => valtioProxy({ object: valtioRef(object) }).object,
};

await tell({
  'in no proxy': () => check(init, classes),
  'they are wrapped': () => {
    equal(isReactive(ref(new WasmMicroLoRA(4)).value), true, 'Vue wraps them');
  },
  ...Object.fromEntries(Object.entries(wraps).map(([name, wrap]) => [name, () => behind(wrap)])),
  'left to the garbage collector': async () => {
    for (const wrap of Object.values(wraps)) await collected(wrap);
  },
  'a frozen snapshot of Valtio': async () => {
    const state = valtioProxy({ lora: new WasmMicroLoRA(DIM, 0.1, 0.25) });
    const expected = state.lora.forward_array(input).join();
    const shot = snapshot(state);
    equal(shot.lora.forward_array(input).join(), expected, 'the output');
    state.lora.free();
    throwsAfterFree(shot.lora);
  },
});
