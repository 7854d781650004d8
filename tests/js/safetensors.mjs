// The safetensors format and this package's checksum, written once more and as plainly as possible: to look into files, and
// to make files that are wrong in one way only.
import { crc32 } from 'node:zlib';

const ARRAYS = { F64: Float64Array, F32: Float32Array, I64: BigInt64Array, U8: Uint8Array };

/** { metadata, tensors: { name: { dtype, shape, values } } }, in the order of the file. */
export function parse(file) {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const { __metadata__: metadata, ...entries } = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  const tensors = Object.entries(entries).map(([name, { dtype, shape, data_offsets: [begin, end] }]) => {
    const bytes = file.slice(8 + length + begin, 8 + length + end);
    return [name, { dtype, shape, values: new ARRAYS[dtype](bytes.buffer) }];
  });
  return { metadata, tensors: Object.fromEntries(tensors) };
}

const bytesOf = ({ values }) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** As docs/saving.md says it. */
export function checksum(metadata, tensors) {
  const byBytes = ([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  let sum = 0;
  for (const [key, value] of Object.entries(metadata).sort(byBytes)) {
    if (key !== 'checksum') sum = crc32(`${key}\0${value}\0`, sum);
  }
  for (const [name, tensor] of Object.entries(tensors).sort(byBytes)) {
    sum = crc32(`${name}\0${tensor.dtype}\0${tensor.shape.join()}\0`, sum);
    if (tensor.values.length > 0) sum = crc32(bytesOf(tensor), sum); // without any, Node's starts over
  }
  return sum.toString(16).padStart(8, '0');
}

/** The bytes of a header (anything JSON can say, or a text) and of what comes behind it. */
export function assemble(header, data) {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  file.set(data, 8 + text.length);
  return file;
}

/** { header, data } of what `parse` gives, with the right checksum, unless the metadata has none to be corrected. */
export function laidOut({ metadata, tensors }) {
  const header = {};
  if (metadata) header.__metadata__ = 'checksum' in metadata ? { ...metadata, checksum: checksum(metadata, tensors) } : metadata;
  let end = 0;
  for (const [name, tensor] of Object.entries(tensors)) {
    header[name] = { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [end, (end += tensor.values.byteLength)] };
  }
  return { header, data: Buffer.concat(Object.values(tensors).map(bytesOf)) };
}

/** The file of what `parse` gives. */
export function write(content) {
  const { header, data } = laidOut(content);
  return assemble(header, data);
}

const tensor = (dtype, shape, values) => ({ dtype, shape, values: ARRAYS[dtype].from(values) });

/** A file of a `WasmMicroLoRA` that has learned nothing, with every value of A the same. */
export function newAdapter(dim, { alpha = 0.5, value = 0.25 } = {}) {
  const row = (length, x) => Array(length).fill(x);
  const square = dim * value * value;
  const metadata = { class: 'WasmMicroLoRA', format_version: '1', dim: `${dim}`, alpha: `${alpha}`, checksum: '' };
  const flags = { learning_rate: '0.25', initial_learning_rate: '0.5', freeze_a: 'false', category_fallback: 'true' };
  return {
    metadata: { ...metadata, ...flags },
    tensors: {
      'base_model.model.linear.lora_A.weight': tensor('F32', [2, dim], row(2 * dim, value)),
      'base_model.model.linear.lora_B.weight': tensor('F32', [dim, 2], row(2 * dim, 0)),
      'state.gram': tensor('F64', [1, 2, 4], [square, square, square, 2 * square, 0, 0, 0, 0]),
      'state.steps': tensor('I64', [1], [0n]),
      'state.counts': tensor('I64', [1, 2], [0n, 0n]),
      'state.known_as_of': tensor('I64', [1, 2], [0n, 0n]),
      'state.known': tensor('F32', [1, 2, 3], row(6, 0)),
      'state.context_of': tensor('I64', [1], [0n]),
      'state.contexts': tensor('F32', [1, dim], row(dim, 1)),
      'state.input': tensor('F32', [dim], row(dim, 0)),
      'state.output': tensor('F32', [dim], row(dim, 0)),
    },
  };
}

/** A file of a `WasmScopedLoRA` with three operators in two categories, none of which has been used. */
export function newScoped(dim) {
  const { metadata, tensors: { 'state.input': input, 'state.output': output } } = newAdapter(dim);
  const names = { operators: '["one","two","three"]', categories: '["same","same","other"]' };
  return {
    metadata: { ...metadata, class: 'WasmScopedLoRA', ...names },
    tensors: {
      'state.gram': tensor('F64', [0, 2, 4], []),
      'state.steps': tensor('I64', [0], []),
      'state.counts': tensor('I64', [3, 2], Array(6).fill(0n)),
      'state.known_as_of': tensor('I64', [3, 2], Array(6).fill(0n)),
      'state.known': tensor('F32', [3, 2, 3], Array(18).fill(0)),
      'state.context_of': tensor('I64', [0], []),
      'state.contexts': tensor('F32', [0, dim], []),
      'state.input': input,
      'state.output': output,
    },
  };
}

/** Statistics: of all trajectories, and then of each operator; those of operators that have none are `empty`. */
const rows = (some, empty) => Array.from({ length: 18 }, (_, row) => some[row] ?? empty).flat();

/** A file of a `WasmTrajectoryBuffer` for four trajectories that holds two. */
export function newTrajectories(dim) {
  const metadata = { class: 'WasmTrajectoryBuffer', format_version: '1', capacity: '4', embedding_dim: `${dim}`, checksum: '' };
  return {
    metadata,
    tensors: {
      embeddings: tensor('F32', [2, dim], Array.from({ length: 2 * dim }, (_, i) => i / 8)),
      operators: tensor('U8', [2], [2, 16]),
      attention_types: tensor('U8', [2], [5, 0]),
      improvements: tensor('F32', [2], [0.5, -0.25]),
      baselines: tensor('F32', [2], [3, 6]),
      'state.statistics': tensor('F64', [18, 3], rows({ 0: [0.125, 0.28125, 0.5], 3: [0.5, 0, 0.5], 17: [-0.25, 0, -0.25] }, [0, 0, 0])),
      'state.counts': tensor('I64', [18, 2], rows({ 0: [2n, 1n], 3: [1n, 1n], 17: [1n, 0n] }, [0n, 0n])),
      'state.best_attention': tensor('U8', [18], rows({ 0: [5], 3: [5], 17: [0] }, [0])),
      'state.draws': tensor('I64', [2], [7n, 3n]),
    },
  };
}
