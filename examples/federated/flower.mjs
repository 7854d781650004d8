// Flower's processes: one superlink and, in a deployment, a supernode for each client; on the loopback interface, on free ports, and ended
// before this returns.

import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const HOST = '127.0.0.1';
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const program = (name) => here(`${name}.mjs`);

/** Where Python keeps modules that it has compiled, those of app/ too. */
export const compiledModules = (bin) => path.join(path.dirname(bin), 'compiled');

/** The environment of Flower's programs: nothing is reported or looked up, and everything but compiled modules is written below `folder`. */
const environmentOf = (bin, folder) => ({
  PATH: `${bin}${path.delimiter}${process.env.PATH}`,
  HOME: folder,
  FLWR_HOME: path.join(folder, 'flwr'),
  TMPDIR: folder,
  LANG: 'C.UTF-8',
  PYTHONPYCACHEPREFIX: compiledModules(bin),
  FLWR_TELEMETRY_ENABLED: '0',
  FLWR_DISABLE_UPDATE_CHECK: '1',
  FLWR_DISABLE_RUNTIME_DEPENDENCY_INSTALLATION: '1', // else each run calls `uv sync`
  FLWR_SUPEREXEC_TASK_POLL_INTERVAL: '0.2', // how often a node looks for work: 3 s otherwise
  RAY_USAGE_STATS_ENABLED: '0',
  RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER: '0', // despite its name: Ray on the loopback interface only
  RAY_TMPDIR: folder,
});

/** Loopback ports that nobody listens on. */
async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise((resolve, reject) => {
    const server = createServer().once('error', reject).listen(0, HOST, () => resolve(server));
  })));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => { server.close(resolve); })));
  return ports;
}

/** As Flower's options --run-config and --node-config take them. */
const settings = (values) => Object.entries(values).map(([key, value]) => `${key}=${literal(key, value)}`).join(' ');
const FLOATS = new Set(['patience', 'deadline', 'work', 'grace', 'clip', 'weight-cap', 'server-rate', 'noise']); // as in app/pyproject.toml

function literal(key, value) {
  if (typeof value === 'string') return JSON.stringify(value);
  return FLOATS.has(key) && Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/**
 * Runs the app. `config` overrides keys of app/pyproject.toml; `simulation` runs clients in one process group instead of a supernode each; `tls`
 * encrypts everything between supernodes and superlink. `onRound` is called with each line that the server app writes, and with `nodes`, the
 * supernodes' processes. Returns { rounds, file, log, folder }: all lines, the last adapter, and what the superlink has printed; the folder of
 * all logs is removed, unless it is to be kept.
 */
export async function runFlower({ bin, clients, config, simulation = false, tls = false, onRound = () => {}, say = () => {}, seconds = 600, keep = false }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'fl-')); // short: Ray's sockets lie below it
  const processes = [];
  const interrupted = () => {
    for (const pid of groupsBelow(processes)) endNow({ pid });
    processes.forEach(endNow);
    process.exit(130);
  };
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  try {
    return await running({ bin, clients, config, simulation, tls, onRound, say, seconds, folder, processes });
  } finally {
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
    await endAll(processes);
    if (!keep) rmSync(folder, { recursive: true, force: true });
  }
}

