// The page: shows the ranking that the worker sends, and sends it the ratings.

const SHOWN = 30;
const element = (id) => document.getElementById(id);
const worker = new Worker(new URL('worker.mjs', import.meta.url), { type: 'module' });
let items = [];

worker.addEventListener('message', ({ data }) => {
  if (data.failed) element('state').textContent = `The worker has failed: ${data.failed}`;
  else if (data.items) items = data.items;
  else show(data);
});
worker.addEventListener('error', (event) => {
  element('state').textContent = `The worker has failed: ${event.message}`;
});

const cell = (tag, text, className = '') => Object.assign(document.createElement(tag), { textContent: text, className });

function card(item, expected) {
  const row = cell('li', '');
  const buttons = [['+', 'Like', true], ['−', 'Dislike', false]].map(([sign, label, likes]) => {
    const button = Object.assign(cell('button', sign), { type: 'button' });
    button.setAttribute('aria-label', `${label} ${items[item].name}`);
    button.addEventListener('click', () => worker.postMessage({ rate: item, likes }));
    return button;
  });
  row.append(cell('b', items[item].name), cell('span', items[item].text), cell('em', expected.toFixed(2)), ...buttons);
  return row;
}

function show({ order, expected, ratings, milliseconds }) {
  element('ranking').replaceChildren(...order.slice(0, SHOWN).map((item) => card(item, expected[item])));
  element('rated').replaceChildren(...ratings.map(({ item, likes }) => cell('li', `${likes ? '+' : '−'} ${items[item].name}`)).reverse());
  element('state').textContent = `${ratings.length} rated; ${items.length} items scored in ${milliseconds.toFixed(1)} ms`;
}

element('clear').addEventListener('click', () => worker.postMessage({ clear: true }));
document.querySelectorAll('input[name=by]').forEach((input) => input.addEventListener('change', () => worker.postMessage({ by: input.value })));
