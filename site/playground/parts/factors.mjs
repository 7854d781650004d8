// A and B of an adapter, read from its safetensors file: the package has no call that returns them.

const KEY = 'base_model.model.linear.lora_';

/** `{ a, b }`: the two columns of A one after the other, and the two rows of B; 2 · dim numbers each. */
export function factorsOf(file, dim) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  const read = (name) => {
    const [from, to] = header[`${KEY}${name}.weight`].data_offsets;
    return Float32Array.from({ length: (to - from) / 4 }, (_, i) => view.getFloat32(8 + length + from + 4 * i, true));
  };
  const stored = read('B'); // [dim, 2]
  return { a: read('A'), b: Float32Array.from(stored, (_, i) => stored[2 * (i % dim) + Math.floor(i / dim)]) };
}

/** alpha · A B, [dim, dim]: a row for each input feature, a column for each output feature. */
export function productOf({ a, b }, dim, alpha) {
  const product = new Float32Array(dim * dim);
  for (let i = 0; i < dim; i += 1) {
    const [first, second] = [alpha * a[i], alpha * a[dim + i]];
    for (let j = 0; j < dim; j += 1) product[i * dim + j] = first * b[j] + second * b[dim + j];
  }
  return product;
}
