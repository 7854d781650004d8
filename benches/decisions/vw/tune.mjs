// The search that the settings come from: random draws, the best of which are run again with more seeds.

import { randomFrom } from '../../../examples/job/random.mjs';
import { aligned, meanPass, regret } from './report.mjs';
import { drawerFrom } from './space.mjs';
import { replayAll } from './vw.mjs';

const FIRST_SEEDS = [1, 2];
const FINALISTS = { chosen: 10, hindsight: 5 };

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Runs [seeds][passes] by the workload's name, for each setting; what fails is left out. */
async function run(settings, workloads, seeds, progress) {
  const jobs = settings.flatMap((setting) => workloads.map(({ file }) => ({ workload: file, setting, seeds })));
  const results = await replayAll(jobs, (done) => progress(`run ${done} of ${jobs.length}`));
  const found = settings.map((setting, s) => {
    const runs = workloads.map(({ workload }, w) => [workload.name, results[s * workloads.length + w]]);
    return { setting, runs: Object.fromEntries(runs) };
  });
  return found.filter(({ runs }) => !Object.values(runs).some(({ error }) => error));
}

const bestFirst = (results, workloads) => {
  const score = ({ runs }) => mean(workloads.map(({ workload }) => regret(workload, runs[workload.name])));
  return results.map((each) => ({ ...each, score: score(each) })).sort((a, b) => a.score - b.score);
};

/**
 * Draws `count` settings and gives the best of them, best first, by the workloads that they are chosen on and in hindsight by
 * the whole one. Workloads are `{ file, workload }`; `others` are only for the report.
 */
export async function tune({ count, identity, seeds, chosenOn, whole, others }, progress) {
  const draw = drawerFrom(randomFrom(identity ? 2 : 1));
  const drawn = Array.from({ length: count }, () => draw(identity));
  const first = await run(drawn, [...chosenOn, whole], FIRST_SEEDS, progress);
  const finalists = async (workloads, many) => {
    const settings = bestFirst(first, workloads).slice(0, many).map(({ setting }) => setting);
    return bestFirst(await run(settings, [...chosenOn, whole, ...others], seeds, progress), workloads);
  };
  return { chosen: await finalists(chosenOn, FINALISTS.chosen), hindsight: await finalists([whole], FINALISTS.hindsight) };
}

/** Mean passes of settings, a column for each workload, and below it what the settings are. */
export function settingsTable(found, workloads) {
  const means = ({ runs }) => workloads.map(({ workload }) => meanPass(runs[workload.name]).toFixed(1));
  const rows = found.map((each, i) => [`number ${i + 1}`, ...means(each)]);
  const settings = found.map(({ setting }, i) => `  ${i + 1}: ${JSON.stringify(setting)}`);
  return `${aligned([['mean pass', ...workloads.map(({ workload }) => workload.name)], ...rows])}\n\n${settings.join('\n')}`;
}
