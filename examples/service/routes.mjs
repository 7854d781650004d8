// The routes: what they accept, the features by which strategies are chosen, and the table of strategies.

import { COLUMNS, LENGTH, TEXTS } from './data.mjs';
import { byAutomaton, byHorspool, byIndex, byIndexOf, byRegExp } from './find.mjs';
import { byBuckets, byHeap, bySelection, bySorting } from './top.mjs';

/** A request that cannot be answered, with what is wrong in words. */
export class BadRequest extends Error {}

const MOST_PATTERNS = 256;
const LONGEST_PATTERN = 64;
const SHOWN = 10;
const SAMPLE = 64;
const LETTERS_SAMPLE = 1024;

/**
 * The position of a route is its operator. A strategy has one number in the whole service, from 1 on: 0 would be the baseline,
 * and here the baseline is a mean that nobody can run. Numbers are in the saved file: never give one to another strategy.
 */
export const ROUTES = [
  {
    name: 'top',
    about: 'the k largest of some numbers',
    strategies: [
      { id: 1, name: 'sort', run: bySorting },
      { id: 2, name: 'heap', run: byHeap },
      { id: 3, name: 'selection', run: bySelection },
      { id: 4, name: 'buckets', run: byBuckets },
    ],
    parameters: ['column', 'from', 'length', 'k'],
    parse(query) {
      const column = oneOf(query, 'column', COLUMNS);
      const { from, length } = rangeOf(query);
      return { column, from, length, k: integer(query, 'k', 1, length) };
    },
    /** What the strategies get: the numbers and k. */
    input: ({ columns }, { column, from, length, k }) => [columns[column].subarray(from, from + length), k],
    features([numbers, k]) {
      const { rises, low } = sample(numbers);
      const size = steps(Math.log2(numbers.length) / 2);
      const part = Math.max(-6, steps(Math.log2(k / numbers.length) / 2));
      const order = Math.round(2 * rises) / 2;
      const skewed = low > 0.75 ? 1 : 0;
      return {
        values: [(size - 7) / 4, (part + 3.5) / 5, order - 0.5, skewed - 0.5],
        kind: `${['falling', 'unordered', 'rising'][2 * order]}${skewed ? ', skewed' : ''} · n ≈ ${inK(4 ** size)} · top ${percent(4 ** part)}`,
        sizeClass: size,
      };
    },
    /** The numbers may be many: the first, the last and the sum stand for them. */
    answer: (values) => ({ count: values.length, first: [...values.subarray(0, SHOWN)], last: values.at(-1), sum: values.reduce((a, b) => a + b, 0) }),
    samples: [{ column: 'random', from: 0, length: 2000, k: 100 }, { column: 'rising', from: 0, length: 2000, k: 20 }],
  },
  {
    name: 'find',
    about: 'how often each of some patterns occurs in a text',
    strategies: [
      { id: 5, name: 'indexOf', run: byIndexOf },
      { id: 6, name: 'RegExp', run: byRegExp },
      { id: 7, name: 'Horspool', run: byHorspool },
      { id: 8, name: 'automaton', run: byAutomaton },
      { id: 9, name: 'index', run: byIndex },
    ],
    parameters: ['text', 'from', 'length', 'pattern'],
    parse(query) {
      const text = oneOf(query, 'text', TEXTS);
      const { from, length } = rangeOf(query);
      const patterns = query.getAll('pattern');
      if (patterns.length < 1 || patterns.length > MOST_PATTERNS) throw new BadRequest(`pattern must be given 1 to ${MOST_PATTERNS} times, not ${patterns.length}`);
      for (const pattern of patterns) {
        const valid = pattern.length >= 1 && pattern.length <= LONGEST_PATTERN && /^[\n -~]*$/.test(pattern);
        if (!valid) throw new BadRequest(`pattern must be 1 to ${LONGEST_PATTERN} printable ASCII characters, not ${JSON.stringify(pattern.slice(0, 80))}`);
      }
      return { text, from, length, patterns };
    },
    /** What the strategies get: the text, as a string and as bytes, and the patterns. */
    input({ texts }, { text, from, length, patterns }) {
      const { string, bytes } = texts[text];
      return [{ string: string.slice(from, from + length), bytes: bytes.subarray(from, from + length) }, patterns];
    },
    features([{ bytes }, patterns]) {
      const size = steps(Math.log2(bytes.length) / 2);
      const count = steps(Math.log2(patterns.length) / 2);
      const long = steps(Math.log2(patterns.reduce((sum, { length }) => sum + length, 0) / patterns.length) / 2);
      const letters = steps(Math.log2(distinct(bytes)));
      return {
        values: [(size - 7) / 4, (count - 1) / 2, (long - 1.5) / 3, (letters - 3.5) / 3],
        kind: `${2 ** letters} letters · n ≈ ${inK(4 ** size)} · ${count === 0 ? '1 pattern' : `${4 ** count} patterns`} of ${4 ** long}`,
        sizeClass: size + count,
      };
    },
    answer: (counts) => ({ counts }),
    samples: [{ text: 'prose', from: 0, length: 2000, patterns: ['the', 'abcdefg'] }, { text: 'dna', from: 0, length: 2000, patterns: ['ACG', 'T'] }],
  },
];

