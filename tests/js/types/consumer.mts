// Uses every export as a TypeScript ES module would; @ts-expect-error marks what the types must refuse.
import init, { initSync, OperatorType, WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'ruvector-learning-wasm';
import type { InitInput, InitOutput, MicroStats, OperatorStats, ScopedStats, SyncInitInput, TrajectoryStats } from 'ruvector-learning-wasm';
import initInline, { initSync as initInlineSync } from 'ruvector-learning-wasm/inline';
import initByFile, { WasmMicroLoRA as ByFile } from 'ruvector-learning-wasm/ruvector_learning_wasm.js';

const url: InitInput = new URL('file:///somewhere.wasm');
const bytes: SyncInitInput = new Uint8Array(8);
const output: InitOutput = await init();
const memory: WebAssembly.Memory = output.memory;
await init(url);
await init({ module_or_path: url });
await init({ module_or_path: fetch('x.wasm') });
initSync({ module: bytes });
const same: typeof init = initByFile;
const inline: typeof init = initInline;
void [same, inline];
initInlineSync();
await init({});
await init(new Response());
await init(new Request('x.wasm'));
await init(new WebAssembly.Module(new Uint8Array(8)));
await init(new ArrayBuffer(8));

const lora: WasmMicroLoRA = new WasmMicroLoRA(256, 0.1, 0.01);
new WasmMicroLoRA();
new WasmMicroLoRA(undefined, null, 0.5);
const again: WasmMicroLoRA = new ByFile(4);
const vector: Float32Array = lora.forward_array(new Float32Array(256));
lora.forward_array([1, 2, 3]);
lora.forward_array(new Float64Array(256));
lora.forward();
lora.forward_into([1, 2, 3], vector);
lora.forward_batch(vector).set(lora.forward_batch(vector, vector));
// @ts-expect-error an output is a Float32Array
lora.forward_into(vector, [1, 2, 3]);
lora.adapt();
lora.adapt_array(vector.map((y) => y - 1));
lora.adapt_with_reward(0.15);
lora.reward([1, 2, 3], 0.15);
const scores: Float32Array = lora.predicted_improvements(vector);
const loss: number = lora.train([1, 2, 3], vector);
lora.set_learning_rate(0.02);
lora.freeze_a(true);
const nothing: void = lora.reset();
const views: Float32Array[] = [lora.input_view(), lora.output_view()];
const stats: MicroStats = lora.stats();
const numbers: number[] = [
  lora.delta_norm(),
  lora.dim(),
  lora.param_count(),
  lora.get_input_ptr(),
  lora.get_output_ptr(),
  lora.predicted_improvement(vector),
  lora.alpha(),
  lora.learning_rate(),
  loss,
  stats.dim,
  stats.alpha,
  stats.learning_rate,
  stats.param_count,
  stats.adapt_count,
  stats.forward_count,
  stats.delta_norm,
];
void nothing;
const counters: bigint[] = [lora.adapt_count(), lora.forward_count()];
new Float32Array(memory.buffer, lora.get_input_ptr(), lora.dim()).set(vector);
lora.reset();
lora.free();
again[Symbol.dispose]();
{
  using scopedByBlock: WasmMicroLoRA = new WasmMicroLoRA(8);
  scopedByBlock.forward();
}

const scoped: WasmScopedLoRA = new WasmScopedLoRA(256, 0.1, 0.01);
const scopedOutput: Float32Array = scoped.forward_array(0, vector);
scoped.forward(0);
scoped.forward_into(0, [1, 2, 3], scopedOutput);
scoped.forward_batch(0, scopedOutput, scopedOutput);
scoped.adapt(0);
scoped.adapt_array(0, scopedOutput);
scoped.adapt_with_reward(2, 0.25);
scoped.reward(2, vector, 0.25);
scores.set(scoped.predicted_improvements(2, vector));
counters.push(scoped.adapt_count(0), scoped.forward_count(0), scoped.total_adapt_count(), scoped.total_forward_count());
numbers.push(scoped.delta_norm(0), scoped.dim(), scoped.param_count(), scoped.get_input_ptr(), scoped.get_output_ptr());
numbers.push(scoped.predicted_improvement(0, vector));
scoped.set_category_fallback(false);
scoped.train(0, vector, [1, 2, 3]).toFixed();
scoped.set_learning_rate(1);
scoped.freeze_a(false);
views.push(scoped.input_view(), scoped.output_view());
const operator: OperatorType = OperatorType.HashJoin;
const nine: 9 = OperatorType.HashJoin;
scoped.forward(operator);
const every: ScopedStats = scoped.stats();
const one: OperatorStats = scoped.stats(operator);
numbers.push(nine, scoped.alpha(), scoped.learning_rate(), scoped.operator_count(), one.delta_norm, one.adapt_count);
numbers.push(one.forward_count, every.dim, every.alpha, every.learning_rate, every.total_adapt_count, every.total_forward_count);
const texts: string[] = [scoped.operator_name(2), scoped.category_name(2), one.name, every.operators[0]!.category];
void texts;
const own: WasmScopedLoRA = WasmScopedLoRA.with_operators(['a', 'b'], ['c', 'c']);
const fixedNames = ['a', 'b'] as const;
WasmScopedLoRA.with_operators(fixedNames, fixedNames, 4, null, undefined).free();
own[Symbol.dispose]();
scoped.reset_scope(3);
scoped.reset_all();
const name: string = WasmScopedLoRA.scope_name(2);
void name;
scoped.free();

const buffer: WasmTrajectoryBuffer = new WasmTrajectoryBuffer(1000, 256);
buffer.record(vector, 2, 5, 45.2, 120.5);
numbers.push(buffer.success_rate(), buffer.best_improvement(), buffer.mean_improvement(), buffer.best_attention());
numbers.push(buffer.variance(), buffer.len(), buffer.high_quality_count(0.5), buffer.count_by_operator(2));
numbers.push(buffer.success_rate_for(2), buffer.mean_improvement_for(2), buffer.best_attention_for(2));
buffer.set_seed(7);
buffer.set_forgetting(300);
const pace: number = buffer.forgetting();
buffer.record_timeout([0, 0], 2, 3, 10, 5 * pace);
const tools: WasmTrajectoryBuffer = WasmTrajectoryBuffer.with_operators(['search'], ['web'], 10, 2);
tools.record_outcome([0, 1], 0, 3, 1);
const described: string = `${tools.operator_name(0)} ${tools.category_name(0)} ${tools.operator_count().toFixed(0)}`;
void described;
const gains: Float32Array = buffer.predict(vector, 2, [0, 1, 2]);
numbers.push(gains[0], buffer.recommend(Array.from(vector), 2, Uint8Array.of(0, 1, 2)));
counters.push(buffer.total_count());
const empty: boolean = buffer.is_empty();
void empty;
const ring: TrajectoryStats = buffer.stats();
const inJson: [MicroStats, ScopedStats, TrajectoryStats] = [lora.toJSON(), scoped.toJSON(), buffer.toJSON()];
numbers.push(ring.capacity, ring.embedding_dim, ring.len, ring.total_count, ring.success_rate, ring.mean_improvement);
numbers.push(ring.best_improvement, ring.best_attention, ring.variance);
buffer.reset();
buffer.free();

// @ts-expect-error a counter is a bigint
const notNumber: number = lora.adapt_count();
// @ts-expect-error a string is no dimension
new WasmMicroLoRA('256');
// @ts-expect-error a vector is missing
lora.forward_array();
// @ts-expect-error null is no vector
lora.adapt_array(null);
// @ts-expect-error numbers, not strings
lora.forward_array(['1', '2']);
// @ts-expect-error numbers, not bigints
lora.forward_array(new BigInt64Array(4));
// @ts-expect-error an ArrayBuffer is no array of numbers
lora.forward_array(new ArrayBuffer(16));
// @ts-expect-error the operator comes first
scoped.forward_array(vector);
// @ts-expect-error a scoped set resets by reset_scope or reset_all
scoped.reset();
// @ts-expect-error scope_name is static
scoped.scope_name(2);
// @ts-expect-error a boolean
scoped.set_category_fallback(1);
// @ts-expect-error times are missing
buffer.record(vector, 2, 5);
// @ts-expect-error a reward is a number
lora.adapt_with_reward('0.5');
// @ts-expect-error an improvement is missing
lora.reward(vector);
// @ts-expect-error a list of inputs is one Float32Array
lora.predicted_improvements([vector]);
// @ts-expect-error a target is missing
lora.train(vector);
// @ts-expect-error a target is no number
lora.train(vector, 1);
// @ts-expect-error a rate is a number
lora.set_learning_rate('0.1');
// @ts-expect-error a boolean
lora.freeze_a(1);
// @ts-expect-error settings change by set_learning_rate
lora.learning_rate(0.5);
// @ts-expect-error a count in stats() is a number
const notBigint: bigint = lora.stats().adapt_count;
// @ts-expect-error with_operators is static
scoped.with_operators(['a'], ['b']);
// @ts-expect-error categories are missing
WasmScopedLoRA.with_operators(['a', 'b']);
// @ts-expect-error names are strings
WasmScopedLoRA.with_operators([1, 2], ['a', 'b']);
// @ts-expect-error the constructor takes no operators
new WasmScopedLoRA(4, 0.1, 0.1, ['a']);
// @ts-expect-error one adapter has no operators
lora.stats(2);
// @ts-expect-error the ids are fixed
OperatorType.Scan = 1;
// @ts-expect-error no such operator
OperatorType.Union;
// @ts-expect-error no operator has this id
const seventeen: OperatorType = 17;
// @ts-expect-error the other exports of the instance are the classes' own
output.lora_new;
// @ts-expect-error a method without result
const result: undefined | number = lora.forward();
// @ts-expect-error no such export
import { WasmNothing } from 'ruvector-learning-wasm';
