// Builds pkg/ from source: cargo, wasm-bindgen and wasm-opt (all by wasm-pack), then the JavaScript around what they make.
// `node scripts/build.mjs` rewrites the generated files of pkg/; the tests build into another folder and compare.
//
// wasm-pack's files keep their names. The glue is hardened (scripts/glue.mjs), the snippet that it imports lies beside it as
// arrays.js, and the .wasm carries the id that build_id.js has, too: both are of one build.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { harden } from './glue.mjs';
import { WASM_TARGET, isMain, root, toolchain } from './toolchain.mjs';
import { declarations, inlineDeclarations } from './types.mjs';

export const pkg = path.join(root, 'pkg');
const record = path.join(root, 'scripts/toolchain.json');
const entries = path.join(root, 'scripts/entries');

const NAME = 'ruvector_learning_wasm';
const HAND_WRITTEN = ['package.json', 'index.js', 'workerd.js', 'start.js', 'checks.js', 'text.js'];
const FROM_THE_TOP = ['README.md', 'CHANGELOG.md', 'LICENSE-MIT', 'LICENSE-APACHE'];
const MODULES = [`${NAME}.js`, 'arrays.js', 'build_id.js', 'jsdelivr.js'];
const BUNDLED = ['index.cjs', 'inline.js', 'inline.cjs'];
const TYPES = ['index.d.ts', 'index.d.cts', 'inline.d.ts', 'inline.d.cts', `${NAME}.d.ts`, `${NAME}_bg.wasm.d.ts`];
export const GENERATED = [`${NAME}_bg.wasm`, ...MODULES, ...BUNDLED, ...TYPES, ...FROM_THE_TOP];

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

/** Has wasm-pack build the crate; returns the folder with the result. */
function compile() {
  const { env } = toolchain();
  const out = path.join(root, 'target/wasm-pack');
  const options = ['--mode', 'no-install', '--target', 'web', '--release', '--no-pack'];
  const names = ['--out-dir', out, '--out-name', NAME];
  // Paths of this machine must not reach the binary, nor flags of this shell.
  const { RUSTFLAGS, ...clean } = env;
  const features = ['--locked', '--features', 'bindings,runtime', '--config', withoutPaths(clean)];
  execFileSync('wasm-pack', ['--quiet', 'build', root, ...options, ...names, '--', ...features], { env: clean, stdio: ['ignore', 2, 2] });
  return out;
}

/** A custom section of a wasm file: any tool keeps it, and engines can be asked for it. */
function customSection(name, text) {
  const body = Buffer.concat([Buffer.from([name.length]), Buffer.from(name + text)]);
  if (body.length > 127) throw new Error('its length must fit into one byte');
  return Buffer.concat([Buffer.from([0, body.length]), body]);
}

/** Fills `folder` with a whole package built from source. */
export async function build(folder, out = compile()) {
  mkdirSync(folder, { recursive: true });
  const write = (name, content) => writeFileSync(path.join(folder, name), content);
  const copy = (from, names) => {
    for (const name of names) {
      const target = path.join(folder, name);
      if (path.join(from, name) !== target) cpSync(path.join(from, name), target);
    }
  };
  copy(pkg, HAND_WRITTEN);
  copy(root, FROM_THE_TOP);

  const glue = harden(readFileSync(path.join(out, `${NAME}.js`), 'utf8'));
  const arrays = readFileSync(path.join(root, 'src/wasm/arrays.js'), 'utf8');
  const wasm = readFileSync(path.join(out, `${NAME}_bg.wasm`));
  const id = createHash('sha256').update(wasm).update(glue).update(arrays).digest('hex').slice(0, 16);
  write(`${NAME}.js`, glue);
  write('arrays.js', arrays);
  write('build_id.js', `// Generated: the id of this build, which the .wasm file has, too.\nexport const BUILD_ID = '${id}';\n`);
  const { name: packageName, version } = JSON.parse(readFileSync(path.join(pkg, 'package.json'), 'utf8'));
  const index = `./${packageName}@${version}/index.js`;
  write('jsdelivr.js', [
    `// Generated: what https://cdn.jsdelivr.net/npm/${packageName} answers with, under that very address.`,
    `export * from '${index}';`,
    `export { default } from '${index}';\n`,
  ].join('\n'));
  write(`${NAME}_bg.wasm`, Buffer.concat([wasm, customSection('build_id', id)]));

  const types = declarations(readFileSync(path.join(out, `${NAME}.d.ts`), 'utf8'));
  copy(out, [`${NAME}_bg.wasm.d.ts`]);
  write(`${NAME}.d.ts`, types);
  write('index.d.ts', `export * from './${NAME}.js';\nexport { default } from './${NAME}.js';\n`);
  write('index.d.cts', types);
  write('inline.d.ts', inlineDeclarations('./index.js'));
  write('inline.d.cts', inlineDeclarations('./index.cjs'));

  const { build: bundle } = await import('esbuild');
  const into = (outfile, entry, head, options) => bundle({
    stdin: { contents: readFileSync(path.join(entries, entry), 'utf8'), resolveDir: folder, sourcefile: `scripts/entries/${entry}` },
    loader: { '.wasm': 'binary' },
    bundle: true,
    minify: true,
    lineLimit: 2000, // an engine shows the whole line that an error came from
    logOverride: { 'duplicate-object-key': 'silent' }, // the glue names the snippet once for each function that wasm imports
    drop: ['console'], // the glue warns of a form of argument that it is never given
    banner: { js: [`// Generated from scripts/entries/${entry}.`, ...head].join('\n') },
    outfile: path.join(folder, outfile),
    ...options,
  });
  const commonJs = { format: 'cjs', platform: 'node', target: 'node18' };
  // What tracers (nft) recognise, which the bundler would write in another way. The file for `import` is named because newer
  // versions of Node take it for `require`, too, where the tracer may have run on an older one.
  const twin = (name) => ['function twin() {', `  return path.join(__dirname, '${name}');`, '}'];
  const besideThis = [
    "const path = require('node:path');",
    ...twin('index.js'),
    "const { pathToFileURL } = require('node:url');",
    'function besideThis() {',
    `  return pathToFileURL(path.join(__dirname, '${NAME}_bg.wasm'));`,
    '}',
  ];
  const noUrl = { 'import.meta.url': '""' }; // in the glue's own init(), which is left out
  await into('index.cjs', 'index.cjs.js', besideThis, { ...commonJs, define: noUrl });
  await into('inline.cjs', 'inline.cjs.js', ["const path = require('node:path');", ...twin('inline.js')], { ...commonJs, external: ['./index.cjs'] });
  await into('inline.js', 'inline.js', [], { format: 'esm', target: 'es2022', external: ['./start.js', `./${NAME}.js`] });
}

if (isMain(import.meta.url)) {
  await build(pkg);
  writeFileSync(record, `${JSON.stringify(toolchain().versions, null, 2)}\n`);
  console.log(`built pkg/ with ${readFileSync(record, 'utf8')}`);
}
