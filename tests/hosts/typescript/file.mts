// The wasm file imported as bundlers let one.
import { memory } from 'ruvector-learning-wasm/ruvector_learning_wasm_bg.wasm';

export const pages: number = memory.buffer.byteLength / 65536;
