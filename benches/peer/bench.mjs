// The benchmark itself, the same in Node and in a page: every case is checked, then all are timed in interleaved rounds.
import { CURVE, DIM, ROWS } from './rows.mjs';

/**
 * `spawn()` starts a worker: `{ ask(method, ...args), stop() }`. `wasm`: the bytes of `peer`, and of `floor` or null. `only`:
 * a pattern that names of rows match. `say` is told of the progress.
 *
 * Returns `rows` and `curve`, with nanoseconds per operation by column and our `ratios` to the other columns (their time
 * divided by ours, round by round); `memory` in bytes; and `missing`, rows whose method the package does not have.
 */
export async function bench({ spawn, wasm, rounds, only = '', say }) {
  const names = ['ours', 'peer', 'javascript', ...(wasm.floor ? ['loop'] : [])];
  const workers = {};
  try {
    for (const name of names) {
      workers[name] = spawn();
      await workers[name].ask('start', name, wasm);
    }
    return await race(workers, { rounds, only, say });
  } finally {
    for (const worker of Object.values(workers)) worker.stop();
  }
}

async function race(workers, { rounds, only, say }) {
  const matches = (name) => new RegExp(only, 'i').test(name);

  /** A row's contenders, ready: those who are there and have the method. */
  async function lineUp(wanted, dim) {
    const contenders = [];
    for (const [column, who, name] of wanted) {
      const number = name && workers[who] ? await workers[who].ask('ready', name, dim) : null;
      if (number !== null) contenders.push({ column, times: [], time: () => workers[who].ask('time', number) });
    }
    return contenders;
  }

  say('checking');
  const rows = [];
  const missing = [];
  for (const { name, loop, floor, alone, goals } of ROWS.filter((row) => matches(row.name))) {
    const wanted = [
      ...(alone ? [] : ['ours', 'peer', 'javascript'].map((who) => [who, who, name])),
      ['loop', 'loop', loop],
      ['floor', 'ours', floor],
    ];
    const contenders = await lineUp(wanted, DIM);
    if (alone || contenders[0]?.column === 'ours') rows.push({ name, dim: DIM, goals, contenders });
    else missing.push(name);
  }
  const curve = [];
  for (const name of CURVE.calls.filter((call) => matches(`curve ${call}`))) {
    for (const dim of CURVE.dims) {
      const who = dim <= CURVE.peerUpTo ? ['ours', 'peer', 'javascript'] : ['ours', 'javascript'];
      curve.push({ name, dim, contenders: await lineUp(who.map((player) => [player, player, name]), dim) });
    }
  }

  for (let round = 0; round <= rounds; round++) {
    say(round === 0 ? 'warming up' : `round ${round} of ${rounds}`);
    for (const { contenders } of [...rows, ...curve]) {
      // One after the other, another one first in each round.
      for (let i = 0; i < contenders.length; i++) {
        const contender = contenders[(i + round) % contenders.length];
        const ns = await contender.time();
        if (round > 0) contender.times.push(ns);
      }
    }
  }
  const memory = matches('memory') ? { ours: await workers.ours.ask('memory'), peer: await workers.peer.ask('memory') } : null;
  return { rounds, missing, rows: rows.map(summarised), curve: curve.map(summarised), memory };
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
