// Federated rounds without Flower and Python: what clients learn and return, and what the server accepts and merges.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { aggregate } from '../../examples/federated/aggregate.mjs';
import { readArguments } from '../../examples/federated/arguments.mjs';
import { committed } from '../../examples/federated/faults.mjs';
import { bareFile, factorsOf, fileOf, normOf, withoutState } from '../../examples/federated/file.mjs';
import { frameAt, frameOf } from '../../examples/federated/frames.mjs';
import { firstFile, lossOf, trainClient } from '../../examples/federated/local.mjs';
import { epsilonOf, noiseFile, normalBelow } from '../../examples/federated/privacy.mjs';
import { normalFrom } from '../../examples/federated/random.mjs';
import { references } from '../../examples/federated/references.mjs';
import { taskOf } from '../../examples/federated/tasks.mjs';
import { mergeAll } from '../../examples/federated/tree.mjs';
import init, { WasmMicroLoRA } from '../../pkg/index.js';

await init();

const CLIENTS = 3;
const task = taskOf({ name: 'teacher', clients: CLIENTS });
const first = firstFile(task);

/** What the clients return in a round that starts from `old`. */
const trained = (old, { round = 1, frozen = false } = {}) => (
  Array.from({ length: CLIENTS }, (_, client) => ({ client, ...trainClient(old, task, client, { round, frozen }) }))
);
const replies = trained(first);
const old = aggregate(first, null, replies, { serverRate: 1 }).file; // a shared adapter that has learned something

/** The map x → x A B alpha of a file, as one long array. */
function mapOf(file) {
  const { dim, alpha, a, b } = factorsOf(file);
  const map = new Float64Array(dim * dim);
  for (let i = 0; i < dim; i++) {
    for (let j = 0; j < dim; j++) map[i * dim + j] = alpha * (a[i] * b[2 * j] + a[dim + i] * b[2 * j + 1]);
  }
  return map;
}
const norm = (map) => Math.hypot(...map);
const sumOf = (maps, weights) => maps[0].map((_, i) => maps.reduce((sum, map, k) => sum + weights[k] * map[i], 0));
const apart = (x, y) => norm(x.map((value, i) => value - y[i]));
const sharesOf = ({ verdicts }) => verdicts.map(({ share }) => share);

describe('goals, on shards that are not alike', () => {
  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
    test(`teacher ${seed}: after 10 rounds within 10 % of the adapter trained on all data, and below naive averaging and each client alone`, () => {
      const { plain, central, naive, alone } = references(taskOf({ name: 'teacher', clients: CLIENTS, seed }), { rounds: 10 }).rows[10];
      console.log(`teacher ${seed}: merged ${plain.toFixed(3)}, all data ${central.toFixed(3)}, naive ${naive.toFixed(3)}, alone ${Math.min(...alone).toFixed(3)}`);
      assert.ok(plain <= 1.1 * central, `${plain / central}`);
      assert.ok(naive >= 1.1 * plain, `${naive / plain}`);
      assert.ok(Math.min(...alone) >= 1.1 * plain);
    });
  }

  test('the queries: 18 % above the adapter trained on all data, below naive averaging and each client alone', () => {
    const { plain, central, naive, alone } = references(taskOf({ name: 'queries', clients: CLIENTS }), { rounds: 10 }).rows[10];
    console.log(`queries: merged ${plain.toFixed(3)}, all data ${central.toFixed(3)}, naive ${naive.toFixed(3)}, alone ${Math.min(...alone).toFixed(3)}`);
    assert.ok(naive >= 1.25 * plain && Math.min(...alone) >= 1.7 * plain);
    assert.ok(plain < 1.2 * central, `${plain / central}`);
  });

  test('with A kept from some round on, averages are exact from there', () => {
    const { rows, files } = references(task, { rounds: 6, freezeFrom: 4, alone: false });
    assert.deepEqual(rows.slice(4).map(({ dropped }) => dropped), [0, 0, 0]);
    const frozen = trained(files[4], { round: 5, frozen: true });
    const { file } = aggregate(files[4], null, frozen, { serverRate: 1, frozen: true });
    const exact = sumOf(frozen.map((reply) => mapOf(reply.file)), [1 / 3, 1 / 3, 1 / 3]);
    const error = apart(mapOf(file), exact) / norm(exact);
    console.log(`with one A the average is ${error} from the exact one`);
    assert.ok(error < 1e-6);
    assert.deepEqual(factorsOf(file).a, factorsOf(files[4]).a);
  });
});

