// Federated rounds on Flower, in processes of its own. These tests are skipped by name, with the reason, where there is no Python that Flower runs
// on, or where it cannot be installed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { compiledModules, runFlower } from '../../examples/federated/flower.mjs';
import { lossOf } from '../../examples/federated/local.mjs';
import { environment, findPython } from '../../examples/federated/python.mjs';
import { references } from '../../examples/federated/references.mjs';
import { taskOf } from '../../examples/federated/tasks.mjs';
import init from '../../pkg/index.js';

await init();

const example = fileURLToPath(new URL('../../examples/federated/', import.meta.url));
const { bin, skip } = installed();

function installed() {
  if (findPython() === null) return { bin: null, skip: 'there is no Python 3.11 or newer, with venv' };
  try {
    return { bin: environment({ simulation: true, say: console.log }), skip: false };
  } catch (error) {
    console.log(error.message);
    return { bin: null, skip: `Flower cannot be installed: ${error.message.split('\n').at(-1).trim()}` };
  }
}

/** Of each round: [client, reason] of those left out. */
const faultsOf = ({ rounds }) => rounds.slice(1).map(({ faults }) => faults.map(({ client, reason }) => [client, reason]));
const usedBy = ({ rounds }) => rounds.slice(1).map(({ used }) => used.map(({ client }) => client));

test('Flower: the strategy, in Python', { skip }, () => {
  const env = { ...process.env, PYTHONPATH: path.join(example, 'app'), FEDERATED: example, NODE: process.execPath, FLWR_TELEMETRY_ENABLED: '0', PYTHONPYCACHEPREFIX: compiledModules(bin) };
  const script = fileURLToPath(new URL('strategy_test.py', import.meta.url));
  const { status, stderr, stdout } = spawnSync(path.join(bin, 'python'), [script], { env, encoding: 'utf8' });
  console.log(stdout, stderr.split('\n').filter((line) => /^Ran|^OK/.test(line)).join(' '));
  assert.equal(status, 0, stderr);
});

test('Flower: a superlink and four supernodes over TLS; corrupted bytes, NaN, a huge adapter, a slow client, and one killed in mid-round', { skip }, async () => {
  const faults = '0:1:corrupt,1:1:nan,2:1:huge,0:2:slow,1:2:exit';
  const config = { rounds: 2, faults, 'server-rate': 1, deadline: 150, work: 140, grace: 1 };
  const result = await runFlower({ bin, clients: 4, tls: true, config });
  const [one, two] = faultsOf(result).map((each) => new Map(each));
  console.log(JSON.stringify(faultsOf(result)));
  assert.deepEqual([...one.keys()].sort(), [0, 1]);
  assert.match(one.get(0), /checksum|header|bytes|base_model|state/);
  assert.match(one.get(1), /NaN/);
  const { clip } = result.rounds[1].used.find(({ client }) => client === 2);
  assert.ok(clip < 0.01, `clipped by ${clip}`);
  assert.deepEqual([...two.keys()].sort(), [0, 1]);
  assert.match(two.get(0), /no answer within/);
  assert.match(two.get(1), /no answer within|Flower reports error/);
  assert.deepEqual(usedBy(result), [[2, 3], [2, 3]]);
  const loss = lossOf(result.file, taskOf({ name: 'teacher', clients: 4 }));
  assert.ok(loss < 1, `${loss}`);
  assert.equal(result.rounds.at(-1).loss, loss);
  assert.ok(!existsSync(result.folder), 'nothing is left behind');
  const left = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).stdout.split('\n').filter((line) => line.includes(path.basename(result.folder)));
  assert.deepEqual(left, []);
});

test('Flower: a simulation of six clients, one of which dies', { skip }, async () => {
  const clients = 6;
  const result = await runFlower({ bin, clients, simulation: true, config: { rounds: 2, faults: '3:1:kill', work: 140, deadline: 150 } });
  const [one, two] = faultsOf(result);
  console.log(JSON.stringify([one, two]));
  assert.deepEqual(one.map(([client]) => client), [3]);
  assert.match(one[0][1], /Node process ended/);
  assert.deepEqual(two, []);
  assert.deepEqual(usedBy(result).map((used) => used.length), [clients - 1, clients]);
  const { rows } = references(taskOf({ name: 'teacher', clients }), { rounds: 2, alone: false });
  assert.ok(result.rounds[2].loss < 1.1 * rows[2].plain);
});
