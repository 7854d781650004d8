// JavaScript and Rust agree on where the state lies: the `pinned!` lists, which the compiler checks, and pkg/js/layout.js.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { LANES, LAYOUT, padded } from '../../pkg/js/layout.js';
import { root } from './installed.mjs';

const sources = readdirSync(path.join(root, 'src'), { recursive: true })
  .filter((file) => file.endsWith('.rs'))
  .map((file) => readFileSync(path.join(root, 'src', file), 'utf8'));

test('the layout that JavaScript knows is the one that is pinned', () => {
  const pinned = sources.flatMap((text) => [...text.matchAll(/^pinned!\(\s*(\w+)\[(\d+)\] \{([^}]*)\}\s*\);$/gm)].map(([, name, size, fields]) => {
    const offsets = fields.split(',').map((field) => field.trim().split(': ')).filter(([field]) => field);
    return [name, { size: Number(size), ...Object.fromEntries(offsets.map(([field, offset]) => [field, Number(offset)])) }];
  }));
  assert.deepEqual(Object.fromEntries(pinned), LAYOUT);
  assert.equal(pinned.length, Object.keys(LAYOUT).length);
});

test('what is pinned has a layout to rely on', () => {
  for (const name of Object.keys(LAYOUT)) {
    const declared = sources.flatMap((text) => [...text.matchAll(/((?:^#\[.*\]\n)+)pub struct (\w+)/gm)]).filter(([, , found]) => found === name);
    assert.equal(declared.length, 1, name);
    assert.match(declared[0][1], /#\[repr\(C\)\]/, name);
  }
});

test('rows are padded as in src/buffer.rs', () => {
  const buffer = sources.find((text) => text.includes('pub const LANES'));
  assert.match(buffer, new RegExp(`pub const LANES: usize = ${LANES};`));
  assert.match(buffer, /2 \* dim\.div_ceil\(2 \* LANES\)/);
  for (const [dim, row] of [[1, 16], [16, 16], [17, 32], [4096, 4096]]) assert.equal(padded(dim), row);
});
