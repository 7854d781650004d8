// The workloads: which queries come in which order, and the run time of each under every type.

import { loadBenchmark } from '../../examples/job/benchmark.mjs';
import { OperatorType } from '../operators.mjs';
import { randomFrom, shuffled } from './random.mjs';
import { synthetic } from './synthetic.mjs';

const PASSES = 20;
const HALVES = { all: () => true, odd: (family) => family % 2 === 1, even: (family) => family % 2 === 0 };

/**
 * The Join Order Benchmark, or the queries of its odd or even families (13a to 13d are family 13), pass by pass; in the order
 * of the data, or in random order drawn with `order`.
 */
export function job({ families = 'all', order = null } = {}) {
  const { queries, hintSets, dim } = loadBenchmark();
  const kept = queries.filter(({ name }) => HALVES[families](Number.parseInt(name, 10)));
  const uniform = order === null ? null : randomFrom(order);
  const steps = [];
  for (let pass = 0; pass < PASSES; pass += 1) {
    const indices = uniform ? shuffled(kept.length, uniform) : kept.keys();
    for (const i of indices) steps.push([pass, i, OperatorType.Join, i]); // every query joins tables
  }
  return {
    name: ['job', ...(families === 'all' ? [] : [families]), ...(uniform ? ['shuffled'] : [])].join(' '),
    dim,
    types: hintSets,
    passes: PASSES,
    noise: 0, // one measurement per query and hint set
    embeddings: kept.map(({ embedding }) => embedding),
    rows: kept.map(({ runtimesMs }) => runtimesMs),
    steps,
  };
}

/**
 * The workload of a name: "job", "job odd", "job even", each also with " shuffled", and with " noise 0.3" (lognormal, standard deviation
 * of the logarithm), " cold" (first runs four times as slow) or " time-outs"; "synthetic 7" with any seed, also with " unchanged".
 * `seed` draws the order of a shuffled one and nothing else.
 */
export function workload(name, seed = 1) {
  const real = /^job(?: (odd|even))?( shuffled)?(?: noise (\d\.\d)| (cold)| (time-outs))?$/.exec(name);
  if (real) {
    const [, families, shuffle, noise = 0, cold, timeOuts] = real;
    return { ...job({ families, order: shuffle ? seed : null }), name, noise: Number(noise), ...(cold ? { cold: 4 } : {}), ...(timeOuts ? { timeOuts: true } : {}) };
  }
  const made = /^synthetic (\d+)( unchanged)?$/.exec(name);
  if (made) return synthetic({ seed: Number(made[1]), change: !made[2] });
  throw new Error(`there is no workload ${name}; there are ${NAMES.join(', ')}, and synthetic ones of other seeds`);
}

/** Those that the benchmark reports. */
export const NAMES = [
  'job',
  'job shuffled',
  'job odd',
  'job odd shuffled',
  'job even',
  'job even shuffled',
  'job noise 0.3',
  'job noise 1.0',
  'job cold',
  'job time-outs',
  'synthetic 7',
  'synthetic 8',
  'synthetic 7 unchanged',
];

/** JSON for other programs; `steps` are [pass, embedding index, operator, row index], `rows` milliseconds by type. */
export const toJson = (given) => JSON.stringify({ ...given, embeddings: given.embeddings.map((each) => Array.from(each)) });

export function fromJson(text) {
  const parsed = JSON.parse(text);
  return { ...parsed, embeddings: parsed.embeddings.map((each) => Float32Array.from(each)) };
}