describe('what a client returns', () => {
  test('has factors and settings, no count and no input', () => {
    const lora = WasmMicroLoRA.from_safetensors(first);
    const secret = Float32Array.from({ length: task.dim }, (_, i) => 1000 + i);
    lora.train(secret, secret.map((value) => value + 1));
    const kept = Buffer.from(lora.to_safetensors());
    const needle = Buffer.from(secret.buffer);
    assert.ok(kept.includes(needle), 'a saved adapter holds its last input');
    const returned = withoutState(kept);
    assert.ok(!Buffer.from(returned).includes(needle));
    assert.ok(!Buffer.from(returned).includes(needle.subarray(0, 16)));
    const { adapt_count: adapted, forward_count: forwards } = WasmMicroLoRA.from_safetensors(returned).stats();
    assert.deepEqual([adapted, forwards], [0, 0]);
    assert.deepEqual(factorsOf(returned), factorsOf(new Uint8Array(kept)));
  });

  test('has the same size whatever was learned', () => {
    assert.deepEqual(replies.map(({ file }) => Math.abs(file.length - first.length) < 100), [true, true, true]);
  });
});

describe('a round with a client that fails or lies', () => {
  const refused = {
    corrupt: /checksum/,
    truncated: /bytes|header|end/,
    nan: /lora_B\.weight.*(NaN|finite)/,
    dim: /dim is|65/,
    negative: /claims -5 examples/,
  };
  for (const [fault, reason] of Object.entries(refused)) {
    test(`${fault}: it is left out, and the round is that of the others`, async () => {
      const bad = { client: 1, ...(await committed(fault, replies[1])) };
      const { file, verdicts } = aggregate(old, null, [replies[0], bad, replies[2]], {});
      console.log(`${fault}: ${verdicts[1].reason}`);
      assert.match(verdicts[1].reason, reason);
      assert.deepEqual(file, aggregate(old, null, [replies[0], replies[2]], {}).file);
    });
  }

  test('huge: its update is clipped to three times the median, and the merged adapter stays of the size of the others', async () => {
    const bad = { client: 1, ...(await committed('huge', replies[1])) };
    const { file, verdicts } = aggregate(first, null, [replies[0], bad, replies[2]], {});
    const honest = verdicts.filter(({ client }) => client !== 1);
    assert.ok(honest.every(({ clip }) => clip === 1));
    assert.ok(verdicts[1].clip < 1e-4);
    const most = 3 * Math.max(...honest.map((each) => each.norm));
    assert.ok(normOf(file) <= most, `${normOf(file)}`);
    assert.ok(lossOf(file, task) < 2);
  });

  test('numbers too large to multiply are refused', () => {
    const { a, b, ...settings } = factorsOf(replies[1].file);
    const bad = { ...replies[1], file: bareFile({ ...settings, a: a.map(() => 1e38), b: b.map(() => 1e38) }) };
    const { file, verdicts } = aggregate(first, null, [replies[0], bad, replies[2]], {});
    assert.ok(verdicts[1].reason.length > 0 || verdicts[1].clip < 1e-6);
    assert.ok(Number.isFinite(normOf(file)));
  });

  test('a fixed norm clips everyone above it', () => {
    const { file, verdicts } = aggregate(first, null, replies, { clip: 0.1 });
    for (const { norm: size, clip } of verdicts) assert.ok(Math.abs(size * clip - 0.1) < 1e-12);
    assert.ok(normOf(file) <= 0.1 * (1 + 1e-6));
  });

  test('liar: a hundred million examples count twice as much as the median', async () => {
    const bad = { client: 1, ...(await committed('liar', replies[1])) };
    assert.deepEqual(sharesOf(aggregate(first, null, [replies[0], bad, replies[2]], {})), [0.25, 0.5, 0.25]);
    const many = [replies[0], replies[2], { ...replies[0], client: 3 }, { ...replies[2], client: 4 }, bad];
    assert.ok(Math.abs(sharesOf(aggregate(first, null, many, {})).at(-1) - 1 / 3) < 1e-12);
  });

  test('too few good replies change nothing', async () => {
    const bad = { client: 1, ...(await committed('nan', replies[1])) };
    const { file, verdicts } = aggregate(old, null, [replies[0], bad], { least: 2 });
    assert.equal(file, null);
    assert.equal(verdicts.length, 2);
    assert.equal(aggregate(old, null, [], {}).file, null);
  });

  test('another A than the one that was sent is refused where A is to stay', () => {
    const { file, verdicts } = aggregate(first, null, [...trained(first, { frozen: true }).slice(0, 2), replies[2]], { frozen: true });
    assert.match(verdicts[2].reason, /A is not the one/);
    assert.deepEqual(factorsOf(file).a, factorsOf(first).a);
  });

  test('100 rounds of 100 clients: counts do not grow until a file cannot be read', () => {
    let file = first;
    const hundred = Array.from({ length: 100 }, (_, client) => ({ client, examples: 1, file: replies[client % CLIENTS].file }));
    for (let round = 0; round < 100; round++) ({ file } = aggregate(file, null, hundred.slice(0, round === 0 ? 100 : 3), {}));
    assert.equal(WasmMicroLoRA.from_safetensors(file).adapt_count(), 0n);
  });
});

