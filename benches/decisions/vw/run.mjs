// `npm run bench:decisions:vw`: seconds per pass of Vowpal Wabbit's contextual bandit, and the search for its settings.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { readOptions } from '../../command.mjs';
import { toJson, workload as workloadNamed } from '../workloads.mjs';
import { secondsTable, yardsticks } from './report.mjs';
import { TUNED, TUNED_WITH_IDENTITY } from './settings.mjs';
import { settingsTable, tune } from './tune.mjs';
import { replayAll, withFolder } from './vw.mjs';

const HELP = `npm run bench:decisions:vw -- [options]

  --seeds N        runs of each setting (5)
  --workload FILE  also a workload in JSON, may be given more than once
  --tune           choose settings on the odd half of the query families, and on --workload's if given; takes some 20 minutes
  --draws N        how many settings --tune draws, and half as many of those that know the query (200)

Needs Python 3 and, for its first run, PyPI.`;

const declared = {
  seeds: { type: 'string', default: '5' },
  workload: { type: 'string', multiple: true, default: [] },
  tune: { type: 'boolean', default: false },
  draws: { type: 'string', default: '200' },
};
const options = readOptions(HELP, declared, (values) => {
  const positive = (name) => {
    if (!/^[1-9]\d{0,5}$/.test(values[name])) throw new Error(`--${name} must be an integer from 1 to 999999`);
    return Number(values[name]);
  };
  const seeds = Array.from({ length: positive('seeds') }, (_, i) => i + 1);
  return { ...values, seeds, draws: positive('draws') };
});

const progress = (text) => process.stderr.isTTY && process.stderr.write(`\r${text}\u001b[K`);

const titled = ({ name, steps, passes }) => `\n${name}: ${steps.length} queries in ${passes} passes\n`;

function show(workload, policies) {
  console.log(titled(workload));
  console.log(secondsTable(workload.passes, [...yardsticks(workload), ...policies]));
}

async function replayTuned(workloads) {
  const policies = [TUNED, TUNED_WITH_IDENTITY];
  const jobs = workloads.flatMap(({ file }) => policies.map(({ setting }) => ({ workload: file, setting, seeds: options.seeds })));
  const results = await replayAll(jobs, (done) => progress(`${done} of ${jobs.length}`));
  progress('');
  const refused = results.find(({ error }) => error);
  if (refused) throw new Error(refused.error);
  console.log(`Seconds per pass over ${options.seeds.length} seeds: mean / worst seed`);
  workloads.forEach(({ workload }, w) => {
    show(workload, policies.map(({ name }, p) => ({ name, runs: results[w * policies.length + p] })));
  });
  return results[0];
}

/** What the demo shows of TUNED on the whole benchmark, in seconds: `runs` are [seeds][passes]. */
function writeResults(runs) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const of = (measure) => Number(mean(runs.map(measure)).toFixed(2));
  const measures = { mean: of(mean), first: of((run) => run[0]), last: of((run) => run.at(-1)), worst: of((run) => Math.max(...run)) };
  const file = fileURLToPath(new URL('results.json', import.meta.url));
  writeFileSync(file, `${JSON.stringify({ seeds: options.seeds.length, ...measures, setting: TUNED.setting.args }, null, 2)}\n`);
  console.log(`\nwrote ${path.relative(process.cwd(), file)}`);
}

async function search({ all, odd, even, given }) {
  const workloads = [odd, even, all, ...given];
  for (const [identity, draws] of [[false, options.draws], [true, Math.ceil(options.draws / 2)]]) {
    const task = { count: draws, identity, seeds: options.seeds, chosenOn: [odd, ...given], whole: all, others: [even] };
    const { chosen, hindsight } = await tune(task, progress);
    progress('');
    console.log(`\n# ${draws} settings ${identity ? 'that know' : 'that do not know'} which query it is`);
    const names = task.chosenOn.map(({ workload }) => workload.name).join(', ');
    console.log(`\nBest on ${names}\n\n${settingsTable(chosen, workloads)}`);
    console.log(`\nBest in hindsight on ${all.workload.name}\n\n${settingsTable(hindsight, workloads)}`);
    for (const { workload } of workloads) {
      const policy = (name, { runs }) => ({ name, runs: runs[workload.name] });
      show(workload, [policy('chosen', chosen[0]), policy('in hindsight', hindsight[0])]);
    }
  }
}

await withFolder(async (folder) => {
  const write = (name) => {
    const file = path.join(folder, `${name.replaceAll(' ', '-')}.json`);
    const workload = workloadNamed(name);
    writeFileSync(file, toJson(workload));
    return { file, workload };
  };
  const given = options.workload.map((file) => ({ file, workload: JSON.parse(readFileSync(file, 'utf8')) }));
  if (options.tune) await search({ all: write('job'), odd: write('job odd'), even: write('job even'), given });
  else writeResults(await replayTuned([write('job'), ...given]));
});
