// The benchmark: queries with their embeddings and measured runtimes, and the totals to compare with.

import { readFileSync } from 'node:fs';

const read = (name) => readFileSync(new URL(`data/${name}`, import.meta.url));

/**
 * `queries`: name, `embedding` (Float32Array [384], unit norm) and `runtimesMs` ([49], column 0 the default).
 * `totals`: seconds per pass of the default, of the best single hint set and of the oracle.
 */
export function loadBenchmark() {
  const { queries: names, hint_sets: hintSets, embedding_dim: dim, runtimes_s: runtimes } = JSON.parse(read('runtimes.json'));
  const embeddings = readFloats(read('embeddings.f32'));
  if (embeddings.length !== names.length * dim || runtimes.length !== names.length) {
    throw new Error('examples/job/data is incomplete: the embeddings and the runtimes are not of the same queries');
  }
  const queries = names.map((name, i) => ({
    index: i,
    name,
    embedding: embeddings.subarray(i * dim, (i + 1) * dim),
    runtimesMs: runtimes[i].map((seconds) => seconds * 1000),
  }));
  return { queries, hintSets, dim, totals: totalsOf(runtimes, hintSets) };
}

/** Little-endian float32, whatever the byte order of this machine. */
function readFloats(bytes) {
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(i * 4));
}

function totalsOf(runtimes, hintSets) {
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const perHintSet = Array.from({ length: hintSets }, (_, h) => sum(runtimes.map((row) => row[h])));
  const bestSingle = Math.min(...perHintSet);
  return {
    default: perHintSet[0],
    bestSingle,
    bestSingleHintSet: perHintSet.indexOf(bestSingle),
    oracle: sum(runtimes.map((row) => Math.min(...row))),
  };
}
