// The weighted average of what adapters add, Σ weight · alpha · A B, as one adapter: exactly where they share an A (FFA-LoRA,
// Sun et al. 2024), else as the best rank-2 approximation. (The average of the A's times that of the B's is another matrix.)
import { floats, readAdapters, writeAdapters } from './adapters_file.js';
import { beside, bestRankTwo } from './low_rank.js';

const MOST_FILES = 1000;

/** Length of the columns of A at the start: uniform on (−1/√dim, 1/√dim). */
const LENGTH = Math.sqrt(1 / 3);

/** A copy of what `files` lists. */
function listed(files) {
  if (!Array.isArray(files)) throw new TypeError('files must be an array of Uint8Arrays');
  const { length } = files;
  if (length < 1 || length > MOST_FILES) throw new RangeError(`files must have 1 to ${MOST_FILES} entries, got ${length}`);
  return Array.from({ length }, (_, i) => files[i]);
}

/** Shares that add up to 1. */
function shares(weights, count) {
  if (weights === undefined || weights === null) return Array(count).fill(1 / count);
  if (!Array.isArray(weights) && !(ArrayBuffer.isView(weights) && !(weights instanceof DataView))) {
    throw new TypeError('weights must be an array of numbers');
  }
  if (weights.length !== count) throw new RangeError(`weights has ${weights.length} values, files has ${count}`);
  const copy = Array.from({ length: count }, (_, i) => weights[i]);
  for (const [i, weight] of copy.entries()) {
    if (typeof weight !== 'number') throw new TypeError(`weights[${i}] must be a number`);
    if (!(weight >= 0 && weight < Infinity)) throw new RangeError(`weights[${i}] is ${weight}, it must be finite and at least 0`);
  }
  const largest = Math.max(...copy);
  if (largest === 0) throw new RangeError('weights are all 0, their sum must be above 0');
  const relative = copy.map((weight) => weight / largest); // whose sum is finite
  const sum = relative.reduce((a, b) => a + b);
  return relative.map((weight) => weight / sum);
}

const sameList = (a, b) => a.length === b.length && a.every((value, i) => value === b[i]);

/** Refuses files that are not of one kind. */
function checkAlike(states) {
  const [first] = states;
  for (const [i, state] of states.entries()) {
    if (state.dim !== first.dim) throw new RangeError(`files[${i}]: dim is ${state.dim}, that of files[0] is ${first.dim}`);
    for (const list of first.operators ? ['names', 'categories'] : []) {
      if (!sameList(state.operators[list], first.operators[list])) {
        throw new RangeError(`files[${i}]: ${list === 'names' ? 'operators' : 'categories'} are not those of files[0]`);
      }
    }
  }
}

/** The rows of a factor: of A [2, dim] as they are, of B [dim, 2] with one value of each in turn. */
const rowsOfA = (a, dim) => [floats(a).subarray(0, dim), floats(a).subarray(dim)];
const rowsOfB = (b, dim) => [0, 1].map((i) => Float32Array.from({ length: dim }, (_, j) => floats(b)[2 * j + i]));

/** `{ factors, energy, kept }` of the average of `parts`, each `{ share, a, b, steps }`, for adapters with this alpha. */
function average(parts, alpha, dim) {
  const [{ a: first }] = parts;
  const shared = parts.every(({ a }) => sameList(a, first));
  const steps = parts.reduce((sum, part) => sum + part.steps, 0n);
  if (shared) {
    const factors = shareOfA(parts, alpha, dim, steps);
    const [p, q, r, , s, t, u] = factors.gram;
    const energy = alpha * alpha * (p * s + 2 * q * t + r * u);
    return { factors, energy, kept: energy };
  }

  const terms = parts.flatMap(({ share, a, b }) => {
    const [left, right] = [rowsOfA(a, dim), rowsOfB(b, dim)];
    return [0, 1].map((i) => ({ scale: share, left: left[i], right: right[i] }));
  }).filter(({ right }) => right.some((value) => value !== 0));
  const { vectors, energy } = bestRankTwo(terms, dim);
  const kept = vectors.reduce((sum, { size }) => sum + size * size, 0);
  const columns = vectors.map(({ left }) => left);
  // What nothing has been learned for keeps a direction of A to learn with.
  for (const row of rowsOfA(first, dim)) {
    const other = columns.length < 2 && beside(columns, Float64Array.from(row));
    if (other) columns.push(other);
  }
  while (columns.length < 2) columns.push(columns[0] ?? new Float64Array(dim).fill(1 / Math.sqrt(dim))); // dim is 1
  const a = columns.map((column) => Float32Array.from(column, (value) => LENGTH * value));
  const b = columns.map((_, i) => {
    const vector = vectors[i];
    return vector ? Float32Array.from(vector.right, (value) => (vector.size / (LENGTH * alpha)) * value) : new Float32Array(dim);
  });
  return { factors: factorsOf(a, b, dim, steps), energy, kept };
}

