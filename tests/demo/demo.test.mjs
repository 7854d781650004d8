// The demo as a user runs it: its output, its report, its exit codes.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

function demo(...args) {
  const run = spawnSync(process.execPath, ['examples/job/demo.mjs', ...args], { cwd: root, encoding: 'utf8' });
  return { code: run.status, out: run.stdout, error: run.stderr };
}

/** Rows of the table of seconds, as numbers: pass, learned, default, best single, oracle, … */
const rows = (out) => [...out.matchAll(/^ +(\d+ +[\d. ]+)$/gm)].map((match) => match[1].trim().split(/ +/).map(Number));

test('replays the benchmark, learns, and says what it took', () => {
  const { code, out, error } = demo('--passes', '20', '--seed', '1');
  assert.equal(code, 0, error);
  assert.equal(error, '', 'nothing but the result, and no progress bar, when output is not a terminal');
  assert.doesNotMatch(out, /\x1b/);
  const passes = rows(out);
  assert.equal(passes.length, 20);
  for (const [, learned, unhinted, bestSingle, oracle] of passes) {
    assert.deepEqual([unhinted, bestSingle, oracle], [181.08, 120.38, 68.06]);
    assert.ok(learned >= oracle);
  }
  const seconds = passes.map((row) => row[1]);
  assert.ok(seconds.at(-1) < 120.38, `pass 20 took ${seconds.at(-1)} s`);
  const printed = new Map([...passes.map((row) => [String(row[0]), row[1]]), ['mean of 20', Number(out.match(/mean +([\d.]+)/)[1])]]);
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
  const stated = [...readme.matchAll(/^\| (\d+|mean of 20) \| (\d+\.\d\d) \|/gm)];
  assert.equal(stated.length, 5);
  for (const [, pass, learned] of stated) assert.equal(Number(learned), printed.get(pass), `README, pass ${pass}`);
  for (const part of ['trajectories recorded', 'success rate', 'predicted_improvement', 'correlation', ' ns']) {
    assert.ok(out.includes(part), part);
  }
});

test('choosing without the adapter takes what the README says', () => {
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
  const [, stated] = readme.match(/takes (\d+\.\d\d) s in the mean/);
  const { out } = demo('--no-adapter');
  assert.match(out, /choosing without the adapter/);
  assert.equal(out.match(/^ +mean +([\d.]+)/m)[1], stated);
});

test('one seed gives one result', () => {
  const result = (seed) => demo('--passes', '3', '--seed', seed).out.replace(/^.* ns$/gm, '');
  assert.equal(result('7'), result('7'));
  assert.notEqual(result('7'), result('8'));
});

test('the report stands alone', () => {
  const { out } = demo('--passes', '2');
  const path = out.match(/^Report: (.+)$/m)[1];
  const html = readFileSync(path, 'utf8');
  assert.doesNotMatch(html, /<(?:script|link|img)[^>]+(?:src|href)=["']?https?:/);
  assert.match(html, /Seconds per pass/);
});

test('help and bad arguments', () => {
  const help = demo('--help');
  assert.equal(help.code, 0);
  assert.match(help.out, /--passes[\s\S]*--seed/);
  const bad = [['--passes', '0'], ['--passes', 'x'], ['--passes', '2.5'], ['--seed', '-1'], ['--seed'], ['--nope'], ['more']];
  for (const args of bad) {
    const { code, out, error } = demo(...args);
    assert.equal(code, 2, args.join(' '));
    assert.equal(out, '');
    assert.match(error, /^demo: .+/);
  }
});
