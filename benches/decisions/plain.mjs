// The reference model once more, for its test: every formula as sums over lists, and nothing shared with model.mjs
// but the operators' categories.

import { CATEGORY } from '../operators.mjs';

const sum = (list, value) => list.reduce((total, item) => total + value(item), 0);

function cosine(a, b) {
  const dot = (x, y) => sum([...x.keys()], (i) => x[i] * y[i]);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

/** Lists of what belongs together. */
function grouped(list, same) {
  const groups = [];
  for (const item of list) {
    const group = groups.find(([first]) => same(first, item));
    if (group) group.push(item);
    else groups.push([item]);
  }
  return groups;
}

/** Posterior means and standard deviations, as `predict` of the model returns them. */
export function plain(trajectories, { embedding, operator, types }) {
  const sameContext = (a, b) => a.operator === b.operator && a.embedding.every((value, i) => value === b.embedding[i]);
  const contexts = grouped(trajectories, sameContext).map((runs) => {
    const [first] = runs;
    const cosineHere = sameContext(first, { embedding, operator }) ? 1 : cosine(first.embedding, embedding);
    const kin = first.operator === operator ? 1 : CATEGORY[first.operator] === CATEGORY[operator] ? 0.7 : 0.5;
    const likeness = kin / (1 + 10 * (1 - cosineHere)) ** 2;
    const tried = grouped(runs.filter(({ type }) => type > 0), (a, b) => a.type === b.type);
    const gainOf = ({ baselineMs, executionMs }) => Math.max(-6, Math.min(6, Math.log(baselineMs / executionMs)));
    const cells = tried.map((same) => ({ type: same[0].type, gain: same.map(gainOf).reduce((old, gain, i) => old + (gain - old) / Math.min(i + 1, 6)) }));
    const near = likeness / (1.01 - likeness ** 2);
    return { operator: first.operator, likeness, near, b: Math.log(runs.at(-1).baselineMs), runs: runs.length, cells };
  });

  const isOwn = (context) => context.operator === operator;
  const isKin = (context) => !isOwn(context) && CATEGORY[context.operator] === CATEGORY[operator];
  const [own, kin] = [isOwn, isKin].map((is) => sum(contexts.filter(is), ({ cells }) => cells.length));
  for (const context of contexts) {
    context.weight = isOwn(context) ? 1 : 4 / (4 + own + (isKin(context) ? 0 : kin));
  }
  const meanB = sum(contexts, ({ weight, b }) => weight * b) / sum(contexts, ({ weight }) => weight);
  const nearby = sum(contexts, ({ weight, near }) => weight * near);
  const longer = sum(contexts, ({ weight, near, b }) => weight * near * (b - meanB)) / (nearby + 0.1);

  const cells = contexts.flatMap((context) => context.cells.map((cell) => ({ ...cell, context, x: context.b - meanB, w: context.weight })));
  for (const context of contexts) context.cells = cells.filter((cell) => cell.context === context);
  const byType = grouped(cells, (a, b) => a.type === b.type);
  for (const same of byType) {
    const weight = sum(same, ({ w }) => w);
    const [x, y] = ['x', 'gain'].map((key) => sum(same, (cell) => cell.w * cell[key]) / weight);
    for (const cell of same) Object.assign(cell, { dx: cell.x - x, dy: cell.gain - y });
  }
  const slope = (sum(cells, ({ w, dx, dy }) => w * dx * dy) + 0.3 * 40) / (sum(cells, ({ w, dx }) => w * dx * dx) + 40);
  const count = sum(cells, ({ w }) => w);
  const left = sum(cells, ({ w, dx, dy }) => w * (dy - slope * dx) ** 2);
  const variance = (0.5 * 10 + left) / (10 + Math.max(0, count - byType.length));
  const grand = (sum(cells, ({ w, gain, x }) => w * (gain - slope * x)) - 0.5 * 5) / (count + 5);
  const typeMean = (type) => {
    const same = cells.filter((cell) => cell.type === type);
    return (sum(same, ({ w, gain, x }) => w * (gain - slope * x)) + 3 * grand) / (sum(same, ({ w }) => w) + 3);
  };
  for (const cell of cells) cell.r = cell.gain - typeMean(cell.type) - slope * cell.x;

  const crowded = contexts.filter((context) => context.cells.length > 1);
  const around = (sum(cells, ({ w, r }) => w * r * r) + 10 * variance) / (count + 10);
  const products = sum(crowded, (context) => {
    const pairs = context.cells.flatMap((a) => context.cells.filter((b) => b !== a).map((b) => a.r * b.r));
    return (context.weight * sum(pairs, (product) => product)) / (context.cells.length - 1);
  });
  const pairs = sum(crowded, (context) => context.weight * context.cells.length);
  const correlation = Math.max(0.02, Math.min(0.9, (products / around + 0.3 * 50) / (pairs + 50)));
  const ridge = (1 - correlation) / correlation;
  const likely = sum(cells, ({ w, context }) => w * context.likeness) + ridge;
  const effect = sum(cells, ({ w, context, r }) => w * context.likeness * r) / likely;

  const gains = types.map((type) => {
    if (type === 0) return { mean: 0, sd: 0 };
    const same = cells.filter((cell) => cell.type === type);
    const nearest = Math.max(0, ...same.map(({ w, context }) => w * context.likeness));
    const close = sum(same, ({ w, context }) => w * context.near);
    const local = same.length > 0 ? sum(same, ({ w, context, r }) => w * context.near * r) / close - effect : 0;
    const own = (sum(same, ({ w, r }) => w * r * r) + 4 * around) / (sum(same, ({ w }) => w) + 4) / around;
    return {
      mean: typeMean(type) + slope * longer + effect + nearest * local,
      sd: Math.sqrt(variance * own * (0.2 + (0.2 * ridge) / likely) * (1 - nearest ** 2) + 0.01 * nearest),
    };
  });
  const runs = sum(contexts, ({ weight, likeness, runs }) => weight * (likeness + 0.02) * runs);
  const idle = Math.log((runs + 2) / (likely - ridge + 0.02 * count + 2));
  const hope = 0.8 * (1 + 0.2 * Math.max(-2.5, Math.min(2.5, longer))) * (1 + 0.2 * idle ** 2);
  return { mean: gains.map(({ mean }) => mean), sd: gains.map(({ sd }) => sd), hope };
}
