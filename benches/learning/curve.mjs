// One contender on one problem: held-out loss against steps.

/** A loss above this counts as lost: the run ends there. */
const LOST = 1e6;

/** Where a rate that is too high shows first. */
const EARLY = [1, 2, 3, 5, 8, 10, 13, 21, 30, 34];

/** The steps after which a loss is measured: 0, `count` evenly spaced ones, and a few early ones. */
export function checkpoints(steps, count) {
  const even = Array.from({ length: count + 1 }, (_, k) => Math.round((k * steps) / count));
  return [...new Set([...even, ...EARLY.filter((step) => step < steps)])].sort((a, b) => a - b);
}

/** The steps whose losses are in the table: a tenth, a third and all. */
export const shown = (steps) => [steps / 10, steps / 3, steps];

/** The first steps, which are what a newcomer sees: they have a table of their own. */
export const FIRST = [1, 3, 10, 30];

/** For each of `at`, the losses by teacher; Infinity from where the learner has diverged or refused to go on. */
export function curve(learner, { dim, stream, loss, teachers }, at) {
  const losses = [];
  const gradient = new Float32Array(dim);
  const lost = () => [...losses, ...Array(at.length - losses.length).fill(teachers.map(() => Infinity))];
  let step = 0;
  for (const until of at) {
    while (step < until) {
      const { x, target } = stream[step++];
      const y = learner.forward(x);
      for (let i = 0; i < dim; i++) gradient[i] = y[i] - target[i];
      try {
        learner.adapt(gradient);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        return lost(); // the gradient or the weights became too large
      }
    }
    const found = loss(learner.forward);
    if (!found.every((value) => value < LOST)) return lost();
    losses.push(found);
  }
  return losses;
}

/** The losses on the teacher of the steps before each checkpoint. */
export const current = (losses, { taughtBy }, at) => losses.map((each, k) => each[taughtBy(Math.max(at[k] - 1, 0))]);
