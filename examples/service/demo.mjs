// The demo: sends the same requests once as the service decides, and once with each strategy, and compares what they took.

import { availableParallelism } from 'node:os';

import { randomFrom } from '../job/random.mjs';
import { makeData } from './data.mjs';
import { queryOf, requestsFrom } from './load.mjs';
import { ROUTES } from './routes.mjs';

const IN_FLIGHT = Math.min(4, availableParallelism()); // requests that share a core would time each other
const BLOCK = 100; // requests that are sent in one way before they are sent in the next, so that a busy minute hits all alike

/** Resolves to the requests with what they took: `[{ name, kind, learned: { id, ms, deciding }, fixed: Map of ms by strategy }]`. */
export async function sendAll(url, { requests: count, seed }, onBlock = () => {}) {
  const next = requestsFrom(makeData(), randomFrom(seed));
  const all = Array.from({ length: count }, () => ({ ...next(), fixed: new Map() }));
  for (let start = 0; start < count; start += BLOCK) {
    const block = all.slice(start, start + BLOCK);
    await inParallel(block, async (sent) => {
      const { kind, strategy, ms, decision_ms: deciding } = await ask(url, sent);
      Object.assign(sent, { kind, learned: { id: idOf(sent.name, strategy), ms, deciding } });
    });
    for (let turn = 0; turn < Math.max(...ROUTES.map(({ strategies }) => strategies.length)); turn += 1) {
      await inParallel(block, async (sent) => {
        const strategy = routeNamed(sent.name).strategies[turn];
        if (strategy) sent.fixed.set(strategy.id, (await ask(url, sent, strategy.name)).ms);
      });
    }
    onBlock(Math.min(count, start + BLOCK));
  }
  return all;
}

const routeNamed = (name) => ROUTES.find((route) => route.name === name);
const idOf = (name, strategy) => routeNamed(name).strategies.find((candidate) => candidate.name === strategy).id;

async function ask(url, { name, request }, strategy) {
  const query = queryOf(request);
  if (strategy) query.set('strategy', strategy);
  const response = await fetch(`${url}${name}?${query}`);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

async function inParallel(items, action) {
  const left = items.values();
  await Promise.all(Array.from({ length: IN_FLIGHT }, async () => {
    for (const item of left) await action(item);
  }));
}

/** What was sent to one route, summed up: `{ count, rows: [{ label, all, last }], kinds: [{ kind, count, best, … }] }`. */
export function summarise(name, all) {
  const sent = all.filter((one) => one.name === name);
  const last = sent.slice(-Math.ceil(sent.length / 3));
  const { strategies } = routeNamed(name);
  const kinds = kindsOf(sent, last, strategies);
  const best = new Map(kinds.map((kind) => [kind.kind, kind.best.id]));
  const row = (label, timeOf) => ({ label, all: mean(sent.map(timeOf)), last: mean(last.map(timeOf)) });
  const rows = [
    row('learned, deciding included', ({ learned }) => learned.ms + learned.deciding),
    ...strategies.map(({ id, name: label }) => row(`always ${label}`, ({ fixed }) => fixed.get(id))),
    row('at random (mean of these)', ({ fixed }) => mean([...fixed.values()])),
    row('best of each kind, in hindsight', ({ kind, fixed }) => fixed.get(best.get(kind))),
  ];
  return { count: sent.length, rows, kinds, deciding: mean(sent.map(({ learned }) => learned.deciding)) };
}

/** Of each kind: the strategy that took the least, and what was decided how often in the last third. */
function kindsOf(sent, last, strategies) {
  return [...new Set(sent.map(({ kind }) => kind))].map((kind) => {
    const these = sent.filter((one) => one.kind === kind);
    const times = strategies.map(({ id, name }) => ({ id, name, ms: mean(these.map(({ fixed }) => fixed.get(id))) }));
    const [best] = [...times].sort((a, b) => a.ms - b.ms);
    const late = last.filter((one) => one.kind === kind).map(({ learned }) => learned);
    const chosen = strategies.map(({ id, name }) => ({ name, count: late.filter((learned) => learned.id === id).length }));
    return { kind, count: these.length, times, best, chosen: chosen.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count), learned: mean(late.map(({ ms }) => ms)) };
  }).sort((a, b) => a.kind.localeCompare(b.kind, 'en', { numeric: true }));
}

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** Prints the tables. */
export function printDemo(all, { kinds: withKinds }) {
  for (const { name, about } of ROUTES) {
    const { count, rows, kinds, deciding } = summarise(name, all);
    console.log(`\n/${name}, ${about}: ${count} requests of ${kinds.length} kinds, mean ms\n`);
    line('', ['all', 'last third']);
    for (const { label, all: ofAll, last } of rows) line(label, [ofAll.toFixed(3), last.toFixed(3)]);
    console.log(`  A decision took ${deciding.toFixed(3)} ms of that.`);
    if (withKinds) printKinds(kinds);
  }
}

function printKinds(kinds) {
  console.log(`\n  ${'kind, and how many'.padEnd(52)}${'best, mean ms'.padEnd(20)}${'next, times as long'.padEnd(22)}decided in the last third`);
  for (const { kind, count, times, best, chosen } of kinds) {
    const [, next] = [...times].sort((a, b) => a.ms - b.ms);
    const decided = chosen.map(({ name, count: often }) => `${often} ${name}`).join(', ');
    console.log(`  ${`${kind}, ${count}`.padEnd(52)}${`${best.name} ${best.ms.toFixed(3)}`.padEnd(20)}${`${next.name} ${(next.ms / best.ms).toFixed(1)}`.padEnd(22)}${decided}`);
  }
}

function line(label, cells) {
  console.log(`  ${label.padEnd(32)}${cells.map((cell) => cell.padStart(12)).join('')}`);
}
