import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { versionOf } from '../lib/bundled.mjs';
import { command } from '../lib/command.mjs';

const OLDER = ['es2022', 'dom'];
const NEWEST = ['esnext', 'dom']; // with esnext.disposable
const WORKER = ['es2022', 'webworker'];
const BARE = ['es2022'];
const MODULES = {
  bundler: { module: 'preserve', moduleResolution: 'bundler' },
  node16: { module: 'node16', moduleResolution: 'node16' },
  node20: { module: 'node20', moduleResolution: 'node16' },
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
};

/** `true`, or what a command said that failed. */
async function silent(program, args, cwd) {
  const { code, output } = await command(program, args, { cwd });
  return code === 0 || output;
}

/** What of the consumers compiles with a lib: `using` needs the newest one, the web's types need one that has them. */
function filesFor(name, lib) {
  if (lib === BARE) return ['bare.mts'];
  return ['consumer.mts', name === 'bundler' ? 'file.mts' : 'consumer.cts', ...(lib === NEWEST ? ['using.mts'] : [])];
}

/** Type checks them, the package's declarations included. */
async function compiles(folder, typescript, name, lib) {
  const shared = { strict: true, noEmit: true, skipLibCheck: lib === BARE, types: [], target: lib === NEWEST ? 'esnext' : 'es2022', lib };
  const project = path.join(folder, `tsconfig.${[typescript, name, ...lib].join('.')}.json`);
  writeFileSync(project, JSON.stringify({ compilerOptions: { ...shared, ...MODULES[name] }, files: filesFor(name, lib) }));
  const tsc = path.join(folder, 'node_modules', typescript, 'bin/tsc');
  return silent(process.execPath, [tsc, '-p', project, '--pretty', 'false'], folder);
}

export default [
  {
    name: 'TypeScript',
    quick: true,
    async run({ folder }) {
      const results = {};
      const attempt = async (what, name, ...libs) => {
        for (const typescript of ['typescript', 'typescript-5']) {
          for (const lib of libs) {
            const result = await compiles(folder, typescript, name, lib);
            results[what] = result === true ? results[what] ?? true : `${typescript}, ${lib}: ${result}`;
          }
        }
      };
      for (const name of Object.keys(MODULES)) await attempt(name, name, OLDER, NEWEST);
      await attempt('webworker instead of dom', 'bundler', WORKER);
      await attempt('neither but skipLibCheck', 'nodenext', BARE);
      return { version: `${versionOf(folder, 'typescript')} and ${versionOf(folder, 'typescript-5')}`, results: [results] };
    },
  },
  {
    name: 'publint and attw',
    quick: true,
    async run({ folder, bin, tarball }) {
      const results = {
        publint: await silent(bin('publint'), ['run', tarball, '--strict'], folder),
        // But of the .wasm file: by require, one can only resolve its name.
        'are the types wrong?': await silent(bin('attw'), [tarball, '--exclude-entrypoints', './ruvector_learning_wasm_bg.wasm', '--format', 'ascii'], folder),
      };
      return { version: `${versionOf(folder, 'publint')}, ${versionOf(folder, '@arethetypeswrong/cli')}`, results: [results] };
    },
  },
];
