// Files of trajectories: what the ring holds, a column each, oldest first, and the statistics over everything recorded.
import { LAYOUT, padded } from './layout.js';
import { Memory } from './memory.js';
import { OperatorType } from './operators.js';
import { Fields, decode, encode, tensor } from './safetensors.js';

const { TrajectoryBuffer, Totals } = LAYOUT;
const MAX_CAPACITY = 1_000_000;
const MAX_DIM = 4096;
const MAX_FLOAT = 3.4028234663852886e38;
const OPERATORS = Object.keys(OperatorType).length;
const STATISTICS = ['mean', 'deviation2', 'best'];

/** Where the parts of a buffer are, and the slot of the oldest of `length` trajectories. */
class Ring {
  constructor(memory, address, dim) {
    const total = address + TrajectoryBuffer.total;
    this.count = memory.view.getBigInt64(total + Totals.count, true);
    this.successes = memory.view.getBigInt64(total + Totals.successes, true);
    this.embeddings = memory.box(address + TrajectoryBuffer.embeddings).address;
    const { address: tags, length: capacity } = memory.box(address + TrajectoryBuffer.tags);
    this.tags = tags;
    this.improvements = memory.box(address + TrajectoryBuffer.improvements).address;
    this.total = total;
    this.next = address + TrajectoryBuffer.next;
    this.capacity = capacity;
    this.stride = 4 * padded(dim);
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
  const ring = new Ring(memory, address, dim);
  const { length, slot } = slots(ring.count, ring.capacity);
  const embeddings = new Uint32Array(length * dim);
  const [operators, attentions, improvements] = [new Uint8Array(length), new Uint8Array(length), new Uint32Array(length)];
  for (let i = 0; i < length; i++) {
    const at = slot(i);
    embeddings.set(memory.part(ring.embeddings + ring.stride * at, dim), i * dim);
    operators[i] = memory.bytes[ring.tags + 2 * at];
    attentions[i] = memory.bytes[ring.tags + 2 * at + 1];
    improvements[i] = memory.words[ring.improvements / 4 + at];
  }
  const statistics = Float64Array.from(STATISTICS, (name) => memory.view.getFloat64(ring.total + Totals[name], true));
  return encode({ class: owner, capacity: String(ring.capacity), embedding_dim: String(dim) }, [
    tensor('embeddings', 'F32', [length, dim], embeddings),
    tensor('operators', 'U8', [length], operators),
    tensor('attention_types', 'U8', [length], attentions),
    tensor('improvements', 'F32', [length], improvements),
    tensor('state.statistics', 'F64', [3], statistics),
    tensor('state.counts', 'I64', [2], BigInt64Array.of(ring.count, ring.successes)),
    tensor('state.best_attention', 'U8', [1], memory.bytes.slice(ring.total + Totals.best_attention, ring.total + Totals.best_attention + 1)),
  ]);
}

/** All that a file of trajectories says, every value checked. */
export function readTrajectories(bytes, source, owner) {
  const fields = new Fields(decode(bytes, source, owner), source);
  const upTo = (max) => (value) => Number.isInteger(value) && value >= 1 && value <= max;
  const capacity = fields.number('capacity', `an integer from 1 to ${MAX_CAPACITY}`, upTo(MAX_CAPACITY));
  const dim = fields.number('embedding_dim', `an integer from 1 to ${MAX_DIM}`, upTo(MAX_DIM));
  const counts = fields.counts('state.counts', [2]);
  const [count, successes] = counts;
  if (successes > count) fields.refuse(`state.counts has ${successes} successes of ${count}`);
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
  const statistics = fields.finite('state.statistics', 'F64', [3]);
  const bestAttention = fields.take('state.best_attention', 'U8', [1])[0];
  fields.end();
  if (statistics[1] < 0) fields.refuse(`state.statistics has ${statistics[1]} as a sum of squares`);
  return { capacity, dim, count, successes, length, slot, embeddings, operators, attentions, improvements, statistics, bestAttention };
}

/** Gives a new buffer the state that a file has. */
export function restoreTrajectories(wasm, { address }, state) {
  const { dim } = state;
  const memory = new Memory(wasm);
  const ring = new Ring(memory, address, dim);
  for (let i = 0; i < state.length; i++) {
    const at = state.slot(i);
    memory.part(ring.embeddings + ring.stride * at, dim).set(state.embeddings.subarray(i * dim, i * dim + dim));
    memory.bytes[ring.tags + 2 * at] = state.operators[i];
    memory.bytes[ring.tags + 2 * at + 1] = state.attentions[i];
    memory.words[ring.improvements / 4 + at] = state.improvements[i];
  }
  for (const [i, name] of STATISTICS.entries()) memory.view.setFloat64(ring.total + Totals[name], state.statistics[i], true);
  memory.view.setBigInt64(ring.total + Totals.count, state.count, true);
  memory.view.setBigInt64(ring.total + Totals.successes, state.successes, true);
  memory.bytes[ring.total + Totals.best_attention] = state.bestAttention;
  memory.view.setUint32(ring.next, Number(state.count % BigInt(state.capacity)), true);
}
