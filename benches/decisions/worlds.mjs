// Worlds beside the matrices of run times: noise, cold starts, late results, clicks, a service that drifts. What a contender
// chooses is run by the world, and what that takes is what it is charged.

import { OperatorType } from '../operators.mjs';
import { normalFrom, randomFrom } from './random.mjs';

/**
 * A world: `types`, `dim`, the number of decisions (`length`), after how many more decisions a result is known (`delay`), and
 * `start(seed)`, which gives
 * - `context(i)`: the `{ embedding, operator, baselineMs, key }` of decision i: the baseline as the contender is told it, and a key for
 *   those who keep a table, the same where the same is best;
 * - `run(i, type)`: what choosing a type comes to, `{ ms }` or `{ value }`, of which more is better;
 * - `best(i)`: what the best type comes to in the mean.
 */
export const WORLDS = {
  // One query. The first run of the best type is slow by accident.
  'bad first run': {
    types: [0, 1, 2], dim: 4, length: 1000, delay: 0,
    start() {
      const context = { embedding: Float32Array.of(1, 0, 0, 0), operator: OperatorType.Join, baselineMs: 100, key: 0 };
      const times = [100, 120, 50];
      let second = 0;
      return {
        context: () => context,
        run: (_, type) => ({ ms: type === 2 && (second += 1) === 1 ? 200 : times[type] }),
        best: () => 50,
      };
    },
  },
  // The first run of a query with a type finds its caches empty.
  'cold first runs': queries({ passes: 200, cold: 4 }),
  'noise 0.3': queries({ passes: 100, noise: 0.3 }),
  'noise 1.0': queries({ passes: 100, noise: 1 }),
  '20 in flight': queries({ passes: 100, delay: 20 }),
  '500 in flight': queries({ passes: 200, delay: 500 }),
  'clicks, one group': clicks({ groups: 1, types: 2, length: 3000 }),
  'clicks, 12 groups': clicks({ groups: 12, types: 4, length: 12_000 }),
  'service, abrupt drift, naive': service({ gradual: false, naive: true }),
  'service, abrupt drift': service({ gradual: false, naive: false }),
  'service, gradual drift, naive': service({ gradual: true, naive: true }),
  'service, gradual drift': service({ gradual: true, naive: false }),
};

/** Random vectors of length 1. */
function directions(count, dim, normal) {
  return Array.from({ length: count }, () => unit(Float32Array.from({ length: dim }, normal)));
}

function unit(vector) {
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
}

/** 30 queries, one after the other, whose four types take a quarter to four times their baseline. */
function queries({ passes, cold = 1, noise = 0.05, delay = 0 }) {
  const [count, types, dim] = [30, [0, 1, 2, 3], 16];
  return {
    types, dim, length: passes * count, delay,
    start(seed) {
      const uniform = randomFrom(1000 + seed);
      const normal = normalFrom(uniform);
      const embeddings = directions(count, dim, normal);
      const times = embeddings.map(() => {
        const baseline = 50 * Math.exp(normal());
        return types.map((type) => (type === 0 ? baseline : baseline * 4 ** (2 * uniform() - 1)));
      });
      const seen = new Set();
      // The mean of a lognormal factor is that of the time.
      const factor = () => Math.exp(noise * normal() - (noise * noise) / 2);
      return {
        context: (i) => ({ embedding: embeddings[i % count], operator: OperatorType.Join, baselineMs: times[i % count][0], key: i % count }),
        run(i, type) {
          const key = `${i % count} ${type}`;
          const first = !seen.has(key);
          seen.add(key);
          return { ms: times[i % count][type] * factor() * (first ? cold : 1) };
        },
        best: (i) => Math.min(...times[i % count]),
      };
    },
  };
}

/** What is shown is clicked or not; in each group of users one type is clicked three times as often as the others. */
function clicks({ groups, types, length }) {
  const dim = 8;
  return {
    types: Array.from({ length: types }, (_, i) => i + 1), dim, length, delay: 0, outcomes: true,
    start(seed) {
      const uniform = randomFrom(2000 + seed);
      const embeddings = directions(groups, dim, normalFrom(uniform));
      const liked = embeddings.map(() => 1 + Math.floor(uniform() * types));
      const order = Array.from({ length }, () => Math.floor(uniform() * groups));
      return {
        context: (i) => ({ embedding: embeddings[order[i]], operator: OperatorType.Rerank, key: order[i] }),
        run: (i, type) => ({ value: uniform() < (type === liked[order[i]] ? 0.3 : 0.1) ? 1 : 0 }),
        best: () => 0.3,
      };
    },
  };
}

/**
 * 6000 requests on 12 routes, no two alike, for each of which six strategies take different times; what they take changes twice for half
 * of the routes, at once or gradually. Naive: the strategies are numbered from 0, every request has one operator, and the
 * baseline is made up. Else they are numbered from 1, the operator is the route, and the baseline is its mean so far.
 */
function service({ gradual, naive }) {
  const [routes, strategies, dim, length, phases, noise] = [12, 6, 16, 6000, 3, 0.25];
  return {
    types: Array.from({ length: strategies }, (_, i) => (naive ? i : i + 1)), dim, length, delay: 0,
    start(seed) {
      const uniform = randomFrom(3000 + seed);
      const normal = normalFrom(uniform);
      const centres = directions(routes, dim, normal);
      const draw = () => Array.from({ length: strategies }, () => Math.log(100) + 0.7 * normal());
      const logs = [centres.map(draw)];
      while (logs.length < phases + 1) logs.push(logs.at(-1).map((log) => (uniform() < 0.5 ? draw() : log)));
      const requests = Array.from({ length }, () => {
        const route = Math.floor(uniform() * routes);
        return { route, embedding: unit(centres[route].map((value) => value + 0.05 * normal())) };
      });
      const logOf = (i, strategy) => {
        const at = (phases * i) / length;
        const phase = Math.floor(at);
        const [from, to] = [logs[phase], logs[phase + 1]].map((each) => each[requests[i].route][strategy]);
        return gradual ? from + (at - phase) * (to - from) : from;
      };
      const told = centres.map(() => ({ sum: 0, count: 0 }));
      const first = naive ? 0 : 1;
      return {
        context(i) {
          const { route, embedding } = requests[i];
          const { sum, count } = told[route];
          return naive
            ? { embedding, operator: OperatorType.Result, baselineMs: 100, key: route }
            : { embedding, operator: route, baselineMs: count ? sum / count : 100, key: route };
        },
        run(i, type) {
          const ms = Math.exp(logOf(i, type - first) + noise * normal() - (noise * noise) / 2);
          const mean = told[requests[i].route];
          mean.sum += ms;
          mean.count += 1;
          return { ms };
        },
        best: (i) => Math.exp(Math.min(...Array.from({ length: strategies }, (_, strategy) => logOf(i, strategy)))),
      };
    },
  };
}

/** What a decision came to in a world, in the mean: for a contender, and for who knows the best type. */
export function live(world, make, seed) {
  const { context, run, best } = world.start(seed);
  const contender = make(world, seed);
  const waiting = [];
  let [total, optimum] = [0, 0];
  try {
    for (let i = 0; i < world.length; i += 1) {
      const here = context(i);
      const type = contender.choose(here);
      const result = run(i, type);
      total += result.ms ?? result.value;
      optimum += best(i);
      waiting.push([here, type, result]);
      if (waiting.length > world.delay) contender.learn(...waiting.shift());
    }
  } finally {
    contender.free?.();
  }
  return { mean: total / world.length, optimum: optimum / world.length };
}
