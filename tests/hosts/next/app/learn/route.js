import init, { WasmMicroLoRA } from 'ruvector-learning-wasm';

let lora; // one for each process of the server

export async function POST(request) {
  await init();
  lora ??= new WasmMicroLoRA(4, 0.1, 0.5);
  const { input, target } = await request.json();
  return Response.json({ loss: lora.train(input, target) });
}
