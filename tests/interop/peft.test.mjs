// Hugging Face PEFT reads the files and peft_config(), and its layers compute what our adapters compute. On demand (`node
// scripts/test.mjs peft`): PyTorch is a download of some gigabytes.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';

import { importPackage } from '../js/installed.mjs';
import { normal, vector } from '../js/numbers.mjs';
import { runPython } from './python.mjs';

const { default: init, WasmMicroLoRA, WasmScopedLoRA } = await importPackage();
await init();

const folder = mkdtempSync(path.join(tmpdir(), 'peft-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** What PEFT's layers answer to the inputs: { module: [output, …] }. */
function peft(object, inputs) {
  writeFileSync(path.join(folder, 'adapter_model.safetensors'), object.to_safetensors());
  writeFileSync(path.join(folder, 'adapter_config.json'), object.peft_config());
  const modules = JSON.parse(object.peft_config()).target_modules;
  const job = path.join(folder, 'job.json');
  writeFileSync(job, JSON.stringify({ folder, dim: object.dim(), modules, inputs: inputs.map((x) => [...x]) }));
  return runPython({ program: 'peft_forward.py', environment: 'python-peft', requirements: 'requirements-peft.txt' }, job);
}

const furthest = (x, y) => x.reduce((most, value, j) => Math.max(most, Math.abs(value - y[j])), 0);

test('an adapter on an identity Linear computes what forward_array computes', () => {
  const [dim, next] = [256, normal(1)];
  const lora = new WasmMicroLoRA(dim, 0.1, 0.5);
  for (let i = 0; i < 200; i++) {
    const x = vector(dim, next);
    lora.train(x, x.map((value, j) => value + 0.3 * x[(j + 1) % dim]));
  }
  const inputs = Array.from({ length: 20 }, () => vector(dim, next));
  const { linear } = peft(lora, inputs);
  const errors = inputs.map((x, i) => furthest(lora.forward_array(x), linear[i]));
  const moved = inputs.map((x) => furthest(lora.forward_array(x), x));
  console.log(`furthest from PEFT: ${Math.max(...errors)}; the adapter moves a value by up to ${Math.max(...moved)}`);
  assert.ok(Math.max(...errors) < 1e-5 && Math.max(...moved) > 0.1);
});

test('a set’s adapters, by the names of operators and categories', () => {
  const [dim, next] = [32, normal(2)];
  const scoped = new WasmScopedLoRA(dim, 0.1, 0.5);
  for (let i = 0; i < 60; i++) {
    const x = vector(dim, next);
    for (const op of [0, 2]) scoped.train(op, x, x.map((value, j) => value + (op + 1) * 0.1 * x[(j + 1) % dim]));
  }
  scoped.set_category_fallback(false); // each by itself
  const inputs = Array.from({ length: 5 }, () => vector(dim, next));
  const answers = peft(scoped, inputs);
  assert.deepEqual(Object.keys(answers), ['operators.Scan', 'operators.Join', 'categories.Scan', 'categories.Join']);
  for (const [op, module] of [[0, 'operators.Scan'], [2, 'operators.Join']]) {
    for (const [i, x] of inputs.entries()) assert.ok(furthest(scoped.forward_array(op, x), answers[module][i]) < 1e-5, module);
  }
});
