// Copies between JavaScript's arrays and wasm memory. But for fail() and what wasm-bindgen catches, no function here throws: an
// exception that passes through wasm would leave the object whose method was called borrowed for ever. What went wrong is in
// what a function returns, and what the caller's own code has thrown is what cause() gives.

const TypedArray = Object.getPrototypeOf(Float32Array);
const intrinsic = (key) => Object.getOwnPropertyDescriptor(TypedArray.prototype, key).get;
// What a typed array says of itself may be a lie, and a call of its own getters may do anything.
const lengthOf = intrinsic('length');
const bufferOf = intrinsic('buffer');
const offsetOf = intrinsic('byteOffset');
const kindOf = intrinsic(Symbol.toStringTag);
const setOf = TypedArray.prototype.set;
const keysOf = TypedArray.prototype.keys;
const bytesOf = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength').get;
const place = (prototype) => ['buffer', 'byteOffset', 'byteLength'].map((key) => Object.getOwnPropertyDescriptor(prototype, key).get);
const placeOfTyped = place(TypedArray.prototype);
const placeOfDataView = place(DataView.prototype);

/** What is returned for what is no array of numbers. */
const NO_NUMBERS = -1;

let memory;
/** The stack pointer of wasm, a global, and where it begins. */
let stack;
let stackStart;
/** The stack pointer before each call of the caller's own code that has not returned yet, innermost last. */
const levels = [];
let thrown;
/** Arrays that a batch uses until it ends, by slot: `{ buffer, offset }`, with `array` if it is a new one; or `{ at }` of a part of wasm memory. */
const held = [];

export function connect(exports, stack_start) {
  memory = exports.memory;
  stack = exports.__stack_pointer;
  stackStart = stack_start;
}

/**
 * Gives back the stack of functions that an exception has left, which do not do it themselves: up to its start, or to what
 * another call has of it, inside which the caller's own code made this one.
 */
export function unwind() {
  if (stack) stack.value = levels.at(-1) ?? stackStart;
}

/** The one function that throws: at the end of a method, when its object is not borrowed any more. */
export function fail(exception) {
  unwind();
  throw exception;
}

/** Does what may run the caller's own code. */
function callersCode(work) {
  levels.push(stack?.value);
  try {
    return work();
  } finally {
    levels.pop();
  }
}

