// The rounds in words and numbers.

import { epsilonOf } from './privacy.mjs';

export const lossText = (loss) => (loss >= 1000 ? loss.toExponential(1) : loss.toFixed(loss >= 100 ? 1 : 3));
export const shareText = (share) => (share < 1e-7 ? '0 %' : `${Number((100 * share).toPrecision(2))} %`);

/** Names of columns and their cells. With many clients, nobody trains alone. */
export function columnsOf({ alone }) {
  const singles = alone.map((_, client) => [`client ${client}`, (row) => lossText(row.alone[client])]);
  const few = alone.length <= 5 ? singles : [
    ['best alone', (row) => lossText(Math.min(...row.alone))],
    ['worst alone', (row) => lossText(Math.max(...row.alone))],
  ];
  return [
    ['round', (row) => String(row.round)],
    ['merged', (row) => lossText(row.loss)],
    ['all data', (row) => lossText(row.central)],
    ['naive', (row) => lossText(row.naive)],
    ...few,
    ['dropped', (row) => shareText(row.dropped)],
    ['replies', (row) => (row.round === 0 ? '' : String(row.used.length))],
    ['s', (row) => (row.seconds === undefined ? '' : row.seconds.toFixed(1))],
  ];
}

const padded = (cells) => cells.map((cell, i) => cell.padStart(i === 0 ? 5 : 11)).join('');
export const headLine = (first) => padded(columnsOf(first).map(([name]) => name));
export const rowLine = (row) => padded(columnsOf(row).map(([, cell]) => cell(row)));

const clientText = ({ client, node }) => (client === null ? `node ${node}` : `client ${client}`);

/** What went wrong in a round, and what was limited. */
export function faultLines({ faults, used }) {
  const clipped = used.filter(({ clip }) => clip < 1);
  return [
    ...faults.map((fault) => `      ${clientText(fault)} left out: ${fault.reason}`),
    ...clipped.map(({ client, norm, clip }) => `      client ${client} clipped: norm ${norm.toPrecision(3)}, ${(norm * clip).toPrecision(3)} taken`),
  ];
}

const percent = (ratio) => `${Math.abs(100 * (ratio - 1)).toFixed(1)} % ${ratio >= 1 ? 'above' : 'below'}`;

export function summary({ args, rows, bytes, identical }) {
  const last = rows.at(-1);
  const lines = [
    'Held-out loss, 1 for an adapter that has learned nothing. merged: what the rounds on Flower gave; all data: one adapter trained on all',
    'shards together; naive: the same rounds, but averages of A and of B; client: trained alone; dropped: energy that rank 2 does not hold.',
    '',
    `After ${args.rounds} rounds the merged adapter is ${percent(last.loss / last.central)} the one trained on all data, and naive averaging ${percent(last.naive / last.loss)} the merged one.`,
    `A file has ${bytes} bytes: so many go to each client and come back in each round.`,
  ];
  if (args.noise > 0) lines.push(`Noise: epsilon ${epsilonOf(args.noise, args.rounds).toFixed(2)} at delta 1e-5 for the merged adapters; see docs/federated.md.`);
  else if (rows.every(({ faults }) => faults.length === 0)) lines.push(`The last adapter is ${identical ? 'byte for byte' : 'not'} that of the same rounds without Flower.`);
  return lines;
}
