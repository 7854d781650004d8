// The reference implementation of safetensors, in Python, reads our files and we read its; and merged adapters are what numpy's
// SVD says they should be.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';

import { importPackage } from '../js/installed.mjs';
import { normal, vector } from '../js/numbers.mjs';
import { parse } from '../js/safetensors.mjs';
import { runPython } from './python.mjs';

const { default: init, WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } = await importPackage();
await init();

const folder = mkdtempSync(path.join(tmpdir(), 'interop-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name) => path.join(folder, `${name}.safetensors`);
const ask = (...args) => runPython({ program: 'files.py' }, ...args);

/** An adapter that has learned from inputs and targets of its own. */
function learned(dim, seed, { steps = 60, freeze = false, alpha = 0.3, learn = 0.5 } = {}) {
  const [lora, next] = [new WasmMicroLoRA(dim, alpha, learn), normal(seed)];
  lora.freeze_a(freeze);
  const [u, v] = [vector(dim, next), vector(dim, next)];
  for (let i = 0; i < steps; i++) {
    const x = vector(dim, next);
    const along = x.reduce((sum, value, j) => sum + value * u[j], 0) / dim;
    lora.train(x, x.map((value, j) => value + along * v[j] + 0.3 * value * Math.sin(j + seed)));
  }
  return lora;
}

function examples() {
  const next = normal(1);
  const scoped = WasmScopedLoRA.with_operators(['a', 'é🦀', 'ﬀ', 'b.c'], ['x', 'x', 'y', 'z'], 20, 0.3, 0.5);
  const buffer = new WasmTrajectoryBuffer(5, 20);
  for (let i = 0; i < 8; i++) {
    scoped.train(i % 3, vector(20, next), vector(20, next));
    buffer.record(vector(20, next), i, 3 * i, 1 + i, 4);
  }
  const unused = { 'a new set': new WasmScopedLoRA(8), 'a new adapter': new WasmMicroLoRA(1), 'an empty buffer': new WasmTrajectoryBuffer(2, 3) };
  return { 'an adapter': learned(256, 2), 'a set': scoped, 'trajectories': buffer, ...unused };
}

describe('the safetensors package of Python', () => {
  for (const [what, object] of Object.entries(examples())) {
    test(`reads ${what}: every number, and the documented checksum`, () => {
      writeFileSync(file('ours'), object.to_safetensors());
      const { metadata, tensors, checksum } = ask('describe', file('ours'));
      const own = parse(object.to_safetensors());
      assert.deepEqual(metadata, own.metadata);
      assert.equal(checksum, metadata.checksum);
      const types = { F64: 'float64', F32: 'float32', I64: 'int64', U8: 'uint8' };
      assert.deepEqual(tensors, Object.fromEntries(Object.entries(own.tensors).map(([name, { dtype, shape, values }]) => [
        name, [types[dtype], shape, Buffer.from(values.buffer).toString('hex')],
      ])));
    });

    test(`writes ${what} again: it loads, and is what it was`, () => {
      writeFileSync(file('ours'), object.to_safetensors());
      ask('resave', file('ours'), file('theirs'));
      const loaded = object.constructor.from_safetensors(readFileSync(file('theirs')));
      assert.deepEqual(loaded.to_safetensors(), object.to_safetensors());
      assert.notDeepEqual(new Uint8Array(readFileSync(file('theirs'))), object.to_safetensors()); // another order, at least
    });
  }

  test('an adapter that numpy has made loads, and answers as it should', () => {
    const { x, y } = ask('make', file('made'), '40');
    const lora = WasmMicroLoRA.from_safetensors(readFileSync(file('made')));
    lora.forward_array(x).forEach((value, j) => assert.ok(Math.abs(value - y[j]) < 1e-5, `${value}, numpy says ${y[j]}`));
    lora.train(x, x);
  });
});

describe('merge_safetensors beside numpy’s SVD', () => {
  const cases = {
    'two files': { dim: 64, count: 2 },
    'three with weights': { dim: 64, count: 3, weights: [1, 5, 0.5] },
    'ten of 256': { dim: 256, count: 10 },
    'forty of 96: more directions than a first basis has': { dim: 96, count: 40 },
    'two hundred of 32: more directions than dimensions': { dim: 32, count: 200 },
    'a thousand of 24': { dim: 24, count: 1000 },
    'a weight of 0': { dim: 16, count: 3, weights: [0, 1, 1] },
    'weights of any size': { dim: 16, count: 3, weights: [1e300, 1.5e300, 1e308] },
    'different alphas': { dim: 32, count: 4, alpha: (i) => 0.1 * (i + 1) },
    'one dimension': { dim: 1, count: 3 },
    'two dimensions': { dim: 2, count: 5 },
  };
  for (const [what, { dim, count, weights, alpha = () => 0.3 }] of Object.entries(cases)) {
    test(what, () => {
      const files = Array.from({ length: count }, (_, i) => learned(dim, i + 1, { alpha: alpha(i), steps: 20 + i % 7 }).to_safetensors());
      const { bytes, dropped } = WasmMicroLoRA.merge_safetensors(files, weights);
      const paths = files.map((each, i) => {
        writeFileSync(file(i), each);
        return file(i);
      });
      writeFileSync(file('merged'), bytes);
      // numpy has no room for 1e308 · 1e300 either.
      const shares = weights?.map((weight) => weight / Math.max(...weights)) ?? Array(count).fill(1);
      const job = path.join(folder, 'job.json');
      writeFileSync(job, JSON.stringify({ files: paths, weights: shares, merged: file('merged') }));
      const said = ask('merged', job);
      console.log(`${what}: ${JSON.stringify({ ...said, ours: dropped })}`);
      assert.ok(said.from_exact <= said.best_from_exact * (1 + 1e-4) + 1e-6, 'as close as rank 2 can be');
      assert.ok(Math.abs(dropped - said.dropped) < 1e-4, `dropped ${dropped}, numpy says ${said.dropped}`);
      // Which subspace is the best one is only clear if the second singular value stands out from the third.
      if (said.gap > 1.01) assert.ok(said.from_best < 1e-4, `${said.from_best} from the best of rank 2`);
      const merged = WasmMicroLoRA.from_safetensors(bytes);
      assert.ok(merged.train(new Float32Array(dim).fill(1), new Float32Array(dim).fill(2)) > 0); // it goes on learning
    });
  }

  test('adapters that kept their A are averaged exactly', () => {
    const loras = [1, 2, 3].map((seed) => learned(64, seed, { freeze: true }));
    const files = loras.map((lora) => lora.to_safetensors());
    const { bytes, dropped } = WasmMicroLoRA.merge_safetensors(files, [1, 2, 3]);
    assert.equal(dropped, 0);
    const paths = files.map((each, i) => {
      writeFileSync(file(i), each);
      return file(i);
    });
    writeFileSync(file('merged'), bytes);
    const job = path.join(folder, 'job.json');
    writeFileSync(job, JSON.stringify({ files: paths, weights: [1, 2, 3], merged: file('merged') }));
    const { from_exact: error, dropped: nothing } = ask('merged', job);
    console.log(`with one A: ${error} from the exact average, of which rank 2 drops ${nothing}`);
    assert.ok(error < 1e-7);
  });
});
