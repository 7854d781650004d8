// The property that no sequence of calls breaks, as fast-check draws, shrinks and replays it.
import vm from 'node:vm';

import fc from 'fast-check';

import { reduce } from './reduce.mjs';
import { Session, counted, describeCommand } from './session.mjs';

/** Most calls of a sequence, and sequences per seed. */
const LONGEST = 1000;
const RUNS = 100;
/** A sequence takes less than a second: what takes minutes has hung. */
const HUNG_MS = 300_000;

const command = fc.tuple(
  fc.nat(9999),
  fc.nat(5),
  // 0, a call with good arguments, for three in five of them.
  fc.nat(24_999).map((n) => Math.max(0, n - 15_000), (n) => n + 15_000),
  fc.nat(2 ** 31 - 1),
);
export const commands = fc.array(command, { minLength: 1, maxLength: LONGEST, size: 'max' });

/** A call that never returns is interrupted, and fails. */
const guarded = new vm.Script('(session, sequence) => session.run(sequence)').runInThisContext();
function run(sequence) {
  globalThis.fuzzed = () => guarded(new Session(), sequence);
  vm.runInThisContext('fuzzed()', { timeout: HUNG_MS });
}

/** The report of fast-check about one seed; `path` replays a failure. */
function check(seed, path) {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0; // nobody reads the stacks of refused calls, which take as long as all the rest
  try {
    const settings = { numRuns: RUNS, seed, path };
    const found = fc.check(fc.property(commands, run), { ...settings, endOnFailure: true });
    // After a trap nothing works, so that fast-check would take any sequence for a failing one.
    if (!found.failed || isTrap(found.errorInstance)) return found;
    return fc.check(fc.property(commands, run), { ...settings, path: found.counterexamplePath });
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

const isTrap = (error) => error instanceof WebAssembly.RuntimeError || /threw RuntimeError/.test(error?.message);

function explain({ seed, counterexamplePath, counterexample: [sequence], errorInstance }) {
  const shortest = isTrap(errorInstance) ? reduce(sequence) ?? sequence : sequence;
  return [
    `${errorInstance?.message ?? errorInstance}`,
    'after',
    ...shortest.map((each) => `  ${describeCommand(each)}`),
    `again: FUZZ_SEED=${seed} FUZZ_PATH=${counterexamplePath} npm run fuzz`,
  ].join('\n');
}

/**
 * Makes at least `calls` calls, with this seed and those that follow it; or replays one failure. Throws what broke the property, with
 * the shortest sequence found that does.
 */
export function fuzz({ calls, seed, path, progress = () => {} }) {
  for (let next = seed; counted.calls < calls; next++) {
    const report = check(next, path);
    if (report.failed) throw new Error(explain(report));
    if (path) return;
    progress(counted.calls, next);
  }
}
