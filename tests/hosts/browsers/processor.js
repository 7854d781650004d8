import init, * as lora from './node_modules/ruvector-learning-wasm/index.js';
import { checkSync, outcome } from './check.mjs';
import { Learner } from './learner.js';

const { initSync } = lora;

/** What init() says, which has nothing to find the file with. */
async function namesInline() {
  const message = await init().then(() => 'nothing', (error) => error.message);
  if (!/ruvector_learning_wasm_bg\.wasm cannot be read \(.*\); ruvector-learning-wasm\/inline needs no file$/.test(message)) throw new Error(`said ${message}`);
}

registerProcessor('learner', class extends Learner {
  constructor({ processorOptions }) {
    super();
    const begin = async (module) => this.port.postMessage(await outcome(async () => {
      await namesInline();
      checkSync(initSync, lora, { module });
      this.use(lora);
    }));
    if (processorOptions?.module) begin(processorOptions.module);
    else this.port.onmessage = ({ data }) => begin(data);
  }
});
