// Step sizes: for each row and contender the one whose curve is lowest over the whole run.
import { current, curve } from './curve.mjs';

/** Evenly spaced losses that are averaged. */
const POINTS = 12;
/** Losses below this count as this: they are rounding. */
const NOTHING = 1e-12;

/** The mean log10 loss on the current teacher, over the run and over `problems`; smaller is better. */
function score(make, step, problems) {
  const logs = problems.flatMap((problem) => {
    const at = Array.from({ length: POINTS }, (_, k) => Math.round(((k + 1) * problem.steps) / POINTS));
    const learner = make(problem, step);
    const losses = current(curve(learner, problem, at), problem, at);
    learner.free();
    return losses.map((loss) => Math.log10(Math.max(loss, NOTHING)));
  });
  return logs.reduce((sum, value) => sum + value) / logs.length;
}

/** `step`, and whether it is `atEnd` of the grid, so that a better one may lie beyond. */
export function tuned(make, steps, problems) {
  const scores = steps.map((step) => score(make, step, problems));
  const best = scores.indexOf(Math.min(...scores));
  return { step: steps[best], atEnd: best === 0 || best === steps.length - 1, grid: steps, scores };
}
