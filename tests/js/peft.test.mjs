// Rank-2 adapters that Hugging Face PEFT has trained: as a new object with their factors. tests/interop loads those of PEFT itself.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { WasmMicroLoRA, WasmScopedLoRA } from './module.mjs';
import { normal, vector } from './numbers.mjs';
import { assemble, parse } from './safetensors.mjs';

const DIM = 12;

/** 16 bits of a number that they hold exactly. */
const toBF16 = (value) => new Uint32Array(Float32Array.of(value).buffer)[0] >>> 16;
function toF16(value) {
  if (value === 0) return 0;
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  return (value < 0 ? 0x8000 : 0) | (exponent + 15) << 10 | (Math.abs(value) / 2 ** exponent - 1) * 1024;
}
const WIDTHS = {
  F32: (values) => Float32Array.from(values),
  F16: (values) => Uint16Array.from(values, toF16),
  BF16: (values) => Uint16Array.from(values, toBF16),
};

/** Sixteenths, which all types hold. */
const factor = (seed) => Array.from(vector(2 * DIM, normal(seed)), (x) => Math.round(x * 16) / 16 || 0.25);

/** A file as PEFT saves it: { module: [A, B] }. */
function file(modules, dtype = 'F32', metadata = { format: 'pt' }) {
  const [header, parts] = [{ __metadata__: metadata }, []];
  let end = 0;
  for (const [module, factors] of Object.entries(modules)) {
    for (const [i, name] of ['A', 'B'].entries()) {
      const values = WIDTHS[dtype](factors[i]);
      parts.push(Buffer.from(values.buffer));
      const shape = name === 'A' ? [2, DIM] : [DIM, 2];
      header[`base_model.model.${module}.lora_${name}.weight`] = { dtype, shape, data_offsets: [end, (end += values.byteLength)] };
    }
  }
  if (!metadata) delete header.__metadata__;
  return assemble(header, Buffer.concat(parts));
}

const [A, B] = [factor(1), factor(2)];
const x = vector(DIM, normal(3));

/** y = x + scale · x A B, in 64-bit floats. */
function output(scale, [a, b] = [A, B]) {
  const h = [0, 1].map((r) => x.reduce((sum, value, i) => sum + value * a[r * DIM + i], 0));
  return Array.from(x, (value, i) => value + scale * (h[0] * b[2 * i] + h[1] * b[2 * i + 1]));
}

const close = (y, expected) => {
  for (const [i, value] of expected.entries()) assert.ok(Math.abs(y[i] - value) < 1e-5 * (1 + Math.abs(value)), `${y} ${expected}`);
};

