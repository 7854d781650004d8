// The quick start of the package as a function of its module, so that Node and a browser can run the very same code.

/** Plain numbers that JSON can carry. */
export function quickStart({ WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer }) {
  const lora = new WasmMicroLoRA(256, 0.1, 0.01);
  const input = new Float32Array(256).fill(0.1);
  const output = lora.forward_array(input);
  lora.adapt_array(new Float32Array(256).fill(0.05));
  lora.adapt_with_reward(0.15);

  const scoped = new WasmScopedLoRA(256, 0.1, 0.01);
  scoped.forward_array(0, input);
  scoped.adapt_with_reward(2, 0.25);

  const buffer = new WasmTrajectoryBuffer(1000, 256);
  buffer.record(input, 2, 5, 45.2, 120.5);
  const result = {
    output: [...output],
    adaptations: Number(lora.adapt_count()),
    deltaNorm: lora.delta_norm(),
    adapted: [...lora.forward_array(input)],
    expected: lora.predicted_improvement(input),
    scanAdaptations: Number(scoped.adapt_count(0)),
    totalAdaptations: Number(scoped.total_adapt_count()),
    join: [...scoped.forward_array(2, input)],
    name: WasmScopedLoRA.scope_name(0),
    successRate: buffer.success_rate(),
    bestImprovement: buffer.best_improvement(),
    meanImprovement: buffer.mean_improvement(),
    bestAttention: buffer.best_attention(),
    highQuality: buffer.high_quality_count(0.5),
  };
  for (const object of [lora, scoped, buffer]) object.free();
  return result;
}
