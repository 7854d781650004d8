// The report: one self-contained HTML file with the curves, the numbers and what they mean.

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { GOAL_PASSES, MEASURES, goalsOf, measuresOf } from './contenders.mjs';
import { familyGains, familyOf, isFlat } from './families.mjs';
import { escapeHtml, familyBars, table } from './html.mjs';
import { callsRows, contenderRows, extremeRows, metText, passRows, seedsText, statisticsRows, trackingRows } from './tables.mjs';
import { PREDICTORS, score } from './tracking.mjs';

const PATH = new URL('report.html', import.meta.url);
const SCRIPTS = ['common.js', 'lines.js', 'maps.js'];
const page = (name) => readFileSync(new URL(`page/${name}`, import.meta.url), 'utf8');
const uplot = (path) => readFileSync(createRequire(import.meta.url).resolve(`uplot/${path}`), 'utf8');

/** Writes examples/job/report.html and returns its path. */
export function writeReport(benchmark, result) {
  const { queries, hintSets, dim } = benchmark;
  const { seconds, seed, seeds, runs, totals, adapter } = result;
  const passCount = seconds.length;
  const perPass = passRows(result.passes);
  const contenders = contenderRows(result);
  const tracking = trackingRows(result);
  const lastRuns = runs.at(-1);
  const families = familyGains(queries, lastRuns);
  const extremes = extremeRows(queries, lastRuns, 5);
  const orNone = (rows) => (rows.length > 0 ? table(extremes.head, rows) : '<p>None.</p>');

  const fields = {
    uplotLicence: uplot('LICENSE').trim(),
    uplotCss: uplot('dist/uPlot.min.css'),
    uplotJs: uplot('dist/uPlot.iife.min.js'),
    css: page('page.css'),
    js: SCRIPTS.map(page).join('\n'),
    // '<' would end the script element inside a string.
    data: JSON.stringify(dataOf(benchmark, result)).replaceAll('<', '\\u003c'),

    queries: queries.length,
    hintSets,
    dim,
    passCount,
    seed,
    seedCount: seeds.length,
    capacity: result.capacity,
    times: passCount === 1 ? 'once' : `${passCount} times`,
    default: totals.default.toFixed(1),
    bestSingleHintSet: totals.bestSingleHintSet,
    parameters: adapter.parameters,
    deltaNorm: adapter.deltaNorm.toFixed(3),
    firstTries: result.passes.reduce((sum, pass) => sum + pass.tried, 0),
    pairs: queries.length * (hintSets - 1),

    tiles: tiles(result),
    contenders: table(contenders.head, contenders.rows, contenders.foot),
    notes: contenderNotes(result),
    families: familyBars(families.filter((family) => !isFlat(family))),
    nothingToGain: nothingToGain(families.filter(isFlat)),
    costliest: costliestTry(queries, runs),
    saved: sum(families, 'saved').toFixed(1),
    left: sum(families, 'left').toFixed(1),
    gains: orNone(extremes.gains),
    losses: orNone(extremes.losses),
    trackingTitle: tracking.title,
    trackingNote: tracking.note,
    tracking: table(tracking.head, tracking.rows),
    statistics: table(null, statisticsRows(result)),
    calls: table(null, callsRows(result)),
    held: result.buffer['held in the ring'],
    perPass: table(perPass.head, perPass.rows, [perPass.foot]),
  };
  // A function as replacement: the library's code is full of '$'.
  const html = page('page.html').replace(/\{\{(\w+)\}\}/g, (_, name) => {
    if (!(name in fields)) throw new Error(`page.html asks for an unknown field: ${name}`);
    return fields[name];
  });
  writeFileSync(PATH, html);
  return fileURLToPath(PATH);
}

function contenderNotes(result) {
  const { seconds, seeds, vowpalWabbit } = result;
  const notes = ['Worst pass: the slowest one of a run.'];
  if (seeds.length > 1) notes.push(`Worst of ${seedsText(result)}: measure by measure.`);
  if (seconds.length !== GOAL_PASSES) notes.push(`Goals are set for ${GOAL_PASSES} passes.`);
  else if (vowpalWabbit) {
    const command = '<code>npm run bench:decisions:vw</code>';
    notes.push(`Vowpal Wabbit: <code>${escapeHtml(vowpalWabbit.setting)}</code>, measured by ${command}, not by this run.`);
  }
  return notes.join(' ');
}

function nothingToGain(families) {
  if (families.length === 0) return '';
  const names = families.map(({ family }) => family).sort((a, b) => a - b).join(', ');
  return `<p class="caption">Not shown, as there is nothing to gain and nothing was lost: ${names}.</p>`;
}

/** In words: the run that lost most seconds to the default. */
function costliestTry(queries, runs) {
  let [most, words] = [0, ''];
  runs.forEach((pass, i) => {
    for (const { query, hintSet, executionMs, baselineMs } of pass) {
      if (executionMs - baselineMs <= most) continue;
      most = executionMs - baselineMs;
      const [took, instead] = [executionMs, baselineMs].map((ms) => (ms / 1000).toFixed(1));
      words = `The costliest: query ${queries[query].name} with hint set ${hintSet} in pass ${i + 1}, ${took} s instead of ${instead}.`;
    }
  });
  return words;
}

const sum = (rows, name) => rows.reduce((total, row) => total + row[name], 0);

/** What the page's scripts draw. Of the runtimes only those that the run has seen. */
function dataOf({ queries }, { seconds, seeds, seed, runs, passes, points, totals, vowpalWabbit }) {
  const seen = queries.map(({ runtimesMs }) => ({ 0: runtimesMs[0] }));
  for (const run of runs.flat()) seen[run.query][run.hintSet] = run.executionMs;
  const errors = (pass) => PREDICTORS.map((name) => score(pass, name).error);
  const tries = points.flatMap((pass, i) =>
    pass.filter((point) => point.isNew).map((point) => [i + 1, point.predictedLog, point.measuredLog]));
  return {
    seed,
    passes: passes.map((pass, i) => ({ ...pass, errors: errors(points[i]) })),
    band: seconds.map((_, i) => [Math.min, Math.max].map((pick) => pick(...seeds.map((each) => each[i])))),
    seedCount: seeds.length,
    totals,
    vowpalWabbit: vowpalWabbit && seconds.length === GOAL_PASSES ? vowpalWabbit.mean : null,
    queries: queries.map(({ name }) => ({ name, family: familyOf(name) })),
    seen,
    chosen: runs.map((pass) => pass.map((run) => run.hintSet)),
    tries,
  };
}

function tiles({ seconds, seeds, totals }) {
  const measures = measuresOf(seconds);
  const goals = seconds.length === GOAL_PASSES ? goalsOf(seeds, totals) : null;
  const tile = (name) => {
    const goal = goals?.[name];
    const limit = goal?.limit.toFixed(goal.limit % 1 ? 1 : 0);
    const whose = name === 'worst' ? 'the worst seed' : 'the seeds’ mean';
    const note = goal ? `goal for ${whose}: at most ${limit} s; ${goal.found.toFixed(1)}, <b>${metText(goal)}</b>` : change(measures[name] / totals.default - 1);
    const missed = goal && !goal.met ? ' class="missed"' : '';
    return `<div${missed}><dt>${MEASURES[name]}</dt><dd>${measures[name].toFixed(1)} s</dd><dd class="note">${note}</dd></div>`;
  };
  return Object.keys(MEASURES).map(tile).join('\n');
}

function change(share) {
  const percent = Math.abs(share * 100).toFixed(0);
  return share <= 0 ? `${percent} % below the default` : `${percent} % above the default`;
}
