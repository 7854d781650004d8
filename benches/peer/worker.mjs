// One player in an engine instance of its own, which times a case when told to.
//
// Not in one with the others: a call is optimised for the classes that were seen there, and once any ArrayBuffer has been
// detached, as the growth of a wasm memory does, V8 compiles every typed-array access of that instance slower by up to half.
import { checkAgainst, checkObservable } from './check.mjs';
import { scopedMemory } from './memory.mjs';
import { loopsInWasm, packaged, plainJavaScript, reference } from './players.mjs';
import { callsPerSample, time } from './timing.mjs';

/** How often the loops in wasm go round in one call: little while results are compared, much while they are timed. */
const repeat = { count: 2 };
const MANY = 256;

const players = {
  async ours() {
    const { default: init, ...module } = await import('../../pkg/index.js');
    return packaged(module, await init());
  },
  async peer({ peer }) {
    const { initSync, ...module } = await import('./node_modules/peer/ruvector_learning_wasm.js');
    // Its reward scales the gradient in its input buffer, so one reward can be given again and again.
    return { ...packaged(module, initSync({ module: peer })), rewards: [0.5, 0.5] };
  },
  async javascript() {
    return plainJavaScript();
  },
  async loop({ floor }) {
    const { instance } = await WebAssembly.instantiate(floor);
    return loopsInWasm(instance.exports, repeat);
  },
};

let who;
let player;
let cases;
let expected;
const subjects = [];

const methods = {
  /** `wasm`: the bytes that the player needs. */
  async start(name, wasm) {
    who = name;
    player = await players[who](wasm);
    const load = async (suffix, of) => (await import(`./cases.mjs?${suffix}`)).casesOf(of);
    [cases, expected] = [await load('timed', player), await load('reference', reference())];
  },

  /** Checks a case and makes it ready; returns its number, or null if the player has not the method. */
  async ready(name, dim) {
    const inspected = cases[name](dim);
    if (!inspected) return null;
    repeat.count = 2;
    const title = `${who}, ${name} of ${dim}`;
    if (who === 'peer') checkObservable(inspected, title);
    else checkAgainst(expected[name](dim), inspected, title);
    repeat.count = MANY;
    const subject = cases[name](dim);
    return subjects.push({ title, subject, calls: await callsPerSample(subject) }) - 1;
  },

  async time(number) {
    const { title, subject, calls } = subjects[number];
    try {
      return await time(subject, calls);
    } catch (error) {
      throw new Error(`${title}: ${error.message}`, { cause: error });
    }
  },

  memory: () => scopedMemory(player),
};

// Node's workers and a page's differ in where their messages arrive.
const { parentPort: port } = globalThis.process ? await import('node:worker_threads') : { parentPort: globalThis };
port.onmessage = async ({ data: { method, args } }) => {
  try {
    port.postMessage({ value: await methods[method](...args) });
  } catch (error) {
    port.postMessage({ error: String(error.stack ?? error) });
  }
};