/** The average where all have the same A: that A, and the average of the B's. */
function shareOfA(parts, alpha, dim, steps) {
  const b = [0, 1].map((i) => {
    const sum = new Float64Array(dim);
    for (const part of parts) {
      const values = floats(part.b);
      for (let j = 0; j < dim; j++) sum[j] += (part.share / alpha) * values[2 * j + i];
    }
    return Float32Array.from(sum);
  });
  return factorsOf(rowsOfA(parts[0].a, dim), b, dim, steps);
}

const bits = (values) => new Uint32Array(values.buffer, values.byteOffset, values.length);

function factorsOf(a, b, dim, steps) {
  const inTurn = new Float32Array(2 * dim);
  for (let j = 0; j < dim; j++) inTurn.set([b[0][j], b[1][j]], 2 * j);
  if (!inTurn.every(Number.isFinite)) throw new RangeError('files: their average overflows f32');
  const gram = [a, b].flatMap(([x, y]) => {
    let [p, q, r] = [0, 0, 0];
    for (let j = 0; j < dim; j++) {
      p += x[j] * x[j];
      q += x[j] * y[j];
      r += y[j] * y[j];
    }
    return [p, q, r, p + r];
  });
  return { a: bits(Float32Array.from([...a[0], ...a[1]])), b: bits(inTurn), gram, steps };
}

/** `{ bytes, dropped }`: the file of the average, and the share of its energy that rank 2 does not hold. */
export function merge(files, weights, owner, scoped) {
  const given = listed(files);
  const share = shares(weights, given.length);
  const states = given.map((bytes, i) => readAdapters(bytes, `files[${i}]`, owner, scoped));
  checkAlike(states);
  const [{ dim, alpha: firstAlpha, rate, initialRate, fallback, operators }] = states;
  const alpha = Math.fround(firstAlpha);
  const heard = states.map((state, i) => ({ state, share: share[i] * Math.fround(state.alpha) })).filter((_, i) => share[i] > 0);

  let [energy, kept] = [0, 0];
  const averaged = (list) => states[0][list].map(({ module }, i) => {
    const parts = heard.flatMap(({ state, share: own }) => {
      const { factors } = state[list][i];
      return factors ? [{ share: own, ...factors }] : [];
    });
    if (parts.length === 0) return { module };
    const result = average(parts, alpha, dim);
    energy += result.energy;
    kept += result.kept;
    return { module, factors: result.factors };
  });
  // It has learned what they have, and has met nothing yet.
  const context = bits(new Float32Array(dim).fill(1 / Math.sqrt(dim)));
  const sum = (op, count) => heard.reduce((all, { state }) => all + state.scopes[op][count], 0n);
  const scopes = averaged('scopes').map((scope, op) => ({
    ...scope,
    context: scope.factors && context,
    adaptCount: sum(op, 'adaptCount'),
    forwardCount: sum(op, 'forwardCount'),
    asOf: [0n, 0n],
    known: [0, 0, 0, 0, 0, 0],
  }));
  const categories = averaged('categories');
  const frozen = states.every((state) => state.frozen);
  const nothing = new Uint32Array(dim);
  const state = { dim, alpha, rate, initialRate, frozen, fallback, operators, scopes, categories, input: nothing, output: nothing };
  return { bytes: writeAdapters(owner, state), dropped: energy > 0 ? Math.max(0, 1 - kept / energy) : 0 };
}
