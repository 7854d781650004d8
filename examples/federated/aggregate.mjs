// What the server does with the files of a round: check each of them, limit what one client can do, and merge.
//
//   new = old + server rate · Σ share · clip · (client − old) + momentum · (old − before)
//
// which is a sum over adapters with weights, so merge_safetensors does all of it: share · clip · server rate for each client, −momentum for
// the shared adapter before the old one, and for the old one what is missing to 1.

import { WasmMicroLoRA } from '../../pkg/index.js';
import { factorsOf, fileOf, withoutState } from './file.mjs';
import { noiseFile } from './privacy.mjs';
import { mergeAll } from './tree.mjs';

/**
 * `clip`: an update's largest norm; 0 takes `clipMedians` times the median of this round's instead. `weightCap`: a client's number of examples
 * counts up to so many times the median. `momentum` is that of FedAvgM (Hsu, Qi and Brown 2019). `frozen`: A must be the one that was sent.
 * `noise`: standard deviation of what is added to the average, in multiples of what one client can change in it; it needs `frozen` and
 * `clip`, and counts all clients alike.
 */
export const DEFAULTS = { clip: 0, clipMedians: 3, weightCap: 2, serverRate: 1, momentum: 0, least: 1, frozen: false, noise: 0, seed: 0 };

/**
 * `before` is the shared adapter that `old` came from, null in the first round. `replies`: { client, file, examples } each. Returns `file`, null if
 * fewer than `least` are good, `dropped` and `verdicts`, one for each reply: { client, reason } of those refused, else
 * { client, norm, clip, share }.
 */
export function aggregate(old, before, replies, options) {
  const { clip, clipMedians, weightCap, serverRate, momentum, least, frozen, noise, seed } = { ...DEFAULTS, ...options };
  if (noise > 0 && !(frozen && clip > 0)) throw new RangeError('noise needs a clip and an A that stays as it is');
  const checked = replies.map((reply) => ({ ...reply, ...check(old, reply, frozen) }));
  const good = checked.filter(({ reason }) => reason === undefined);
  const verdict = ({ client, reason, norm, clip: clipped, share }) => (reason === undefined ? { client, norm, clip: clipped, share } : { client, reason });
  if (good.length < Math.max(1, least)) return { file: null, dropped: 0, verdicts: checked.map(verdict) };

  const counted = noise > 0 ? good.map(() => 1) : capped(good.map(({ examples }) => examples), weightCap);
  const sum = counted.reduce((total, count) => total + count, 0);
  const largest = clip > 0 ? clip : clipMedians * lowerMedian(good.map(({ norm }) => norm));
  good.forEach((each, i) => {
    each.share = counted[i] / sum;
    each.clip = each.norm > largest ? largest / each.norm : 1;
  });
  const weights = good.map(({ share, clip: factor }) => serverRate * share * factor);
  const rest = 1 - weights.reduce((total, weight) => total + weight, 0);
  const files = [old, ...good.map(({ file }) => file)];
  const all = [Math.abs(rest) < 1e-12 ? 0 : rest, ...weights];
  // With another A, the one before would move the A that is to stay.
  if (momentum > 0 && before !== null && (!frozen || sameA(before, old))) {
    all[0] += momentum;
    files.push(before);
    all.push(-momentum);
  }
  if (noise > 0) {
    files.push(noiseFile(factorsOf(old), (noise * clip * serverRate) / good.length, seed));
    all.push(1);
  }
  const { bytes, dropped } = mergeAll(files, all);
  return { file: withoutState(bytes), dropped, verdicts: checked.map(verdict) };
}

/** The norm of what a client has changed, or the reason to refuse its file. */
function check(old, { file, examples }, frozen) {
  if (!Number.isSafeInteger(examples) || examples < 1) return { reason: `claims ${examples} examples` };
  try {
    // Refuses everything but a file of an adapter: cut off, flipped bits, NaN, infinity, another class or dimension.
    const { bytes, dropped } = WasmMicroLoRA.merge_safetensors([old, file], [-1, 1], false);
    if (frozen && !sameA(file, old)) return { reason: 'A is not the one that was sent' };
    const change = WasmMicroLoRA.from_safetensors(bytes);
    const norm = change.delta_norm() / Math.sqrt(1 - dropped);
    change.free();
    return Number.isFinite(norm) ? { norm } : { reason: 'the norm of its update is not finite' };
  } catch (error) {
    return { reason: error.message.replace(/^files\[1\]: /, '').replace('that of files[0]', 'that of the shared adapter') };
  }
}

function sameA(file, old) {
  const [mine, theirs] = [factorsOf(file).a, factorsOf(old).a];
  return mine.every((value, i) => value === theirs[i]);
}

/** Of an even number of values the lower one in the middle: of two, the one that cannot be the exaggeration. */
function lowerMedian(values) {
  return [...values].sort((a, b) => a - b)[(values.length - 1) >> 1];
}

/** No count above `cap` times the median. */
function capped(counts, cap) {
  const most = cap * lowerMedian(counts);
  return counts.map((count) => Math.min(count, most));
}

/** The average of the A's and that of the B's, whose product is not the average of the products; for comparison only. */
export function averageOfFactors(old, before, files, counts, { serverRate, momentum }) {
  const sum = counts.reduce((total, count) => total + count, 0);
  const [start, previous, parts] = [factorsOf(old), factorsOf(before ?? old), files.map(factorsOf)];
  const average = (key) => start[key].map((value, i) => (
    (1 - serverRate) * value + serverRate * parts.reduce((total, part, k) => total + (counts[k] / sum) * part[key][i], 0)
      + momentum * (value - previous[key][i])
  ));
  return fileOf({ ...start, a: average('a'), b: average('b') });
}
