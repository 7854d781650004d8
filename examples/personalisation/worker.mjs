// The worker: it has the catalogue and the adapter, learns from each rating, keeps the state in IndexedDB and answers with rankings.
// In: `{ rate: item, likes }`, `{ clear: true }` or `{ by: name }`. Out: `{ items }` once, and after every message a ranking; `{ failed }` if there will be none.

import init from '../../pkg/index.js'; // in a program of yours: from 'ruvector-learning-wasm'
import { catalogue } from './catalogue.mjs';
import { KernelRidge, Nearest, Rocchio, rank } from './ranking.mjs';
import { openStore } from './store.mjs';
import { Taste } from './taste.mjs';

const load = (name, kind) => fetch(new URL(`data/${name}`, import.meta.url)).then((response) => response[kind]());

// Messages that come before all is ready wait here: one after the other, each when the last is done.
let work = start();
work.catch(failed);
addEventListener('message', ({ data }) => {
  work = work.then((state) => answer(state, data));
  work.catch(failed);
});

/** Nothing that comes later is answered: the page says why. */
function failed(error) {
  postMessage({ failed: String(error) });
}

async function start() {
  const [items, numbers, store] = await Promise.all([load('items.json', 'json'), load('embeddings.f32', 'arrayBuffer'), openStore('personalisation'), init()]);
  const data = catalogue(items, numbers);
  const state = { data, store, by: 'adapter', ...(await resume(data, store)) };
  postMessage({ items });
  show(state);
  return state;
}

/** From what is kept; or from nothing, if that is a file which the package refuses. */
async function resume(data, store) {
  try {
    return begin(data, await store.load());
  } catch (error) {
    console.warn(`What was kept is forgotten: ${error}`);
    await store.clear();
    return begin(data);
  }
}

/** The adapter goes on from its file; the others need every rating again. */
function begin({ inputs, embeddings }, { ratings = [], bytes } = {}) {
  const contenders = {
    adapter: new Taste(inputs, bytes),
    Rocchio: new Rocchio(embeddings),
    'nearest like': new Nearest(embeddings),
    'kernel ridge': new KernelRidge(embeddings),
  };
  for (const { item, likes } of ratings) for (const [name, each] of Object.entries(contenders)) if (name !== 'adapter') each.rate(item, likes);
  return { contenders, ratings };
}

async function answer(state, { rate, likes, clear, by }) {
  const { data, store, contenders } = state;
  if (clear) {
    contenders.adapter.free();
    Object.assign(state, begin(data));
    await store.clear();
  } else if (by) {
    state.by = by;
  } else if (!state.ratings.some(({ item }) => item === rate)) { // a second click may come before the ranking has changed
    for (const each of Object.values(contenders)) each.rate(rate, likes);
    state.ratings.push({ item: rate, likes });
    await store.save({ ratings: state.ratings, bytes: contenders.adapter.save() });
  }
  show(state);
  return state;
}

function show({ contenders, ratings, by }) {
  const started = performance.now();
  const expected = contenders.adapter.scores();
  const milliseconds = performance.now() - started;
  const scores = by === 'adapter' ? expected : contenders[by].scores();
  const order = rank(scores, new Set(ratings.map(({ item }) => item)));
  postMessage({ order, expected, ratings, milliseconds });
}
