// Files of trajectories: what the ring holds, a column each, oldest first, and the statistics over everything recorded.
import { LAYOUT, padded } from './layout.js';
import { Memory } from './memory.js';
import { OperatorType } from './operators.js';
import { Fields, decode, encode, tensor } from './safetensors.js';

const { Advisor, History, Note, TrajectoryBuffer, Totals } = LAYOUT;
const MAX_CAPACITY = 1_000_000;
const MAX_DIM = 4096;
const MAX_FLOAT = 3.4028234663852886e38;
const OPERATORS = Object.keys(OperatorType).length;
const STATISTICS = ['mean', 'deviation2', 'best'];
const COUNTS = ['count', 'successes'];
/** Statistics are of all trajectories, and then of those of each operator. */
const ROWS = 1 + OPERATORS;

/** Where the parts of a buffer are. */
class Ring {
  constructor(memory, address, dim) {
    const box = (field) => memory.box(address + TrajectoryBuffer[field]);
    this.embeddings = box('embeddings').address;
    const { address: tags, length: capacity } = box('tags');
    this.tags = tags;
    this.improvements = box('improvements').address;
    this.capacity = capacity;
    this.stride = 4 * padded(dim);
    const operators = box('operators').address;
    /** Addresses of the statistics' rows. */
    this.totals = Array.from({ length: ROWS }, (_, row) => row === 0 ? address + TrajectoryBuffer.total : operators + Totals.size * (row - 1));
    this.next = address + TrajectoryBuffer.next;
    const advisor = address + TrajectoryBuffer.advisor;
    this.notes = memory.box(advisor + Advisor.history + History.notes).address;
    /** Addresses of the seed and of the number of draws. */
    this.draws = [advisor + Advisor.seed, advisor + Advisor.draws];
  }

  /** Where the baseline of a slot is, in words. */
  baseline(slot) {
    return (this.notes + Note.size * slot + Note.baseline) / 4;
  }
}

/** Slots of `length` trajectories, oldest first, of which `count` were recorded: number n went to slot n mod capacity. */
function slots(count, capacity) {
  const length = count < capacity ? Number(count) : capacity;
  const oldest = length < capacity ? 0 : Number(count % BigInt(capacity));
  return { length, slot: (i) => (oldest + i) % capacity };
}

export function saveTrajectories(wasm, owner, { address }) {
  const dim = wasm.buffer_dim(address);
  const memory = new Memory(wasm);
  const { view } = memory;
  const ring = new Ring(memory, address, dim);
  const { length, slot } = slots(view.getBigInt64(ring.totals[0] + Totals.count, true), ring.capacity);
  const embeddings = new Uint32Array(length * dim);
  const [operators, attentions] = [new Uint8Array(length), new Uint8Array(length)];
  const [improvements, baselines] = [new Uint32Array(length), new Uint32Array(length)];
  for (let i = 0; i < length; i++) {
    const at = slot(i);
    embeddings.set(memory.part(ring.embeddings + ring.stride * at, dim), i * dim);
    operators[i] = memory.bytes[ring.tags + 2 * at];
    attentions[i] = memory.bytes[ring.tags + 2 * at + 1];
    improvements[i] = memory.words[ring.improvements / 4 + at];
    baselines[i] = memory.words[ring.baseline(at)];
  }
  const ofRows = (names, read) => ring.totals.flatMap((total) => names.map((name) => read(total + Totals[name])));
  return encode({ class: owner, capacity: String(ring.capacity), embedding_dim: String(dim) }, [
    tensor('embeddings', 'F32', [length, dim], embeddings),
    tensor('operators', 'U8', [length], operators),
    tensor('attention_types', 'U8', [length], attentions),
    tensor('improvements', 'F32', [length], improvements),
    tensor('baselines', 'F32', [length], baselines),
    tensor('state.statistics', 'F64', [ROWS, 3], Float64Array.from(ofRows(STATISTICS, (at) => view.getFloat64(at, true)))),
    tensor('state.counts', 'I64', [ROWS, 2], BigInt64Array.from(ofRows(COUNTS, (at) => view.getBigInt64(at, true)))),
    tensor('state.best_attention', 'U8', [ROWS], Uint8Array.from(ofRows(['best_attention'], (at) => memory.bytes[at]))),
    tensor('state.draws', 'I64', [2], BigInt64Array.from(ring.draws, (at) => BigInt(view.getUint32(at, true)))),
  ]);
}

