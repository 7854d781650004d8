// Requests for the service to do: what the demo sends, and the page's button.

import { randomFrom } from '../job/random.mjs';
import { COLUMNS, LENGTH, TEXTS } from './data.mjs';
import { ROUTES } from './routes.mjs';

const SIZES = [2 ** 12, 2 ** 16];
const PARTS = [4 ** -6, 4 ** -4, 4 ** -1]; // k by n
const PATTERNS = [1, 16]; // how many
const LONG = [4, 16]; // characters

/** A function that draws `{ name, request }`, each kind as often as the others of its route. `random` gives numbers in [0, 1). */
export function requestsFrom({ texts }, random) {
  const below = (limit) => Math.floor(limit * random());
  const oneOf = (values) => values[below(values.length)];
  const about = (value) => Math.max(1, Math.round(value * 2 ** (random() - 0.5)));
  const span = () => {
    const length = Math.min(LENGTH, about(oneOf(SIZES)));
    return { from: below(LENGTH - length + 1), length };
  };
  const draw = {
    top() {
      const { from, length } = span();
      return { column: oneOf(COLUMNS), from, length, k: about(length * oneOf(PARTS)) };
    },
    find() {
      const text = oneOf(TEXTS);
      const { from, length } = span();
      const long = oneOf(LONG);
      const patterns = Array.from({ length: oneOf(PATTERNS) }, () => {
        const at = from + below(length - long);
        return String.fromCharCode(...texts[text].subarray(at, at + long));
      });
      return { text, from, length, patterns };
    },
  };
  return () => {
    const { name } = oneOf(ROUTES);
    return { name, request: draw[name]() };
  };
}

/** The query string of a request. */
export function queryOf({ patterns = [], ...rest }) {
  return new URLSearchParams([...Object.entries(rest), ...patterns.map((pattern) => ['pattern', pattern])]);
}

/**
 * The load of the page's button: so many requests per second, each as decided and then by every strategy, so that there is
 * something to compare decisions with. `run` does a request and returns a promise.
 */
export function makeLoad(data, run) {
  const next = requestsFrom(data, randomFrom(Date.now() % 2 ** 32));
  let timer;
  const send = () => {
    const task = next();
    const { strategies } = ROUTES.find(({ name }) => name === task.name);
    for (const wanted of [undefined, ...strategies.map(({ id }) => id)]) {
      run({ ...task, wanted }).catch(() => {}); // a request that was not done: there will be others
    }
  };
  return {
    rate: 0,
    setRate(perSecond) {
      clearInterval(timer);
      this.rate = perSecond;
      if (perSecond > 0) timer = setInterval(send, 1000 / perSecond);
    },
  };
}
