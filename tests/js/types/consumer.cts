// Uses the exports as a TypeScript CommonJS module would.
import learning = require('ruvector-learning-wasm');

async function main(): Promise<void> {
  const { memory }: learning.InitOutput = await learning.default();
  learning.initSync({ module: new Uint8Array(8) });
  const lora: learning.WasmMicroLoRA = new learning.WasmMicroLoRA(4);
  const output: Float32Array = lora.forward_array([1, 2, 3, 4]);
  const view = new Float32Array(memory.buffer, lora.get_output_ptr(), lora.dim());
  const scoped: learning.WasmScopedLoRA = new learning.WasmScopedLoRA();
  scoped.adapt_array(2, output.map((y, i) => y - (view[i] ?? 0)));
  const buffer: learning.WasmTrajectoryBuffer = new learning.WasmTrajectoryBuffer(10, 4);
  buffer.record(output, 2, 5, 45.2, 120.5);
  const loss: number = scoped.train(learning.OperatorType.Join, output, output);
  const own: learning.WasmScopedLoRA = learning.WasmScopedLoRA.with_operators(['a'], ['b'], 4);
  const every: learning.ScopedStats = own.stats();
  void [loss, every.operators.length, lora.input_view(), buffer.stats().capacity];
  const count: bigint = buffer.total_count();
  void count;
  // @ts-expect-error a counter is a bigint
  const notNumber: number = lora.adapt_count();
  void notNumber;
}

void main;
