import { buffer_new } from 'generated';
import { WasmObject, wasm } from './object.js';
import { BUILT_IN } from './operators.js';
import { checkNumber, refusal } from './refusals.js';
import { STATE } from './state.js';
import { Window, lengthOf, settledTypes, write } from './vectors.js';

const STATISTICS = ['total_count', 'success_rate', 'mean_improvement', 'best_improvement', 'best_attention', 'variance', 'len'];

export class WasmTrajectoryBuffer {
  static name = 'WasmTrajectoryBuffer'; // whatever a minifier makes of the class's own
  static [STATE] = (object) => object.#ring;

  #ring;
  #embedding;
  /** The attention types asked about last, and then their predictions. */
  #types;

  constructor(capacity, embedding_dim) {
    const given = { capacity, embedding_dim };
    for (const [name, value] of Object.entries(given)) if (value != null) checkNumber(value, name);
    const make = () => buffer_new(capacity, embedding_dim);
    this.#ring = new WasmObject('WasmTrajectoryBuffer', 'buffer_free', make, (status) => refusal(status, given));
    const { address } = this.#ring;
    this.#embedding = new Window(wasm.buffer_embedding(address), wasm.buffer_dim(address));
  }

  record(embedding, op_type, attention_type, execution_ms, baseline_ms) {
    BUILT_IN.check(op_type);
    checkNumber(attention_type, 'attention_type');
    checkNumber(execution_ms, 'execution_ms');
    checkNumber(baseline_ms, 'baseline_ms');
    write(this.#embedding, embedding, 'embedding', 'buffer', this.#ring);
    const status = wasm.buffer_record(this.#ring.address, op_type, attention_type, execution_ms, baseline_ms);
    if (status === 0) return;
    throw refusal(status, {
      embedding: this.#embedding,
      attention_type,
      execution_ms,
      baseline_ms,
      'baseline_ms / execution_ms': baseline_ms / execution_ms,
    });
  }

  total_count() {
    return wasm.buffer_total_count(this.#ring.address);
  }

  success_rate() {
    return wasm.buffer_success_rate(this.#ring.address);
  }

  mean_improvement() {
    return wasm.buffer_mean_improvement(this.#ring.address);
  }

  best_improvement() {
    return wasm.buffer_best_improvement(this.#ring.address);
  }

  best_attention() {
    return wasm.buffer_best_attention(this.#ring.address);
  }

  variance() {
    return wasm.buffer_variance(this.#ring.address);
  }

  len() {
    return wasm.buffer_len(this.#ring.address);
  }

  is_empty() {
    return wasm.buffer_len(this.#ring.address) === 0;
  }

  high_quality_count(threshold) {
    checkNumber(threshold, 'threshold');
    const count = wasm.buffer_high_quality_count(this.#ring.address, threshold);
    if (count < 0) throw refusal(-count, { threshold });
    return count;
  }

  count_by_operator(op_type) {
    BUILT_IN.check(op_type);
    return wasm.buffer_count_by_operator(this.#ring.address, op_type);
  }

  success_rate_for(op_type) {
    BUILT_IN.check(op_type);
    return wasm.buffer_success_rate_for(this.#ring.address, op_type);
  }

  mean_improvement_for(op_type) {
    BUILT_IN.check(op_type);
    return wasm.buffer_mean_improvement_for(this.#ring.address, op_type);
  }

  best_attention_for(op_type) {
    BUILT_IN.check(op_type);
    return wasm.buffer_best_attention_for(this.#ring.address, op_type);
  }

  predict(embedding, op_type, attention_types) {
    this.#ask(embedding, op_type, attention_types, false);
    return this.#types.view.slice();
  }

  recommend(embedding, op_type, attention_types) {
    return this.#ask(embedding, op_type, attention_types, true);
  }

  /** The attention type to try; their predictions are in the window then. */
  #ask(embedding, op_type, attention_types, drawn) {
    BUILT_IN.check(op_type);
    const types = settledTypes(attention_types);
    write(this.#embedding, embedding, 'embedding', 'buffer', this.#ring);
    const { address } = this.#ring;
    const count = lengthOf.call(settledTypes(types)); // it may have grown meanwhile
    if (this.#types?.view.length !== count) this.#types = new Window(wasm.buffer_types(address), count);
    write(this.#types, types, 'attention_types', 'buffer', this.#ring);
    const type = wasm.buffer_ask(address, op_type, count, drawn);
    if (type >= 0) return type;
    const wrong = this.#types.view.find((value) => value !== (value & 255));
    throw refusal(-type, { embedding: this.#embedding, attention_types: wrong });
  }

  set_seed(seed) {
    checkNumber(seed, 'seed');
    if (seed >>> 0 !== seed) throw new RangeError(`seed must be an integer from 0 to 4294967295, got ${seed}`);
    wasm.buffer_set_seed(this.#ring.address, seed);
  }

  stats() {
    const { address } = this.#ring;
    const statistics = STATISTICS.map((name) => [name, Number(wasm[`buffer_${name}`](address))]);
    return { capacity: wasm.buffer_capacity(address), embedding_dim: wasm.buffer_dim(address), ...Object.fromEntries(statistics) };
  }

  reset() {
    wasm.buffer_reset(this.#ring.address);
  }

  free() {
    this.#ring.free();
  }
}