export const routeOf = (name) => ROUTES.find((route) => route.name === name);

/** The request that a query string makes, and the strategy that it asks for, if any. Throws BadRequest. */
export function parseQuery(route, query) {
  const known = [...route.parameters, 'strategy'];
  for (const name of query.keys()) {
    if (!known.includes(name)) throw new BadRequest(`unknown parameter ${name}: /${route.name} knows ${known.join(', ')}`);
    if (name !== 'pattern' && query.getAll(name).length > 1) throw new BadRequest(`${name} must be given once`);
  }
  return { request: route.parse(query), wanted: query.has('strategy') ? wantedOf(route, query) : undefined };
}

function wantedOf({ strategies }, query) {
  const wanted = oneOf(query, 'strategy', strategies.map(({ name }) => name));
  return strategies.find(({ name }) => name === wanted).id;
}

function oneOf(query, name, values) {
  const value = query.get(name);
  if (value === null) throw new BadRequest(`${name} is missing: one of ${values.join(', ')}`);
  if (!values.includes(value)) throw new BadRequest(`${name} must be one of ${values.join(', ')}, not '${value}'`);
  return value;
}

function integer(query, name, min, max, preset) {
  const text = query.get(name) ?? (preset === undefined ? null : String(preset));
  if (text === null) throw new BadRequest(`${name} is missing: an integer from ${min} to ${max}`);
  const valid = /^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max;
  if (!valid) throw new BadRequest(`${name} must be an integer from ${min} to ${max}, not '${text}'`);
  return Number(text);
}

function rangeOf(query) {
  const from = integer(query, 'from', 0, LENGTH - 1, 0);
  return { from, length: integer(query, 'length', 1, LENGTH - from, LENGTH - from) };
}

/** Whole steps make kinds of requests: those of a kind share an embedding, and their runs are averaged. */
const steps = (value) => Math.round(value);

/** From numbers evenly spread over all: the share that rises to the next, and the share below the middle of their range. */
function sample(numbers) {
  const count = Math.min(SAMPLE, numbers.length);
  const values = Float64Array.from({ length: count }, (_, i) => numbers[Math.floor((i * numbers.length) / count)]);
  const middle = (Math.min(...values) + Math.max(...values)) / 2;
  let [rises, low] = [0, 0];
  values.forEach((value, i) => {
    if (i > 0 && value >= values[i - 1]) rises += 1;
    if (value < middle) low += 1;
  });
  return { rises: rises / Math.max(1, count - 1), low: low / count };
}

/** How many different bytes there are among the first. */
const distinct = (bytes) => new Set(bytes.subarray(0, LETTERS_SAMPLE)).size;

const inK = (count) => (count < 1024 ? String(count) : `${count / 1024}k`);
const percent = (part) => `${Number((100 * part).toPrecision(2))} %`;
