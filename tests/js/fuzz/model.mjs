// What the classes should answer: the float64 references, and the statistics of a list of trajectories.
//
// `call(name, args, result, object)` is told of every good call that was accepted. It checks the answer, and returns false where it
// can say nothing more about the object: rounding has taken over, or it does not know the method.
import assert from 'node:assert/strict';

import { dot, minus, norm } from '../numbers.mjs';
import { ReferenceLora, ReferenceScoped } from '../reference.mjs';
import { ROUNDING, near, references } from '../rounding.mjs';

/** A copy of a model's state: numbers, lists and objects of the references. Functions are shared. */
function copy(value) {
  if (Array.isArray(value)) return value.map(copy);
  if (typeof value !== 'object' || value === null) return value;
  return Object.assign(Object.create(Object.getPrototypeOf(value)), Object.fromEntries(Object.entries(value).map(([key, each]) => [key, copy(each)])));
}

/** `WasmMicroLoRA` and `WasmScopedLoRA`. */
export class AdapterModel {
  /** `categories`: the number of each operator's category, for a set. */
  constructor({ dim, alpha, learningRate, categories }) {
    this.initial = { dim, alpha, learningRate, ...(categories && { categories }) };
    this.isSet = categories !== undefined;
    this.reset();
  }

  reset() {
    this.all = references(this.isSet ? ReferenceScoped : ReferenceLora, this.initial).all;
    this.learningRate = this.initial.learningRate;
    this.frozen = false;
  }

  clone() {
    return copy(this);
  }

  /** Settings are the object's, whatever adapters there are. */
  settings() {
    for (const reference of this.all) {
      for (const factors of reference.adapters) Object.assign(factors, { learningRate: this.learningRate, frozen: this.frozen });
    }
  }

  /** The output for x, after a forward of it. */
  forward(op, x, y, name) {
    const expected = this.all.map((reference) => reference.forward(...op, x));
    return near(y, expected, norm(expected[0]) + norm(x), name);
  }

  prediction(op, x, actual, name) {
    if (norm(x) === 0) return assert.equal(actual, 0, name) ?? true;
    const expected = this.all.map((reference) => [reference.predictedImprovement(...op, x)]);
    return near([actual], expected, this.all[0].change(...op, x) / norm(x), name);
  }

  rows(values) {
    const { dim } = this.initial;
    const plain = new Float32Array(values); // a subclass has a say in subarray()
    return Array.from({ length: plain.length / dim }, (_, i) => plain.subarray(i * dim, (i + 1) * dim));
  }

  /**
   * Whether rounding decides what a reward does next: it moves a column of A only while its row of B is exactly zero, and a gradient at the
   * input of the first reward leaves the second row at what rounding makes of zero.
   */
  isUndecided() {
    return this.all.some(({ adapters }) => adapters.some(({ b: [first, second] }) => norm(second) > 0 && norm(second) < 1e-4 * norm(first)));
  }

  call(name, given, result, object) {
    if (/reward/.test(name) && this.isUndecided()) return false;
    const { all: [exact], all, initial: { dim, alpha, categories } } = this;
    const isOfOperator = this.isSet && !OF_THE_SET.includes(name);
    const [op, args] = isOfOperator ? [given.slice(0, 1), given.slice(1)] : [[], given];
    const [x] = args;
    const scope = isOfOperator ? exact.scopes[op[0]] : exact;
    const each = (work) => {
      all.forEach(work);
      return true;
    };
    const same = (expected) => assert.equal(result, expected, name) ?? true;
    switch (name) {
      case 'forward_array': return this.forward(op, x, result, name);
      case 'forward_into': return this.forward(op, x, args[1], name);
      case 'forward': return this.forward(op, [...exact.input], object.output_view(), name);
      case 'forward_batch': {
        const answers = this.rows(result);
        return this.rows(x).every((row, i) => this.forward(op, row, answers[i], name));
      }
      case 'train': {
        const y = object.output_view().slice();
        if (!this.forward(op, x, y, name)) return false;
        const error = minus(y, args[1]);
        const loss = dot([...error], [...error]) / dim;
        assert.ok(Math.abs(result - loss) <= (dim + 1) * ROUNDING * loss, `loss ${result}, not ${loss}`);
        return each((reference) => reference.adapt(...op, error));
      }
      case 'adapt_array': return each((reference) => reference.adapt(...op, x));
      case 'adapt': return each((reference) => reference.adapt(...op, [...exact.input]));
      case 'adapt_with_reward': return each((reference) => reference.adaptWithReward(...op, x));
      case 'reward': return each((reference) => reference.reward(...op, x, args[1]));
      case 'predicted_improvement': return this.prediction(op, x, result, name);
      case 'predicted_improvements': return this.rows(x).every((row, i) => this.prediction(op, row, result[i], name));
      case 'delta_norm': {
        const sizes = all.map(({ factors, scopes }) => [(factors ?? scopes[op[0]].own).deltaNorm()]);
        return near([result], sizes, sizes[0][0], name);
      }
      case 'adapt_count': return same(scope.adaptCount);
      case 'forward_count': return same(scope.forwardCount);
      case 'total_adapt_count': return same(exact.scopes.reduce((sum, { adaptCount }) => sum + adaptCount, 0n));
      case 'total_forward_count': return same(exact.scopes.reduce((sum, { forwardCount }) => sum + forwardCount, 0n));
      case 'dim': return same(dim);
      case 'alpha': return same(alpha);
      case 'learning_rate': return same(this.learningRate);
      case 'param_count': return same(4 * dim);
      case 'operator_count': return same(categories.length);
      case 'set_learning_rate':
        this.learningRate = Math.fround(x);
        this.settings();
        return true;
      case 'freeze_a':
        this.frozen = x;
        this.settings();
        return true;
      case 'set_category_fallback': return each((reference) => { reference.fallback = x; });
      case 'reset_scope':
        each((reference) => reference.resetScope(...op));
        this.settings();
        return true;
      case 'reset':
      case 'reset_all':
        this.reset();
        return true;
      default: return READS.includes(name);
    }
  }

