// The property that no sequence of calls breaks, as fast-check draws, shrinks and replays it.
import fc from 'fast-check';

import { Session } from './session.mjs';

const MOST = 1000;

const command = fc.tuple(
  fc.nat(9999),
  fc.nat(5),
  // 0, a good call, for about six in ten of them.
  fc.nat(24999).map((n) => Math.max(0, n - 15000), (n) => n + 15000),
  fc.nat(2 ** 31 - 1),
);
const commands = fc.array(command, { minLength: 1, maxLength: MOST, size: 'max' });

/** Where calls that go wrong spend their time: nobody reads the stacks of refused ones. */
Error.stackTraceLimit = 0;

/** Runs sequences until there were `calls` calls, or one of them breaks the property. `path` replays a failure. */
export function fuzz({ runs, seed, path, onFailure }) {
  const report = fc.check(fc.property(commands, (sequence) => new Session().run(sequence)), { numRuns: runs, seed, path, endOnFailure: false });
  return report;
}
