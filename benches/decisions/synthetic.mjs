// The synthetic workload: clusters of similar queries under several operators, whose run times may change half way.

import { CATEGORY, OperatorType } from '../operators.mjs';
import { normalFrom, randomFrom, shuffled } from './random.mjs';

const { Aggregate, HashJoin, IndexScan, Join, MergeJoin, Rerank, Scan, VectorDistance } = OperatorType;

const CLUSTERS = 40;
const MEMBERS = 5;
const TYPES = 12;
const DIM = 64;
const PASSES = 20;
const NOISE = 0.1; // of a measured run time, in logarithms
/** A cluster has one of these; those that stand here more than once are more frequent. */
const OPERATORS = [
  Join, HashJoin, HashJoin, MergeJoin, Scan, IndexScan, IndexScan, Aggregate, VectorDistance, VectorDistance, VectorDistance, Rerank,
];
const LARGEST_GAIN = 3; // in logarithms

/**
 * ln(baseline / run time) of a type is an effect of the operator's category, two latent factors and one effect of the cluster,
 * and one of the query. Baselines are lognormal by cluster. Each pass has all queries, in an order of its own.
 * With `change`, half of the clusters draw their factors and effects anew after half of the passes.
 */
export function synthetic({ seed, change = true }) {
  const uniform = randomFrom(seed);
  const normal = normalFrom(uniform);
  const normals = (count, scale = 1) => Array.from({ length: count }, () => scale * normal());
  const count = CLUSTERS * MEMBERS;

  const embeddings = [];
  const operators = [];
  const common = unit(normals(DIM)); // real embeddings all point one way, too
  for (let c = 0; c < CLUSTERS; c += 1) {
    const centre = unit(common.map((value) => normal() / Math.sqrt(DIM) + 0.6 * value));
    const operator = OPERATORS[Math.floor(uniform() * OPERATORS.length)];
    for (let k = 0; k < MEMBERS; k += 1) {
      embeddings.push(Float32Array.from(unit(centre.map((value) => value + (0.25 * normal()) / Math.sqrt(DIM)))));
      operators.push(operator);
    }
  }

  const clusterOf = (i) => Math.floor(i / MEMBERS);
  const loadings = Array.from({ length: TYPES }, () => normals(2));
  const clusterBaselines = normals(CLUSTERS).map((value) => Math.exp(4 + 1.2 * value));
  const baselines = normals(count).map((value, i) => clusterBaselines[clusterOf(i)] * Math.exp(0.3 * value));
  const draw = () => ({
    category: Array.from(CATEGORY, () => normals(TYPES).map((value) => 0.3 * value - 0.4)),
    factors: Array.from({ length: CLUSTERS }, () => normals(2, 0.5)),
    cluster: Array.from({ length: CLUSTERS }, () => normals(TYPES, 0.4)),
  });
  const before = draw();
  const after = draw();
  const moves = Array.from({ length: CLUSTERS }, () => uniform() < 0.5);
  const own = Array.from({ length: count }, () => normals(TYPES, 0.15));

  const row = (i, world) => {
    const c = clusterOf(i);
    return loadings.map(([a, b], t) => {
      const [first, second] = world.factors[c];
      const gain = before.category[CATEGORY[operators[i]]][t] + first * a + second * b + world.cluster[c][t] + own[i][t];
      return t === 0 ? baselines[i] : baselines[i] * Math.exp(-Math.max(-LARGEST_GAIN, Math.min(LARGEST_GAIN, gain)));
    });
  };
  const rowsBy = (worldOf) => embeddings.map((_, i) => row(i, worldOf(clusterOf(i))));
  const rows = [...rowsBy(() => before), ...(change ? rowsBy((c) => (moves[c] ? after : before)) : [])];
  const steps = [];
  for (let pass = 0; pass < PASSES; pass += 1) {
    const first = change && pass >= PASSES / 2 ? count : 0;
    for (const i of shuffled(count, uniform)) steps.push([pass, i, operators[i], first + i]);
  }
  const name = `synthetic ${seed}${change ? '' : ' unchanged'}`;
  return { name, dim: DIM, types: TYPES, passes: PASSES, noise: NOISE, embeddings, rows, steps };
}

function unit(vector) {
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
}
