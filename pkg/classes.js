// The exported classes: those that wasm-bindgen made, with what takes or gives an array, and with the checks that must
// come before wasm is called. Arguments cross the boundary once, as numbers; arrays are copied here, by engine code.
import * as generated from './ruvector_learning_wasm.js';

let memory;

/** Tells the classes whose memory their buffers are in. */
export function connect(exports) {
  ({ memory } = exports);
}

const TypedArray = Object.getPrototypeOf(Float32Array);
const intrinsic = (key) => Object.getOwnPropertyDescriptor(TypedArray.prototype, key).get;
// What a typed array says of itself may be a lie, and a call of its getters may do anything.
const lengthOf = intrinsic('length');
const kindOf = intrinsic(Symbol.toStringTag);

function checkNumber(value, name) {
  // null would be 0, and the valueOf() of an object could free the very object whose address is being passed.
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number`);
}

function checkLength(length, name, owner, dim) {
  if (length !== dim) throw new RangeError(`${name} has ${length} values, this ${owner} has dim ${dim}`);
}

function checkFloats(values, name) {
  if (kindOf.call(values) !== 'Float32Array') throw new TypeError(`${name} must be a Float32Array`);
}

/** `values` as a typed array of `dim` numbers. Only what is no typed array yet is copied, and may run its own code. */
function numbers(values, name, owner, dim) {
  let length;
  try {
    length = lengthOf.call(values);
  } catch {
    return converted(values, name, owner, dim);
  }
  checkLength(length, name, owner, dim);
  return values;
}

function converted(values, name, owner, dim) {
  const refuse = (cause) => {
    throw new TypeError(`${name} must be a Float32Array or an array of numbers`, { cause });
  };
  const attempt = (work) => {
    try {
      return work();
    } catch (cause) {
      return refuse(cause);
    }
  };
  const length = attempt(() => values.length);
  if (typeof length !== 'number' || ArrayBuffer.isView(values)) refuse();
  checkLength(length, name, owner, dim);
  return attempt(() => {
    const copy = Float32Array.from({ length }, (_, i) => values[i]);
    // NaN may be meant, or be all that there is in something that is no array.
    if (Number.isNaN(copy[length - 1]) && !Array.isArray(values)) refuse();
    return copy;
  });
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

/** Copies `values` to the buffer of `target`, which belongs to `self`. */
function write(target, values, name, owner, self) {
  const { view } = target;
  const source = numbers(values, name, owner, view.length);
  if (source === values) {
    view.set(source);
    return;
  }
  if (self.__wbg_ptr === 0) throw new Error(`the object was freed while ${name} was read`);
  target.view.set(source); // the memory may have grown meanwhile
}

/** Copies what a window shows to the start of `output`, a Float32Array. */
function read(source, output) {
  TypedArray.prototype.set.call(output, source.view);
}

/** Refuses an `output` for `dim` numbers before anything has changed. */
function checkOutput(output, dim) {
  checkFloats(output, 'output');
  checkLength(lengthOf.call(output), 'output', 'adapter', dim);
}

/** Rows that wasm takes at a time (Batch::ROWS), and the numbers that each is padded to a multiple of. */
const BATCH_ROWS = 16;
const PADDING = 16;

/** Passes `inputs` through `forwardRows(count)`, which reads and writes the rows of a buffer, a part at a time. */
function batch(self, inputs, outputs, forwardRows) {
  checkFloats(inputs, 'inputs');
  const dim = self.dim();
  const length = lengthOf.call(inputs);
  if (length % dim !== 0) throw new RangeError(`inputs has ${length} values, no multiple of this adapter's dim ${dim}`);
  if (outputs === undefined) outputs = new Float32Array(length);
  checkFloats(outputs, 'outputs');
  if (lengthOf.call(outputs) !== length) {
    throw new RangeError(`outputs has ${lengthOf.call(outputs)} values, inputs has ${length}`);
  }
  if (length === 0) return outputs;

  const stride = PADDING * Math.ceil(dim / PADDING);
  const part = (stride === dim ? BATCH_ROWS : 1) * dim;
  const address = self._batch_ptr();
  const x = new Window(address, part);
  const y = new Window(address + Float32Array.BYTES_PER_ELEMENT * BATCH_ROWS * stride, part);
  for (let start = 0; start < length; start += part) {
    const count = Math.min(part, length - start);
    x.view.set(TypedArray.prototype.subarray.call(inputs, start, start + count));
    settle(forwardRows(count / dim));
    TypedArray.prototype.set.call(outputs, count === part ? y.view : y.view.subarray(0, count), start);
  }
  return outputs;
}

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
    checkOutput(output, this.#dim);
    write(this.#input, input, 'input', 'adapter', this);
    super.forward();
    read(this.#output, output);
  }

  forward_batch(inputs, outputs) {
    return batch(this, inputs, outputs, (rows) => super._forward_rows(rows));
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
  #operators = super._operator_count();
  #input = new Window(super.get_input_ptr(), this.#dim);
  #output = new Window(super.get_output_ptr(), this.#dim);
  #staging = new Window(super._staging_ptr(), this.#dim);

  static scope_name(op_type) {
    checkNumber(op_type, 'op_type');
    return super.scope_name(op_type);
  }

  #checkOperator(op_type) {
    checkNumber(op_type, 'op_type');
    if (op_type !== op_type >>> 0 || op_type >= this.#operators) super.adapt_count(op_type); // which throws
  }

  forward(op_type) {
    checkNumber(op_type, 'op_type');
    settle(super.forward(op_type));
  }

  forward_array(op_type, input) {
    this.#checkOperator(op_type);
    write(this.#input, input, 'input', 'adapter', this);
    settle(super.forward(op_type));
    return this.#output.view.slice();
  }

  forward_into(op_type, input, output) {
    this.#checkOperator(op_type);
    checkOutput(output, this.#dim);
    write(this.#input, input, 'input', 'adapter', this);
    settle(super.forward(op_type));
    read(this.#output, output);
  }

  forward_batch(op_type, inputs, outputs) {
    this.#checkOperator(op_type);
    return batch(this, inputs, outputs, (rows) => super._forward_rows(op_type, rows));
  }

  adapt(op_type) {
    checkNumber(op_type, 'op_type');
    settle(super.adapt(op_type));
  }

  adapt_array(op_type, gradient) {
    this.#checkOperator(op_type);
    write(this.#staging, gradient, 'gradient', 'adapter', this);
    settle(super._adapt_staged(op_type));
  }

  adapt_with_reward(op_type, improvement) {
    checkNumber(op_type, 'op_type');
    checkNumber(improvement, 'improvement');
    settle(super.adapt_with_reward(op_type, improvement));
  }

  predicted_improvement(op_type, input) {
    this.#checkOperator(op_type);
    write(this.#staging, input, 'input', 'adapter', this);
    return super._predicted_staged(op_type);
  }

  delta_norm(op_type) {
    checkNumber(op_type, 'op_type');
    return super.delta_norm(op_type);
  }

  adapt_count(op_type) {
    checkNumber(op_type, 'op_type');
    return super.adapt_count(op_type);
  }

  forward_count(op_type) {
    checkNumber(op_type, 'op_type');
    return super.forward_count(op_type);
  }

  set_category_fallback(enabled) {
    if (typeof enabled !== 'boolean') throw new TypeError('enabled must be a boolean');
    super._set_category_fallback(enabled);
  }

  reset_scope(op_type) {
    checkNumber(op_type, 'op_type');
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
    checkNumber(op_type, 'op_type');
    return super.count_by_operator(op_type);
  }
}

// Calling a method after free() throws an Error that says so. The check costs live objects nothing: free() swaps the
// prototype of the dead one.
for (const [name, { prototype }] of Object.entries({ WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer })) {
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
  prototype.free = function freeOnce() {
    try {
      free.call(this);
    } finally {
      const own = Object.getPrototypeOf(this); // a subclass keeps its own methods
      Object.setPrototypeOf(this, own === prototype ? freed : Object.create(own, refusals));
    }
  };
  if (Symbol.dispose) prototype[Symbol.dispose] = prototype.free;
}
