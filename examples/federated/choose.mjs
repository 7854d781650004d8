// `node examples/federated/choose.mjs`: how the settings of the task `queries` were chosen, without its held-out queries. Held out is query b, c
// or d of every family instead, the families are dealt out to 3 clients in three other ways, and nobody sees query a.

import init from '../../pkg/index.js';
import { references } from './references.mjs';
import { taskOf } from './tasks.mjs';

await init();

const ROUNDS = 10;
const SPLITS = ['b', 'c', 'd'].flatMap((letter) => [101, 102, 103].map((deal) => ({ letter, deal })));
const tasks = SPLITS.map((split) => taskOf({ name: 'queries', clients: 3, split }));
const { rate, epochs, serverRate, momentum } = tasks[0];
const chosen = { rate, epochs, serverRate, momentum };
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const line = (...cells) => console.log(cells.map((cell) => String(cell).padStart(13)).join(''));

/** Mean over the splits: the loss of the adapter trained on all data, and of the merged one. */
function losses(settings, options) {
  const rows = tasks.map((task) => references({ ...task, ...settings }, { rounds: ROUNDS, alone: false, ...options }).rows[ROUNDS]);
  return [rows.map(({ central }) => central), rows.map(({ plain }) => plain)];
}

console.log(`Held-out loss after ${ROUNDS} rounds, mean of ${SPLITS.length} splits; the first line is the task's own setting. The ratio is`);
console.log('the mean of merged / the adapter trained on all data with that setting.\n');
line('rate', 'passes', 'server rate', 'momentum', 'A kept from', 'all data', 'merged', 'ratio');
const [goal, own] = losses(chosen);
const show = (settings, freezeFrom, central, merged) => {
  const { rate: r, epochs: e, serverRate: s, momentum: m } = { ...chosen, ...settings };
  line(r, e, s, m, freezeFrom || '', mean(central).toFixed(3), mean(merged).toFixed(3), mean(merged.map((loss, i) => loss / goal[i])).toFixed(3));
};
show({}, 0, goal, own);
for (const [settings, freezeFrom = 0] of [
  ...[1, 1.5, 2, 2.4].map((s) => [{ serverRate: s, momentum: 0 }]),
  ...[[1, 0.5], [1, 0.7], [1, 0.8], [1.5, 0.5], [1.5, 0.6], [1.5, 0.7], [2, 0.3], [2, 0.5], [2, 0.7]].map(([s, m]) => [{ serverRate: s, momentum: m }]),
  ...[[0.1, 3], [0.1, 6], [0.1, 20], [0.05, 10], [0.05, 20], [0.2, 5], [0.2, 10]].map(([r, e]) => [{ rate: r, epochs: e }]),
  [{}, 4], [{}, 7],
]) show(settings, freezeFrom, ...losses(settings, { freezeFrom }));
