// The demo's arithmetic beside numbers made by hand: goals, seeds, Vowpal Wabbit's row, families, predictions.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { goalsOf, measuresOf, overSeeds, readVowpalWabbit } from '../../examples/job/contenders.mjs';
import { familyGains, isFlat } from '../../examples/job/families.mjs';
import { installDependencies } from '../../examples/job/install.mjs';

installDependencies();
const { contenderRows } = await import('../../examples/job/tables.mjs');
const { goalsLine } = await import('../../examples/job/print.mjs');
const { score } = await import('../../examples/job/tracking.mjs');

const TOTALS = { default: 180, bestSingle: 120, oracle: 70 };
/** Twenty passes: the first, 18 alike, the last. */
const run = (first, rest, last) => [first, ...new Array(18).fill(rest), last];

test('a goal is met at its limit and missed above it', () => {
  const met = (...seeds) => Object.values(goalsOf(seeds, TOTALS)).map((goal) => goal.met);
  assert.deepEqual(met(run(185, 185 - 95.5, 86)).slice(1), [true, true, true]);
  assert.deepEqual(met(run(185.1, 90, 86.1)), [true, false, false, true]);
  assert.deepEqual(met(run(100, 198.5, 80)), [false, true, true, false]);
  assert.match(goalsLine({ seconds: run(190, 80, 90), seed: 1, seeds: [run(190, 80, 90)], totals: TOTALS }), /pass 1 190\.0 <= 185 s MISSED; last pass 90\.0 <= 86 s MISSED; .* met$/);
  // Of two runs, the mean counts, and the worst pass of both.
  assert.deepEqual(met(run(185, 80, 80), run(185.2, 198.5, 80)), [false, false, true, false]);
  assert.deepEqual(met(run(180, 80, 90), run(190, 80, 82)), [true, true, true, true]);
});

test('over seeds, measure by measure', () => {
  const seeds = [[10, 40, 4], [30, 20, 1]];
  assert.deepEqual(measuresOf(seeds[0]), { mean: 18, first: 10, last: 4, worst: 40 });
  const { mean, worst } = overSeeds(seeds);
  assert.deepEqual(mean, { mean: 17.5, first: 20, last: 2.5, worst: 35 });
  assert.deepEqual(worst, { mean: 18, first: 30, last: 4, worst: 40 });
});

test('Vowpal Wabbit has a row if it was measured, and the run has as many passes', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'demo-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = pathToFileURL(path.join(folder, 'results.json'));
  assert.equal(readVowpalWabbit(file), null);
  writeFileSync(file, '{"mean": 110, "first": 170.25, "last": 95, "worst": 175, "setting": "squarecb"}');
  const rows = (seconds, vowpalWabbit) => contenderRows({ seconds, seed: 1, seeds: [seconds], totals: TOTALS, vowpalWabbit }).rows;
  const measured = readVowpalWabbit(file);
  const ours = (all) => all.find(([label]) => label.startsWith('Vowpal Wabbit'))?.slice(1);
  assert.deepEqual(ours(rows(run(1, 1, 1), measured)), ['110.00', '170.25', '95.00', '175.00']);
  assert.equal(ours(rows(run(1, 1, 1), null)), undefined);
  assert.equal(ours(rows([1, 1], measured)), undefined);
  writeFileSync(file, '{');
  assert.throws(() => readVowpalWabbit(file), SyntaxError);
});

test('what a family saves and leaves', () => {
  const queries = [['1a', [4000, 1000]], ['1b', [500, 900]], ['2a', [300, 300]]].map(([name, runtimesMs]) => ({ name, runtimesMs }));
  const runs = queries.map(({ runtimesMs: [baselineMs, executionMs] }, query) => ({ query, baselineMs, executionMs }));
  const [first, second] = familyGains(queries, runs);
  assert.deepEqual(first, { family: 1, possible: 3, saved: 3 - 0.4, left: 0.4 });
  assert.deepEqual([second.family, isFlat(first), isFlat(second)], [2, false, true]);
});

test('errors and correlations of predictions', () => {
  const points = [[0, 0], [1, 2], [2, 1]].map(([adapter, measured]) => ({ adapter, measured, mean: 1 }));
  assert.deepEqual(score(points, 'adapter'), { error: 2 / 3, correlation: 0.5 });
  assert.equal(score(points, 'mean').correlation, null);
});