  /** What a caller has written to the input buffer. */
  written(values) {
    for (const reference of this.all) reference.input = [...values];
  }
}

/** Methods of a set whose first argument is no operator. */
const OF_THE_SET = ['alpha', 'dim', 'freeze_a', 'learning_rate', 'operator_count', 'param_count', 'reset_all', 'set_category_fallback', 'set_learning_rate', 'total_adapt_count', 'total_forward_count', 'to_safetensors'];
/** What changes nothing, and is checked against the twin alone. */
const READS = ['stats', 'metadata', 'peft_config', 'to_safetensors', 'get_input_ptr', 'get_output_ptr', 'input_view', 'output_view', 'operator_name', 'category_name', 'recommend', 'predict', 'set_seed'];

const sum = (values) => values.reduce((total, value) => total + value, 0);

/** `WasmTrajectoryBuffer`: everything that was recorded, and what of it is held. */
export class TrajectoryModel {
  constructor({ capacity }) {
    this.capacity = capacity;
    this.reset();
  }

  reset() {
    this.recorded = [];
  }

  clone() {
    return copy(this);
  }

  /** Equal but for the rounding of a float64 sum of these terms. */
  near(actual, expected, terms, name) {
    const tolerance = 1e-13 * (1 + this.recorded.length) * (sum(terms.map(Math.abs)) + Math.abs(expected));
    assert.ok(Math.abs(actual - expected) <= tolerance, `${name}: ${actual}, not ${expected}`);
    return true;
  }

  call(name, args, result) {
    const same = (expected) => assert.equal(result, expected, name) ?? true;
    const held = this.recorded.slice(-this.capacity);
    const isOfOperator = name.endsWith('_for');
    const about = isOfOperator ? this.recorded.filter(({ op }) => op === args[0]) : this.recorded;
    const improvements = about.map(({ improvement }) => improvement);
    const best = about.reduce((found, each) => (found === undefined || each.improvement > found.improvement ? each : found), undefined);
    const mean = improvements.length === 0 ? 0 : sum(improvements) / improvements.length;
    switch (name) {
      case 'record': {
        const [, op, type, execution, baseline] = args;
        this.recorded.push({ op, type, improvement: baseline / execution - 1 });
        return true;
      }
      case 'reset':
        this.reset();
        return true;
      case 'len': return same(held.length);
      case 'is_empty': return same(this.recorded.length === 0);
      case 'total_count': return same(BigInt(this.recorded.length));
      case 'count_by_operator': return same(held.filter(({ op }) => op === args[0]).length);
      case 'high_quality_count': return same(held.filter(({ improvement }) => Math.fround(improvement) > Math.fround(args[0])).length);
      case 'best_improvement': return same(best?.improvement ?? 0);
      case 'best_attention':
      case 'best_attention_for': return same(best?.type ?? 0);
      case 'success_rate':
      case 'success_rate_for': return same(improvements.length === 0 ? 0 : improvements.filter((each) => each > 0).length / improvements.length);
      case 'mean_improvement':
      case 'mean_improvement_for': return this.near(result, mean, improvements, name);
      case 'variance': {
        const squares = improvements.map((each) => (each - mean) ** 2);
        return this.near(result, squares.length < 2 ? 0 : sum(squares) / (squares.length - 1), squares, name);
      }
      case 'recommend':
        assert.ok([...args[2]].includes(result), `${result} is none of ${args[2]}`);
        return true;
      case 'predict':
        assert.equal(result.length, args[2].length);
        for (const [i, gain] of result.entries()) assert.ok(Math.abs(gain) <= 6 && (args[2][i] !== 0 || gain === 0), `a gain of ${gain}`);
        return true;
      default: return READS.includes(name);
    }
  }
}
