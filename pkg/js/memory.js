// The wasm memory as the state of an object is read from it and written to it.
import { LANES, padded } from './layout.js';

/** Views of the memory as it is now: a new one is to be made after any call that can make it grow. */
export class Memory {
  constructor({ memory: { buffer } }) {
    this.view = new DataView(buffer);
    /** 32-bit floats as their bits: on the way through a number, a NaN could become another one. */
    this.words = new Uint32Array(buffer);
    this.bytes = new Uint8Array(buffer);
  }

  u32(at) {
    return this.view.getUint32(at, true);
  }

  f32(at) {
    return this.view.getFloat32(at, true);
  }

  boolean(at) {
    return this.bytes[at] !== 0;
  }

  /** `{ address, length }` of a Box<[T]>. */
  box(at) {
    return { address: this.u32(at), length: this.u32(at + 4) };
  }

  /** Words from `at` on. */
  part(at, length) {
    return this.words.subarray(at / 4, at / 4 + length);
  }

  /** The two rows of a factor [2, dim], whose blocks take turns. `each(i, j, at)`: word `at` has value j of row i. */
  static eachOfPair(address, dim, each) {
    for (let j = 0; j < dim; j++) {
      const block = address / 4 + 2 * LANES * Math.floor(j / LANES) + (j % LANES);
      each(0, j, block);
      each(1, j, block + LANES);
    }
  }

  /** Bytes of one of the two factors. */
  static factorSize(dim) {
    return 4 * 2 * padded(dim);
  }
}
