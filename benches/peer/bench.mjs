// The benchmark itself, the same in Node and in a page: every case is checked, then all are timed in interleaved rounds.
import { CHURN, CURVE, DIM, ROWS } from './rows.mjs';

/**
 * `spawn()` starts a worker: `{ ask(method, ...args), stop() }`. `given` is what the players need: `wasm`, the bytes of `peer`,
 * and of `floor` or null; `previous`, the folder of version 0.1.0 or null; `categories`, by operator. `only`: a pattern that names
 * of rows match. `say` is told of the progress.
 *
 * Returns `rows`, `curve` and `churn`, with nanoseconds per operation by column and our `ratios` to the other columns (their time
 * divided by ours, round by round); `memory` in bytes; and `missing`, rows whose method the package does not have.
 */
export async function bench({ spawn, given, rounds, only = '', say }) {
  const matches = (name) => new RegExp(only, 'i').test(name);
  const context = { spawn, given, rounds, matches, say };
  const packages = ['ours', ...(given.previous ? ['previous'] : []), 'peer'];
  const calls = await timedCalls(packages, context);
  const churn = matches('churn') ? await timedChurn(packages, context) : [];
  return { rounds, ...calls, churn };
}

/** The rows and the curve, each player in one worker; and at the end the memory that objects take. */
function timedCalls(packages, { matches, ...context }) {
  const players = [...packages, 'javascript', ...(context.given.wasm.floor ? ['loop'] : [])];
  return withWorkers(players.map((who) => [who, who]), context, async (workers) => {
    context.say('checking');
    const rows = [];
    const missing = [];
    for (const { name, loop, floor, alone, goals } of ROWS.filter((row) => matches(row.name))) {
      const callers = alone ? [] : [...packages, 'javascript'].map((who) => [who, who, name]);
      const contenders = await lineUp(workers, [...callers, ['loop', 'loop', loop], ['floor', 'ours', floor]], DIM);
      if (alone || contenders[0]?.column === 'ours') rows.push({ name, dim: DIM, goals, contenders });
      else missing.push(name);
    }
    const curve = [];
    for (const name of CURVE.calls.filter((call) => matches(`curve ${call}`))) {
      for (const dim of CURVE.dims) {
        const players = [...packages, 'javascript'].filter((who) => who !== 'peer' || dim <= CURVE.peerUpTo);
        curve.push({ name, dim, contenders: await lineUp(workers, players.map((who) => [who, who, name]), dim) });
      }
    }
    await timeAll([...rows, ...curve], context);
    const memory = matches('memory') ? await memoryOf(packages, workers) : null;
    return { missing, rows: rows.map(summarised), curve: curve.map(summarised), memory };
  });
}

/** Each number of live objects in a worker of its own: an allocator remembers how many there were. */
function timedChurn(packages, { matches, ...context }) {
  const key = (who, live) => `${who}, ${live} live`;
  const players = CHURN.live.flatMap((live) => packages.map((who) => [key(who, live), who]));
  return withWorkers(players, context, async (workers) => {
    context.say('churn');
    const rows = [];
    for (const live of CHURN.live) {
      const name = CHURN.nameOf(live);
      const contenders = await lineUp(workers, packages.map((who) => [who, key(who, live), name]), DIM);
      rows.push({ name, dim: DIM, contenders });
    }
    await timeAll(rows, context);
    return rows.map((row, i) => ({ live: CHURN.live[i], ...summarised(row) }));
  });
}

/** Workers by key, each of them one player, for as long as `work` takes. */
async function withWorkers(players, { spawn, given }, work) {
  const workers = {};
  try {
    for (const [key, player] of players) {
      workers[key] = spawn();
      await workers[key].ask('start', player, given);
    }
    return await work(workers);
  } finally {
    for (const worker of Object.values(workers)) worker.stop();
  }
}

/** A row's contenders, ready: of the wanted ones, [column, worker, case], those who are there and have the method. */
async function lineUp(workers, wanted, dim) {
  const contenders = [];
  for (const [column, key, name] of wanted) {
    const number = name && workers[key] ? await workers[key].ask('ready', name, dim) : null;
    if (number !== null) contenders.push({ column, times: [], time: () => workers[key].ask('time', number) });
  }
  return contenders;
}

async function timeAll(rows, { rounds, say }) {
  for (let round = 0; round <= rounds; round++) {
    say(round === 0 ? 'warming up' : `round ${round} of ${rounds}`);
    for (const { contenders } of rows) {
      // One after the other, another one first in each round.
      for (let i = 0; i < contenders.length; i++) {
        const contender = contenders[(i + round) % contenders.length];
        const ns = await contender.time();
        if (round > 0) contender.times.push(ns);
      }
    }
  }
}

async function memoryOf(packages, workers) {
  const memory = {};
  for (const who of packages) memory[who] = await workers[who].ask('memory');
  return memory;
}

function summarised({ name, dim, goals = [], contenders }) {
  const own = contenders.find(({ column }) => column === 'ours');
  const ns = {};
  const ratios = {};
  for (const { column, times } of contenders) {
    ns[column] = summary(times);
    if (own && column !== 'ours') ratios[column] = summary(times.map((time, round) => time / own.times[round]));
  }
  return { name, dim, goals, ns, ratios };
}

/** Median and spread of one number per round. */
function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const quantile = (q) => {
    const at = q * (sorted.length - 1);
    const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
    return below + (at - Math.floor(at)) * (above - below);
  };
  return { median: quantile(0.5), q1: quantile(0.25), q3: quantile(0.75), min: sorted[0] };
}
