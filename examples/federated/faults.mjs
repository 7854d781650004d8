// Clients that fail or lie, for the tests and for `--faults` of the demo. `exit` is in client_app.py.

import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';

import { WasmMicroLoRA } from '../../pkg/index.js';
import { KEYS, headerOf } from './file.mjs';

const FAULTS = {
  /** The client's Node process dies in the middle of its work. */
  kill: () => {
    process.kill(process.pid, 'SIGKILL');
    return new Promise(() => {});
  },
  /** It takes longer than anyone waits. */
  slow: async (trained) => {
    await sleep(3_600_000);
    return trained;
  },
  corrupt: ({ file, ...rest }) => {
    const flipped = file.slice();
    flipped[flipped.length >> 1] ^= 0x10;
    return { ...rest, file: flipped };
  },
  truncated: ({ file, ...rest }) => ({ ...rest, file: file.slice(0, file.length - 100) }),
  nan: ({ file, ...rest }) => ({ ...rest, file: withFirstWeight(file, NaN) }),
  dim: ({ file, ...rest }) => {
    const lora = new WasmMicroLoRA(WasmMicroLoRA.from_safetensors(file).dim() + 1);
    return { ...rest, file: lora.to_safetensors() };
  },
  /** What it has learned, times a million. */
  huge: ({ file, ...rest }) => ({ ...rest, file: WasmMicroLoRA.merge_safetensors([file], [1e6], false).bytes }),
  /** A hundred million examples. */
  liar: (trained) => ({ ...trained, examples: 100_000_000 }),
  negative: (trained) => ({ ...trained, examples: -5 }),
};

export const FAULT_NAMES = [...Object.keys(FAULTS), 'exit'];

/** What a client returns that commits this fault. */
export const committed = (fault, trained) => FAULTS[fault](trained);

/** The file with another first number of B, and the checksum that belongs to it. */
export function withFirstWeight(file, value) {
  const { header, start } = headerOf(file);
  const { __metadata__: metadata, ...tensors } = header;
  const changed = Buffer.from(file);
  changed.writeFloatLE(value, start + tensors[KEYS.b].data_offsets[0]);
  const byBytes = ([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  let sum = 0;
  for (const [key, text] of Object.entries(metadata).sort(byBytes)) {
    if (key !== 'checksum') sum = crc32(`${key}\0${text}\0`, sum);
  }
  for (const [name, { dtype, shape, data_offsets: [begin, end] }] of Object.entries(tensors).sort(byBytes)) {
    sum = crc32(`${name}\0${dtype}\0${shape.join()}\0`, sum);
    if (end > begin) sum = crc32(changed.subarray(start + begin, start + end), sum);
  }
  const at = changed.indexOf(metadata.checksum); // eight digits, and nowhere else in a header
  changed.write(sum.toString(16).padStart(8, '0'), at);
  return new Uint8Array(changed);
}
