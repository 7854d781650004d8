// Who is measured, behind one interface: ours, version 0.1.0, the published package, plain JavaScript, the loops inside wasm; and
// the float64 reference that the results of all but the published package must agree with.
//
// A player makes objects with the package's method names by `micro(dim)`, `scoped(dim)` and `buffer(capacity, dim)`;
// `input(object, dim)` and `output(object, dim)` are their fixed buffers; `rewards` are given in turn.
import { Factors, ReferenceLora, ReferenceScoped } from '../../tests/js/reference.mjs';
import { MicroLora, ScopedLora, TrajectoryBuffer } from './javascript.mjs';

const ALPHA = 0.1;
const LEARNING_RATE = 0.1;
/** The operator that all cases of the scoped classes are about: any that the published package has, too. */
export const OPERATOR = 2;
// In turn, because one reward alone would be learned, and then there is nothing left to adapt.
const REWARDS = [0.5, -0.2];

/** The classes of ours, of version 0.1.0 or of the published package; `wasm` is what their initialisation returned. */
export function packaged({ WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer }, wasm) {
  // Made anew each time: views go stale when the memory grows.
  const view = (address, dim) => new Float32Array(wasm.memory.buffer, address, dim);
  return {
    micro: (dim) => new WasmMicroLoRA(dim, ALPHA, LEARNING_RATE),
    scoped: (dim) => new WasmScopedLoRA(dim, ALPHA, LEARNING_RATE),
    buffer: (capacity, dim) => new WasmTrajectoryBuffer(capacity, dim),
    input: (object, dim) => view(object.get_input_ptr(), dim),
    output: (object, dim) => view(object.get_output_ptr(), dim),
    free: (object) => object.free(),
    save: WasmMicroLoRA.from_safetensors && ((object) => object.to_safetensors()),
    load: (bytes) => WasmMicroLoRA.from_safetensors(bytes),
    memory: wasm.memory,
    rewards: REWARDS,
  };
}

/** `categories`: the number of each operator's category. */
export const plainJavaScript = (categories) => ({
  micro: (dim) => new MicroLora(dim, LEARNING_RATE, startOfA),
  scoped: (dim) => new ScopedLora(dim, LEARNING_RATE, categories, startOfA),
  buffer: (capacity, dim) => new TrajectoryBuffer(capacity, dim),
  input: (object) => object.input,
  output: (object) => object.output,
  free() {},
  rewards: REWARDS,
});

const starts = new Map();

/** The columns of A that the reference starts adapter number `adapter` from. */
function startOfA(dim, adapter) {
  const key = `${dim} ${adapter}`;
  if (!starts.has(key)) {
    const { a } = new Factors({ dim, alpha: ALPHA, learningRate: LEARNING_RATE }, BigInt(adapter));
    starts.set(key, [0, 1].map((k) => Float32Array.from(a, (row) => row[k])));
  }
  return starts.get(key);
}

/**
 * `wasm`: the exports of benches/floor. `repeat.count` is how often a method goes round when it is timed: forward(),
 * adapt(), adapt_with_reward(), record_again() and high_quality_count(). The others are there to get to the same state.
 */
