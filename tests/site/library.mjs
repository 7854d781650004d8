// What the panels have to show, by calls of the library alone.
import { readFileSync } from 'node:fs';

import { OperatorType, WasmMicroLoRA, WasmTrajectoryBuffer } from '../../pkg/index.js';
import { normalFrom } from '../../site/playground/parts/random.mjs';
import { TEACHERS, targetOf } from '../../site/playground/parts/teachers.mjs';

/** What an adapter has not learned of a teacher after so many steps, by calls of the library alone. */
export function learned({ teacher, drawing, dim, rate, alpha, steps }) {
  const parts = TEACHERS[teacher].parts(dim, drawing);
  const lora = new WasmMicroLoRA(dim, alpha, rate);
  const draw = normalFrom(1);
  for (let i = 0; i < steps; i += 1) {
    const input = draw(dim);
    lora.train(input, targetOf(parts, input));
  }
  const drawHeldOut = normalFrom(2);
  let [left, whole] = [0, 0];
  for (let i = 0; i < 64; i += 1) {
    const input = drawHeldOut(dim);
    const target = targetOf(parts, input);
    lora.forward_array(input).forEach((y, j) => {
      left += (y - target[j]) ** 2;
      whole += (input[j] - target[j]) ** 2;
    });
  }
  return { loss: left / whole, distance: lora.delta_norm() };
}

/** The Join Order Benchmark: `decide()` decides for the next query, pass after pass, and returns `{ hintSet, ms }`. */
export function decisions(seed) {
  const read = (name) => readFileSync(new URL(`../../examples/job/data/${name}`, import.meta.url));
  const { queries, hint_sets: hintSets, embedding_dim: dim, runtimes_s: runtimes } = JSON.parse(read('runtimes.json'));
  const embeddings = new Float32Array(Uint8Array.from(read('embeddings.f32')).buffer);
  const types = Uint8Array.from({ length: hintSets }, (_, i) => i);
  const buffer = new WasmTrajectoryBuffer(10_000, dim);
  buffer.set_seed(seed);
  let asked = 0;
  const decide = () => {
    const i = asked % queries.length;
    asked += 1;
    const embedding = embeddings.subarray(i * dim, (i + 1) * dim);
    const ms = runtimes[i].map((seconds) => seconds * 1000);
    const hintSet = buffer.recommend(embedding, OperatorType.Join, types);
    buffer.record(embedding, OperatorType.Join, hintSet, ms[hintSet], ms[0]);
    return { hintSet, ms: ms[hintSet] };
  };
  return { runtimes, queries: queries.length, decide };
}
