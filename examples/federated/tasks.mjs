// What is learned: two tasks, each split over clients whose data differ.
//
// A task has settings of its adapters and of the rounds, `shard(client)` with the examples of one client, `step(lora, example)`, one
// signal to an adapter, and `loss(lora)`, on held-out examples of all clients, where the identity map has 1.

import { loadBenchmark } from '../job/benchmark.mjs';
import { familyOf } from '../job/families.mjs';
import { normalFrom, shuffled } from './random.mjs';

/** Steps on one client's data in one round go through it `epochs` times; `serverRate` and `momentum` are explained in aggregate.mjs. */
const TEACHER = { dim: 64, alpha: 0.5, rate: 0.13, epochs: 1, serverRate: 3, momentum: 0 };
const QUERIES = { alpha: 0.5, rate: 0.1, epochs: 10, serverRate: 2, momentum: 0.6 }; // what choose.mjs shows to be good

/** Of all clients: x + Σ strength (x · from) to. Every client adds one more direction of its own, of strength OWN. */
const COMMON = [1, 0.7];
const OWN = 0.85;
/** Length of a client's mean input, relative to the spread of its inputs around it. */
const SKEW = 0.5;
const NOISE = 0.1;
const EXAMPLES = 100;
const HELD_OUT = 300;

/**
 * A synthetic teacher. Every client's targets are what all clients have in common and something of its own, its inputs lie around a mean
 * of its own, and its targets are noisy. Held-out examples are without noise, as many of each client.
 */
function teacherTask({ clients, seed }) {
  const { dim } = TEACHER;
  const next = normalFrom(seed);
  const unit = () => {
    const values = Array.from({ length: dim }, next);
    const length = Math.hypot(...values);
    return values.map((value) => value / length);
  };
  const direction = (strength) => ({ strength, from: unit(), to: unit() });
  const common = COMMON.map(direction);
  const own = Array.from({ length: clients }, () => direction(OWN));
  const means = Array.from({ length: clients }, unit);

  function example(client, draw, noise) {
    const x = Float32Array.from({ length: dim }, (_, i) => draw() + SKEW * Math.sqrt(dim) * means[client][i]);
    const target = Float32Array.from(x);
    for (const { strength, from, to } of [...common, own[client]]) {
      const share = strength * x.reduce((sum, value, i) => sum + value * from[i], 0);
      to.forEach((value, i) => { target[i] += share * value; });
    }
    return { x, target: noise === 0 ? target : target.map((value) => value + noise * draw()) };
  }
  const examples = (client, count, stream, noise) => {
    const draw = normalFrom(1000 * seed + stream + client);
    return Array.from({ length: count }, () => example(client, draw, noise));
  };
  const perClient = Math.max(3, Math.round(HELD_OUT / clients));
  const heldOut = () => Array.from({ length: clients }, (_, client) => examples(client, perClient, 500_000, 0)).flat();
  return {
    ...TEACHER,
    clients,
    shard: (client) => examples(client, EXAMPLES, 100_000, NOISE),
    step: (lora, { x, target }) => lora.train(x, target),
    loss: relativeTo1(heldOut, (lora, { x, target }) => {
      const y = lora.forward_array(x);
      return [distance(y, target), distance(x, target)];
    }),
  };
}

/** Of the 49 hint sets, the one that is best for all queries together. */
const HINT_SET = 2;

/**
 * The Join Order Benchmark: how much faster is this query under hint set 2? Its 33 families (the same joins with other constants) are dealt
 * out to the clients, who get rewards. Held out is query a of every family. `split` is { letter, deal }: held out is that
 * query instead, nobody sees query a, and `deal` is the seed of another way to deal out the families.
 */
function queriesTask({ clients, split = null }) {
  const { queries, dim } = loadBenchmark();
  const families = [...new Set(queries.map(({ name }) => familyOf(name)))].sort((a, b) => a - b);
  if (clients > families.length) throw new RangeError(`there are ${families.length} families of queries, so at most as many clients`);
  const dealt = split === null ? families : shuffled(families, split.deal);
  const letter = split?.letter ?? 'a';
  const mean = new Float64Array(dim);
  for (const { embedding } of queries) embedding.forEach((value, i) => { mean[i] += value / queries.length; });
  const examples = queries.map(({ name, embedding, runtimesMs }) => ({
    name,
    client: (dealt.indexOf(familyOf(name)) + 1) % clients,
    x: Float32Array.from([...embedding.map((value, i) => value - mean[i]), 0.5]), // a constant, as docs/learning.md says
    reward: Math.max(-1, Math.min(2, runtimesMs[0] / runtimesMs[HINT_SET] - 1)),
  }));
  const isHeldOut = ({ name }) => name.endsWith(letter);
  return {
    ...QUERIES,
    dim: dim + 1,
    clients,
    shard: (client) => examples.filter((each) => each.client === client && !each.name.endsWith('a') && !isHeldOut(each)),
    step: (lora, { x, reward }) => lora.reward(x, reward),
    loss: relativeTo1(() => examples.filter(isHeldOut), (lora, { x, reward }) => [(lora.predicted_improvement(x) - reward) ** 2, reward ** 2]),
  };
}

const distance = (x, y) => x.reduce((sum, value, i) => sum + (value - y[i]) ** 2, 0);

/** The sum of an adapter's errors, divided by that of the identity map's: `errors` gives both for one example. */
function relativeTo1(heldOut, errors) {
  let examples;
  return (lora) => {
    examples ??= heldOut();
    const sums = [0, 0];
    for (const example of examples) errors(lora, example).forEach((error, i) => { sums[i] += error; });
    return sums[0] / sums[1];
  };
}

const TASKS = { teacher: teacherTask, queries: queriesTask };
export const TASK_NAMES = Object.keys(TASKS);

/** `clients` of at least 1; the seed draws the teacher and its examples; `split` is explained at the queries. */
export function taskOf({ name, clients, seed = 1, split = null }) {
  if (!Object.hasOwn(TASKS, name)) throw new RangeError(`there is no task ${name}, only ${TASK_NAMES.join(' and ')}`);
  return TASKS[name]({ clients, seed, split });
}