export function loopsInWasm(wasm, repeat) {
  const view = (address, dim) => new Float32Array(wasm.memory.buffer, address, dim);

  class Lora {
    /** `kind`: the prefix of the exports. `op`: what they take before the count, which the methods' callers give too. */
    constructor(kind, dim, ...op) {
      const address = wasm[`${kind}_new`](dim, LEARNING_RATE);
      const of = (name) => (...args) => wasm[`${kind}_${name}`](address, ...args);
      this.reset = this.reset_all = of('reset');
      this.input = () => view(of('input')(), dim);
      this.output = () => view(of('output')(), dim);
      for (const [method, name] of [['forward', 'forward'], ['adapt', 'adapt'], ['adapt_with_reward', 'reward']]) {
        const run = of(name);
        this[method] = () => run(...op, repeat.count);
      }
      this.forward_array = (...args) => {
        this.input().set(args.at(-1));
        of('forward')(...op, 1);
        return this.output().slice();
      };
      this.adapt_array = (...args) => {
        const input = this.input().slice();
        this.input().set(args.at(-1));
        of('adapt')(...op, 1);
        this.input().set(input);
      };
    }
  }

  class Buffer {
    constructor(capacity, dim) {
      const address = wasm.buffer_new(capacity, dim);
      this.reset = () => wasm.buffer_reset(address);
      this.mean_improvement = () => wasm.buffer_mean_improvement(address);
      this.record = (embedding, ...numbers) => {
        view(wasm.buffer_embedding(address), dim).set(embedding);
        wasm.buffer_record(address, ...numbers, 1);
      };
      this.record_again = (...numbers) => wasm.buffer_record(address, ...numbers, repeat.count);
      this.high_quality_count = (threshold) => wasm.buffer_high_quality_count(address, threshold, repeat.count);
    }
  }

  return {
    micro: (dim) => new Lora('micro', dim),
    scoped: (dim) => new Lora('scoped', dim, OPERATOR),
    buffer: (capacity, dim) => new Buffer(capacity, dim),
    input: (object) => object.input(),
    output: (object) => object.output(),
    free() {},
    nothing: wasm.nothing,
    embeddings: (capacity, dim) => {
      const address = wasm.ring_new(capacity, dim);
      return { pass: () => wasm.ring_pass(address, repeat.count) };
    },
    rewards: REWARDS,
    repeat,
  };
}

/** Slow and obvious, in float64. */
export function reference() {
  class Lora {
    constructor(Reference, dim) {
      this.dim = dim;
      this.output = [];
      this.reset = this.reset_all = () => {
        this.of = new Reference({ dim, alpha: ALPHA, learningRate: LEARNING_RATE });
        this.input = Array(dim).fill(0);
      };
      this.reset();
    }

    /** `args`: the operator, if there are several, and the input. */
    forward_array(...args) {
      this.input = args.at(-1);
      return this.of.forward(...args);
    }

    forward_into(...args) {
      const output = args.pop();
      this.forward_array(...args).forEach((value, i) => output[i] = value);
    }

    /** The inputs and, if they are wanted there, the outputs. */
    forward_batch(...args) {
      const outputs = args.length > 1 && args.at(-2).length > 1 ? args.pop() : [];
      const inputs = args.pop();
      const rows = Array.from({ length: inputs.length / this.dim }, (_, k) => inputs.slice(k * this.dim, (k + 1) * this.dim));
      rows.flatMap((row) => this.forward_array(...args, row)).forEach((value, i) => outputs[i] = value);
      return outputs;
    }

    forward(...op) {
      this.of.forward(...op, this.input).forEach((value, i) => this.output[i] = value);
    }

    adapt_array(...args) {
      this.of.adapt(...args);
    }

    adapt(...op) {
      this.of.adapt(...op, this.input);
    }

    adapt_with_reward(...args) {
      this.of.input = [...this.input];
      this.of.adaptWithReward(...args);
    }

    train(input, target) {
      this.of.adapt(this.forward_array(input).map((value, i) => value - target[i]));
    }

    predicted_improvement(input) {
      return this.of.predictedImprovement(input);
    }
  }

  class Buffer {
    constructor(capacity) {
      this.capacity = capacity;
      this.reset();
    }

    reset() {
      this.improvements = [];
    }

    record(_, operator, attention, executionMs, baselineMs) {
      this.improvements.push(baselineMs / executionMs - 1);
    }

    record_again(...numbers) {
      this.record(null, ...numbers);
    }

    mean_improvement() {
      return this.improvements.reduce((sum, value) => sum + value, 0) / this.improvements.length;
    }

    high_quality_count(threshold) {
      return this.improvements.slice(-this.capacity).filter((value) => value > threshold).length;
    }
  }

  return {
    micro: (dim) => new Lora(ReferenceLora, dim),
    scoped: (dim) => new Lora(ReferenceScoped, dim),
    buffer: (capacity) => new Buffer(capacity),
    input: (object) => ({ set: (values) => object.input = [...values] }),
    output: (object) => object.output,
    free() {},
    save: (object) => object,
    load: (object) => object,
    rewards: REWARDS,
  };
}
