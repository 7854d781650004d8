import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { versionOf } from '../lib/bundled.mjs';
import { command } from '../lib/command.mjs';

const OLDER = ['es2022', 'dom'];
const NEWEST = ['esnext', 'dom']; // with esnext.disposable
const WORKER = ['es2022', 'webworker'];
const BARE = ['es2022'];
const MODULES = {
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
  node16: { module: 'node16', moduleResolution: 'node16' },
  node20: { module: 'node20', moduleResolution: 'node16' },
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
};
/** What each compiler is tried with: `using` and node20 are younger than some, and those before 7 take their time. */
const COMPILERS = {
  'typescript': { libs: [OLDER, NEWEST], modules: Object.keys(MODULES) },
  'typescript-5.9': { libs: [NEWEST], modules: Object.keys(MODULES) },
  'typescript-5.6': { libs: [OLDER], modules: ['bundler', 'node16', 'nodenext'] },
  'typescript-5.0': { libs: [OLDER], modules: ['bundler', 'node16', 'nodenext'] },
};

/** `true`, or what a command said that failed. */
async function silent(program, args, cwd) {
  const { code, output } = await command(program, args, { cwd });
  return code === 0 || output;
}

/** What of the consumers compiles with a lib: `using` needs the newest one, the web's types need one that has them. */
function filesFor(name, lib) {
  const commonJs = name !== 'bundler';
  if (lib === BARE) return ['bare.mts', ...(commonJs ? ['bare.cts'] : [])];
  return ['consumer.mts', commonJs ? 'consumer.cts' : 'file.mts', ...(lib === NEWEST ? ['using.mts'] : [])];
}

/** Type checks them, the package's declarations included. */
async function compiles(folder, typescript, name, lib) {
  const checked = { strict: true, skipLibCheck: false, skipDefaultLibCheck: true }; // all but the compiler's own
  const shared = { ...checked, noEmit: true, types: [], target: lib === NEWEST ? 'esnext' : 'es2022', lib };
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
      const attempt = async (what, compiler, name, lib) => {
        const result = await compiles(folder, compiler, name, lib);
        results[what] = result === true ? results[what] ?? true : `${compiler}, ${lib}: ${result}`;
      };
      for (const [compiler, { libs, modules }] of Object.entries(COMPILERS)) {
        for (const name of modules) for (const lib of libs) await attempt(name, compiler, name, lib);
        await attempt('webworker instead of dom', compiler, 'bundler', WORKER);
        await attempt('neither of them', compiler, 'nodenext', BARE);
      }
      return { version: Object.keys(COMPILERS).map((compiler) => versionOf(folder, compiler)).join(', '), results: [results] };
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
