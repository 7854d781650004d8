// The code in README.md and docs/ runs, and prints what the text says it prints.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { transformSync } from 'esbuild';

import { sizes } from '../../scripts/size.mjs';
import { root } from './installed.mjs';
import { blocks, quotedFrom, quotes, withClaimsChecked } from './readme.mjs';
import { runScript } from './script.mjs';

function run({ code, typescript }) {
  const checked = withClaimsChecked(code);
  return runScript('main.mjs', typescript ? transformSync(checked, { loader: 'ts', target: 'node20' }).code : checked);
}

const texts = ['README.md', ...readdirSync(path.join(root, 'docs')).filter((file) => file.endsWith('.md')).map((file) => `docs/${file}`)].map((file) => {
  const text = readFileSync(path.join(root, file), 'utf8');
  return { file, text, ...blocks(text) };
});

test('there is code to run', () => {
  const withCode = texts.filter(({ scripts }) => scripts.length > 0).map(({ file }) => file);
  assert.ok(withCode.includes('README.md') && withCode.length > 1, `${withCode}`);
});

test('what is not run has a reason', () => {
  for (const { file, notRun } of texts) {
    for (const { line, reason } of notRun) assert.ok(reason.length > 0, `${file}: line ${line} is not run and does not say why`);
  }
});

for (const { file, text } of texts) {
  for (const { line, file: source, code } of quotes(text)) {
    test(`the lines on line ${line} of ${file} are lines of ${source}`, () => {
      assert.ok(quotedFrom(readFileSync(path.join(root, source), 'utf8'), code));
    });
  }
}

for (const { file, scripts } of texts) {
  for (const script of scripts) {
    test(`the code on line ${script.line} of ${file}`, () => {
      const { status, stderr } = run(script);
      assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    });
  }
}

// The checker itself must be able to fail.
const sample = (code, before = '') => `text\n\n${before}\`\`\`js\n${code}\n\`\`\`\n`;
const outcome = (markdown) => run(blocks(markdown).scripts[0]);

test('a true claim passes, a wrong one, one never reached and an unchecked one fail', () => {
  assert.equal(outcome(sample('console.log(1 + 1); // → 2')).status, 0);
  assert.equal(outcome(sample('for (const x of [1n, 1n]) {\n  console.log(`n: ${x}`, [x]); // → n: 1 [ 1n ]\n}')).status, 0);
  const wrong = outcome(sample('console.log(1 + 1); // → 3'));
  assert.deepEqual([wrong.status, wrong.stderr], [1, 'printed "2", the text says "3"\n']);
  assert.match(outcome(sample('if (false) {\n  console.log(1); // → 1\n}')).stderr, /never printed: console\.log\(1\)/);
  assert.equal(outcome(sample('const log = (x) => console.log(`say ${x}`);\nlog(await 3); // → say 3')).status, 0);
  assert.match(outcome(sample('Math.sqrt(9); // → 3')).stderr, /printed "", the text says "3"/);
  assert.throws(() => outcome(sample('if (true) { // → 3\n}')), /only a statement of one line/);
  assert.equal(outcome(sample('throw new Error("no");')).status, 1);
});

test('a quotation is not run, and must be lines of its file', () => {
  const quoted = `<!-- from: some/file.vue -->\n\`\`\`vue\nb;\n  c;\n\`\`\`\n${sample('d();', '<!-- from: other.js -->\n')}`;
  assert.deepEqual(quotes(quoted), [{ line: 1, file: 'some/file.vue', code: 'b;\n  c;\n' }, { line: 8, file: 'other.js', code: 'd();\n' }]);
  assert.equal(blocks(quoted).scripts.length, 0);
  assert.ok(quotedFrom('a;\n  b;\n    c;\n', 'b;\n  c;\n'));
  assert.ok(!quotedFrom('a; b;\nc;\n', 'b;\n  c;\n') && !quotedFrom('b;\nx;\nc;\n', 'b;\n  c;\n'));
});

test('directives: continues, not run, TypeScript', () => {
  const continued = sample('console.log(x); // → 1', '<!-- continues -->\n');
  const { scripts: joined } = blocks(sample('const x: number = 1;').replace('```js', '```ts') + continued);
  assert.equal(joined.length, 1);
  assert.equal(run(joined[0]).status, 0);
  const reasoned = sample('throw 1;', '<!-- not run: needs a browser -->\n');
  const { scripts: none, notRun: left } = blocks(reasoned + sample('throw 1;', '<!-- not run: -->\n'));
  assert.deepEqual([none, left.map(({ reason }) => reason)], [[], ['needs a browser', '']]);
  assert.throws(() => blocks(sample('x', '<!-- continues -->\n')), /continues no block/);
  assert.deepEqual(blocks('```bash\nnpm install\n```\n'), { scripts: [], notRun: [] });
});

test('the sizes that docs/performance.md states are those of the committed package', () => {
  const stated = (pattern) => readFileSync(path.join(root, 'docs/performance.md'), 'utf8').match(pattern).slice(1).map(Number);
  const { wasm, 'wasm, gzip': compressed, 'glue, gzip': glue } = sizes(path.join(root, 'pkg'));
  // Implementations of deflate differ: Node's comes out 1 % larger than GNU gzip's.
  const near = (actual, number) => assert.ok(Math.abs(actual - number) < 0.02 * number, `${actual} bytes, the text says ${number}`);
  const [raw, gzip] = stated(/has (\d+) bytes, and (\d+) with gzip/);
  assert.equal(wasm, raw);
  near(compressed, gzip);
  near(glue, ...stated(/main entry has (\d+) bytes with gzip/));
});
