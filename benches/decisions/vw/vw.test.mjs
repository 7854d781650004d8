// Checks of the baseline: `node --test benches/decisions/vw/`. The last ones need Python 3 and, for their first run, PyPI.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { randomFrom } from '../../../examples/job/random.mjs';
import { regret, secondsTable, yardsticks } from './report.mjs';
import { drawerFrom } from './space.mjs';
import { replayAll, withFolder } from './vw.mjs';

const SETTING = {
  actions: 'all',
  propensity: true,
  cost: { kind: 'log', clip: 5 },
  features: { centred: false },
};
const EXPLORING = '--epsilon 0.2 --power_t 0';
const FORMS = {
  '--cb_explore': { ...SETTING, actions: null, args: EXPLORING },
  '--cb_explore_adf': { ...SETTING, args: `${EXPLORING} -q ea` },
  'no weights for the default': { ...SETTING, actions: 'changes', args: `${EXPLORING} -q ea --noconstant --ignore_linear e` },
  'the identity alone': { ...SETTING, args: `${EXPLORING} -q ia`, features: { identity: 1, embedding: false } },
};

const EMBEDDINGS = [[1, 0, 0, 0], [0, 1, 0, 0]];

/** Type 2 is ten times as fast as the default for one query and slower for the other; from `change` on, the other way round. */
function twoQueries({ change = Infinity, operators = [0, 0], passes = 100 } = {}) {
  const rows = [[1000, 2000, 100], [1000, 2000, 3000]];
  const steps = Array.from({ length: 2 * passes }, (_, i) => {
    const [pass, query] = [i >> 1, i % 2];
    return [pass, query, operators[query], pass < change ? query : 1 - query];
  });
  return { name: 'two', dim: 4, types: 3, passes, embeddings: EMBEDDINGS, rows, steps };
}

const seconds = (workload, setting, seeds = [1]) =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'workload.json');
    writeFileSync(file, JSON.stringify(workload));
    const [runs] = await replayAll([{ workload: file, setting, seeds }]);
    return runs;
  });

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('yardsticks are those of the rows', () => {
  const workload = twoQueries({ passes: 2 });
  const [base, single, oracle] = yardsticks(workload).map(({ runs }) => runs[0]);
  assert.deepEqual(base, [2, 2]);
  assert.deepEqual(single, [2, 2]);
  assert.deepEqual(oracle, [1.1, 1.1]);
  assert.equal(regret(workload, [base]), 1);
  assert.equal(regret(workload, [oracle]), 0);
});

test('the table says the mean over the seeds and the worst one', () => {
  const [, row] = secondsTable(2, [{ name: 'policy', runs: [[4, 2], [2, 1]] }]).split('\n');
  assert.equal(row.trim().replace(/ {2,}/g, ' | '), 'policy | 2.3 / 3.0 | 3.0 / 4.0 | 1.5 / 2.0 | 3.0 / 4.0');
});

test('the same seed draws the same settings', () => {
  const draws = (seed) => {
    const draw = drawerFrom(randomFrom(seed));
    return Array.from({ length: 20 }, (_, i) => draw(i % 2 === 1));
  };
  assert.deepEqual(draws(1), draws(1));
  assert.notDeepEqual(draws(1), draws(2));
});

for (const [name, setting] of Object.entries(FORMS)) {
  test(`${name}: learns which query gains, and again after a change`, async () => {
    const [run] = await seconds(twoQueries({ change: 50, passes: 200 }), setting);
    assert.equal(run.length, 200);
    assert.ok(mean(run.slice(30, 50)) < 1.7, `before: ${run.slice(30, 50)}`);
    assert.ok(mean(run.slice(150)) < 1.7, `after: ${run.slice(150)}`);
  });

  test(`${name}: one embedding of two operators is two queries`, async () => {
    const workload = { ...twoQueries({ operators: [3, 7] }), embeddings: [EMBEDDINGS[0], EMBEDDINGS[0]] };
    const [run] = await seconds(workload, setting);
    assert.ok(mean(run.slice(-40)) < 1.7, `${run.slice(-40)}`);
  });
}

test('seeds can be repeated, and differ', async () => {
  const [first, again, other] = await seconds(twoQueries(), FORMS['--cb_explore_adf'], [1, 1, 2]);
  assert.deepEqual(first, again);
  assert.notDeepEqual(first, other);
});

test('what VW refuses is an error of that setting only', async () => {
  const { error } = await seconds(twoQueries(), { ...SETTING, args: '--squarecb --cb_type dr' });
  assert.match(error, /cb_type/);
});
