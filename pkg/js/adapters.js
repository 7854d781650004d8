// A set of adapters in wasm memory, with the calls that `WasmMicroLoRA` and `WasmScopedLoRA` share. Operators are checked by
// the classes; a single adapter has one, 0.
import { lora_new } from 'generated';
import { WasmObject, wasm } from './object.js';
import { checkBoolean, checkNumber, refusal } from './refusals.js';
import { Window, checkedBatch, checkedOutput, lasting, part, read, settled, write } from './vectors.js';

/** Rows that wasm takes at a time (BATCH_ROWS), and what the length of a row is rounded up to. */
const BATCH_ROWS = 16;
const PADDING = 16;

export class Adapters extends WasmObject {
  /** `operators` is null for a single adapter. */
  constructor(owner, operators, dim, alpha, learning_rate) {
    const given = { dim, alpha, learning_rate };
    for (const [name, value] of Object.entries(given)) if (value != null) checkNumber(value, name);
    const counts = operators ? [operators.names.length, operators.distinct.length] : [0, 0];
    const make = () => lora_new(dim, alpha, learning_rate, ...counts);
    super(owner, 'lora_free', make, (status) => refusal(status, given));
    const { address } = this;
    operators?.categories.forEach((category, op) => {
      wasm.lora_set_category(address, op, operators.distinct.indexOf(category));
    });
    this.dim = wasm.lora_dim(address);
    this.input = new Window(wasm.lora_input(address), this.dim);
    this.output = new Window(wasm.lora_output(address), this.dim);
    this.staging = new Window(wasm.lora_staging(address), this.dim);
    this.target = new Window(wasm.lora_target(address), this.dim);
  }

  /** Throws what a step was refused for. */
  settle(status, op, gradient) {
    if (status === 0) return;
    const input = gradient ? new Window(wasm.lora_context(this.address, op), this.dim) : this.input;
    throw refusal(status, { input, gradient });
  }

  forward(op) {
    this.settle(wasm.lora_forward(this.address, op));
  }

  forwardArray(op, input) {
    write(this.input, input, 'input', 'adapter', this);
    this.forward(op);
    return this.output.view.slice();
  }

  forwardInto(op, input, output) {
    const values = settled(input, 'input', this.dim); // before the output is looked at
    const target = checkedOutput(output, this.dim, this.output);
    write(this.input, values, 'input', 'adapter', this);
    this.forward(op);
    read(this.output, target);
  }

  forwardBatch(op, inputs, outputs) {
    const { address, dim } = this;
    const { length, result } = checkedBatch(dim, inputs, outputs);
    if (length === 0) return result;
    const [source, target] = [inputs, result].map((values) => lasting(values, this.input));
    // Rows are padded: only those that need no padding lie behind each other, and can be passed many at a time.
    const stride = PADDING * Math.ceil(dim / PADDING);
    const most = stride === dim ? BATCH_ROWS * stride : dim;
    const start = wasm.lora_batch(address);
    if (start < 0) this.settle(-start);
    const x = new Window(start, most);
    const y = new Window(start + Float32Array.BYTES_PER_ELEMENT * BATCH_ROWS * stride, most);
    for (let at = 0; at < length; at += most) {
      const size = Math.min(most, length - at);
      x.view.set(part(source, at, size));
      this.settle(wasm.lora_forward_rows(address, op, size / dim));
      read(size === most ? y : { view: part(y, 0, size) }, target, at);
    }
    return result;
  }

  adapt(op) {
    this.settle(wasm.lora_adapt(this.address, op), op, this.input);
  }

  adaptArray(op, gradient) {
    write(this.staging, gradient, 'gradient', 'adapter', this);
    this.settle(wasm.lora_adapt_staged(this.address, op), op, this.staging);
  }

  train(op, input, target) {
    const wanted = settled(target, 'target', this.dim); // before the input waits in its buffer
    write(this.staging, input, 'input', 'adapter', this);
    write(this.target, wanted, 'target', 'adapter', this);
    const loss = wasm.lora_train(this.address, op);
    // Where only the gradient is too large, it is the target's place that holds it.
    if (loss < 0) throw refusal(-loss, { input: this.staging, target: this.target, gradient: this.target });
    return loss;
  }

  reward(op, improvement) {
    checkNumber(improvement, 'improvement');
    const status = wasm.lora_reward(this.address, op, improvement);
    if (status !== 0) throw refusal(status, { input: this.input, improvement });
  }

  predict(op, input) {
    write(this.staging, input, 'input', 'adapter', this);
    const predicted = wasm.lora_predict(this.address, op);
    if (Number.isNaN(predicted)) throw refusal(1, { input: this.staging });
    return predicted;
  }

  setLearningRate(learning_rate) {
    checkNumber(learning_rate, 'learning_rate');
    const status = wasm.lora_set_learning_rate(this.address, learning_rate);
    if (status !== 0) throw refusal(status, { learning_rate });
  }

  freezeA(on) {
    checkBoolean(on, 'on');
    wasm.lora_freeze_a(this.address, on);
  }

  /** What both classes say of themselves in stats(). */
  settings() {
    const { address, dim } = this;
    return { dim, alpha: wasm.lora_alpha(address), learning_rate: wasm.lora_learning_rate(address) };
  }

  /** What is known of one operator. */
  operatorStats(op) {
    const { address } = this;
    return {
      adapt_count: Number(wasm.lora_adapt_count(address, op)),
      forward_count: Number(wasm.lora_forward_count(address, op)),
      delta_norm: wasm.lora_delta_norm(address, op),
    };
  }
}
