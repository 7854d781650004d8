import * as inline from './node_modules/ruvector-learning-wasm/inline.js';
import { checkSync, outcome } from './check.mjs';
import { Learner } from './learner.js';

registerProcessor('learner', class extends Learner {
  constructor() {
    super();
    outcome(() => {
      checkSync(inline.initSync, inline);
      this.use(inline);
    }).then((result) => this.port.postMessage(result));
  }
});
