// Methods that take numbers refuse everything else before the glue hands it to wasm: there, null would be 0, and an
// object's valueOf() could free the very object whose address is being passed.
import { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from './ruvector_learning_wasm.js';

function check(value, name) {
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number`);
}

/** The checks of one method; `names` has undefined where an argument is no number. */
function checked(call, names) {
  const [first, second] = names;
  if (names.length === 1) {
    return function one(a) {
      check(a, first);
      return call.call(this, a);
    };
  }
  if (names.length === 2) {
    return function two(a, b) {
      check(a, first);
      if (second !== undefined) check(b, second);
      return call.call(this, a, b);
    };
  }
  return function many(...args) {
    names.forEach((name, i) => {
      if (name !== undefined) check(args[i], name);
    });
    return call.apply(this, args);
  };
}

function guard(owner, methods) {
  for (const [method, names] of Object.entries(methods)) owner[method] = checked(owner[method], names);
}

guard(WasmMicroLoRA.prototype, { adapt_with_reward: ['improvement'] });

guard(WasmScopedLoRA, { scope_name: ['op_type'] });
guard(WasmScopedLoRA.prototype, {
  forward: ['op_type'],
  forward_array: ['op_type', undefined],
  adapt: ['op_type'],
  adapt_array: ['op_type', undefined],
  adapt_with_reward: ['op_type', 'improvement'],
  predicted_improvement: ['op_type', undefined],
  delta_norm: ['op_type'],
  adapt_count: ['op_type'],
  forward_count: ['op_type'],
  reset_scope: ['op_type'],
});

guard(WasmTrajectoryBuffer.prototype, {
  record: [undefined, 'op_type', 'attention_type', 'execution_ms', 'baseline_ms'],
  high_quality_count: ['threshold'],
  count_by_operator: ['op_type'],
});
