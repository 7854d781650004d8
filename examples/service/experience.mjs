// What the service has learned, in one thread. All that there is of the package is in this file.

import init, { WasmTrajectoryBuffer } from '../../pkg/index.js'; // in a program of yours: from 'ruvector-learning-wasm'
import { ROUTES } from './routes.mjs';

const CAPACITY = 4096; // several visits to every kind of request
const DIM = 5;
const CONSTANT = 0.5; // without it, the opposite of a request would point the other way
const SLOWEST_FORGETTING = 1000;

/** What the numbers in a saved file mean. A file of other routes or strategies would be read as something that it is not. */
const MEANING = JSON.stringify({ dim: DIM, routes: ROUTES.map(({ name, strategies }) => [name, strategies.map(({ id, name: of }) => [id, of])]) });

/** The one place where a buffer is made. A route's position in the table is its operator. */
const newBuffer = () => WasmTrajectoryBuffer.with_operators(ROUTES.map(({ name }) => name), ROUTES.map(() => 'all'), CAPACITY, DIM);

export class Experience {
  /** Goes on from `bytes`, or starts with nothing. Throws if they are not of these routes and strategies. */
  static async from(bytes) {
    await init();
    const experience = new Experience();
    if (!bytes) {
      experience.buffer = newBuffer();
      return experience;
    }
    experience.buffer = WasmTrajectoryBuffer.from_safetensors(bytes);
    const { meaning, means = '[]' } = experience.buffer.metadata();
    if (meaning !== MEANING) throw new Error('these trajectories are of other routes or strategies');
    experience.means = new Map(JSON.parse(means));
    return experience;
  }

  /** Running means of the time that a route takes for requests of one size, whatever strategy was chosen. */
  means = new Map();

  /** The number of the strategy to run. Threads with different seeds choose differently where little is known. */
  choose(route, features) {
    return this.buffer.recommend(embeddingOf(features), ROUTES.indexOf(route), route.strategies.map(({ id }) => id));
  }

  /** What there is to record about a run. */
  recordOf(route, features, strategy, ms) {
    const key = `${route.name} ${features.sizeClass}`;
    return { key, embedding: embeddingOf(features), operator: ROUTES.indexOf(route), strategy, ms, baseline: this.means.get(key)?.[1] ?? ms };
  }

  /** Takes in a run of this thread or of another one. */
  record({ key, embedding, operator, strategy, ms, baseline }) {
    this.buffer.record(embedding, operator, strategy, ms, baseline);
    const [count, mean] = this.means.get(key) ?? [0, 0];
    const share = 1 / Math.min(count + 1, SLOWEST_FORGETTING);
    this.means.set(key, [count + 1, mean + share * (ms - mean)]);
  }

  /** How many runs were recorded, before the last start too. */
  get count() {
    return Number(this.buffer.total_count());
  }

  seed(seed) {
    this.buffer.set_seed(seed);
  }

  /** The whole state, for a file or for a new thread. */
  bytes() {
    return this.buffer.to_safetensors({ meaning: MEANING, means: JSON.stringify([...this.means]) });
  }
}

/** Features of about -0.5 to 0.5 by fixed scales: what was recorded yesterday must point to the same place today. */
const embeddingOf = ({ values }) => Float32Array.of(CONSTANT, ...values);
