// The worker of the panel Speed: one candidate each, as engines optimise a call for all the classes that they see there.
import { MicroLora } from '../../../benches/peer/javascript.mjs';
import { normalFrom } from '../parts/random.mjs';
import { answer } from '../parts/remote.mjs';

const ALPHA = 0.1;
const RATE = 0.1;
const WARM_MS = 100;
const SAMPLE_MS = 5; // long beside the resolution of a browser's clock, 0.1 ms

/** By name, functions that resolve to `{ make(dim), bufferOf(lora), rewards }`. */
const CANDIDATES = {
  async ours() {
    const { default: init, WasmMicroLoRA } = await import('ruvector-learning-wasm');
    await init();
    return { make: (dim) => new WasmMicroLoRA(dim, ALPHA, RATE), bufferOf: (lora) => lora.input_view(), rewards: [0.5, -0.2] };
  },
  async published() {
    const { default: init, WasmMicroLoRA } = await import('published');
    const { memory } = await init();
    const make = (dim) => new WasmMicroLoRA(dim, ALPHA, RATE);
    return { make, bufferOf: (lora) => new Float32Array(memory.buffer, lora.get_input_ptr(), lora.dim()), rewards: [0.5, 0.5] };
  },
  async javascript() {
    const column = (dim, seed) => normalFrom(seed)(dim).map((value) => value / Math.sqrt(3 * dim));
    const start = (dim, adapter) => [column(dim, 2 * adapter + 1), column(dim, 2 * adapter + 2)];
    return { make: (dim) => new MicroLora(dim, RATE, start), bufferOf: (lora) => lora.input, rewards: [0.5, -0.2] };
  },
};

answer(() => Promise.resolve(functions()));

function functions() {
  let calls = {};
  let counts = {};
  return {
    async begin(name, dim) {
      const { make, bufferOf, rewards } = await CANDIDATES[name]();
      const lora = make(dim);
      const draw = normalFrom(1);
      const [input, gradient] = [draw(dim), draw(dim)];
      /** The same state before every sample: some steps learned, `input` as context, and this in the buffer. */
      const prepare = (inBuffer) => {
        lora.reset();
        for (let i = 0; i < 5; i += 1) {
          lora.forward_array(draw(dim));
          lora.adapt_array(gradient);
        }
        lora.forward_array(input);
        bufferOf(lora).set(inBuffer);
      };
      let turn = 0;
      calls = {
        forward: { prepare: () => prepare(input), call: () => lora.forward() },
        adapt: { prepare: () => prepare(gradient), call: () => lora.adapt() },
        adapt_with_reward: { prepare: () => prepare(input), call: () => lora.adapt_with_reward(rewards[(turn += 1) % 2]) },
      };
      counts = {};
    },
    /** Nanoseconds per call, over some milliseconds. The first time it finds out how many calls that is. */
    sample(name) {
      const { prepare, call } = calls[name];
      const time = (count) => {
        prepare();
        const started = performance.now();
        for (let i = 0; i < count; i += 1) call();
        return performance.now() - started;
      };
      if (!counts[name]) {
        for (let warm = 0; warm < WARM_MS;) warm += time(1000); // until the engine has compiled it
        let count = 1000;
        while (time(count) < SAMPLE_MS) count *= 2;
        counts[name] = count;
      }
      return (1e6 * time(counts[name])) / counts[name];
    },
  };
}