describe('WasmMicroLoRA', () => {
  for (const dtype of Object.keys(WIDTHS)) {
    test(`${dtype}: the factors are those of the file`, () => {
      const lora = WasmMicroLoRA.from_safetensors(file({ 'encoder.layer.3.dense': [A, B] }, dtype), { r: 2, lora_alpha: 4 });
      assert.equal(lora.dim(), DIM);
      assert.equal(lora.alpha(), 2);
      close(lora.forward_array(x), output(2));
      const { tensors } = parse(lora.to_safetensors());
      assert.deepEqual([...tensors['base_model.model.linear.lora_A.weight'].values], A);
      assert.deepEqual([...tensors['base_model.model.linear.lora_B.weight'].values], B);
    });
  }

  test('the scale is lora_alpha / r, lora_alpha / √r for rslora, and 1 without a configuration', () => {
    const bytes = file({ linear: [A, B] });
    for (const [config, scale] of [
      [undefined, 1], [null, 1],
      [{ r: 2, lora_alpha: 16 }, 8],
      [{ r: 2, lora_alpha: 16, use_rslora: false, peft_type: 'LORA', target_modules: ['linear'], rank_pattern: {}, alpha_pattern: {} }, 8],
      [{ r: 2, lora_alpha: 16, use_rslora: true }, 16 / Math.SQRT2],
    ]) {
      for (const given of config ? [config, JSON.stringify(config), JSON.stringify(config, null, 2)] : [config]) {
        const lora = WasmMicroLoRA.from_safetensors(bytes, given);
        assert.equal(lora.alpha(), Math.fround(scale));
        close(lora.forward_array(x), output(scale));
      }
    }
  });

  test('without metadata, too', () => {
    close(WasmMicroLoRA.from_safetensors(file({ linear: [A, B] }, 'F32', null)).forward_array(x), output(1));
  });

  test('it is a new object: no counts, the constructor’s rate; it learns on and saves as any other', () => {
    const lora = WasmMicroLoRA.from_safetensors(file({ linear: [A, B] }), { r: 2, lora_alpha: 2 });
    const { adapt_count, forward_count, learning_rate } = lora.stats();
    assert.deepEqual([adapt_count, forward_count, learning_rate], [0, 0, Math.fround(0.01)]);
    lora.set_learning_rate(0.5);
    const before = lora.train(x, new Float32Array(DIM));
    for (let i = 0; i < 50; i++) lora.train(x, new Float32Array(DIM));
    assert.ok(lora.train(x, new Float32Array(DIM)) < 0.05 * before);
    const again = WasmMicroLoRA.from_safetensors(lora.to_safetensors());
    assert.deepEqual(again.forward_array(x), lora.forward_array(x));
    lora.reset(); // which goes back to a new adapter
    assert.deepEqual(lora.forward_array(x), x);
  });

  test('its own file and configuration go together', () => {
    const lora = new WasmMicroLoRA(DIM, 0.3, 0.5);
    lora.train(x, new Float32Array(DIM));
    const [bytes, config] = [lora.to_safetensors(), lora.peft_config()];
    for (const given of [config, JSON.parse(config)]) {
      assert.deepEqual(WasmMicroLoRA.from_safetensors(bytes, given).forward_array(x), lora.forward_array(x));
    }
  });

  test('what cannot be loaded is refused by name', () => {
    const bytes = file({ linear: [A, B] });
    const load = (config, given = bytes) => () => WasmMicroLoRA.from_safetensors(given, config);
    for (const r of [1, 3, 8, 2.5, 0, -2]) assert.throws(load({ r, lora_alpha: 4 }), { name: 'RangeError', message: /^adapter_config: r is .*, it must be 2/ });
    for (const lora_alpha of [0, -1, 1e39, 1e-50]) {
      assert.throws(load({ r: 2, lora_alpha }), { name: 'RangeError', message: /^adapter_config: lora_alpha is .*, it must be above 0/ });
    }
    for (const key of ['use_dora', 'lora_bias', 'fan_in_fan_out']) {
      assert.throws(load({ r: 2, lora_alpha: 4, [key]: true }), { name: 'RangeError', message: `adapter_config: ${key} is set, which cannot be loaded` });
    }
    assert.throws(load('{'), { name: 'RangeError', message: 'adapter_config: it is not JSON' });
    assert.throws(load('[2]'), { name: 'TypeError', message: /^adapter_config must be/ });
    assert.throws(load(undefined, file({ one: [A, B], two: [A, B] })), { name: 'RangeError', message: /^bytes: it has 2 tensors base_model\.model\.<module>\.lora_A\.weight, it must have 1/ });
    assert.throws(load(undefined, file({})), { name: 'RangeError', message: /^bytes: it has 0 tensors/ });
    assert.throws(load(undefined, file({ linear: [A, B.with(3, NaN)] })), { name: 'RangeError', message: /lora_B\.weight has NaN at 3, it must be finite/ });
    const rank3 = Buffer.from(Float32Array.from({ length: 3 * DIM }, () => 1).buffer);
    const header = { 'base_model.model.x.lora_A.weight': { dtype: 'F32', shape: [3, DIM], data_offsets: [0, 12 * DIM] } };
    assert.throws(load(undefined, assemble(header, rank3)), { name: 'RangeError', message: /shape of .*lora_A\.weight is \[3,12\], it must be \[2,/ });
  });
});

describe('WasmScopedLoRA', () => {
  test('modules named after the built-in operators and categories', () => {
    const [A2, B2] = [factor(4), factor(5)];
    const bytes = file({ 'operators.Join': [A, B], 'operators.HashJoin': [A2, B2], 'categories.Join': [A2, B2] }, 'BF16');
    const scoped = WasmScopedLoRA.from_safetensors(bytes, { r: 2, lora_alpha: 2 });
    close(scoped.forward_array(2, x), output(1));
    close(scoped.forward_array(9, x), output(1, [A2, B2]));
    close(scoped.forward_array(10, x), output(1, [A2, B2])); // MergeJoin leans on its category
    assert.deepEqual(scoped.forward_array(0, x), x);
  });

  test('a module that is no operator is refused by name', () => {
    assert.throws(() => WasmScopedLoRA.from_safetensors(file({ linear: [A, B] })), { name: 'RangeError', message: /base_model\.model\.linear\.lora_A\.weight is for no module operators\.<name>/ });
  });
});
