// The page: every click on a query is a like; the list shows what is expected to be liked next.

import init from '../../pkg/index.js'; // in a program of yours: from 'ruvector-learning-wasm'
import { moveSmoothly } from './motion.mjs';
import { averagePrecision, meanOfLikes, nearestLike, rank } from './ranking.mjs';
import { Taste } from './taste.mjs';
import { familyOf } from './users.mjs';

const DATA = '../job/data/';
const element = (id) => document.getElementById(id);
const inShort = (number) => String(Number(number.toPrecision(2)));

const [{ queries: names, embedding_dim: dim, runtimes_s: runtimes }, numbers] = await Promise.all([
  fetch(`${DATA}runtimes.json`).then((response) => response.json()),
  fetch(`${DATA}embeddings.f32`).then((response) => response.arrayBuffer()),
  init(),
]);
const taste = new Taste(names.map((_, i) => new Float32Array(numbers, i * dim * Float32Array.BYTES_PER_ELEMENT, dim)));
const cards = names.map(makeCard);
let positions = new Map();

function makeCard(name, item) {
  const card = document.createElement('li');
  const button = document.createElement('button');
  const seconds = `${inShort(runtimes[item][0])} s, best ${inShort(Math.min(...runtimes[item]))} s`;
  card.style.setProperty('--hue', (familyOf(name) * 137) % 360); // neighbours in number, far apart in colour
  button.type = 'button';
  button.innerHTML = `<b>${name}</b><i class="heart" aria-hidden="true"></i><span>${seconds}</span><em></em>`;
  button.setAttribute('aria-label', `Like query ${name}`);
  button.addEventListener('click', () => change(() => taste.toggle(item)));
  card.append(button);
  return card;
}

/** Does what was clicked, and shows what has come of it. */
function change(action) {
  const started = performance.now();
  action();
  show(performance.now() - started);
}

function show(milliseconds) {
  const likes = [...taste.liked];
  const scores = {
    adapter: taste.scores(),
    mean: likes.length > 0 ? meanOfLikes(taste.items, likes) : names.map(() => 0),
    nearest: likes.length > 0 ? nearestLike(taste.items, likes) : names.map(() => 0),
  };
  const by = document.querySelector('input[name=by]:checked').value;
  const order = [...likes, ...rank(scores[by], taste.liked)];
  moveSmoothly(cards, () => element('ranking').append(...order.map((item) => cards[item])));
  order.forEach((item, position) => {
    const climbed = (positions.get(item) ?? position) - position;
    const expected = likes.length > 0 && !taste.liked.has(item) ? scores.adapter[item].toFixed(2) : '';
    const arrow = climbed > 0 ? `▲${climbed}` : climbed < 0 ? `▼${-climbed}` : '';
    cards[item].querySelector('em').textContent = `${expected} ${taste.liked.has(item) ? '' : arrow}`.trim();
    cards[item].querySelector('button').setAttribute('aria-pressed', taste.liked.has(item));
  });
  positions = new Map(order.map((item, position) => [item, position]));
  element('likes').textContent = likes.length > 0 ? `Liked: ${likes.map((item) => names[item]).join(', ')}` : 'Nothing liked yet.';
  element('time').textContent = likes.length > 0 && milliseconds !== undefined ? `learned in ${milliseconds.toFixed(1)} ms` : '';
  showTiles(likes, scores);
}

function showTiles(likes, scores) {
  const families = new Set(likes.map((item) => familyOf(names[item])));
  const wanted = new Set([...names.keys()].filter((item) => families.has(familyOf(names[item])) && !taste.liked.has(item)));
  const tile = (label, values, ours) => {
    const value = wanted.size > 0 ? averagePrecision(rank(values, taste.liked), wanted).toFixed(3) : '–';
    return `<div${ours ? ' class="ours"' : ''}><dt>${label}</dt><dd>${value}</dd></div>`;
  };
  element('tiles').innerHTML = tile('before: order of the catalogue', names.map(() => 0))
    + tile('mean of likes', scores.mean) + tile('nearest like', scores.nearest) + tile('adapter', scores.adapter, true);
}

element('clear').addEventListener('click', () => change(() => {
  taste.liked.clear();
  taste.learn();
}));
element('try').addEventListener('click', () => change(() => {
  taste.liked = new Set(['6a', '17a', '22a'].map((name) => names.indexOf(name)));
  taste.learn();
}));
document.querySelectorAll('input[name=by]').forEach((input) => input.addEventListener('change', () => show()));
show();
