// The families of the benchmark: what each of the 33 gains in a pass, and what is left to gain.

/** `1a`, `1b` and `1c` are one family: the same joins with other constants. */
export const familyOf = (name) => Number.parseInt(name, 10);

/**
 * Per family, in seconds: `possible` (between the default and the oracle), `saved` against the default (below 0: lost), and `left`
 * to the oracle; those with most to gain first. `runs` are those of one pass.
 */
export function familyGains(queries, runs) {
  const families = new Map();
  for (const { query, baselineMs, executionMs } of runs) {
    const { name, runtimesMs } = queries[query];
    const family = familyOf(name);
    const gains = families.get(family) ?? { family, possible: 0, saved: 0, left: 0 };
    const bestMs = Math.min(...runtimesMs); // in hindsight
    gains.possible += (baselineMs - bestMs) / 1000;
    gains.saved += (baselineMs - executionMs) / 1000;
    gains.left += (executionMs - bestMs) / 1000;
    families.set(family, gains);
  }
  return [...families.values()].sort((a, b) => b.possible - a.possible || a.family - b.family);
}

const isZero = (seconds) => Number(seconds.toFixed(2)) === 0;

/** Whether all there is to print is 0.00. */
export const isFlat = ({ saved, left }) => isZero(saved) && isZero(left);
