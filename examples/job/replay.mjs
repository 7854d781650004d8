// The replay: for every query of every pass the buffer recommends a hint set, and records how long the query ran with it.

import { OperatorType, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';

/** Of all queries: every one of this benchmark joins tables. */
export const OPERATOR = OperatorType.Join;

/**
 * Returns the runs, pass by pass, and the buffer, which is the caller's to free. The observer hears of each choice before the
 * query runs, of each run after it, and of the end of each pass; it cannot change what is chosen.
 */
export function replay({ queries, hintSets, dim }, { passes: passCount, seed, capacity }, observer = {}) {
  const buffer = new WasmTrajectoryBuffer(capacity, dim);
  buffer.set_seed(seed);
  const types = Uint8Array.from({ length: hintSets }, (_, hintSet) => hintSet);
  const known = queries.map(() => new Set([0])); // for the display alone: the hint sets that each query has run with
  const passes = [];

  for (let pass = 0; pass < passCount; pass += 1) {
    const runs = queries.map((query) => {
      const { index, embedding, runtimesMs } = query;
      const hintSet = buffer.recommend(embedding, OPERATOR, types);
      observer.chosen?.(query, hintSet, buffer);

      const baselineMs = runtimesMs[0];
      const executionMs = runtimesMs[hintSet]; // "running" the query: the only other cell of its row that is looked at
      buffer.record(embedding, OPERATOR, hintSet, executionMs, baselineMs);
      const run = { query: index, hintSet, executionMs, baselineMs, isNew: !known[index].has(hintSet) };
      known[index].add(hintSet);
      observer.ran?.(query, run);
      return run;
    });
    passes.push(runs);
    observer.endPass?.();
  }
  return { passes, buffer };
}

/** Seconds of one pass. */
export const secondsOf = (runs) => runs.reduce((sum, run) => sum + run.executionMs, 0) / 1000;
