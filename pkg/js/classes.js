// The exported classes: those that wasm-bindgen made, with what takes or gives an array, and with the checks that must
// come before wasm is called. Arguments cross the boundary once, as numbers; arrays are copied here, by engine code.
import * as generated from 'generated';

let memory;
let operators;

/** Tells the classes whose memory their buffers are in. */
export function connect(exports) {
  ({ memory } = exports);
  operators = generated._operator_count();
}

const TypedArray = Object.getPrototypeOf(Float32Array);
const intrinsic = (key) => Object.getOwnPropertyDescriptor(TypedArray.prototype, key).get;
// What a typed array says of itself may be a lie, and a call of its getters may do anything.
const lengthOf = intrinsic('length');
const bufferOf = intrinsic('buffer');
const offsetOf = intrinsic('byteOffset');
const kindOf = intrinsic(Symbol.toStringTag);

function checkNumber(value, name) {
  // null would be 0, and the valueOf() of an object could free the very object whose address is being passed.
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number`);
}

function checkOperator(op_type) {
  checkNumber(op_type, 'op_type');
  if (op_type !== op_type >>> 0 || op_type >= operators) settle(generated._no_operator(op_type));
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

/** `dim` numbers of what is no typed array, which may run code of its own. */
function converted(values, name, owner, dim) {
  const attempt = (work) => {
    try {
      return work();
    } catch (cause) {
      throw noNumbers(name, cause);
    }
  };
  const length = attempt(() => values.length);
  if (typeof values !== 'object' || typeof length !== 'number') throw noNumbers(name);
  checkLength(length, name, owner, dim);
  const copy = attempt(() => Float32Array.from({ length }, (_, i) => values[i]));
  // NaN may be meant, or be all that there is in something that is no array.
  if (Number.isNaN(copy[length - 1]) && !attempt(() => Array.isArray(values))) throw noNumbers(name);
  return copy;
}

/** Throws what a method of wasm returned, if it is not undefined. */
function settle(error) {
  if (error !== undefined) throw error;
}

const NOTHING = new Float32Array();

/** A Float32Array over a fixed buffer in wasm memory, made at first use and anew when the memory has grown. */
class Window {
  #view = NOTHING;
  #address;
  #length;

  constructor(address, length) {
    this.#address = address;
    this.#length = length;
  }

  get view() {
    if (this.#view.length === 0) this.#view = new Float32Array(memory.buffer, this.#address, this.#length);
    return this.#view;
  }
}

/** Refuses an object whose memory may be another's by now: a bound method, or a subclass's, can still get here. */
function checkAlive(self) {
  if (self.__wbg_ptr === 0) throw new Error(`${self.constructor.name}: a method was called after free()`);
}

/** Copies `values` to the buffer of `target`, which belongs to `self`. */
function write(target, values, name, owner, self) {
  checkAlive(self);
  const { view } = target;
  let length;
  try {
    length = lengthOf.call(values);
  } catch {
    const copy = converted(values, name, owner, view.length);
    checkAlive(self);
    target.view.set(copy); // the memory may have grown meanwhile
    return;
  }
  checkLength(length, name, owner, view.length);
  try {
    view.set(values);
  } catch (cause) {
    throw noNumbers(name, cause); // bigints
  }
}

/** `values` such that its `view` outlives a growth of the memory, if it is a part of that, as `own` is. */
function lasting(values, own) {
  const inMemory = bufferOf.call(values) === bufferOf.call(own.view); // memory.buffer takes longer
  return inMemory ? new Window(offsetOf.call(values), lengthOf.call(values)) : { view: values };
}

/** A part of a Float32Array, as a plain one: subarray() would ask `values` for a constructor. */
function part({ view }, start, length) {
  return new Float32Array(bufferOf.call(view), offsetOf.call(view) + Float32Array.BYTES_PER_ELEMENT * start, length);
}

/** Copies what a window shows to `output`, as `lasting` made it. */
function read(source, output, start = 0) {
  TypedArray.prototype.set.call(output.view, source.view, start);
}

/** An output for `dim` numbers, refused before anything has changed if it is none. */
function checkedOutput(output, dim, own) {
  checkFloats(output, 'output');
  checkLength(lengthOf.call(output), 'output', 'adapter', dim);
  return lasting(output, own);
}

/** The length of a batch of rows of `dim` numbers, and where its outputs go; refused if it is none. */
function checkBatch(self, dim, inputs, outputs) {
  checkAlive(self);
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

/** Rows that _forward_rows takes at a time (Batch::ROWS), and what the length of a row is rounded up to. */
const BATCH_ROWS = 16;
const PADDING = 16;

export class WasmMicroLoRA extends generated.WasmMicroLoRA {
  #dim = super.dim();
  #input = new Window(super.get_input_ptr(), this.#dim);
  #output = new Window(super.get_output_ptr(), this.#dim);
  #staging = new Window(super._staging_ptr(), this.#dim);

  forward_array(input) {
    write(this.#input, input, 'input', 'adapter', this);
    super.forward();
    return this.#output.view.slice();
  }

  forward_into(input, output) {
    const target = checkedOutput(output, this.#dim, this.#output);
    write(this.#input, input, 'input', 'adapter', this);
    super.forward();
    read(this.#output, target);
  }

  forward_batch(inputs, outputs) {
    const { length, result } = checkBatch(this, this.#dim, inputs, outputs);
    if (length === 0) return result;
    const [source, target] = [inputs, result].map((values) => lasting(values, this.#input));
    // Rows are padded: only those that need no padding lie behind each other, and can be passed many at a time.
    const stride = PADDING * Math.ceil(this.#dim / PADDING);
    const most = stride === this.#dim ? BATCH_ROWS * stride : this.#dim;
    const address = super._batch_ptr();
    const x = new Window(address, most);
    const y = new Window(address + Float32Array.BYTES_PER_ELEMENT * BATCH_ROWS * stride, most);
    for (let start = 0; start < length; start += most) {
      const size = Math.min(most, length - start);
      x.view.set(part(source, start, size));
      super._forward_rows(size / this.#dim);
      read(size === most ? y : { view: part(y, 0, size) }, target, start);
    }
    return result;
  }

  adapt() {
    settle(super.adapt());
  }

  adapt_array(gradient) {
    write(this.#staging, gradient, 'gradient', 'adapter', this);
    settle(super._adapt_staged());
  }

  adapt_with_reward(improvement) {
    checkNumber(improvement, 'improvement');
    settle(super.adapt_with_reward(improvement));
  }

  predicted_improvement(input) {
    write(this.#staging, input, 'input', 'adapter', this);
    return super._predicted_staged();
  }
}

export class WasmScopedLoRA extends generated.WasmScopedLoRA {
  #dim = super.dim();
  #input = new Window(super.get_input_ptr(), this.#dim);
  #output = new Window(super.get_output_ptr(), this.#dim);
  #staging = new Window(super._staging_ptr(), this.#dim);

  static scope_name(op_type) {
    checkOperator(op_type);
    return super.scope_name(op_type);
  }

  forward(op_type) {
    checkOperator(op_type);
    settle(super.forward(op_type));
  }

  forward_array(op_type, input) {
    checkOperator(op_type);
    write(this.#input, input, 'input', 'adapter', this);
    settle(super.forward(op_type));
    return this.#output.view.slice();
  }

  forward_into(op_type, input, output) {
    checkOperator(op_type);
    const target = checkedOutput(output, this.#dim, this.#output);
    write(this.#input, input, 'input', 'adapter', this);
    settle(super.forward(op_type));
    read(this.#output, target);
  }

  forward_batch(op_type, inputs, outputs) {
    checkOperator(op_type);
    const { length, result } = checkBatch(this, this.#dim, inputs, outputs);
    const [source, target] = [inputs, result].map((values) => lasting(values, this.#input));
    for (let start = 0; start < length; start += this.#dim) {
      this.#input.view.set(part(source, start, this.#dim));
      settle(super.forward(op_type));
      read(this.#output, target, start);
    }
    return result;
  }

  adapt(op_type) {
    checkOperator(op_type);
    settle(super.adapt(op_type));
  }

  adapt_array(op_type, gradient) {
    checkOperator(op_type);
    write(this.#staging, gradient, 'gradient', 'adapter', this);
    settle(super._adapt_staged(op_type));
  }

  adapt_with_reward(op_type, improvement) {
    checkOperator(op_type);
    checkNumber(improvement, 'improvement');
    settle(super.adapt_with_reward(op_type, improvement));
  }

  predicted_improvement(op_type, input) {
    checkOperator(op_type);
    write(this.#staging, input, 'input', 'adapter', this);
    return super._predicted_staged(op_type);
  }

  delta_norm(op_type) {
    checkOperator(op_type);
    return super.delta_norm(op_type);
  }

  adapt_count(op_type) {
    checkOperator(op_type);
    return super.adapt_count(op_type);
  }

  forward_count(op_type) {
    checkOperator(op_type);
    return super.forward_count(op_type);
  }

  set_category_fallback(enabled) {
    if (typeof enabled !== 'boolean') throw new TypeError('enabled must be a boolean');
    super._set_category_fallback(enabled);
  }

  reset_scope(op_type) {
    checkOperator(op_type);
    super.reset_scope(op_type);
  }
}

export class WasmTrajectoryBuffer extends generated.WasmTrajectoryBuffer {
  #embedding = new Window(super._embedding_ptr(), super._dim());

  record(embedding, op_type, attention_type, execution_ms, baseline_ms) {
    checkNumber(op_type, 'op_type');
    checkNumber(attention_type, 'attention_type');
    checkNumber(execution_ms, 'execution_ms');
    checkNumber(baseline_ms, 'baseline_ms');
    write(this.#embedding, embedding, 'embedding', 'buffer', this);
    settle(super._record_embedding(op_type, attention_type, execution_ms, baseline_ms));
  }

  high_quality_count(threshold) {
    checkNumber(threshold, 'threshold');
    return super.high_quality_count(threshold);
  }

  count_by_operator(op_type) {
    checkOperator(op_type);
    return super.count_by_operator(op_type);
  }
}

// Calling a method after free() throws an Error that says so. The check costs live objects nothing: free() swaps the
// prototype of the dead one.
for (const [name, Class] of Object.entries({ WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer })) {
  const { prototype } = Class;
  Object.defineProperty(Class, 'name', { value: name, configurable: true }); // a bundler may have changed it
  const refusals = {};
  for (const owner of [prototype, Object.getPrototypeOf(prototype)]) {
    for (const method of Object.getOwnPropertyNames(owner)) {
      if (method === 'constructor') continue;
      refusals[method] = {
        value() {
          throw new Error(`${name}.${method}() was called after free()`);
        },
      };
    }
  }
  // Freeing twice does no harm.
  refusals.free = { value() {} };
  if (Symbol.dispose) refusals[Symbol.dispose] = refusals.free;
  const freed = Object.create(prototype, refusals);

  const { free } = prototype;
  const freeOnce = {
    value() {
      try {
        free.call(this);
      } finally {
        const own = Object.getPrototypeOf(this); // a subclass keeps its own methods
        // What can no longer change its prototype refuses by `checkAlive`, or in wasm.
        Reflect.setPrototypeOf(this, own === prototype ? freed : Object.create(own, refusals));
      }
    },
    writable: true,
    configurable: true,
  };
  Object.defineProperty(prototype, 'free', freeOnce);
  if (Symbol.dispose) Object.defineProperty(prototype, Symbol.dispose, freeOnce);
}
