// What the rankings are worth: simulated users rate items one at a time, every contender learns from each rating as it comes, and
// after some ratings it ranks what was not rated.

import { randomFrom } from '../job/random.mjs';
import { averagePrecision, rank } from './ranking.mjs';
import { WAYS, drawTaste } from './users.mjs';

export const TASTES = [1, 2, 3, 5];
export const RATINGS = [5, 10, 20, 40];

/**
 * `contenders`: by name, functions that make one. Returns a list of `{ user, tastes, way, ratings, precision }`, where `precision` is by
 * contender; all of them meet the same users, and the same items where these do not depend on the ranking.
 */
export function evaluate({ items }, contenders, { users, seed }) {
  const found = [];
  for (let user = 0; user < users; user += 1) {
    for (const tastes of TASTES) {
      for (const [way, next] of Object.entries(WAYS)) {
        const number = 1000 * seed + user;
        const likes = drawTaste(items, tastes, randomFrom(7919 * number + 31 * tastes + way.length));
        const curves = Object.entries(contenders).map(([name, make]) => [name, curve(likes, next, make(), randomFrom(104_729 * number + tastes))]);
        RATINGS.forEach((ratings, i) => {
          const precision = Object.fromEntries(curves.map(([name, values]) => [name, values[i]]));
          // A user of one module can have seen all of it.
          if (Object.values(precision).every(Number.isFinite)) found.push({ user, tastes, way, ratings, precision });
        });
      }
    }
  }
  return found;
}

/** The average precision after each number of ratings. */
function curve(likes, next, contender, random) {
  const seen = new Set();
  const waiting = [];
  const precisions = RATINGS.map((ratings) => {
    while (seen.size < ratings) {
      if (waiting.length === 0) {
        const unseen = [...likes.keys()].filter((item) => !seen.has(item));
        waiting.push(...next({ unseen, likes, random, scores: seen.size > 0 ? contender.scores() : likes.map(() => 0) }));
      }
      const item = waiting.shift();
      seen.add(item);
      contender.rate(item, likes[item]);
    }
    const wanted = new Set([...likes.keys()].filter((item) => likes[item] && !seen.has(item)));
    return averagePrecision(rank(contender.scores(), seen), wanted);
  });
  contender.free?.();
  return precisions;
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Means over users of what `of` says of each finding, and the standard error of their mean. */
export function meanAndError(findings, of) {
  const byUser = new Map();
  for (const each of findings) byUser.set(each.user, [...(byUser.get(each.user) ?? []), of(each)]);
  const means = [...byUser.values()].map(mean);
  const average = mean(means);
  return [average, Math.sqrt(mean(means.map((value) => (value - average) ** 2)) / (means.length - 1))];
}
