import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { versionOf } from '../lib/bundled.mjs';
import { command } from '../lib/command.mjs';

const OLDER = ['es2022', 'dom'];
const NEWEST = ['esnext', 'dom'];
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

/** Type checks the consumers, the package's declarations included. */
async function compiles(folder, typescript, name, options, lib) {
  const newest = lib === NEWEST;
  const files = ['consumer.mts', ...(name === 'bundler' ? ['file.mts'] : ['consumer.cts']), ...(newest ? ['using.mts'] : [])];
  const shared = { strict: true, noEmit: true, skipLibCheck: false, types: [], target: newest ? 'esnext' : 'es2022', lib };
  const project = path.join(folder, `tsconfig.${typescript}.${name}.${lib[0]}.json`);
  writeFileSync(project, JSON.stringify({ compilerOptions: { ...shared, ...options }, files }));
  const tsc = path.join(folder, 'node_modules', typescript, 'bin/tsc');
  return silent(process.execPath, [tsc, '-p', project, '--pretty', 'false'], folder);
}

export default [
  {
    name: 'TypeScript',
    quick: true,
    async run({ folder }) {
      const results = {};
      for (const typescript of ['typescript', 'typescript-5']) {
        const version = versionOf(folder, typescript).replace(/\.\d+$/, '');
        for (const [name, options] of Object.entries(MODULES)) {
          const both = [await compiles(folder, typescript, name, options, OLDER), await compiles(folder, typescript, name, options, NEWEST)];
          results[`${version}: ${name}`] = both.find((result) => result !== true) ?? true;
        }
      }
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