describe('the formula of the merge', () => {
  test('new = old + rate · Σ share · clip · (client − old), as far as rank 2 goes', () => {
    const [rate, clip] = [1.5, 0.15];
    const kept = trained(old, { round: 2, frozen: true }); // with one A, so that rank 2 goes all the way
    const { file, verdicts, dropped } = aggregate(old, null, kept, { serverRate: rate, clip, frozen: true });
    assert.equal(dropped, 0);
    const start = mapOf(old);
    const exact = start.map((value, i) => value + rate * kept.reduce((sum, reply, k) => (
      sum + verdicts[k].share * verdicts[k].clip * (mapOf(reply.file)[i] - value)
    ), 0));
    assert.ok(apart(mapOf(file), exact) < 1e-6 * norm(exact));
    kept.forEach((reply, k) => assert.ok(Math.abs(apart(mapOf(reply.file), start) / verdicts[k].norm - 1) < 1e-4));
  });

  test('with momentum, a share of the last change of the shared adapter is added, and A stays where it is to stay', () => {
    const momentum = 0.6;
    const kept = trained(old, { round: 2, frozen: true });
    const plain = mapOf(aggregate(old, null, kept, { frozen: true }).file);
    const before = fileOf({ ...factorsOf(old), b: factorsOf(old).b.map((value, i) => 0.5 * value + 0.01 * (i % 3)) }); // the A of `old`
    const [now, then] = [old, before].map(mapOf);
    const exact = plain.map((value, i) => value + momentum * (now[i] - then[i]));
    const { file } = aggregate(old, before, kept, { frozen: true, momentum });
    assert.ok(apart(mapOf(file), exact) < 1e-6 * norm(exact));
    // The shared adapter before the round that keeps A has another A: it is left out.
    assert.deepEqual(aggregate(old, first, kept, { frozen: true, momentum }).file, aggregate(old, null, kept, { frozen: true }).file);
  });

  test('a tree of merges is one merge where A is shared, and near it elsewhere', () => {
    const equal = Array(9).fill(1 / 9);
    const far = (files) => apart(mapOf(mergeAll(files, equal, 3).bytes), mapOf(mergeAll(files, equal).bytes)) / norm(mapOf(mergeAll(files, equal).bytes));
    const nine = (frozen) => [1, 2, 3].flatMap((round) => trained(old, { round, frozen }).map(({ file }) => file));
    assert.ok(far(nine(true)) < 1e-6);
    console.log(`a tree of merges: ${far(nine(false))} from one merge`);
    assert.ok(far(nine(false)) < 0.01);
  });
});

