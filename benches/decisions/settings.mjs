// The constants of the model, as the package has them, and a switch for each of its ideas.

/** A prior of `strength` n counts as much as n cells. */
export const SHIPPED = {
  kernel: 'rational',
  bandwidth: 0.05,
  kin: [1, 0.7, 0.5], // likeness of one embedding under the same operator, another one of its category, any other
  noise: 0.01, // what keeps a cell's nearness to itself finite; and the variance of a gain that was measured right here
  limit: 6, // gains are clipped to ± this
  newest: 1 / 6, // least share of a cell's newest run in its gain, which is the mean of its runs until then
  related: 4, // this many cells of nearer operators halve the weight of the others

  slope: { mean: 0.3, strength: 40, draw: 0.3 }, // `draw`: variance of the sampled value, as a share of its posterior's
  grandMean: { mean: -0.5, strength: 5, draw: 0.3 },
  typeMean: { strength: 3, draw: 0 },
  variance: { mean: 0.5, strength: 10 },
  typeVariance: { strength: 4 }, // of the common variance, as the prior of a type's own; infinite: there is only the common one
  correlation: { mean: 0.3, strength: 50, least: 0.02, most: 0.9 }, // within contexts; strength in pairs of cells
  baseline: { strength: 0.1 }, // of the mean ln baseline, beside the neighbours'

  // Shares of the variance that are unknown where nothing was tried: of a type there, and of the context.
  residualVariance: 0.2,
  contextVariance: 0.2,
  explore: 0.8, // standard deviations that the choice adds to a mean,
  stakes: { share: 0.2, most: 2.5 }, // by how much more where the baseline is e times as long, up to which power of e,
  // and where e times as many runs as cells are nearby, squared; so many more `runs` of both, and this share of those `elsewhere`
  impatience: { share: 0.2, runs: 2, elsewhere: 0.02 },
  risk: 0.5, // variances that it takes off: the expected time of a lognormal is exp(−mean + variance / 2)

  useSlope: true,
  useContext: true,
  useResidual: true,
  merge: true,
  capacity: Infinity, // trajectories in the ring,
  parts: 16, // of which it forgets one part at a time
  drift: 0, // how fast what is known right here fades, per 1000 records
};
