// Adapters as their two factors: read out of a file, and made into a file that says nothing else of where it was trained.

import { WasmMicroLoRA } from '../../pkg/index.js'; // in a program of yours: from 'ruvector-learning-wasm'

export const KEYS = { a: 'base_model.model.linear.lora_A.weight', b: 'base_model.model.linear.lora_B.weight' };

/** The header of a safetensors file, and where its data begin. */
export function headerOf(file) {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  return { header: JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length))), start: 8 + length };
}

/** `a` [2, dim] and `b` [dim, 2] as flat arrays, and the settings. The file must be one that the package has accepted. */
export function factorsOf(file) {
  const { header, start } = headerOf(file);
  const floats = (key) => {
    const [begin, end] = header[key].data_offsets;
    return new Float32Array(Uint8Array.from(file.subarray(start + begin, start + end)).buffer);
  };
  const { dim, alpha, learning_rate: rate, freeze_a: frozen } = header.__metadata__;
  return { dim: Number(dim), alpha: Number(alpha), rate: Number(rate), frozen: frozen === 'true', a: floats(KEYS.a), b: floats(KEYS.b) };
}

/** The two factors in the format of PEFT, which has no state beside them. */
export function bareFile({ dim, a, b }) {
  const size = 4 * a.length;
  const header = JSON.stringify({
    [KEYS.a]: { dtype: 'F32', shape: [2, dim], data_offsets: [0, size] },
    [KEYS.b]: { dtype: 'F32', shape: [dim, 2], data_offsets: [size, 2 * size] },
  });
  const text = Buffer.from(header.padEnd(8 * Math.ceil(header.length / 8)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return new Uint8Array(Buffer.concat([length, text, Buffer.from(a.buffer), Buffer.from(b.buffer)]));
}

/** The file of a new adapter with these factors and settings: counts are 0, and there is no last input or output. */
export function fileOf({ dim, alpha, rate, frozen, a, b }) {
  const lora = WasmMicroLoRA.from_safetensors(bareFile({ dim, a, b }), { peft_type: 'LORA', r: 2, lora_alpha: 2 * alpha });
  lora.set_learning_rate(rate);
  lora.freeze_a(frozen);
  const file = lora.to_safetensors();
  lora.free();
  return file;
}

/**
 * The same adapter without what `to_safetensors` keeps for going on: the last input and output, which are data of the client, and
 * counts, which would be added up by every merge.
 */
export const withoutState = (file) => fileOf(factorsOf(file));

/** What an adapter adds to its inputs has this Frobenius norm. */
export function normOf(file) {
  const lora = WasmMicroLoRA.from_safetensors(file);
  const norm = lora.delta_norm();
  lora.free();
  return norm;
}
