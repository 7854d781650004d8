// The safetensors format (https://huggingface.co/docs/safetensors): eight bytes that say how long the header is, the header
// in JSON, and the tensors, one behind the other. What is not exactly that is refused with the name of the field.
import { crc32 } from './crc32.js';

/** Version of what this package puts into the format. */
const FORMAT_VERSION = '1';

const PREFIX = 8;
/** More than the reference implementation reads. */
const LONGEST_HEADER = 100_000_000;

/** Bytes per value. */
const SIZES = { F64: 8, F32: 4, I64: 8, U8: 1 };
const ARRAYS = { F64: Float64Array, F32: Uint32Array, I64: BigInt64Array, U8: Uint8Array };

const utf8 = new TextEncoder();
const product = (shape) => shape.reduce((sum, length) => sum * length, 1);

/** A tensor to be written: `values` are those of `dtype`, of which a 32-bit float is given as its bits. */
export function tensor(name, dtype, shape, values) {
  return { name, dtype, shape, bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}

/** Refuses what a file says: `source` is the argument that it came in. */
function refuse(source, what) {
  throw new RangeError(`${source}: ${what}`);
}

/**
 * The sum over everything that a file says, in whatever order: metadata by key but for the sum itself, `key\0value\0`;
 * tensors by name, `name\0dtype\0` and the shape with commas and `\0`, then the values.
 */
function checksum(metadata, tensors) {
  const byName = (entries) => entries.map(([name, ...rest]) => [utf8.encode(name), ...rest]).sort(([a], [b]) => compare(a, b));
  const zero = new Uint8Array(1);
  let sum = 0;
  const add = (...parts) => {
    for (const part of parts) sum = crc32(zero, crc32(part, sum));
  };
  const said = Object.entries(metadata).filter(([key]) => key !== 'checksum');
  for (const [key, value] of byName(said)) add(key, utf8.encode(value));
  for (const [name, { dtype, shape, bytes }] of byName(tensors.map((each) => [each.name, each]))) {
    add(name, utf8.encode(dtype), utf8.encode(shape.join()));
    sum = crc32(bytes, sum);
  }
  return sum.toString(16).padStart(8, '0');
}

/** As the bytes are, which is as the characters' numbers are: UTF-16 puts some of them elsewhere. */
function compare(a, b) {
  const at = a.findIndex((byte, i) => byte !== b[i]);
  return at < 0 ? a.length - b.length : a[at] - (b[at] ?? -1);
}

/** A file with these tensors and this metadata (texts), to which the format version and the checksum are added. */
export function encode(given, tensors) {
  // Those with the widest values first: then all are aligned.
  const ordered = [...tensors].sort((a, b) => SIZES[b.dtype] - SIZES[a.dtype]);
  const metadata = { format: 'pt', format_version: FORMAT_VERSION, ...given };
  const header = { __metadata__: { ...metadata, checksum: checksum(metadata, ordered) } };
  let end = 0;
  for (const { name, dtype, shape, bytes } of ordered) {
    header[name] = { dtype, shape, data_offsets: [end, (end += bytes.length)] };
  }
  const text = utf8.encode(JSON.stringify(header));
  const start = PREFIX + 8 * Math.ceil(text.length / 8);
  const file = new Uint8Array(start + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(start - PREFIX), true);
  file.fill(0x20, PREFIX, start); // spaces
  file.set(text, PREFIX);
  let at = start;
  for (const { bytes } of ordered) {
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}

/** Throws for everything but an ArrayBuffer, and asks `this` nothing that could be a lie. */
const bufferLength = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength').get;

/** A copy of the bytes: shared memory can change, and that of wasm goes away when it grows. */
function copyOf(value, source) {
  try {
    if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
    bufferLength.call(value);
    return new Uint8Array(value).slice();
  } catch (cause) {
    throw new TypeError(`${source} must be a Uint8Array or an ArrayBuffer`, { cause }); // or it is detached
  }
}

/** { header, start }: what the header says, and where the tensors start. */
function readHeader(file, source) {
  if (file.length < PREFIX) refuse(source, `${file.length} bytes are too few for the length of a header`);
  const length = new DataView(file.buffer).getBigUint64(0, true);
  if (length > LONGEST_HEADER || length > file.length - PREFIX) {
    refuse(source, `the header has ${length} bytes, the file ${file.length} with it`);
  }
  const start = PREFIX + Number(length);
  let header;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file.subarray(PREFIX, start));
    // Another spelling of the same header would be a flipped bit that the checksum cannot see.
    if (/(?:^|[^\\])(?:\\\\)*\\u(?![\da-f]{4})/.test(text)) throw new Error('an escape in capitals');
    header = JSON.parse(text);
  } catch {
    refuse(source, 'the header is not JSON');
  }
  if (!isObject(header)) refuse(source, 'the header is no object');
  return { header, start };
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value) => Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0);

