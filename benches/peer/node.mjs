// The benchmark in Node.
import { Worker } from 'node:worker_threads';

import { bench } from './bench.mjs';

export function benchInNode(options) {
  return bench({ ...options, spawn });
}

function spawn() {
  const worker = new Worker(new URL('worker.mjs', import.meta.url));
  let answer;
  worker.on('message', (message) => answer(message));
  worker.on('error', (error) => answer({ error: String(error.stack) }));
  return {
    ask: (method, ...args) => new Promise((resolve, reject) => {
      answer = ({ value, error }) => error ? reject(new Error(error)) : resolve(value);
      worker.postMessage({ method, args });
    }),
    stop: () => worker.terminate(),
  };
}
