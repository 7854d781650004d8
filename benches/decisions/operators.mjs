// The built-in operators of the package: what two of them have in common.

/** The category of each operator. */
export const CATEGORY = [0, 1, 2, 3, 1, 4, 0, 0, 0, 2, 2, 3, 4, 5, 5, 6, 6];

/** 0 for the same operator, 1 for another one of its category, 2 for any other. */
export function relation(a, b) {
  if (a === b) return 0;
  return CATEGORY[a] === CATEGORY[b] ? 1 : 2;
}
