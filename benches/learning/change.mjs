// After the teacher has changed: how fast a contender follows, and what it has kept.
import { median } from './statistics.mjs';

/** Back is where the loss is under this many times what it was before the change. */
export const BACK = 2;
/** A second, fixed mark: the loss that it takes `first` steps to reach, and `again` after the change. */
export const MARK = 0.1;

/**
 * Medians over the seeds, steps up to the next checkpoint, Infinity where it was not reached: the loss `before` the change;
 * `follows`, the steps until the new teacher's loss is under twice as much; `first` and `again`; at the end the loss `now` on
 * the new teacher and on the `old` one, which is about 2 when all of the old is forgotten for the new, and 1 for who has
 * learned neither.
 */
export function afterChange({ runs }, { at, steps }) {
  const half = at.indexOf(steps / 2);
  const each = runs.map((losses) => {
    const before = losses[half][0];
    const reach = (from, teacher, goal) => {
      const k = losses.findIndex((loss, i) => i >= from && loss[teacher] < goal);
      return k < 0 ? Infinity : at[k] - at[from];
    };
    const [old, now] = losses.at(-1);
    return { before, follows: reach(half, 1, BACK * before), first: reach(0, 0, MARK), again: reach(half, 1, MARK), now, old };
  });
  return Object.fromEntries(Object.keys(each[0]).map((key) => [key, median(each.map((values) => values[key]))]));
}
