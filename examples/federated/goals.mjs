// `node examples/federated/goals.mjs`: the goals over many teachers, without Flower, which gives the same bytes. The settings of the task were
// chosen on the seeds 1 to 16; these are others.

import init from '../../pkg/index.js';
import { references } from './references.mjs';
import { taskOf } from './tasks.mjs';

await init();

const ROUNDS = 10;
const SEEDS = Array.from({ length: 16 }, (_, i) => 17 + i);
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const line = (label, cells) => console.log(`${label.padEnd(44)}${cells.map((cell) => String(cell).padStart(9)).join('')}`);
const numbers = (values) => [Math.min(...values), median(values), Math.max(...values)].map((value) => value.toFixed(3));

/** The last rows of all seeds. */
const last = (name, clients, seeds, options) => seeds.map((seed) => references(taskOf({ name, clients, seed }), { rounds: ROUNDS, ...options }).rows[ROUNDS]);

function compare(label, name, clients, seeds) {
  console.log(`${label}, after ${ROUNDS} rounds:`);
  const rows = last(name, clients, seeds, { alone: clients <= 16 });
  const extrapolated = last(name, clients, seeds, { alone: false, naiveRate: taskOf({ name, clients }).serverRate });
  line('', ['least', 'median', 'most']);
  line('held-out loss of the merged adapter', numbers(rows.map(({ plain }) => plain)));
  line('merged / trained on all data', numbers(rows.map(({ plain, central }) => plain / central)));
  line('naive averaging / merged', numbers(rows.map(({ plain, naive }) => naive / plain)));
  line('naive with the same server rate / merged', numbers(rows.map(({ plain }, i) => extrapolated[i].naive / plain)));
  if (clients <= 16) line('best client alone / merged', numbers(rows.map(({ plain, alone }) => Math.min(...alone) / plain)));
  console.log();
}

compare('16 teachers, 3 clients', 'teacher', 3, SEEDS);
compare('4 teachers, 30 clients', 'teacher', 30, SEEDS.slice(0, 4));
compare('Queries, 3 clients', 'queries', 3, [1]);

console.log('16 teachers, 3 clients, A kept from some round on: merged adapter after 10 rounds / the same without');
const free = last('teacher', 3, SEEDS, { alone: false });
for (const freezeFrom of [1, 2, 4, 7]) {
  const kept = last('teacher', 3, SEEDS, { alone: false, freezeFrom });
  line(`from round ${freezeFrom}`, numbers(kept.map(({ plain }, i) => plain / free[i].plain)));
}
