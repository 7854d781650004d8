// A worker that goes on with the adapter it is sent, and sends back what has become of it.
import init, { WasmMicroLoRA } from 'ruvector-learning-wasm';
import { send } from './storage.mjs';

// A page's worker has itself to talk through, a worker thread of Node has its parent's port.
const port = globalThis.process ? (await import('node:worker_threads')).parentPort : globalThis;
const files = [];
let next = (bytes) => files.push(bytes);
const receive = ({ data }) => next(data);
if (globalThis.process) port.on('message', (data) => receive({ data }));
else port.onmessage = receive;

await init();
next = (bytes) => {
  const lora = WasmMicroLoRA.from_safetensors(bytes);
  const input = new Float32Array(lora.dim()).fill(0.5);
  for (let i = 0; i < 10; i++) lora.train(input, input.map((x, j) => x + j / 100));
  send(port, lora.to_safetensors());
  lora.free();
};
files.forEach(next);
