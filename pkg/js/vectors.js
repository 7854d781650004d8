// Vectors that cross the boundary: windows on the fixed buffers in wasm memory, and copies to and from them. Arrays are
// copied here, by engine code: that costs a third of a copy that wasm has to ask for.
import { wasm } from './object.js';

const TypedArray = Object.getPrototypeOf(Float32Array);
const intrinsic = (key) => Object.getOwnPropertyDescriptor(TypedArray.prototype, key).get;
// What a typed array says of itself may be a lie, and a call of its getters may do anything.
export const lengthOf = intrinsic('length');
const bufferOf = intrinsic('buffer');
const offsetOf = intrinsic('byteOffset');
const kindOf = intrinsic(Symbol.toStringTag);

const NOTHING = new Float32Array();

/** A Float32Array over a part of wasm memory, made at first use and anew when the memory has grown. */
export class Window {
  #view = NOTHING;
  #address;
  #length;

  constructor(address, length) {
    this.#address = address >>> 0; // wasm returns it as an i32, negative from 2 GiB on
    this.#length = length;
  }

  get view() {
    if (this.#view.length === 0) this.#view = this.fresh();
    return this.#view;
  }

  /** A view of the caller's own. */
  fresh() {
    return new Float32Array(wasm.memory.buffer, this.#address, this.#length);
  }
}

function checkLength(length, name, owner, dim) {
  if (length !== dim) throw new RangeError(`${name} has ${length} values, this ${owner} has dim ${dim}`);
}

function checkFloats(values, name) {
  if (kindOf.call(values) !== 'Float32Array') throw new TypeError(`${name} must be a Float32Array`);
}

function noNumbers(name, cause) {
  return new TypeError(`${name} must be a Float32Array or an array of numbers`, { cause });
}

/** Numbers of what is no typed array, which may run code of its own; `check` refuses their count. */
function converted(values, name, check) {
  const attempt = (work) => {
    try {
      return work();
    } catch (cause) {
      throw noNumbers(name, cause);
    }
  };
  const length = attempt(() => values.length);
  if (typeof values !== 'object' || typeof length !== 'number') throw noNumbers(name);
  check(length);
  const copy = attempt(() => Float32Array.from({ length }, (_, i) => values[i]));
  // NaN may be meant, or be all that there is in something that is no array.
  if (Number.isNaN(copy[length - 1]) && !attempt(() => Array.isArray(values))) throw noNumbers(name);
  return copy;
}

/** Copies `values` to a window of `object`, an adapter's or a buffer's (`owner`). */
export function write(window, values, name, owner, object) {
  void object.address; // it must not be another's memory by now
  const { view } = window;
  let length;
  try {
    length = lengthOf.call(values);
  } catch {
    const copy = converted(values, name, (count) => checkLength(count, name, owner, view.length));
    void object.address;
    window.view.set(copy); // the memory may have grown meanwhile
    return;
  }
  checkLength(length, name, owner, view.length);
  try {
    view.set(values);
  } catch (cause) {
    throw noNumbers(name, cause); // bigints
  }
}

/** `values`, or a copy if they are no typed array: code of the caller's runs here, and not when they are written. */
export function settled(values, name, dim) {
  return typed(values, name, (count) => checkLength(count, name, 'adapter', dim));
}

function typed(values, name, check) {
  try {
    lengthOf.call(values);
  } catch {
    return converted(values, name, check);
  }
  return values;
}

/** Attention types as `settled`, of which there are some and not too many. */
export function settledTypes(values) {
  const check = (count) => {
    if (!(count >= 1 && count <= 256)) throw new RangeError(`attention_types has ${count} values, it must have 1 to 256`);
  };
  const types = typed(values, 'attention_types', check);
  check(lengthOf.call(types));
  return types;
}

/** `values` such that its `view` outlives a growth of the memory, if it is a part of that, as `own` is. */
export function lasting(values, own) {
  const inMemory = bufferOf.call(values) === bufferOf.call(own.view); // memory.buffer takes longer
  return inMemory ? new Window(offsetOf.call(values), lengthOf.call(values)) : { view: values };
}

/** A part of a Float32Array, as a plain one: subarray() would ask `values` for a constructor. */
export function part({ view }, start, length) {
  return new Float32Array(bufferOf.call(view), offsetOf.call(view) + Float32Array.BYTES_PER_ELEMENT * start, length);
}

/** Copies what a window shows to `output`, as `lasting` made it. */
export function read(source, output, start = 0) {
  TypedArray.prototype.set.call(output.view, source.view, start);
}

/** An output for `dim` numbers, refused before anything has changed if it is none. */
export function checkedOutput(output, dim, own) {
  checkFloats(output, 'output');
  checkLength(lengthOf.call(output), 'output', 'adapter', dim);
  return lasting(output, own);
}

/** The length of a batch of rows of `dim` numbers, and where its outputs go; refused if it is none. */
export function checkedBatch(dim, inputs, outputs) {
  checkFloats(inputs, 'inputs');
  const length = lengthOf.call(inputs);
  if (length % dim !== 0) throw new RangeError(`inputs has ${length} values, no multiple of this adapter's dim ${dim}`);
  try {
    part({ view: inputs }, 0, 0);
  } catch (cause) {
    throw noNumbers('inputs', cause); // detached: its length says 0
  }
  if (outputs === undefined) return { length, result: new Float32Array(length) };
  checkFloats(outputs, 'outputs');
  if (lengthOf.call(outputs) !== length) {
    throw new RangeError(`outputs has ${lengthOf.call(outputs)} values, inputs has ${length}`);
  }
  return { length, result: outputs };
}
