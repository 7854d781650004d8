import init, * as inline from './node_modules/ruvector-learning-wasm/inline.js';
import { check, outcome } from './check.mjs';

postMessage(await outcome(() => check(init, inline)));
