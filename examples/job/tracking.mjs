// The scorekeeper: how well predictions made before each adaptation tracked the improvement that was then measured.

/** Two simple predictors run along: the mean of all improvements so far, and what the query's last run gained. */
export function track(queryCount) {
  const last = new Array(queryCount).fill(0);
  let [sum, count] = [0, 0];
  let points = [];

  return {
    /** The points of the pass that ended last. */
    points: [],
    add(query, adapter, improvement) {
      const measured = clamp(improvement);
      points.push({ measured, adapter, mean: count === 0 ? 0 : sum / count, lastRun: last[query] });
      last[query] = measured;
      sum += measured;
      count += 1;
    },
    endPass() {
      const measured = points.map((point) => point.measured);
      const column = (name) => points.map((point) => point[name]);
      const score = (name) => ({
        error: meanAbsoluteError(column(name), measured),
        correlation: correlation(column(name), measured),
      });
      const scores = { adapter: score('adapter'), mean: score('mean'), lastRun: score('lastRun') };
      this.points = points;
      points = [];
      return scores;
    },
  };
}

/** To the range that adapt_with_reward clamps rewards to. */
export const clamp = (improvement) => Math.max(-1, Math.min(2, improvement));

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
