// The files that the Rust tests read are those that the package writes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { fixtures, folder } from './fixtures.mjs';

for (const [name, bytes] of Object.entries(await fixtures())) {
  test(`tests/fixtures/${name} is what the package writes (node tests/js/fixtures.mjs writes it anew)`, () => {
    assert.deepEqual(new Uint8Array(readFileSync(path.join(folder, name))), new Uint8Array(bytes));
  });
}
