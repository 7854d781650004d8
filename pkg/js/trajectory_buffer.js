import { buffer_new } from 'generated';
import { WasmObject, wasm } from './object.js';
import { BUILT_IN } from './operators.js';
import { checkNumber, refusal } from './refusals.js';
import { STATE } from './state.js';
import { Window, write } from './vectors.js';

const STATISTICS = ['total_count', 'success_rate', 'mean_improvement', 'best_improvement', 'best_attention', 'variance', 'len'];

export class WasmTrajectoryBuffer {
  static name = 'WasmTrajectoryBuffer'; // whatever a minifier makes of the class's own
  static [STATE] = (object) => object.#ring;

  #ring;
  #embedding;

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
