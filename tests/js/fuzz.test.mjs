// Random sequences of good and hostile calls on everything that the package's types declare: see fuzz/session.mjs.
// FUZZ_CALLS makes it longer, FUZZ_SEED begins elsewhere.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fuzz } from './fuzz/property.mjs';
import { classes, counted, members, nameOf } from './fuzz/session.mjs';
import { module } from './module.mjs';
import { compared } from './rounding.mjs';

const calls = Number(process.env.FUZZ_CALLS ?? 1e6);
const seed = Number(process.env.FUZZ_SEED ?? 1);

test('the types declare what the classes have', () => {
  assert.deepEqual([...classes].sort(), Object.keys(module).filter((name) => name.startsWith('Wasm')).sort());
  for (const name of classes) {
    const declared = new Set(members.filter(({ className, kind }) => className === name && kind === 'method').map((member) => member.name));
    const found = Object.getOwnPropertyNames(module[name].prototype);
    assert.deepEqual([...declared].filter((method) => !method.startsWith('[')).sort(), found.filter((method) => method !== 'constructor').sort());
  }
});

test(`${calls} calls from seed ${seed} on: nothing poisons it`, (context) => {
  fuzz({ calls, seed });
  context.diagnostic(`${counted.calls} calls, ${counted.refused} refused, ${counted.modelled} compared with the model`);
});

// A test of the test: a new method whose arguments nobody can guess shows here, and gets its line in fuzz/arguments.mjs.
test('every member was called with good arguments and accepted, and with bad ones and refused', () => {
  for (const member of members) {
    const name = nameOf(member);
    assert.ok(counted.accepted.has(name), `no call of ${name} was accepted`);
    assert.ok(counted.refusedMembers.has(name), `no call of ${name} was refused`);
  }
  assert.ok(counted.modelled > 0.05 * counted.calls && compared.tight > 0.7 * compared.all, JSON.stringify({ ...counted, ...compared }));
});
