// What federated rounds are compared with, computed in one process that sees all the data, which no server does: one adapter for all
// the data, each client alone, averages of the factors for themselves, and the same rounds without Flower.

import { DEFAULTS, aggregate, averageOfFactors } from './aggregate.mjs';
import { firstFile, learn, lossOf, trainClient } from './local.mjs';

/**
 * Per round, from 0: held-out losses. `files` are those of the rounds without Flower. Averages of the factors are plain ones, unless `naive` is
 * { serverRate, momentum }.
 */
export function references(task, { rounds, freezeFrom = 0, alone = true, naive: naiveRule = { serverRate: 1, momentum: 0 }, ...options }) {
  const settings = { ...DEFAULTS, serverRate: task.serverRate, momentum: task.momentum, ...options };
  const clients = Array.from({ length: task.clients }, (_, client) => client);
  const everything = clients.flatMap((client) => task.shard(client));
  const first = firstFile(task);
  const state = { central: first, naive: first, plain: first, before: { naive: null, plain: null }, alone: alone ? clients.map(() => first) : [] };
  const losses = (dropped) => ({
    central: lossOf(state.central, task),
    naive: lossOf(state.naive, task),
    plain: lossOf(state.plain, task),
    alone: state.alone.map((file) => lossOf(file, task)),
    dropped,
  });
  const rows = [losses(0)];
  const files = [first];
  for (let round = 1; round <= rounds; round += 1) {
    const frozen = freezeFrom > 0 && round >= freezeFrom;
    const trained = (file) => clients.map((client) => ({ client, ...trainClient(file, task, client, { round, frozen }) }));
    state.central = learn(state.central, task, everything, { seed: 1000 * round + 999, frozen });
    state.alone = state.alone.map((file, client) => trainClient(file, task, client, { round, frozen }).file);
    const naive = trained(state.naive);
    const average = averageOfFactors(state.naive, state.before.naive, naive.map(({ file }) => file), naive.map(({ examples }) => examples), naiveRule);
    const merged = aggregate(state.plain, state.before.plain, trained(state.plain), { ...settings, frozen, seed: settings.seed + round });
    state.before = { naive: state.naive, plain: state.plain };
    [state.naive, state.plain] = [average, merged.file];
    rows.push(losses(merged.dropped));
    files.push(merged.file);
  }
  return { rows, files };
}