/** Whether something is an array. A revoked proxy is none. */
export function is_array(value) {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** A property, the keys and the JSON of what the caller has given. wasm-bindgen catches what they throw. */
export const property = (object, key) => callersCode(() => object[key]);
export const keys = (object) => callersCode(() => Reflect.ownKeys(object));
export const stringify = (value) => callersCode(() => JSON.stringify(value));

/** Views of vectors in wasm memory, which are read and written again and again; one is empty when the memory has grown since. */
const views = Array.from({ length: 64 }, () => new Float32Array());
/** Where each of them begins: to ask a view for its byteOffset takes as long as a tenth of a call. */
const addresses = new Float64Array(views.length);

/** The `length` values at `at`. */
function floats(at, length) {
  const place = (at >>> 4) % views.length; // vectors are 16 bytes apart at least
  if (addresses[place] === at && views[place].length === length) return views[place];
  addresses[place] = at;
  return (views[place] = new Float32Array(memory.buffer, at, length));
}

/** What the caller's code has thrown since the last call of this, or undefined. */
export function cause() {
  const last = thrown;
  thrown = undefined;
  return last;
}

/** A copy of what is no typed array, but has `length` numbers: code of the caller's may run. */
function copied(values, length, Copy) {
  const copy = Copy.from({ length }, (_, i) => values[i]);
  // NaN may be meant, or be all that there is in something that is no array.
  return Number.isNaN(copy[length - 1]) && !Array.isArray(values) ? null : copy;
}

/** The length of what is no typed array, or NO_NUMBERS. */
function countOf(values) {
  if (typeof values !== 'object' || values === null) return NO_NUMBERS;
  const { length } = values;
  return Number.isInteger(length) && length >= 0 ? length : NO_NUMBERS;
}

function isTyped(values) {
  return kindOf.call(values) !== undefined;
}

/** Copies `values` to `at`, if there are `length` of them. Returns how many there are, or NO_NUMBERS. */
export function copy_in(values, at, length) {
  try {
    if (isTyped(values)) {
      const count = lengthOf.call(values);
      // Throws if another thread has made `values` longer meanwhile.
      if (count === length) floats(at, length).set(values);
      return count;
    }
    return callersCode(() => converted(values, at, length));
  } catch (error) {
    thrown = error;
    return NO_NUMBERS;
  }
}

/** copy_in() of what is no typed array. */
function converted(values, at, length) {
  const count = countOf(values);
  if (count !== length) return count;
  const copy = copied(values, length, Float32Array);
  if (copy === null) return NO_NUMBERS;
  floats(at, length).set(copy); // the memory may have grown meanwhile
  return count;
}

/** Copies `values` to 64-bit floats at `at`, if there are at most `most` of them. Returns as copy_in(). */
export function copy_doubles_in(values, at, most) {
  try {
    return callersCode(() => {
      const typed = isTyped(values);
      const count = typed ? lengthOf.call(values) : countOf(values);
      if (count < 1 || count > most) return count;
      const copy = typed ? values : copied(values, count, Float64Array);
      if (copy === null) return NO_NUMBERS;
      new Float64Array(memory.buffer, at, count).set(copy);
      return count;
    });
  } catch (error) {
    thrown = error;
    return NO_NUMBERS;
  }
}

/** A new array of the values at `at`; undefined if there is no memory for it. */
export function copy_out(at, length) {
  try {
    return new Float32Array(floats(at, length)); // faster than slice(), which looks for a species and clears memory first
  } catch {
    return undefined;
  }
}

/** Where the array of check_output() begins in its buffer. */
let outputAt = 0;

/** The length of a Float32Array that write_out() is to write to next, or NO_NUMBERS. */
export function check_output(output) {
  if (kindOf.call(output) !== 'Float32Array') return NO_NUMBERS;
  const length = lengthOf.call(output);
  if (length === 0 && isOutOfReach(output)) return NO_NUMBERS;
  outputAt = offsetOf.call(output);
  return length;
}

/** Copies the `length` values at `at` to the array of check_output(). */
export function write_out(output, at, length) {
  // If wasm memory has grown since, arrays on it are detached. Their place is still there.
  const to = lengthOf.call(output) > 0 ? output : floats(outputAt, length);
  setOf.call(to, floats(at, length));
}

/** A view of the values at `at`. */
export function view_of(at, length) {
  return new Float32Array(memory.buffer, at, length);
}

/** Keeps a Float32Array for the functions below, until release(). Returns its length, or NO_NUMBERS. */
export function hold(slot, values) {
  if (kindOf.call(values) !== 'Float32Array') return NO_NUMBERS;
  const length = lengthOf.call(values);
  const buffer = bufferOf.call(values);
  if (length === 0 && isOutOfReach(values)) return NO_NUMBERS;
  const offset = offsetOf.call(values);
  // An array on wasm memory goes stale if that grows during the call. The place in memory does not.
  held[slot] = buffer === memory.buffer ? { at: offset } : { buffer, offset };
  return length;
}

/** Whether an array of length 0 has lost its memory: its buffer is detached, or has become too short for it. */
function isOutOfReach(values) {
  try {
    keysOf.call(values);
    return false;
  } catch (error) {
    thrown = error;
    return true;
  }
}

/** Makes a new array of `length` and keeps it like hold(). Returns whether there was memory for it. */
export function hold_new(slot, length) {
  try {
    const array = new Float32Array(length);
    held[slot] = { array, buffer: array.buffer, offset: 0 };
    return true;
  } catch {
    return false;
  }
}

/** Keeps an array no longer. Returns it, if hold_new() has made it. */
export function release(slot) {
  const found = held[slot];
  held[slot] = undefined;
  return found?.array;
}

/** Values `start` to `start + length` of what is kept. */
function part(slot, start, length) {
  const { at, buffer, offset } = held[slot];
  return at === undefined
    ? new Float32Array(buffer, offset + 4 * start, length)
    : new Float32Array(memory.buffer, at + 4 * start, length);
}

/** Copies `rows` rows of `dim` values, from value `start` of what is kept, to rows of `stride` values at `at`. */
export function rows_in(slot, start, rows, dim, at, stride) {
  const to = floats(at, rows * stride);
  if (dim === stride) {
    to.set(part(slot, start, rows * dim));
    return;
  }
  for (let row = 0; row < rows; row++) to.set(part(slot, start + row * dim, dim), row * stride);
}

/** Copies them back: rows at `at` to what is kept. */
export function rows_out(slot, start, rows, dim, at, stride) {
  const from = (row, length) => new Float32Array(memory.buffer, at + 4 * row * stride, length);
  if (dim === stride) {
    part(slot, start, rows * dim).set(from(0, rows * dim));
    return;
  }
  for (let row = 0; row < rows; row++) part(slot, start + row * dim, dim).set(from(row, dim));
}

/** The bytes of an ArrayBuffer or a view of one, as a Uint8Array, or undefined. */
function bytesIn(value) {
  if (ArrayBuffer.isView(value)) return new Uint8Array(...(isTyped(value) ? placeOfTyped : placeOfDataView).map((get) => get.call(value)));
  try {
    bytesOf.call(value); // throws for everything but an ArrayBuffer
  } catch {
    return undefined;
  }
  return new Uint8Array(value);
}

/** How many bytes there are, or NO_NUMBERS. */
export function count_bytes(value) {
  try {
    return bytesIn(value)?.length ?? NO_NUMBERS;
  } catch (error) {
    thrown = error;
    return NO_NUMBERS;
  }
}

/** Copies the bytes to `at`, if there are still `length` of them. Returns whether there are. */
export function copy_bytes_in(value, at, length) {
  try {
    const bytes = bytesIn(value);
    if (bytes.length !== length) return false;
    new Uint8Array(memory.buffer, at, length).set(bytes);
    return true;
  } catch (error) {
    thrown = error;
    return false;
  }
}

/** A new array of the bytes at `at`; undefined if there is no memory for it. */
export function copy_bytes_out(at, length) {
  try {
    return new Uint8Array(new Uint8Array(memory.buffer, at, length));
  } catch {
    return undefined;
  }
}
