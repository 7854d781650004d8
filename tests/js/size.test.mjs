// The package weighs no more than scripts/size_budget.json allows. The budget may be lowered; raising it takes a reason in
// the CHANGELOG.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { sizes } from '../../scripts/size.mjs';
import { installedPackage, root } from './installed.mjs';

const budget = JSON.parse(readFileSync(path.join(root, 'scripts/size_budget.json'), 'utf8'));

for (const [what, bytes] of Object.entries(sizes(installedPackage))) {
  test(`${what}: ${bytes} bytes`, () => {
    assert.ok(bytes <= budget[what].budget, `${bytes} bytes, the budget is ${budget[what].budget}`);
  });
}

test('the budget knows every size that is measured', () => {
  assert.deepEqual(Object.keys(budget), Object.keys(sizes(installedPackage)));
});

test('the README says what the wasm file weighs', () => {
  const [, raw, packed] = readFileSync(path.join(root, 'README.md'), 'utf8').match(/The wasm file has (\d+) KB, (\d+) KB with gzip/);
  const found = sizes(installedPackage);
  assert.deepEqual([Number(raw), Number(packed)], [found.wasm, found['wasm, gzip']].map((bytes) => Math.round(bytes / 1000)));
});
