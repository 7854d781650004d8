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

/** By name, functions of what bench() is given. */
const players = {
  async ours() {
    const { default: init, ...module } = await import('../../pkg/index.js');
    return packaged(module, await init());
  },
  async previous({ previous }) {
    // Its second entry, which gives the same classes the methods that save and load.
    const { default: init, ...module } = await import(`./${previous}/persist.js`);
    return packaged(module, await init());
  },
  async peer({ wasm: { peer } }) {
    const { initSync, ...module } = await import('./node_modules/peer/ruvector_learning_wasm.js');
    // Its reward scales the gradient in its input buffer, so one reward can be given again and again.
    return { ...packaged(module, initSync({ module: peer })), rewards: [0.5, 0.5] };
  },
  async javascript({ categories }) {
    return plainJavaScript(categories);
  },
  async loop({ wasm: { floor } }) {
    const { instance } = await WebAssembly.instantiate(floor);
    return loopsInWasm(instance.exports, repeat);
  },
};

let who;
let player;
let operators;
let cases;
let expected;
const subjects = [];

const methods = {
  async start(name, given) {
    who = name;
    player = await players[who](given);
    operators = given.categories.length;
    const load = async (suffix, of) => (await import(`./cases.mjs?${suffix}`)).casesOf(of);
    [cases, expected] = [await load('timed', player), await load('reference', reference())];
  },

  /** Checks a case and makes it ready; returns its number, or null if the player has not the method. */
  async ready(name, dim) {
    const subject = cases[name](dim);
    if (!subject) return null;
    repeat.count = 2;
    const title = `${who}, ${name} of ${dim}`;
    if (who === 'peer') checkObservable(subject, title);
    else checkAgainst(expected[name](dim), subject, title);
    repeat.count = MANY;
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

  memory: () => scopedMemory(player, operators),
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
