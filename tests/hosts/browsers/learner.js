// A processor that sends its input through an adapter.
export class Learner extends AudioWorkletProcessor {
  use({ WasmMicroLoRA }) {
    this.lora = new WasmMicroLoRA(128);
  }

  process([[input]], [[output]]) {
    if (input && this.lora) this.lora.forward_into(input, output);
    return true;
  }
}
