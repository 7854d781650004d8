import { Adapters } from './adapters.js';
import { wasm } from './object.js';
import { BUILT_IN, Operators } from './operators.js';
import { checkBoolean } from './refusals.js';
import { STATE } from './state.js';

export class WasmScopedLoRA {
  static name = 'WasmScopedLoRA'; // whatever a minifier makes of the class's own
  static [STATE] = (object) => object.#adapters;

  #adapters;
  #operators;

  constructor(dim, alpha, learning_rate) {
    this.#operators = BUILT_IN;
    this.#adapters = new Adapters('WasmScopedLoRA', BUILT_IN, dim, alpha, learning_rate);
  }

  static with_operators(names, categories, dim, alpha, learning_rate) {
    const operators = Operators.named(names, categories);
    const scoped = new this(dim, alpha, learning_rate); // a subclass's, if it is one
    scoped.#adapters.free();
    scoped.#adapters = new Adapters('WasmScopedLoRA', operators, dim, alpha, learning_rate);
    scoped.#operators = operators;
    return scoped;
  }

  static scope_name(op_type) {
    BUILT_IN.check(op_type);
    return BUILT_IN.names[op_type];
  }

  operator_count() {
    void this.#adapters.address;
    return this.#operators.names.length;
  }

  operator_name(op_type) {
    void this.#adapters.address;
    this.#operators.check(op_type);
    return this.#operators.names[op_type];
  }

  category_name(op_type) {
    void this.#adapters.address;
    this.#operators.check(op_type);
    return this.#operators.categories[op_type];
  }

  forward(op_type) {
    this.#operators.check(op_type);
    this.#adapters.forward(op_type);
  }

  forward_array(op_type, input) {
    this.#operators.check(op_type);
    return this.#adapters.forwardArray(op_type, input);
  }

  forward_into(op_type, input, output) {
    this.#operators.check(op_type);
    this.#adapters.forwardInto(op_type, input, output);
  }

  forward_batch(op_type, inputs, outputs) {
    this.#operators.check(op_type);
    return this.#adapters.forwardBatch(op_type, inputs, outputs);
  }

  adapt(op_type) {
    this.#operators.check(op_type);
    this.#adapters.adapt(op_type);
  }

  adapt_array(op_type, gradient) {
    this.#operators.check(op_type);
    this.#adapters.adaptArray(op_type, gradient);
  }

  adapt_with_reward(op_type, improvement) {
    this.#operators.check(op_type);
    this.#adapters.reward(op_type, improvement);
  }

  train(op_type, input, target) {
    this.#operators.check(op_type);
    return this.#adapters.train(op_type, input, target);
  }

  predicted_improvement(op_type, input) {
    this.#operators.check(op_type);
    return this.#adapters.predict(op_type, input);
  }

  delta_norm(op_type) {
    this.#operators.check(op_type);
    return wasm.lora_delta_norm(this.#adapters.address, op_type);
  }

  adapt_count(op_type) {
    this.#operators.check(op_type);
    return wasm.lora_adapt_count(this.#adapters.address, op_type);
  }

  forward_count(op_type) {
    this.#operators.check(op_type);
    return wasm.lora_forward_count(this.#adapters.address, op_type);
  }

  #total(count) {
    const { address } = this.#adapters;
    return this.#operators.names.reduce((sum, _, op_type) => sum + wasm[count](address, op_type), 0n);
  }

  total_adapt_count() {
    return this.#total('lora_adapt_count');
  }

  total_forward_count() {
    return this.#total('lora_forward_count');
  }

  param_count() {
    return 4 * wasm.lora_dim(this.#adapters.address);
  }

  dim() {
    return wasm.lora_dim(this.#adapters.address);
  }

  alpha() {
    return wasm.lora_alpha(this.#adapters.address);
  }

  learning_rate() {
    return wasm.lora_learning_rate(this.#adapters.address);
  }

  set_learning_rate(learning_rate) {
    this.#adapters.setLearningRate(learning_rate);
  }

  freeze_a(on) {
    this.#adapters.freezeA(on);
  }

  set_category_fallback(enabled) {
    checkBoolean(enabled, 'enabled');
    wasm.lora_set_category_fallback(this.#adapters.address, enabled);
  }

  stats(op_type) {
    const stats = (op) => ({
      name: this.operator_name(op),
      category: this.category_name(op),
      ...this.#adapters.operatorStats(op),
    });
    if (op_type !== undefined) return stats(op_type);
    return {
      ...this.#adapters.settings(),
      total_adapt_count: Number(this.#total('lora_adapt_count')),
      total_forward_count: Number(this.#total('lora_forward_count')),
      operators: this.#operators.names.map((_, op) => stats(op)),
    };
  }

  get_input_ptr() {
    return wasm.lora_input(this.#adapters.address) >>> 0;
  }

  get_output_ptr() {
    return wasm.lora_output(this.#adapters.address) >>> 0;
  }

  input_view() {
    void this.#adapters.address;
    return this.#adapters.input.fresh();
  }

  output_view() {
    void this.#adapters.address;
    return this.#adapters.output.fresh();
  }

  reset_scope(op_type) {
    this.#operators.check(op_type);
    wasm.lora_reset_scope(this.#adapters.address, op_type);
  }

  reset_all() {
    wasm.lora_reset(this.#adapters.address);
  }

  free() {
    this.#adapters.free();
  }
}