/** All that a file of trajectories says, every value checked. */
export function readTrajectories(bytes, source, owner) {
  const fields = new Fields(decode(bytes, source, owner), source);
  const upTo = (max) => (value) => Number.isInteger(value) && value >= 1 && value <= max;
  const capacity = fields.number('capacity', `an integer from 1 to ${MAX_CAPACITY}`, upTo(MAX_CAPACITY));
  const dim = fields.number('embedding_dim', `an integer from 1 to ${MAX_DIM}`, upTo(MAX_DIM));
  const counts = fields.counts('state.counts', [ROWS, 2]);
  let ofOperators = 0n;
  for (let row = 0; row < ROWS; row++) {
    const [count, successes] = counts.subarray(2 * row);
    if (successes > count) fields.refuse(`state.counts has ${successes} successes of ${count}`);
    if (row > 0) ofOperators += count;
  }
  const [count] = counts;
  const { length, slot } = slots(count, capacity);
  const embeddings = fields.finite('embeddings', 'F32', [length, dim]);
  const values = new Float32Array(embeddings.buffer, embeddings.byteOffset, embeddings.length);
  for (let i = 0; i < length; i++) {
    let norm2 = 0;
    for (let j = 0; j < dim; j++) norm2 += values[i * dim + j] ** 2;
    if (norm2 > MAX_FLOAT) fields.refuse(`embeddings number ${i} is too large: its squared norm overflows f32`);
  }
  const operators = fields.checked('operators', 'U8', [length], `an integer from 0 to ${OPERATORS - 1}`, (op) => op < OPERATORS);
  const attentions = fields.take('attention_types', 'U8', [length]);
  const improvements = fields.checked('improvements', 'F32', [length], 'finite and at least -1', (value) => value >= -1 && value <= MAX_FLOAT);
  const baselines = fields.checked('baselines', 'F32', [length], 'at least 0', (value) => value >= 0);
  const statistics = fields.finite('state.statistics', 'F64', [ROWS, 3]);
  const bestAttentions = fields.take('state.best_attention', 'U8', [ROWS]);
  const draws = fields.checked('state.draws', 'I64', [2], 'an integer from 0 to 4294967295', (value) => value >= 0n && value < 2n ** 32n);
  fields.end();
  if (ofOperators !== count) fields.refuse(`state.counts has ${ofOperators} of all operators, and ${count} in all`);
  const negative = statistics.find((value, i) => STATISTICS[i % 3] === 'deviation2' && value < 0);
  if (negative) fields.refuse(`state.statistics has ${negative} as a sum of squares`);
  return { capacity, dim, counts, length, slot, embeddings, operators, attentions, improvements, baselines, statistics, bestAttentions, draws };
}

/** Gives a new buffer the state that a file has. */
export function restoreTrajectories(wasm, { address }, state) {
  const { dim } = state;
  const memory = new Memory(wasm);
  const { view } = memory;
  const ring = new Ring(memory, address, dim);
  for (let i = 0; i < state.length; i++) {
    const at = state.slot(i);
    memory.part(ring.embeddings + ring.stride * at, dim).set(state.embeddings.subarray(i * dim, i * dim + dim));
    memory.bytes[ring.tags + 2 * at] = state.operators[i];
    memory.bytes[ring.tags + 2 * at + 1] = state.attentions[i];
    memory.words[ring.improvements / 4 + at] = state.improvements[i];
    memory.words[ring.baseline(at)] = state.baselines[i];
  }
  for (const [row, total] of ring.totals.entries()) {
    for (const [i, name] of STATISTICS.entries()) view.setFloat64(total + Totals[name], state.statistics[3 * row + i], true);
    for (const [i, name] of COUNTS.entries()) view.setBigInt64(total + Totals[name], state.counts[2 * row + i], true);
    memory.bytes[total + Totals.best_attention] = state.bestAttentions[row];
  }
  for (const [i, at] of ring.draws.entries()) view.setUint32(at, Number(state.draws[i]), true);
  view.setUint32(ring.next, Number(state.counts[0] % BigInt(state.capacity)), true);
}
