// `node examples/federated/goals.mjs`: the goals over many teachers, without Flower, which gives the same bytes. The settings of the teachers
// were chosen on the seeds 1 to 16, those of the queries by choose.mjs; here are others.

import init from '../../pkg/index.js';
import { firstFile, learn, lossOf } from './local.mjs';
import { references } from './references.mjs';
import { taskOf } from './tasks.mjs';

await init();

const ROUNDS = 10;
const SEEDS = Array.from({ length: 16 }, (_, i) => 17 + i);
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const line = (label, cells = []) => console.log(`${label.padEnd(44)}${cells.map((cell) => String(cell).padStart(9)).join('')}`);
const numbers = (values) => [Math.min(...values), median(values), Math.max(...values)].map((value) => value.toFixed(3));

/** The last rows of all tasks. */
const last = (tasks, options) => tasks.map((task) => references(task, { rounds: ROUNDS, ...options }).rows[ROUNDS]);

/** What two directions cannot hold: the loss of an adapter that has all data, eight times the passes and a rate that falls. */
function leastLoss(task) {
  const everything = Array.from({ length: task.clients }, (_, client) => task.shard(client)).flat();
  let file = firstFile(task);
  for (let round = 0; round < ROUNDS; round += 1) {
    file = learn(file, { ...task, epochs: 8, rate: 0.13 * 0.8 ** round }, everything, { seed: round });
  }
  return lossOf(file, task);
}

function compare(label, tasks, least = null) {
  console.log(`${label}, after ${ROUNDS} rounds:`);
  const [{ clients, serverRate, momentum }] = tasks;
  const rows = last(tasks, { alone: clients <= 16 });
  const extrapolated = last(tasks, { alone: false, naive: { serverRate, momentum } });
  line('', ['least', 'median', 'most']);
  line('held-out loss of the merged adapter', numbers(rows.map(({ plain }) => plain)));
  line('merged / trained on all data', numbers(rows.map(({ plain, central }) => plain / central)));
  line('naive averaging / merged', numbers(rows.map(({ plain, naive }) => naive / plain)));
  line('naive with the merge’s server rate / merged', numbers(rows.map(({ plain }, i) => extrapolated[i].naive / plain)));
  if (clients <= 16) line('best client alone / merged', numbers(rows.map(({ plain, alone }) => Math.min(...alone) / plain)));
  if (least !== null) {
    line('loss above what two directions hold:');
    line('  trained on all data', numbers(rows.map(({ central }, i) => central - least[i])));
    line('  merged', numbers(rows.map(({ plain }, i) => plain - least[i])));
    line('  naive averaging', numbers(rows.map(({ naive }, i) => naive - least[i])));
    line('  naive with the merge’s server rate', numbers(extrapolated.map(({ naive }, i) => naive - least[i])));
  }
  console.log();
}

const teachers = SEEDS.map((seed) => taskOf({ name: 'teacher', clients: 3, seed }));
compare('16 teachers, 3 clients', teachers, teachers.map(leastLoss));
compare('4 teachers, 30 clients', SEEDS.slice(0, 4).map((seed) => taskOf({ name: 'teacher', clients: 30, seed })));
compare('Queries, 3 clients', [taskOf({ name: 'queries', clients: 3 })]);
compare('Queries, families dealt out to 3 clients in 8 other ways', SEEDS.slice(0, 8).map((deal) => taskOf({ name: 'queries', clients: 3, split: { letter: 'a', deal } })));

console.log('16 teachers, 3 clients, A kept from some round on: merged adapter after 10 rounds / the same without');
const free = last(teachers, { alone: false });
for (const freezeFrom of [1, 2, 4, 7]) {
  const kept = last(teachers, { alone: false, freezeFrom });
  line(`from round ${freezeFrom}`, numbers(kept.map(({ plain }, i) => plain / free[i].plain)));
}
