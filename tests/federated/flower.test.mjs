// Federated rounds on Flower, in processes of its own. Without a Python that Flower runs on, these tests are skipped by name.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { runFlower } from '../../examples/federated/flower.mjs';
import { lossOf } from '../../examples/federated/local.mjs';
import { environment, findPython } from '../../examples/federated/python.mjs';
import { references } from '../../examples/federated/references.mjs';
import { taskOf } from '../../examples/federated/tasks.mjs';
import init from '../../pkg/index.js';

await init();

const example = fileURLToPath(new URL('../../examples/federated/', import.meta.url));
const skip = findPython() === null ? 'there is no Python 3.11 or newer, with venv' : false;
const bin = skip ? null : environment({ simulation: true, say: console.log });

/** Of each round: [client, reason] of those left out. */
const faultsOf = ({ rounds }) => rounds.slice(1).map(({ faults }) => faults.map(({ client, reason }) => [client, reason]));
const usedBy = ({ rounds }) => rounds.slice(1).map(({ used }) => used.map(({ client }) => client));

test('Flower: the strategy, in Python', { skip }, () => {
  const env = { ...process.env, PYTHONPATH: path.join(example, 'app'), FEDERATED: example, NODE: process.execPath, FLWR_TELEMETRY_ENABLED: '0', PYTHONDONTWRITEBYTECODE: '1' };
  const script = fileURLToPath(new URL('strategy_test.py', import.meta.url));
  const { status, stderr, stdout } = spawnSync(path.join(bin, 'python'), [script], { env, encoding: 'utf8' });
  console.log(stdout, stderr.split('\n').filter((line) => /^Ran|^OK/.test(line)).join(' '));
  assert.equal(status, 0, stderr);
});

test('Flower: a superlink and three supernodes over TLS; corrupted bytes, NaN, a huge adapter, and a client killed in mid-round', { skip }, async () => {
  const faults = '0:1:corrupt,1:2:nan,0:2:huge,2:3:exit';
  const result = await runFlower({ bin, clients: 3, tls: true, seconds: 170, config: { rounds: 3, faults, deadline: 25, 'least-replies': 2 } });
  const [one, two, three] = faultsOf(result);
  console.log(JSON.stringify(faultsOf(result)));
  assert.equal(one.length, 1);
  assert.equal(one[0][0], 0);
  assert.match(one[0][1], /checksum|header|bytes|base_model|state/);
  assert.deepEqual([two.length, two[0][0]], [1, 1]);
  assert.match(two[0][1], /NaN/);
  const { clip } = result.rounds[2].used.find(({ client }) => client === 0);
  assert.ok(clip < 0.01, `clipped by ${clip}`);
  assert.deepEqual([three.length, three[0][0]], [1, 2]);
  assert.match(three[0][1], /no answer within 25 s|Flower reports error/);
  assert.deepEqual(usedBy(result), [[1, 2], [0, 2], [0, 1]]);
  const loss = lossOf(result.file, taskOf({ name: 'teacher', clients: 3 }));
  assert.ok(loss < 1, `${loss}`);
  assert.equal(result.rounds.at(-1).loss, loss);
  assert.ok(!existsSync(result.folder), 'nothing is left behind');
  const left = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).stdout.split('\n').filter((line) => line.includes(path.basename(result.folder)));
  assert.deepEqual(left, []);
});

test('Flower: a simulation of twelve clients, one of which dies and one takes too long', { skip }, async () => {
  const config = { rounds: 2, faults: '3:1:kill,4:1:slow', work: 8, deadline: 100 };
  const result = await runFlower({ bin, clients: 12, simulation: true, seconds: 170, config });
  const [one, two] = faultsOf(result);
  console.log(JSON.stringify([one, two]));
  assert.deepEqual(one.map(([client]) => client).sort(), [3, 4]);
  assert.match(new Map(one).get(3), /Node process ended/);
  assert.match(new Map(one).get(4), /longer than 8 s/);
  assert.deepEqual(two, []);
  assert.deepEqual(usedBy(result).map((clients) => clients.length), [10, 12]);
  const { rows } = references(taskOf({ name: 'teacher', clients: 12 }), { rounds: 2, alone: false });
  assert.ok(result.rounds[2].loss < 1.1 * rows[2].plain);
});
