// What the run must show, each with its goal.
import { measuredFloor, NOISE_ROWS, predictedFloor } from './noise.mjs';
import { predictions, REWARDS } from './rewards.mjs';
import { RATE } from './rows.mjs';
import { median } from './statistics.mjs';

const number = (value) => (value === 0 || Math.abs(value) >= 0.001 ? Number(value.toPrecision(3)) : value.toExponential(1));
const check = (what, found, goal, met) => ({ what, found: typeof found === 'number' ? String(number(found)) : found, goal, met });

/** How far a median of a few seeds may be above a reference value, which one simulation gave. */
const SLACK = 1.15;
/** [row, rate, steps, loss]. */
const REFERENCE = [
  ['base', 0.1, 300, 0.71],
  ['base', 0.1, 1000, 0.33],
  ['base', 0.1, 3000, 0.04],
  ['base', 0.5, 1000, 0.05],
  ['base', 0.01, 3000, 0.67],
  ['rank 8', 0.1, 3000, 0.55],
];

export const lossAt = ({ median: losses }, { at }, step) => losses[at.indexOf(step)];

function* referenceCurves(results) {
  for (const [name, rate, step, loss] of REFERENCE) {
    const row = results.find((result) => result.name === name);
    const line = row?.rates.find((each) => each.step === rate);
    if (!line) continue;
    const found = lossAt(line, row, step);
    yield check(`${row.title}, rate ${rate}: loss after ${step} steps`, found, `at most ${loss} · ${SLACK}`, found <= loss * SLACK);
  }
}

/** Predictions should be as near to the rewards as those of the reference, or nearer. */
function* rewards(seeds) {
  const reference = [[300, [0.434, -0.081]], [3000, [0.5, -0.2]]];
  const found = predictions(reference.map(([rounds]) => rounds), seeds);
  for (const [i, [rounds, expected]] of reference.entries()) {
    const met = found[i].every((value, k) => Math.abs(value - REWARDS[k]) <= SLACK * Math.abs(expected[k] - REWARDS[k]) + 0.002);
    const text = found[i].map((value) => value.toFixed(3)).join(' and ');
    const goal = `as near as ${expected.join(' and ')}`;
    yield check(`rewards ${REWARDS.join(' and ')}, rate 0.01: predicted after ${rounds} rounds`, text, goal, met);
  }
}

/** Part by part of the stream, the worst loss may be this many times the loss at the part's start, plus the noise. */
const WORST = 1.5;

/** The largest share of its bound that a loss reaches, over rates and seeds. */
export function worst({ rates, at, steps, teachers, noise }) {
  let found = { share: 0 };
  const length = steps / teachers;
  for (const { step: rate, runs } of rates) {
    for (const losses of runs) {
      for (let part = 0; part < teachers; part++) {
        const bound = WORST * losses[at.indexOf(part * length)][part] + noise ** 2;
        losses.forEach((each, k) => {
          const inside = at[k] >= part * length && at[k] <= (part + 1) * length;
          const share = each[part] / bound;
          if (inside && share > found.share) found = { share, loss: each[part], bound, rate, step: at[k] };
        });
      }
    }
  }
  return found;
}

function* divergence(results) {
  for (const row of results) {
    const { rates, at, steps, teachers } = row;
    const from = at.indexOf(steps - steps / teachers);
    const shares = rates.map(({ runs }) => Math.max(...runs.map((losses) => losses.at(-1).at(-1) / losses[from].at(-1))));
    const share = Math.max(...shares);
    const what = `${row.title}: last loss ÷ the one at the teacher’s start, highest of all seeds and rates`;
    yield check(what, `${number(share)} (rate ${rates[shares.indexOf(share)].step})`, 'below 1', share < 1);
    const { loss, bound, rate, step } = worst(row);
    const where = `${number(loss)} (rate ${rate}, step ${step})`;
    yield check(`${row.title}: highest loss on the way`, where, `at most ${number(bound)}`, loss <= bound);
  }
}

function* noiseFloors({ seeds, slow }) {
  for (const row of NOISE_ROWS.filter((each) => slow || !each.slow)) {
    const ratio = median(seeds.slice(0, 3).map((seed) => measuredFloor(row, seed))) / predictedFloor(row, row.rate);
    const { dim, noise, rate } = row;
    const met = ratio <= 1.5 && ratio >= 1 / 1.5;
    yield check(`noise ${noise}, d = ${dim}, rate ${rate}: floor ÷ prediction`, ratio, '1/1.5 to 1.5', met);
  }
}

function* fairness(results) {
  for (const row of results) {
    const last = (name) => row.lines[name].median.at(-1);
    const ratio = last('ours') / last('published');
    yield check(`${row.title}: last loss of ours at ${RATE} ÷ published`, ratio, 'below 1', ratio < 1);
    const ends = ['sgd', 'adam'].filter((name) => row.chosen[name].atEnd);
    yield check(`${row.title}: step sizes at the end of their grid`, ends.join(', ') || 'none', 'none', ends.length === 0);
  }
  const rank8 = results.find(({ name }) => name === 'rank 8');
  if (rank8) {
    const lowest = Math.min(...Object.values(rank8.lines).flatMap(({ losses }) => losses.flat()));
    yield check(`${rank8.title}: lowest loss of anyone`, lowest, `at least the floor, ${number(rank8.floor)}`, lowest >= rank8.floor);
  }
}

export const checks = (results, how) => [
  ...referenceCurves(results),
  ...rewards(how.seeds),
  ...noiseFloors(how),
  ...divergence(results),
  ...fairness(results),
];
