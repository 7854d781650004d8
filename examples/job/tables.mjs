// The tables of the result as rows of text, for the terminal and for the report.

import { GOAL_PASSES, MEASURES, goalsOf, measuresOf, overSeeds } from './contenders.mjs';
import { PREDICTORS, score } from './tracking.mjs';

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const seconds = (value) => value.toFixed(2);

/** With the references, which are the same in every pass, if `totals` has them. */
export function passRows(passes, totals) {
  const references = totals ? [totals.default, totals.bestSingle, totals.oracle].map(seconds) : [];
  const names = totals ? ['default', 'best single', 'oracle'] : [];
  return {
    head: ['pass', 'learned', ...names, 'faster', 'slower', 'new'],
    rows: passes.map((pass, i) => [
      String(i + 1),
      seconds(pass.seconds),
      ...references,
      ...[pass.faster, pass.slower, pass.tried].map(String),
    ]),
    foot: [
      'mean',
      seconds(mean(passes.map((pass) => pass.seconds))),
      ...references,
      ...['faster', 'slower', 'tried'].map((name) => mean(passes.map((pass) => pass[name])).toFixed(1)),
    ],
  };
}

/** The seeds in words: `seed 1` or `seeds 1 to 5`. */
export function seedsText({ seed, seeds }) {
  return seeds.length === 1 ? `seed ${seed}` : `seeds ${seed} to ${(seed + seeds.length - 1) % 2 ** 32}`;
}

/** The goals and Vowpal Wabbit are rows of a run of GOAL_PASSES passes only. */
export function contenderRows(result) {
  const { seconds: run, seed, seeds, totals, vowpalWabbit } = result;
  const names = Object.keys(MEASURES);
  const row = (label, measures) => [label, ...names.map((name) => seconds(measures[name]))];
  const constant = (label, value) => row(label, Object.fromEntries(names.map((name) => [name, value])));
  const rows = [row(`this run, seed ${seed}`, measuresOf(run))];
  if (seeds.length > 1) {
    const { mean, worst } = overSeeds(seeds);
    rows.push(row(`${seedsText(result)}, mean`, mean), row(`${seedsText(result)}, worst`, worst));
  }
  if (vowpalWabbit && run.length === GOAL_PASSES) rows.push(row('Vowpal Wabbit, tuned', vowpalWabbit));
  rows.push(
    constant('default', totals.default),
    constant('best single hint set', totals.bestSingle),
    constant('oracle', totals.oracle),
  );
  const foot = [];
  if (run.length === GOAL_PASSES) {
    const goals = names.map((name) => goalsOf(seeds, totals)[name]);
    foot.push(['goal, at most', ...goals.map(({ limit }) => seconds(limit))], [seedsText(result), ...goals.map(metText)]);
  }
  return { head: ['', ...Object.values(MEASURES)], rows, foot };
}

export const metText = ({ met }) => (met ? 'met' : 'MISSED');

export function statisticsRows({ buffer }) {
  return Object.entries(buffer).map(([name, value]) => [name, Number.isInteger(value) ? String(value) : value.toFixed(4)]);
}

const LABELS = {
  predict: 'predict, of the hint set chosen',
  adapter: 'predicted_improvement, adapter',
  mean: 'mean of all runs so far',
  lastRun: 'last run of the same query',
};

/** The last five passes, or fewer if there are not as many; then all runs with a hint set that was new to their query. */
export function trackingRows({ points }) {
  const recent = points.slice(-5);
  const fresh = points.flat().filter((point) => point.isNew);
  const cells = (points, name) => {
    const { correlation, error } = score(points, name);
    // The running mean hardly varies within a pass: a correlation with it would say nothing.
    return [name === 'mean' || correlation === null ? '-' : correlation.toFixed(2), points.length > 0 ? error.toFixed(3) : '-'];
  };
  const passes = points.length === 1 ? '1 pass' : `${points.length} passes`;
  const span = recent.length === 1 ? 'last pass' : `last ${recent.length} passes`;
  return {
    title: 'Improvement predicted before each run, beside the one then measured (baseline / execution − 1, in −1..2)',
    head: ['', `r, ${span}`, 'error', `r, ${fresh.length} first tries`, 'error'],
    rows: PREDICTORS.map((name) => [LABELS[name], ...cells(recent.flat(), name), ...cells(fresh, name)]),
    note: `r: correlation; error: mean absolute error; first tries: runs with a hint set new to the query, in ${passes}`,
  };
}

/** Time of one call, 384 numbers per embedding. */
export function callsRows({ calls }) {
  const time = (ns) => (ns < 10_000 ? `${Math.round(ns)} ns` : `${(ns / 1000).toFixed(ns < 100_000 ? 1 : 0)} µs`);
  return Object.entries(calls).map(([name, ns]) => [name, time(ns)]);
}

/** The queries that gain or lose most seconds in the last pass, at most `count` of each. */
export function extremeRows(queries, runs, count) {
  const gain = (run) => (run.baselineMs - run.executionMs) / 1000;
  const row = (run) => [
    queries[run.query].name,
    String(run.hintSet),
    seconds(run.baselineMs / 1000),
    seconds(run.executionMs / 1000),
    (gain(run) > 0 ? '−' : '+') + seconds(Math.abs(gain(run))),
    seconds(Math.min(...queries[run.query].runtimesMs) / 1000),
  ];
  const sorted = [...runs].sort((a, b) => gain(b) - gain(a));
  return {
    head: ['query', 'hint set', 'default', 'learned', 'difference', 'oracle'],
    gains: sorted.slice(0, count).filter((run) => gain(run) > 0).map(row),
    losses: sorted.slice(-count).reverse().filter((run) => gain(run) < 0).map(row),
  };
}
