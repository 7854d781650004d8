// A row: every contender's step size is chosen, then all learn from the same streams.
import { CONTENDERS } from './contenders.mjs';
import { checkpoints, current, curve } from './curve.mjs';
import { bestMap } from './floor.mjs';
import { problem } from './problem.mjs';
import { RATE } from './rows.mjs';
import { median, medians } from './statistics.mjs';
import { tuned } from './tune.mjs';

/**
 * `at`: checkpoints. `lines` by contender: its `step`, the `median` loss by checkpoint and `runs`, per seed the losses by
 * checkpoint and teacher. `rates`: the same of ours, by every rate of the sweep. `floor`: the loss of the best rank-2 map.
 */
export function measure(row, { seeds: some, rates, tuningSeeds, every }) {
  const practice = tuningSeeds.map((seed) => problem(row, seed));
  const choose = (name, steps) => tuned(CONTENDERS[name].make, steps, practice);
  const chosen = { tuned: choose('ours', rates) };
  for (const [name, { steps }] of Object.entries(CONTENDERS)) {
    if (steps) chosen[name] = choose(name, steps.filter((_, i) => i % every === 0));
  }

  const at = checkpoints(row.steps, row.points);
  const seeds = Array.from({ length: (row.spread ?? 1) * some.length }, (_, i) => some[0] + i);
  const floors = [];
  const runs = new Map();
  for (const seed of seeds) {
    const given = problem(row, seed);
    const best = bestMap(given.teachers.at(-1), given.trained);
    floors.push(given.loss((x) => best.change(x).map((delta, i) => x[i] + delta)).at(-1));
    const learn = (key, make, step) => {
      const learner = make(given, step);
      const line = runs.get(key) ?? { step, runs: [], losses: [] };
      const found = curve(learner, given, at);
      learner.free();
      line.runs.push(found);
      line.losses.push(current(found, given, at));
      runs.set(key, line);
    };
    for (const rate of rates) learn(rate, CONTENDERS.ours.make, rate);
    for (const [name, { make, steps }] of Object.entries(CONTENDERS)) if (steps) learn(name, make, chosen[name].step);
  }

  const line = (key) => ({ ...runs.get(key), median: medians(runs.get(key).losses) });
  const lines = { ours: line(RATE), tuned: line(chosen.tuned.step) };
  for (const [name, { steps }] of Object.entries(CONTENDERS)) if (steps) lines[name] = line(name);
  return { ...row, at, floor: median(floors), chosen, lines, rates: rates.map(line) };
}
