// What is in the packed package, and what it is made of.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { sbom } from '../../scripts/sbom.mjs';
import { installedPackage, root } from './installed.mjs';

const manifest = JSON.parse(readFileSync(path.join(installedPackage, 'package.json'), 'utf8'));

test('the packed package has the files that its manifest lists, and no others', () => {
  const found = readdirSync(installedPackage, { recursive: true });
  assert.deepEqual(found.sort(), ['package.json', ...manifest.files].sort());
});

test('it installs without running anything or needing anything', () => {
  for (const field of ['scripts', 'dependencies', 'optionalDependencies', 'peerDependencies', 'bundleDependencies', 'bin']) {
    assert.equal(manifest[field], undefined, field);
  }
});

test('the bill of materials lists the crates of the wasm file, under licences that deny.toml allows', () => {
  const { metadata, components } = sbom();
  assert.deepEqual([metadata.component.name, metadata.component.version], [manifest.name, manifest.version]);
  const names = components.map(({ name }) => name);
  for (const name of ['wasm-bindgen', 'js-sys', 'dlmalloc', 'bytemuck', 'libm']) assert.ok(names.includes(name), name);
  assert.ok(!names.includes('syn'), 'what runs at build time is not in the package');
  const [, list] = readFileSync(path.join(root, 'deny.toml'), 'utf8').match(/^allow = (\[.*\])$/m);
  const allowed = JSON.parse(list);
  for (const { name, licenses: [{ expression }] } of components) {
    const every = (text, separator, test) => text.replace(/[()]/g, '').split(separator).map((part) => part.trim())[test]((part) => allowed.includes(part));
    assert.ok(every(expression, ' OR ', 'some') || every(expression, ' AND ', 'every'), `${name}: ${expression}`);
  }
});
