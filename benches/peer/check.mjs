// A call is timed only after its result has been checked.

const OPERATIONS = 4;
/**
 * Of the length of the expected result. In its first steps B has one direction, and the preconditioner makes up to 2000 times
 * as much of the rounding across it, which grows with √d: 3 % at the worst dimension of the curve, 0.006 % at 256.
 */
const TOLERANCE = 5e-2;

const length = (values) => Math.hypot(...values);

/** What `subject` comes to after some operations from its prepared state. */
function outcome({ prepare, call, operations, result }) {
  prepare();
  for (let done = 0; done < OPERATIONS; done += operations()) call();
  return result();
}

/** Throws unless the case does what the reference's does. */
export function checkAgainst(expectedCase, subject, name) {
  if (!subject.result) return;
  const [expected, found] = [outcome(expectedCase), outcome(subject)];
  const error = length(expected.map((value, i) => value - found[i])) / length(expected);
  if (found.length === expected.length && error <= TOLERANCE) return;
  throw new Error(`${name}: the result is wrong (relative error ${error})`);
}

/** Throws unless the case does something: the published package's results are not those of the maths here. */
export function checkObservable(subject, name) {
  const found = outcome(subject);
  if (!found.every(Number.isFinite) || length(found) === 0) throw new Error(`${name}: there is no result`);
  if (!subject.before) return;
  subject.prepare();
  const before = subject.before();
  if (found.every((value, i) => value === before[i])) throw new Error(`${name}: nothing happens`);
}