describe('privacy', () => {
  test('noise has the deviation it should have in every direction that A reaches, and no other', () => {
    const factors = factorsOf(first);
    const deviation = 0.3;
    let [sum, count] = [0, 0];
    for (let seed = 0; seed < 50; seed++) {
      const map = mapOf(fileOf({ ...factorsOf(withoutScale(noiseFile(factors, deviation, seed))), alpha: 1 }));
      sum += norm(map) ** 2;
      count += 2 * factors.dim; // degrees of freedom: two directions of A
    }
    assert.ok(Math.abs(Math.sqrt(sum / count) / deviation - 1) < 0.03, `${Math.sqrt(sum / count)}`);
  });

  test('noise is added once to the average, and needs a clip and an A that stays', () => {
    const frozen = trained(first, { frozen: true });
    const options = { clip: 1, frozen: true, seed: 5 };
    const [without, with1] = [0, 1].map((noise) => mapOf(aggregate(first, null, frozen, { ...options, noise }).file));
    const degrees = 2 * task.dim;
    const size = apart(without, with1) / Math.sqrt(degrees) / (1 / CLIENTS);
    assert.ok(size > 0.75 && size < 1.25, `${size}`);
    assert.throws(() => aggregate(first, null, frozen, { clip: 1, noise: 1 }), /needs/);
    assert.throws(() => aggregate(first, null, frozen, { frozen: true, noise: 1 }), /needs/);
  });

  test('epsilon: that of one Gaussian mechanism, and of many', () => {
    assert.ok(Math.abs(normalBelow(-1.959963984540054) - 0.025) < 1e-12);
    assert.ok(Math.abs(normalBelow(3.5) - 0.9997673709209645) < 1e-12);
    // Balle and Wang 2018: deviation 3.7304 is what (1, 1e-5) needs of sensitivity 1.
    assert.ok(Math.abs(epsilonOf(3.7304, 1) - 1) < 1e-3, `${epsilonOf(3.7304, 1)}`);
    assert.ok(Math.abs(epsilonOf(2 * Math.sqrt(10), 10) - epsilonOf(2, 1)) < 1e-9);
  });

  test('masks that cancel: the sum is right where A stays, and wrong where it is learned', () => {
    const next = normalFrom(7);
    const random = (length) => Float32Array.from({ length }, () => next());
    const masks = [random(2 * task.dim), random(2 * task.dim)];
    const pairs = [masks[0].map((value, i) => value + masks[1][i]), masks[0].map((value) => -value), masks[1].map((value) => -value)];
    const far = (frozen) => {
      const files = trained(old, { frozen }).map(({ file }) => file);
      const masked = files.map((file, k) => {
        const factors = factorsOf(file);
        return fileOf({ ...factors, b: factors.b.map((value, i) => value + pairs[k][i]) });
      });
      const exact = mapOf(WasmMicroLoRA.merge_safetensors(files).bytes);
      return apart(mapOf(WasmMicroLoRA.merge_safetensors(masked).bytes), exact) / norm(exact);
    };
    console.log(`masked sums are off by ${far(true)} with one A, by ${far(false)} with an A each`);
    assert.ok(far(true) < 1e-5);
    assert.ok(far(false) > 0.01);
  });
});

/** A file of PEFT's format as one of the package's. */
function withoutScale(bare) {
  return WasmMicroLoRA.from_safetensors(bare, { peft_type: 'LORA', r: 2, lora_alpha: 2 }).to_safetensors();
}

describe('processes', () => {
  const script = (name) => fileURLToPath(new URL(`../../examples/federated/${name}`, import.meta.url));

  /** Asks a worker once; null if it dies. */
  function ask(name, question, files) {
    const child = spawn(process.execPath, [script(name)], { stdio: ['pipe', 'pipe', 'pipe'] });
    return new Promise((resolve) => {
      let read = Buffer.alloc(0);
      child.stdout.on('data', (chunk) => {
        read = Buffer.concat([read, chunk]);
        const frame = frameAt(read);
        if (frame !== null) {
          child.stdin.end();
          resolve(frame);
        }
      });
      child.once('exit', () => resolve(null));
      child.stdin.write(frameOf({ ...question, files }));
    });
  }
  const question = { task: 'teacher', seed: 1, clients: CLIENTS, client: 1, round: 1, frozen: false, fault: '' };

  test('a worker returns what its client has learned', async () => {
    const { header, files } = await ask('worker.mjs', question, [first]);
    assert.equal(header.examples, replies[1].examples);
    assert.deepEqual(files[0], replies[1].file);
  });

  test('a worker that is killed gives no answer; what it cannot read is an error', async () => {
    assert.equal(await ask('worker.mjs', { ...question, fault: 'kill' }, [first]), null);
    const { header } = await ask('worker.mjs', question, [first.slice(1)]);
    assert.match(header.error, /^RangeError: /);
  });

  test('frames: halves wait, and too much is refused', () => {
    const frame = frameOf({ hello: 1, files: [Uint8Array.of(1, 2), Uint8Array.of(3)] });
    assert.equal(frameAt(frame.subarray(0, frame.length - 1)), null);
    assert.deepEqual(frameAt(frame).files, [Uint8Array.of(1, 2), Uint8Array.of(3)]);
    assert.throws(() => frameAt(Buffer.from([255, 255, 255, 255, 0, 0, 0, 0])), /too large/);
  });

  test('arguments', () => {
    assert.equal(readArguments(['--rounds', '7', '--tls']).rounds, 7);
    assert.match(readArguments(['--rounds', '0']).error, /--rounds must be an integer from 1 to 100, got 0/);
    assert.match(readArguments(['--faults', '0:1:sleepy']).error, /--faults/);
    assert.match(readArguments(['--noise', '1']).error, /--freeze-from 1/);
    assert.match(readArguments(['--clients', '40']).error, /--simulation/);
    assert.equal(readArguments(['--faults', '0:1:kill,2:3:nan']).faults, '0:1:kill,2:3:nan');
  });
});
