// What the service has in memory: columns of numbers and texts, in memory that all threads share.

import { randomFrom } from '../job/random.mjs';

export const LENGTH = 2 ** 17; // of every column and every text
export const COLUMNS = ['random', 'rising', 'falling', 'skewed'];
export const TEXTS = ['dna', 'prose', 'log'];

const WOBBLE = 40; // neighbours of a rising column are not in order, those further apart are
const SKEW = 6;

/** `{ columns, texts }`, by name: Float64Arrays, and the ASCII bytes of the texts. The same seed gives the same. */
export function makeData(seed = 1) {
  const random = randomFrom(seed);
  const columns = {
    random: column(() => random()),
    rising: column((i) => i + WOBBLE * random()),
    falling: column((i) => LENGTH - i + WOBBLE * random()),
    skewed: column(() => Math.exp(SKEW * normal(random))),
  };
  const texts = { dna: text(() => 'ACGT'[below(4, random)]), prose: text(proseOf(random)), log: text(logOf(random)) };
  return { columns, texts };
}

function column(valueAt) {
  const values = new Float64Array(new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT * LENGTH));
  for (let i = 0; i < LENGTH; i += 1) values[i] = valueAt(i);
  return values;
}

function text(nextPiece) {
  let string = '';
  while (string.length < LENGTH) string += nextPiece();
  const bytes = new Uint8Array(new SharedArrayBuffer(LENGTH));
  for (let i = 0; i < LENGTH; i += 1) bytes[i] = string.charCodeAt(i);
  return bytes;
}

/** Words of a made-up language, some of them much more frequent than others. */
function proseOf(random) {
  const letters = 'etaoinshrdlucmfwypvbgkjqxz';
  const letter = () => letters[Math.floor(letters.length * random() ** 2)];
  const words = Array.from({ length: 2000 }, () => Array.from({ length: 2 + below(8, random) }, letter).join(''));
  return () => `${words[Math.floor(words.length * random() ** 3)]} `;
}

function logOf(random) {
  let second = 0;
  return () => {
    second += below(3, random);
    const time = new Date(Date.UTC(2025, 0, 1, 0, 0, second)).toISOString();
    return `${time} GET /api/items/${below(100_000, random)} 200 ${below(100, random)}ms\n`;
  };
}

const below = (limit, random) => Math.floor(limit * random());
const normal = (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
