// The quick start of the package as a function of its module, so that Node and a browser can run the very same code.

/** Plain numbers that JSON can carry. */
export function quickStart({ WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer }) {
  const lora = new WasmMicroLoRA(256, 0.1, 0.01);
  const input = new Float32Array(256).fill(0.1);
  const output = lora.forward_array(input);
  lora.adapt_array(new Float32Array(256).fill(0.05));
  lora.adapt_with_reward(0.15);

  const trained = new WasmMicroLoRA(256, 0.1, 0.1);
  const losses = Array.from({ length: 20 }, () => trained.train(input, new Float32Array(256).fill(0.2)));

  const scoped = new WasmScopedLoRA(256, 0.1, 0.01);
  scoped.forward_array(0, input);
  scoped.adapt_with_reward(2, 0.25);

  const own = WasmScopedLoRA.with_operators(['search', 'browse', 'run'], ['web', 'web', 'code'], 16, 0.1, 0.5);
  for (let i = 0; i < 12; i++) own.train(0, input.subarray(0, 16), new Float32Array(16).fill(0.15));

  const buffer = new WasmTrajectoryBuffer(1000, 256);
  buffer.record(input, 2, 5, 45.2, 120.5);
  const result = {
    output: [...output],
    losses,
    trained: trained.stats(),
    adaptations: Number(lora.adapt_count()),
    deltaNorm: lora.delta_norm(),
    adapted: [...lora.forward_array(input)],
    expected: lora.predicted_improvement(input),
    scanAdaptations: Number(scoped.adapt_count(0)),
    totalAdaptations: Number(scoped.total_adapt_count()),
    join: [...scoped.forward_array(2, input)],
    name: WasmScopedLoRA.scope_name(0),
    own: own.stats(),
    browse: [...own.forward_array(1, input.subarray(0, 16))],
    run: [...own.forward_array(2, input.subarray(0, 16))],
    successRate: buffer.success_rate(),
    bestImprovement: buffer.best_improvement(),
    meanImprovement: buffer.mean_improvement(),
    bestAttention: buffer.best_attention(),
    highQuality: buffer.high_quality_count(0.5),
  };
  for (const object of [lora, trained, scoped, own, buffer]) object.free();
  return result;
}
