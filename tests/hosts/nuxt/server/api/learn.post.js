import init, { WasmMicroLoRA } from 'ruvector-learning-wasm';

let lora; // one for each process of the server

export default defineEventHandler(async (event) => {
  await init();
  lora ??= new WasmMicroLoRA(4, 0.1, 0.5);
  const { input, target } = await readBody(event);
  return { loss: lora.train(input, target) };
});
