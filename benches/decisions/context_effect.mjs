// What the types have in common in one context: a random effect, whose share of the variance is estimated.

/**
 * The effect that residuals nearby say the context `here` has, and the share of its variance that stays `unknown`; `near` is
 * how many cells that is, and `variance` that of all residuals.
 */
export function contextEffect(history, here, fixed, settings) {
  const { correlation, variance } = intraClassCorrelation(history, fixed, settings);
  const strength = (1 - correlation) / correlation;
  let [near, sum] = [0, 0];
  for (const { type, context, weight, residual } of history.cells) {
    if (type === 0) continue;
    const close = weight * here.kernels[context.id];
    near += close;
    sum += close * residual;
  }
  const found = { near, correlation, variance };
  if (!settings.useContext) return { ...found, effect: 0, unknown: 1 };
  return { ...found, effect: sum / (near + strength), unknown: strength / (near + strength) };
}

/** The share of the variance that is common to a context: the mean product of two residuals of one, over the variance. */
function intraClassCorrelation({ contexts, cells }, fixed, { variance, correlation: { mean, strength, least, most } }) {
  const [count, sum, squares] = [0, 1, 2].map(() => new Float64Array(contexts.length));
  let total = 0;
  for (const { type, context, weight, residual } of cells) {
    if (type === 0) continue;
    count[context.id] += 1;
    sum[context.id] += residual;
    squares[context.id] += residual * residual;
    total += weight * residual * residual;
  }
  let [products, pairs] = [0, 0];
  for (const context of contexts) {
    const n = count[context.id];
    if (n < 2) continue;
    // The n (n − 1) ordered pairs of a context weigh as much as n.
    const weight = fixed.weightOf(context) / (n - 1);
    products += weight * (sum[context.id] ** 2 - squares[context.id]);
    pairs += weight * n * (n - 1);
  }
  const around = (total + variance.strength * fixed.variance) / (fixed.weight + variance.strength);
  const found = (products / around + mean * strength) / (pairs + strength);
  return { correlation: Math.max(least, Math.min(most, found)), variance: around };
}
