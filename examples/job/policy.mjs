// The policy: which hint set to run a query with, learned only from the runs that it chose itself.

import { WasmTrajectoryBuffer } from 'ruvector-learning-wasm';

/** Picked by hand on this benchmark; the report says so. */
export const SETTINGS = {
  explore: 0.3, // chance of an untried hint set in the first pass
  decay: 0.8, // that chance shrinks by this factor with every pass
  affordableMs: 200, // a query with a shorter baseline may try any hint set
  climb: 16, // a longer one only those that have beaten a baseline at least 1/16 as long
  hope: 0.25, // borrow as long as the query gains less than the adapter expects plus this
};

export class Policy {
  constructor({ queries, hintSets, dim }, random) {
    this.hintSets = hintSets;
    this.random = random;
    this.exploration = SETTINGS.explore;
    // One buffer per query, for its best_attention(). That is over all records, so a ring of one row is enough.
    this.runs = queries.map(() => new WasmTrajectoryBuffer(1, dim));
    this.outputs = queries.map(() => null); // unit vectors, as of the query's last run
    this.tried = queries.map(() => new Set([0])); // the default's runtime is known: it is the baseline
    this.longestBeaten = new Array(hintSets).fill(0); // per hint set, ms of the longest baseline it has beaten
  }

  /** The hint set to run `query` with; `predicted` is the improvement that the adapter expects for it. */
  choose(query, baselineMs, output, predicted) {
    const own = this.best(query);
    let other;
    if (this.random() < this.exploration) other = this.pickUntried(query, baselineMs);
    else if (own.improvement < predicted + SETTINGS.hope) other = this.borrow(query, baselineMs, output);
    return other ?? own.hintSet;
  }

  learn(query, embedding, operator, output, hintSet, executionMs, baselineMs) {
    this.runs[query].record(embedding, operator, hintSet, executionMs, baselineMs);
    this.outputs[query] = unit(output);
    this.tried[query].add(hintSet);
    if (executionMs < baselineMs) this.longestBeaten[hintSet] = Math.max(this.longestBeaten[hintSet], baselineMs);
  }

  endPass() {
    this.exploration *= SETTINGS.decay;
  }

  /** The best hint set that `query` has run with, or the default if none has beaten it. */
  best(query) {
    const improvement = this.runs[query].best_improvement();
    return improvement > 0 ? { hintSet: this.runs[query].best_attention(), improvement } : { hintSet: 0, improvement: 0 };
  }

  pickUntried(query, baselineMs) {
    const open = [];
    for (let h = 1; h < this.hintSets; h += 1) if (this.mayTry(query, baselineMs, h)) open.push(h);
    return open[Math.floor(this.random() * open.length)];
  }

  /** The best hint set of the most similar query whose best one is still untried here. */
  borrow(query, baselineMs, output) {
    let [closest, hintSet] = [-Infinity, undefined];
    const here = unit(output);
    this.outputs.forEach((there, other) => {
      const { hintSet: candidate } = this.best(other);
      if (other === query || candidate === 0 || !this.mayTry(query, baselineMs, candidate)) return;
      const similarity = dot(here, there);
      if (similarity > closest) [closest, hintSet] = [similarity, candidate];
    });
    return hintSet;
  }

  mayTry(query, baselineMs, hintSet) {
    const safe = baselineMs < SETTINGS.affordableMs || this.longestBeaten[hintSet] * SETTINGS.climb >= baselineMs;
    return safe && !this.tried[query].has(hintSet);
  }
}

function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i] * b[i];
  return sum;
}

function unit(vector) {
  const norm = Math.sqrt(dot(vector, vector));
  return vector.map((value) => value / norm);
}