/** The tensors that the header speaks of: each as long as its shape says, one behind the other, to the end. */
function readTensors(entries, file, start, source) {
  const tensors = new Map();
  const spans = [];
  for (const [name, entry] of Object.entries(entries)) {
    if (!isObject(entry)) refuse(source, `${name} is no object`);
    const { dtype, shape, data_offsets: offsets, ...others } = entry;
    for (const key of Object.keys(others)) refuse(source, `${name} has a field ${key}`);
    if (!Object.hasOwn(SIZES, dtype)) refuse(source, `dtype of ${name} is ${JSON.stringify(dtype)}`);
    if (!Array.isArray(shape) || !shape.every(isCount)) refuse(source, `shape of ${name} is ${JSON.stringify(shape)}`);
    if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
      refuse(source, `data_offsets of ${name} are ${JSON.stringify(offsets)}`);
    }
    const [begin, end] = offsets;
    const size = SIZES[dtype] * product(shape);
    if (end - begin !== size) refuse(source, `data_offsets of ${name} are ${JSON.stringify(offsets)}, its shape has ${size} bytes`);
    spans.push([begin, end, name]);
    tensors.set(name, { name, dtype, shape, bytes: file.subarray(start + begin, start + end) });
  }
  spans.sort(([a, b], [c, d]) => a - c || b - d);
  let at = 0;
  for (const [begin, end, name] of spans) {
    if (begin !== at) refuse(source, `data_offsets of ${name} begin at ${begin}, the tensor before it ends at ${at}`);
    at = end;
  }
  if (at !== file.length - start) refuse(source, `the tensors have ${at} bytes, the file has ${file.length - start} for them`);
  return tensors;
}

function checkMetadata(metadata, source, owner) {
  if (!isObject(metadata)) refuse(source, '__metadata__ is missing: this is no file of this package');
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') refuse(source, `${key} in __metadata__ is no text`);
  }
  const said = (key) => (metadata[key] === undefined ? `${key} is missing` : `${key} is ${JSON.stringify(metadata[key])}`);
  if (metadata.format_version !== FORMAT_VERSION) refuse(source, `${said('format_version')}, this version of the package reads "${FORMAT_VERSION}"`);
  if (metadata.class !== owner) refuse(source, `${said('class')}, it must be "${owner}"`);
}

/**
 * What `bytes` hold, as `{ metadata, tensors }`, by name; refused unless they are a whole file that `owner` has saved, or
 * say that they are with the right checksum.
 */
export function decode(bytes, source, owner) {
  const file = copyOf(bytes, source);
  const { header, start } = readHeader(file, source);
  const { __metadata__: metadata, ...entries } = header;
  const tensors = readTensors(entries, file, start, source);
  checkMetadata(metadata, source, owner);
  const sum = checksum(metadata, [...tensors.values()]);
  if (metadata.checksum !== sum) refuse(source, `checksum is ${JSON.stringify(metadata.checksum) ?? 'missing'}, the content has "${sum}"`);
  return { metadata, tensors };
}

/** What is left of a decoded file, to be taken field by field. */
export class Fields {
  #metadata;
  #tensors;
  #source;

  constructor({ metadata, tensors }, source) {
    this.#metadata = metadata;
    this.#tensors = new Map(tensors);
    this.#source = source;
  }

  refuse(what) {
    refuse(this.#source, what);
  }

  /** A text of the metadata, which `read` makes a value of: anything but undefined. */
  text(key, rule, read) {
    const text = Object.hasOwn(this.#metadata, key) ? this.#metadata[key] : undefined;
    const value = text === undefined ? undefined : read(text);
    if (value === undefined) this.refuse(`${key} is ${text === undefined ? 'missing' : JSON.stringify(text)}, it must be ${rule}`);
    return value;
  }

  number(key, rule, isRight) {
    // Some texts that are no numbers are numbers to JavaScript: '', '0x1'.
    return this.text(key, rule, (text) => (/^[-+.\deE]+$/.test(text) && isRight(Number(text)) ? Number(text) : undefined));
  }

  boolean(key) {
    return this.text(key, '"true" or "false"', (text) => (text === 'true' ? true : text === 'false' ? false : undefined));
  }

  has(name) {
    return this.#tensors.has(name);
  }

  /** The values of a tensor, 32-bit floats as their bits. A length of null in `shape` may be any. */
  take(name, dtype, shape) {
    const found = this.#tensors.get(name);
    if (!found) this.refuse(`${name} is missing`);
    this.#tensors.delete(name);
    if (found.dtype !== dtype) this.refuse(`dtype of ${name} is ${found.dtype}, it must be ${dtype}`);
    const fits = found.shape.length === shape.length && shape.every((length, i) => length === null || length === found.shape[i]);
    if (!fits) this.refuse(`shape of ${name} is [${found.shape}], it must be [${shape.map((length) => length ?? 'any')}]`);
    const { bytes } = found;
    const Values = ARRAYS[dtype];
    const aligned = bytes.byteOffset % Values.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
    return new Values(aligned.buffer, aligned.byteOffset, bytes.length / Values.BYTES_PER_ELEMENT);
  }

  /** `take`, with every value checked: they must be `rule`. */
  checked(name, dtype, shape, rule, isRight) {
    const values = this.take(name, dtype, shape);
    const seen = dtype === 'F32' ? new Float32Array(values.buffer, values.byteOffset, values.length) : values;
    const wrong = seen.findIndex((value, i) => !isRight(value, i, seen));
    if (wrong >= 0) this.refuse(`${name} has ${seen[wrong]} at ${wrong}, it must be ${rule}`);
    return values;
  }

  finite(name, dtype, shape) {
    return this.checked(name, dtype, shape, 'finite', Number.isFinite);
  }

  counts(name, shape) {
    return this.checked(name, 'I64', shape, 'at least 0', (value) => value >= 0n);
  }

  /** Refuses tensors that nothing has asked for. */
  end() {
    for (const name of this.#tensors.keys()) this.refuse(`${name} is not expected here`);
  }
}
