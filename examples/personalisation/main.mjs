// `npm run example:personalisation`: one user's ranking before and after, then the same for many simulated users.

import init from '../../pkg/index.js'; // in a program of yours: from 'ruvector-learning-wasm'
import { loadBenchmark } from '../job/benchmark.mjs';
import { randomFrom } from '../job/random.mjs';
import { averagePrecision, meanOfLikes, nearestLike, rank } from './ranking.mjs';
import { Taste } from './taste.mjs';
import { familyOf, kindsOfUsers } from './users.mjs';

const TOP = 12;
const USERS = 100;
const SEED = 1;

await init();
const { queries } = loadBenchmark();
const taste = new Taste(queries.map(({ embedding }) => embedding));

/** The rankings of what is not liked yet, by name; the first is what an adapter that has learned nothing gives. */
function rankings(likes) {
  taste.liked = new Set();
  taste.learn();
  const before = taste.scores();
  for (const like of likes) taste.toggle(like);
  const scores = {
    before,
    'mean of likes': meanOfLikes(taste.items, likes),
    'nearest like': nearestLike(taste.items, likes),
    adapter: taste.scores(),
  };
  return Object.fromEntries(Object.entries(scores).map(([name, values]) => [name, rank(values, taste.liked)]));
}

function oneUser(...names) {
  const likes = names.map((name) => queries.findIndex((query) => query.name === name));
  const families = new Set(names.map(familyOf));
  const wanted = new Set(queries.filter(({ index, name }) => families.has(familyOf(name)) && !likes.includes(index)).map(({ index }) => index));
  const all = Object.entries(rankings(likes));
  console.log(`A user likes the queries ${names.join(', ')}. The top ${TOP} of the other ${queries.length - likes.length}, * for those of the same families:\n`);
  const mark = (item) => `${queries[item].name}${wanted.has(item) ? ' *' : ''}`;
  line('', all.map(([name]) => name));
  for (let i = 0; i < TOP; i += 1) line(String(i + 1), all.map(([, ranking]) => mark(ranking[i])));
  line('average precision', all.map(([, ranking]) => averagePrecision(ranking, wanted).toFixed(3)));
}

function manyUsers() {
  console.log(`\nMean average precision of what the likes did not name, ${USERS} simulated users of each kind:\n`);
  for (const [kind, draw] of kindsOfUsers(queries)) {
    const random = randomFrom(SEED);
    const sums = new Map();
    for (let user = 0; user < USERS; user += 1) {
      const { likes, wanted } = draw(random);
      for (const [name, ranking] of Object.entries(rankings(likes))) sums.set(name, (sums.get(name) ?? 0) + averagePrecision(ranking, wanted));
    }
    if (kind === '1 family') line('the user wants', [...sums.keys()]);
    line(kind, [...sums.values()].map((sum) => (sum / USERS).toFixed(3)));
  }
}

function line(label, cells) {
  console.log(`  ${label.padEnd(21)}${cells.map((cell) => cell.padEnd(15)).join('')}`.trimEnd());
}

oneUser('6a', '17a', '22a');
manyUsers();
taste.free();
