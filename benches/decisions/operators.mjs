// What two operators have in common.

import { CATEGORY } from '../operators.mjs';

/** 0 for the same operator, 1 for another one of its category, 2 for any other. */
export function relation(a, b) {
  if (a === b) return 0;
  return CATEGORY[a] === CATEGORY[b] ? 1 : 2;
}
