import { Adapters } from './adapters.js';
import { wasm } from './object.js';
import { STATE } from './state.js';

/** The one operator of a single adapter. */
const ONE = 0;

export class WasmMicroLoRA {
  static name = 'WasmMicroLoRA'; // whatever a minifier makes of the class's own
  static [STATE] = (object) => object.#adapter;

  #adapter;

  constructor(dim, alpha, learning_rate) {
    this.#adapter = new Adapters('WasmMicroLoRA', null, dim, alpha, learning_rate);
  }

  forward() {
    this.#adapter.forward(ONE);
  }

  forward_array(input) {
    return this.#adapter.forwardArray(ONE, input);
  }

  forward_into(input, output) {
    this.#adapter.forwardInto(ONE, input, output);
  }

  forward_batch(inputs, outputs) {
    return this.#adapter.forwardBatch(ONE, inputs, outputs);
  }

  adapt() {
    this.#adapter.adapt(ONE);
  }

  adapt_array(gradient) {
    this.#adapter.adaptArray(ONE, gradient);
  }

  adapt_with_reward(improvement) {
    this.#adapter.reward(ONE, improvement);
  }

  train(input, target) {
    return this.#adapter.train(ONE, input, target);
  }

  predicted_improvement(input) {
    return this.#adapter.predict(ONE, input);
  }

  delta_norm() {
    return wasm.lora_delta_norm(this.#adapter.address, ONE);
  }

  adapt_count() {
    return wasm.lora_adapt_count(this.#adapter.address, ONE);
  }

  forward_count() {
    return wasm.lora_forward_count(this.#adapter.address, ONE);
  }

  param_count() {
    return 4 * wasm.lora_dim(this.#adapter.address);
  }

  dim() {
    return wasm.lora_dim(this.#adapter.address);
  }

  alpha() {
    return wasm.lora_alpha(this.#adapter.address);
  }

  learning_rate() {
    return wasm.lora_learning_rate(this.#adapter.address);
  }

  set_learning_rate(learning_rate) {
    this.#adapter.setLearningRate(learning_rate);
  }

  freeze_a(on) {
    this.#adapter.freezeA(on);
  }

  stats() {
    return { ...this.#adapter.settings(), param_count: this.param_count(), ...this.#adapter.operatorStats(ONE) };
  }

  get_input_ptr() {
    return wasm.lora_input(this.#adapter.address) >>> 0;
  }

  get_output_ptr() {
    return wasm.lora_output(this.#adapter.address) >>> 0;
  }

  input_view() {
    void this.#adapter.address;
    return this.#adapter.input.fresh();
  }

  output_view() {
    void this.#adapter.address;
    return this.#adapter.output.fresh();
  }

  reset() {
    wasm.lora_reset(this.#adapter.address);
  }

  free() {
    this.#adapter.free();
  }
}
