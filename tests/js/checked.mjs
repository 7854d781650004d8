// Property tests with a fixed seed, so that a run can be repeated. SEED tries another; SHRINK=1 looks for the smallest
// failure, which can take minutes.
import fc from 'fast-check';

export const check = (property, numRuns) => fc.assert(property, {
  numRuns,
  seed: Number(process.env.SEED ?? 1),
  endOnFailure: !process.env.SHRINK,
});
export { fc };