async function running({ bin, clients, config, simulation, tls, onRound, say, seconds, folder, processes }) {
  const env = environmentOf(bin, folder);
  const results = path.join(folder, 'results');
  for (const name of [results, env.FLWR_HOME]) mkdirSync(name, { recursive: true });
  writeFileSync(path.join(folder, 'ray_bootstrap_config.yaml'), 'provider: {type: local}\n'); // else Ray asks a cloud for it
  const start = (name, args) => {
    const log = createWriteStream(path.join(folder, `${name}.log`));
    // A group of its own: what it starts in turn is ended with it.
    const child = spawn(path.join(bin, args[0]), args.slice(1), { env, cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    child.once('error', () => {});
    processes.push(Object.assign(child, { label: name }));
    return child;
  };

  const [port, ...nodePorts] = await freePorts(1 + (simulation ? 0 : clients));
  const address = `${HOST}:${port}`;
  const certificates = tls ? await makeCertificates(bin, env, folder) : null;
  const secured = tls
    ? ['--ssl-ca-certfile', certificates.ca, '--ssl-certfile', certificates.certificate, '--ssl-keyfile', certificates.key]
    : ['--insecure'];
  const link = start('superlink', [
    'flower-superlink', ...secured, '--host', HOST, '--port', String(port), '--disable-runtime-dependency-installation',
    ...(simulation ? ['--simulation'] : []),
  ]);
  writeFileSync(path.join(env.FLWR_HOME, 'config.toml'), [
    '[superlink]', 'default = "rounds"', '[superlink.rounds]', `address = "${address}"`,
    tls ? `root-certificates = "${certificates.ca}"` : 'insecure = true', '',
  ].join('\n'));
  await listening(link, port, folder);
  say(`superlink on ${address}${tls ? ', TLS' : ''}${simulation ? ', simulation' : ''}`);

  const nodes = simulation ? [] : nodePorts.map((nodePort, client) => start(`client-${client}`, [
    'flower-supernode', ...secured, ...(tls ? ['--root-certificates', certificates.ca] : []),
    '--superlink', address, '--host', HOST, '--port', String(nodePort),
    '--node-config', settings({ 'partition-id': client, 'num-partitions': clients, node: process.execPath, worker: program('worker') }),
  ]));

  const app = {
    clients, 'start-clients': clients, node: process.execPath, helper: program('helper'), results,
    ...(simulation ? { worker: program('worker') } : {}), ...config,
  };
  const flwr = (...args) => output(path.join(bin, 'flwr'), args, { env, cwd: folder });
  const federation = simulation
    ? ['--federation-config', `num-supernodes=${clients} client-resources-num-cpus=1 client-resources-num-gpus=0.0 init-args-num-cpus=2`]
    : [];
  const said = JSON.parse(await flwr('run', here('app'), 'rounds', '--format', 'json', '--run-config', settings(app), ...federation));
  const id = String(said['run-id'] ?? said.run_id);
  say(`run ${id}`);
  await finished({ id, flwr, results, onRound: (row) => onRound(row, nodes), seconds, link, folder });
  const file = path.join(results, 'adapter.safetensors');
  return { rounds: roundsIn(results), file: new Uint8Array(readFileSync(file)), log: logOf(folder, 'superlink'), folder };
}

const logOf = (folder, name) => readFileSync(path.join(folder, `${name}.log`), 'utf8');

function roundsIn(results) {
  const file = path.join(results, 'rounds.jsonl');
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8').split('\n').slice(0, -1).map((line) => JSON.parse(line));
}

/** Waits for the run to end, telling of its rounds; throws if it fails. */
async function finished({ id, flwr, results, onRound, seconds, link, folder }) {
  const end = Date.now() + seconds * 1000;
  let told = 0;
  let asked = Date.now();
  for (;;) {
    const rows = roundsIn(results);
    for (; told < rows.length; told += 1) onRound(rows[told]);
    if (existsSync(path.join(results, 'adapter.safetensors'))) return;
    const fail = (reason) => { throw new Error(`${reason}\n${logOf(folder, 'superlink').split('\n').slice(-30).join('\n')}`); };
    if (link.exitCode !== null) fail('the superlink has ended');
    if (Date.now() > end) fail(`the run took longer than ${seconds} s`);
    if (Date.now() - asked > 10_000) { // each call costs a second of processor time
      const { runs = [] } = JSON.parse(await flwr('list', 'rounds', '--run-id', id, '--format', 'json'));
      const status = runs[0]?.status ?? '';
      if (status.startsWith('finished') && !existsSync(path.join(results, 'adapter.safetensors'))) fail(`the run is ${status}`);
      asked = Date.now();
    }
    await sleep(200);
  }
}

async function listening(link, port, folder) {
  const end = Date.now() + 60_000;
  while (Date.now() < end) {
    if (link.exitCode !== null || link.pid === undefined) throw new Error(`the superlink did not start\n${logOf(folder, 'superlink')}`);
    const open = await new Promise((resolve) => {
      const socket = connect(port, HOST, () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (open) return;
    await sleep(100);
  }
  throw new Error('the superlink does not listen after a minute');
}

/** What a command prints; throws with what it complained about. */
function output(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let [printed, complaints] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text) => { printed += text; });
    child.stderr.setEncoding('utf8').on('data', (text) => { complaints += text; });
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve(printed) : reject(new Error(`${path.basename(command)} ${args[0]}: ${complaints || printed}`))));
  });
}

async function makeCertificates(bin, env, folder) {
  await output(path.join(bin, 'python'), [here('certificates.py'), folder], { env });
  const file = (name) => path.join(folder, name);
  return { ca: file('ca.pem'), certificate: file('server.pem'), key: file('server.key') };
}

/** First the clients, who take their leave, then the superlink. */
async function endAll(processes) {
  const [link, ...nodes] = processes;
  const others = groupsBelow(processes);
  await Promise.all(nodes.map(end));
  if (link !== undefined) await end(link);
  others.forEach((pid) => endNow({ pid }));
}

/** Leaders of process groups that ours have started, and that ending our groups does not end: the superlink has such a child. */
function groupsBelow(processes) {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid=,pgid='], { encoding: 'utf8' });
  const all = (stdout ?? '').trim().split('\n').map((line) => line.trim().split(/ +/).map(Number));
  const ours = new Set(processes.map(({ pid }) => pid).filter((pid) => pid !== undefined));
  const found = new Set(ours);
  for (let size = 0; size !== found.size;) {
    size = found.size;
    for (const [pid, parent] of all) if (found.has(parent)) found.add(pid);
  }
  return all.filter(([pid, , group]) => pid === group && found.has(pid) && !ours.has(pid)).map(([pid]) => pid);
}

async function end(child) {
  if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
    const closed = new Promise((resolve) => { child.once('exit', resolve); });
    child.kill('SIGTERM');
    await Promise.race([closed, sleep(3000)]);
  }
  endNow(child);
}

/** Everything in the process group of this child. */
function endNow(child) {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
