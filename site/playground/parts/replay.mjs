// The Join Order Benchmark, replayed pass by pass: what the worker of the panel Decide does.
import { OperatorType, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';

import { familyGains } from '../../../examples/job/families.mjs';
import { normalFrom } from './random.mjs';

const CAPACITY = 10_000;
const FIRST_HALF = 5; // passes before the queries come that are held back
const NOISE_SEED = 77;

/** `queries` (name, embedding, runtimesMs with the default first) and the number of hint sets, of the contents of the data files. */
export function benchmark({ queries, hint_sets: hintSets, embedding_dim: dim, runtimes_s: runtimes }, numbers) {
  const embeddings = new Float32Array(numbers);
  const each = (name, i) => ({
    name,
    embedding: embeddings.subarray(i * dim, (i + 1) * dim),
    runtimesMs: runtimes[i].map((seconds) => seconds * 1000),
  });
  return { queries: queries.map(each), hintSets, dim };
}

const sum = (values) => values.reduce((total, value) => total + value, 0);

export class Replay {
  /** `noise`: spread of ln(time). `held`: share of the queries that come only after the first passes. */
  constructor(data, { seed, noise, held }) {
    Object.assign(this, { data, noise, pass: 0, present: [], runs: [], order: data.queries.map((_, i) => i) });
    this.types = Uint8Array.from({ length: data.hintSets }, (_, hintSet) => hintSet);
    this.buffer = new WasmTrajectoryBuffer(CAPACITY, data.dim);
    this.buffer.set_seed(seed);
    this.normal = normalFrom(NOISE_SEED + seed);
    // Every so many queries one is held back: families have some early ones and some late ones.
    this.late = new Set(this.order.filter((i) => Math.floor((i + 1) * held) > Math.floor(i * held)));
  }

  /** The next query, the first of a new pass if all of this one are done. */
  step() {
    const { data, buffer, types, noise } = this;
    if (this.runs.length === this.present.length) this.begin();
    const query = this.present[this.runs.length];
    const { name, embedding, runtimesMs } = data.queries[query];
    const started = performance.now();
    const hintSet = buffer.recommend(embedding, OperatorType.Join, types);
    this.deciding += performance.now() - started;
    const executionMs = runtimesMs[hintSet] * (noise > 0 ? Math.exp(noise * this.normal(1)[0]) : 1);
    buffer.record(embedding, OperatorType.Join, hintSet, executionMs, runtimesMs[0]);
    this.runs.push({ query, hintSet, executionMs: runtimesMs[hintSet], baselineMs: runtimesMs[0] });
    this.last = { name, hintSet, seconds: runtimesMs[hintSet] / 1000, default: runtimesMs[0] / 1000, best: Math.min(...runtimesMs) / 1000 };
  }

  begin() {
    this.pass += 1;
    this.present = this.order.filter((i) => this.pass > FIRST_HALF || !this.late.has(i));
    this.runs = [];
    this.deciding = 0;
  }

  /** One query; what there is to show. */
  query() {
    this.step();
    return this.state();
  }

  /** The rest of a pass, or all of the next one. */
  next() {
    do this.step(); while (this.runs.length < this.present.length);
    return this.state();
  }

  /** Seconds of this pass so far, of all that would have been done; and what was chosen. */
  state() {
    const { data, runs, types } = this;
    const rows = runs.map(({ query }) => data.queries[query].runtimesMs);
    const totals = Array.from(types, (_, hintSet) => sum(rows.map((row) => row[hintSet])) / 1000);
    return {
      pass: this.pass,
      done: runs.length === this.present.length,
      seconds: sum(runs.map(({ executionMs }) => executionMs)) / 1000,
      default: totals[0],
      bestSingle: Math.min(...totals),
      oracle: sum(rows.map((row) => Math.min(...row))) / 1000,
      queries: [runs.length, this.present.length],
      perDecision: this.deciding / runs.length,
      last: this.last,
      families: this.familiesOf(runs),
    };
  }

  /** Those with most to gain first: what they take, and which hint sets their queries have run with. */
  familiesOf(runs) {
    const { queries } = this.data;
    const choices = new Map();
    for (const { query, hintSet } of runs) {
      const family = Number.parseInt(queries[query].name, 10);
      choices.set(family, [...(choices.get(family) ?? []), hintSet]);
    }
    return familyGains(queries, runs).map((gains) => ({ ...gains, hintSets: choices.get(gains.family) }));
  }

  free() {
    this.buffer.free();
  }
}
