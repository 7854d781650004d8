// With a lib that has Symbol.dispose.
import init, { WasmMicroLoRA } from 'ruvector-learning-wasm';

await init();
{
  using lora = new WasmMicroLoRA(4);
  lora.forward();
}
