// The package, packed and installed as a user would, in every host: `node tests/hosts/run.mjs [--quick] [name of a host …]`.
// Each host is a folder with a project and a host.mjs, which exports one host or several:
//   name, quick (npm test runs it, too), with (other folders whose sources it uses), lacking (why it cannot run on this
//   machine, if so), run(project) -> { version, results }
// `results` are objects of attempts, each `true` or what went wrong. `--docs` puts the table into docs/hosts.md.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { hostsFolder, packed, project, root } from './lib/project.mjs';

const options = new Set(process.argv.slice(2).filter((argument) => argument.startsWith('--')));
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));

async function hosts() {
  const ids = readdirSync(hostsFolder).filter((id) => existsSync(path.join(hostsFolder, id, 'host.mjs')));
  const found = [];
  for (const id of ids) {
    const { default: described } = await import(pathToFileURL(path.join(hostsFolder, id, 'host.mjs')));
    for (const host of [described].flat()) found.push({ id, with: [], quick: false, ...host });
  }
  const chosen = found.filter(({ id, name, quick }) => {
    if (wanted.length > 0) return wanted.some((part) => id === part || name === part);
    return quick || !options.has('--quick');
  });
  if (chosen.length === 0) throw new Error(`no such host; there are ${found.map(({ name }) => name).join(', ')}`);
  return chosen.sort((one, other) => other.quick - one.quick || one.name.localeCompare(other.name, 'en'));
}

async function visit(host, tarball) {
  const start = performance.now();
  const row = { name: host.name, quick: host.quick, lacking: host.lacking, version: '', tried: [], wrong: [] };
  if (host.lacking) return row;
  try {
    const { version, results } = await host.run(await project(host.id, host.with, tarball));
    row.version = version;
    for (const [what, result] of results.flatMap((each) => Object.entries(each))) {
      row.tried.push(what);
      if (result !== true) row.wrong.push(`${what}: ${result}`);
    }
    if (row.tried.length === 0) row.wrong.push('nothing was tried');
  } catch (error) {
    row.wrong.push(String(error?.stack ?? error));
  }
  row.seconds = (performance.now() - start) / 1000;
  return row;
}

function verdict({ lacking, version, seconds, tried, wrong }) {
  if (lacking) return `not on this machine: ${lacking}`;
  const what = wrong.length === 0 ? `works: ${tried.join(', ')}` : `FAILS\n  ${wrong.join('\n').replaceAll('\n', '\n  ')}`;
  return `${version} (${seconds.toFixed(1)} s) ${what}`;
}

const WHEN = ['always', 'on demand'];

const cells = ({ name, quick, version, tried, ...row }) => [
  name,
  version,
  tried.join(', '),
  WHEN[quick ? 0 : 1],
  row.lacking ? 'not here' : row.wrong.length === 0 ? 'works' : 'FAILS',
];

function table(lines) {
  const order = ([name, , , when], [otherName, , , otherWhen]) =>
    WHEN.indexOf(when) - WHEN.indexOf(otherWhen) || name.localeCompare(otherName, 'en');
  const head = [['host', 'version', 'what was tried', 'when', 'result'], Array(5).fill('---')];
  return [...head, ...lines.toSorted(order)].map((line) => `| ${line.join(' | ')} |`).join('\n');
}

/** Puts the lines into the table between the two comments of docs/hosts.md, in place of what it says of the same hosts. */
function intoDocs(lines) {
  const file = path.join(root, 'docs/hosts.md');
  const text = readFileSync(file, 'utf8').replace(/(?<=<!-- hosts -->\n)[^]*?(?=<!-- \/hosts -->)/, (old) => {
    const [, , ...before] = [...old.matchAll(/^\| (.*) \|$/gm)].map(([, line]) => line.split(' | '));
    const others = before.filter(([name]) => !lines.some(([visited]) => visited === name));
    return `\n${table([...others, ...lines])}\n\n`;
  });
  writeFileSync(file, text);
}

const tarball = await packed();
const rows = [];
for (const host of await hosts()) {
  const row = await visit(host, tarball);
  rows.push(row);
  console.log(`${row.name} ${verdict(row)}`);
}
console.log(`\n${table(rows.map(cells))}\n`);
if (options.has('--docs')) intoDocs(rows.map(cells));
const visited = rows.filter(({ lacking }) => !lacking);
const failed = visited.filter(({ wrong }) => wrong.length > 0).length;
// The words of node --test, which scripts/test.mjs counts by.
console.log(`# pass ${visited.length - failed}\n# fail ${failed}`);
process.exit(failed > 0 ? 1 : 0);
