// Under a Content-Security-Policy, which comes with this page's address.
import init, * as lora from './node_modules/ruvector-learning-wasm/index.js';
import * as inline from './node_modules/ruvector-learning-wasm/inline.js';
import { check, checkSync, tell } from './check.mjs';

const policy = new URLSearchParams(location.search).get('policy');

/** An engine that has no such policy goes on; what an engine that has it says must name what to allow. */
async function namesWhatToAllow(attempt) {
  let message;
  try {
    await attempt();
  } catch (error) {
    ({ message } = error);
  }
  const expected = "the Content-Security-Policy must allow 'wasm-unsafe-eval'";
  if (message !== expected) throw new Error(`said ${message}`);
}

const attempts = {
  forbidden: {
    'forbidden by a policy: the error says what to allow': () => namesWhatToAllow(() => init()),
    'the same for /inline': () => namesWhatToAllow(() => inline.initSync()),
  },
  allowed: { "allowed by 'wasm-unsafe-eval'": () => check(init, lora) },
  nofetch: { "/inline with connect-src 'none'": () => checkSync(inline.initSync, inline) },
};
tell(attempts[policy]);
