// Builds pkg/ from source: cargo, wasm-bindgen and wasm-opt (all by wasm-pack), then the JavaScript files.
// `node scripts/build.mjs` rewrites the generated files of pkg/; the tests build into another folder and compare.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { WASM_TARGET, isMain, root, toolchain } from './toolchain.mjs';

export const pkg = path.join(root, 'pkg');
const record = path.join(root, 'scripts/toolchain.json');

const WASM = ['ruvector_learning_wasm_bg.wasm', 'ruvector_learning_wasm_bg.wasm.d.ts'];
const BUNDLED = [
  'ruvector_learning_wasm.js', 'ruvector_learning_wasm.d.ts', 'index.cjs', 'index.d.cts', 'inline.js', 'inline.cjs',
  'persist.js', 'persist.d.ts', 'persist.cjs', 'persist.d.cts',
];
const HAND_WRITTEN = ['package.json', 'index.js', 'index.d.ts', 'inline.d.ts', 'inline.d.cts', 'workerd.js', 'persist.workerd.js'];
const FROM_THE_TOP = ['README.md', 'CHANGELOG.md', 'LICENSE-MIT', 'LICENSE-APACHE'];
// Methods and fields of pkg/js that no user sees, where a shorter name saves bytes.
const INTERNAL =
  /^(adaptArray|address|distinct|forward(Array|Batch|Into)|freezeA|fresh|operatorStats|owner|setLearningRate|settings|settle|staging|view)$/;
export const GENERATED = [...WASM, ...BUNDLED, ...FROM_THE_TOP];

/** The versions that the committed files of pkg/ were built with. */
export const recordedVersions = () => JSON.parse(readFileSync(record, 'utf8'));

/** A line of Cargo configuration by which the sources of dependencies have no path of this machine. */
function withoutPaths(env) {
  const options = ['metadata', '--format-version', '1', '--locked', '--filter-platform', WASM_TARGET];
  const metadata = execFileSync('cargo', options, { cwd: root, env, maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 2] });
  const { manifest_path: manifest } = JSON.parse(metadata).packages.find(({ name }) => name === 'bytemuck');
  const sources = path.dirname(path.dirname(manifest));
  return `target.${WASM_TARGET}.rustflags=["--remap-path-prefix=${sources}=crates"]`;
}

/** Fills `folder` with a whole package built from source. */
export async function build(folder) {
  const { env } = toolchain();
  const glue = path.join(root, 'target/wasm-pack');
  const options = ['--mode', 'no-install', '--target', 'web', '--release', '--no-pack'];
  const names = ['--out-dir', glue, '--out-name', 'ruvector_learning_wasm'];
  // Paths of this machine must not reach the binary, nor flags of this shell.
  const { RUSTFLAGS, ...clean } = env;
  const crate = path.join(pkg, 'crate');
  const args = ['--quiet', 'build', crate, ...options, ...names, '--', '--locked', '--config', withoutPaths(clean)];
  execFileSync('wasm-pack', args, { env: clean, stdio: ['ignore', 2, 2] });

  mkdirSync(folder, { recursive: true });
  const copy = (from, names) => {
    for (const name of names) {
      const target = path.join(folder, name);
      if (path.join(from, name) !== target) cpSync(path.join(from, name), target);
    }
  };
  copy(glue, WASM);
  copy(pkg, HAND_WRITTEN);
  copy(root, FROM_THE_TOP);
  const types = (name) => path.join(folder, name);
  const declarations = readFileSync(path.join(pkg, 'js/index.d.ts'), 'utf8');
  const [libraries] = readFileSync(types('index.d.ts'), 'utf8').split('\n', 1);
  writeFileSync(types('ruvector_learning_wasm.d.ts'), declarations);
  writeFileSync(types('index.d.cts'), `${libraries}\n${declarations}`);
  const persistence = readFileSync(path.join(pkg, 'js/persist.d.ts'), 'utf8');
  writeFileSync(types('persist.d.ts'), `${libraries}\n${persistence}`);
  writeFileSync(types('persist.d.cts'), `${libraries}\n${persistence.replaceAll('./ruvector_learning_wasm.js', './index.cjs')}`);

  const { build: bundle } = await import('esbuild');
  const mangleCache = {};
  const origin = '// Generated from pkg/js and wasm-bindgen’s glue.';
  const shared = {
    alias: {
      generated: path.join(glue, 'ruvector_learning_wasm.js'),
      'generated.wasm': path.join(glue, WASM[0]),
    },
    loader: { '.wasm': 'binary' },
    bundle: true,
    minify: true,
    mangleProps: INTERNAL,
    lineLimit: 2000, // an engine shows the whole line that an error came from
    drop: ['console'], // the glue warns of a form of argument that it is never given
  };
  const esm = { ...shared, format: 'esm', target: 'es2022', banner: { js: origin } };
  const cjs = {
    ...shared,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    define: { 'import.meta.url': 'moduleUrl' },
    banner: { js: `${origin}\nconst moduleUrl = require('node:url').pathToFileURL(__filename).href;` },
  };
  const bundles = [
    ['index', 'ruvector_learning_wasm.js', esm], ['index', 'index.cjs', cjs], ['inline', 'inline.js', esm], ['inline', 'inline.cjs', cjs],
  ];
  const into = async (options, outfile) => {
    const result = await bundle({ ...options, mangleCache, outfile: types(outfile) });
    Object.assign(mangleCache, result.mangleCache); // the second entry knows the first one's objects by these names
  };
  for (const [entry, name, options] of bundles) await into({ ...options, entryPoints: [path.join(pkg, `js/${entry}.js`)] }, name);

  // The second entry has the first one's classes, not copies of them.
  const persist = path.join(pkg, 'js/persist.js');
  const beside = (file) => ({
    plugins: [{
      name: 'the first entry',
      setup: ({ onResolve }) => onResolve({ filter: /^main$/ }, () => ({ path: file, external: true })),
    }],
  });
  await into({ ...esm, ...beside('./ruvector_learning_wasm.js'), entryPoints: [persist] }, 'persist.js');
  const { define, ...plain } = { ...cjs, banner: { js: origin } };
  // In a file of a package of modules, `default` would be the whole of index.cjs.
  const contents = "export * from './persist.js';\nexport { default } from 'main';\n";
  const stdin = { contents, resolveDir: path.join(pkg, 'js') };
  await into({ ...plain, ...beside('./index.cjs'), stdin }, 'persist.cjs');
}

if (isMain(import.meta.url)) {
  await build(pkg);
  writeFileSync(record, `${JSON.stringify(toolchain().versions, null, 2)}\n`);
  console.log(`built pkg/ with ${readFileSync(record, 'utf8')}`);
}
