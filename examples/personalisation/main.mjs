// `npm run example:personalisation`: one user's ranking as the ratings come in, then what it is worth to many simulated users.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import init from '../../pkg/index.js'; // in a program of yours: from 'ruvector-learning-wasm'
import { catalogue } from './catalogue.mjs';
import { RATINGS, TASTES, evaluate, meanAndError } from './evaluate.mjs';
import { KernelRidge, Nearest, Rocchio, rank } from './ranking.mjs';
import { Taste } from './taste.mjs';
import { WAYS } from './users.mjs';

const { values: options } = parseArgs({ options: { users: { type: 'string', default: '40' }, seed: { type: 'string', default: '1' } } });
const read = (name) => readFileSync(new URL(`data/${name}`, import.meta.url));

await init();
const data = catalogue(JSON.parse(read('items.json')), Uint8Array.from(read('embeddings.f32')).buffer);
const { items, embeddings, inputs } = data;

const CONTENDERS = {
  adapter: () => new Taste(inputs),
  'mean of likes': () => new Rocchio(embeddings, 0),
  Rocchio: () => new Rocchio(embeddings),
  'nearest like': () => new Nearest(embeddings),
  'kernel ridge': () => new KernelRidge(embeddings),
};
const NAMES = Object.keys(CONTENDERS);

function oneUser() {
  const taste = new Taste(inputs);
  const seen = new Set();
  const ratings = [['Thread::unpark', true], ['Vec::retain', true], ['Duration::try_from_secs_f64', false], ['ThreadId', true], ['Vec::extend_from_within', true]];
  console.log('The top 5 of the Rust standard library after each rating:\n');
  for (const [name, likes] of ratings) {
    const item = items.findIndex((each) => each.name === name);
    taste.rate(item, likes);
    seen.add(item);
    const top = rank(taste.scores(), seen).slice(0, 5);
    console.log(`  ${likes ? 'likes' : 'dislikes'} ${name}: ${top.map((each) => items[each].name).join(', ')}`);
  }
  taste.free();
}

function line(label, cells) {
  console.log(`  ${label.padEnd(20)}${cells.map((cell) => String(cell).padEnd(15)).join('')}`.trimEnd());
}

function manyUsers() {
  const [users, seed] = [options.users, options.seed].map(Number);
  const started = performance.now();
  const found = evaluate(data, CONTENDERS, { users, seed });
  console.log(`\nMean average precision of what was not rated, ${users} simulated users of each kind (seed ${seed}):\n`);
  const row = (label, some) => line(label, NAMES.map((name) => meanAndError(some, ({ precision }) => precision[name])[0].toFixed(3)));
  line('', NAMES);
  for (const tastes of TASTES) row(`${tastes} ${tastes > 1 ? 'tastes' : 'taste'}`, found.filter((each) => each.tastes === tastes));
  for (const ratings of RATINGS) row(`${ratings} ratings`, found.filter((each) => each.ratings === ratings));
  for (const way of Object.keys(WAYS)) row(way, found.filter((each) => each.way === way));
  row('all', found);
  console.log('\nThe adapter less each of them, over all, with standard errors:\n');
  for (const name of NAMES.slice(1)) {
    const [difference, error] = meanAndError(found, ({ precision }) => precision.adapter - precision[name]);
    line(name, [`${difference.toFixed(4)} ± ${error.toFixed(4)}`]);
  }
  console.error(`${((performance.now() - started) / 1000).toFixed(0)} s`);
}

oneUser();
manyUsers();
