// Rules that choose one of the types by the posterior of their gains.

/** Upper confidence bound: the largest mean + hope · sd − risk · variance. `rank` breaks ties. */
export function upperConfidence({ mean, sd, hope }, types, { risk }, rank) {
  return types[largest(mean, (value, i) => value + hope * sd[i] - risk * sd[i] * sd[i] + rank[i])];
}

/** The same, less a penalty for types that were tried nowhere near, or plus a bonus. */
export const untried = ({ penalty = 0, bonus = 0 }) => ({ mean, sd, hope, fixed, nearest }, types, { risk }, rank) =>
  types[largest(mean, (value, i) => {
    if (types[i] === 0) return value;
    const unknown = (fixed.variance / (1 + fixed.weights[types[i]])) * (1 - nearest[types[i]]);
    return value + hope * sd[i] - risk * sd[i] * sd[i] - penalty * unknown + bonus * Math.sqrt(unknown) + rank[i];
  })];

/** Thompson sampling of the gains: each one drawn, its standard deviation multiplied by `scale`. */
export const sampling = (scale) => ({ mean, sd }, types, { risk }, rank, normal) =>
  types[largest(mean, (value, i) => value + scale * sd[i] * normal() - risk * sd[i] * sd[i])];

/**
 * Value of information: beside the type of least expected time, any other one is worth what it saves where it is better, for
 * `horizon` more runs, less what trying it once costs on average.
 */
export const valueOfInformation = (horizon) => ({ mean, sd }, types, { risk }, rank) => {
  const leader = largest(mean, (value, i) => value - risk * sd[i] * sd[i] + rank[i]);
  const worth = largest(mean, (value, i) => {
    if (i === leader) return 0;
    const loss = expectedExcess(value, sd[i], -mean[leader]);
    const gain = loss - Math.exp(-value + (sd[i] * sd[i]) / 2) + Math.exp(-mean[leader]);
    return horizon * gain - loss + rank[i];
  });
  return types[worth];
};

/** E max(0, exp(−y) − exp(bound)) for a normal y: by how much a lognormal time is above another one. */
function expectedExcess(mean, sd, bound) {
  if (sd < 1e-6) return Math.max(0, Math.exp(-mean) - Math.exp(bound));
  const d = (-mean - bound) / sd;
  return Math.exp(-mean + (sd * sd) / 2) * normalCdf(d + sd) - Math.exp(bound) * normalCdf(d);
}

/** Abramowitz and Stegun 7.1.26; the error is below 1e-7. */
function normalCdf(x) {
  const t = 1 / (1 + (0.3275911 * Math.abs(x)) / Math.SQRT2);
  const polynomial = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  const tail = (polynomial * Math.exp((-x * x) / 2)) / 2;
  return x >= 0 ? 1 - tail : tail;
}

/** The position of the first largest score. */
export function largest(values, score) {
  let [at, best] = [0, -Infinity];
  values.forEach((value, i) => {
    const found = score(value, i);
    if (found > best) [at, best] = [i, found];
  });
  return at;
}
