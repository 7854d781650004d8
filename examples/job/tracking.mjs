// The scorekeeper: how well predictions made before each run tracked the improvement that was then measured.

import { Adapter } from './adapter.mjs';
import { OPERATOR } from './replay.mjs';

/** The package's two predictors; then two simple ones: the mean of all improvements so far, and the query's last. */
export const PREDICTORS = ['predict', 'adapter', 'mean', 'lastRun'];

/** To the range that adapt_with_reward clamps rewards to. */
const clamp = (improvement) => Math.max(-1, Math.min(2, improvement));

/**
 * An observer of the replay. All predictions are kept as improvements, baseline / execution − 1, clamped as rewards are.
 * `points`: per pass, a list of what was predicted and measured in each run.
 */
export class Tracking {
  constructor({ queries, dim }, onPass) {
    this.onPass = onPass;
    this.adapter = new Adapter(dim);
    this.points = [];
    this.pass = [];
    this.last = new Array(queries.length).fill(0);
    [this.sum, this.count] = [0, 0];
  }

  chosen({ index, embedding }, hintSet, buffer) {
    const [log] = buffer.predict(embedding, OPERATOR, [hintSet]); // ln(baseline / execution)
    this.log = log;
    this.predicted = {
      predict: clamp(Math.exp(log) - 1),
      adapter: clamp(this.adapter.expect(embedding)),
      mean: this.count === 0 ? 0 : this.sum / this.count,
      lastRun: this.last[index],
    };
  }

  ran({ index }, { baselineMs, executionMs, hintSet, isNew }) {
    const improvement = baselineMs / executionMs - 1;
    this.adapter.learn(improvement);
    const measured = clamp(improvement);
    const logs = { predictedLog: this.log, measuredLog: Math.log(baselineMs / executionMs) };
    this.pass.push({ ...this.predicted, measured, ...logs, hintSet, isNew });
    this.last[index] = measured;
    this.sum += measured;
    this.count += 1;
  }

  endPass() {
    this.points.push(this.pass);
    this.pass = [];
    this.onPass();
  }
}

/** The mean absolute error and the correlation of one predictor over `points`. */
export function score(points, predictor) {
  const measured = points.map((point) => point.measured);
  const predicted = points.map((point) => point[predictor]);
  return { error: meanAbsoluteError(predicted, measured), correlation: correlation(predicted, measured) };
}

function meanAbsoluteError(predicted, measured) {
  return predicted.reduce((sum, value, i) => sum + Math.abs(value - measured[i]), 0) / predicted.length;
}

/** Pearson's r, or null where one side does not vary. */
function correlation(xs, ys) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(xs), mean(ys)];
  let [xy, xx, yy] = [0, 0, 0];
  xs.forEach((x, i) => {
    xy += (x - mx) * (ys[i] - my);
    xx += (x - mx) ** 2;
    yy += (ys[i] - my) ** 2;
  });
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : null;
}
