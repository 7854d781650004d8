// Runs every test there is, from formatting to the packed package, and ends with a line `N passed, N failed`.
// `node scripts/test.mjs rust wasm` runs only the groups named; see `groups` below. `browsers`, `peft` and `vw` run only if they are named.
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

import { GENERATED, build, pkg, recordedVersions } from './build.mjs';
import { BARE_METAL_TARGET, WASM_TARGET, bareMetal, chromium, firefox, isMain, root, toolchain } from './toolchain.mjs';

const total = { passed: 0, failed: 0 };
const failures = [];
const skips = [];

function count(name, passed, failed) {
  total.passed += passed;
  total.failed += failed;
  if (failed > 0) failures.push(`${name}: ${failed} failed`);
  console.log(`==> ${name}: ${passed} passed, ${failed} failed`);
}

/** The environment of all commands: nobody debugs what they build, and nothing of it is built again after an edit. */
const environment = () => ({ ...toolchain().env, CARGO_PROFILE_DEV_DEBUG: '0', CARGO_INCREMENTAL: '0' });

/** Runs a command, showing its output; resolves to its exit code and what it printed. */
function run(command, args, { env = environment(), ...more } = {}) {
  console.log(`\n==> ${[command, ...args].join(' ')}`);
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], ...more });
    let output = '';
    for (const [stream, target] of [[child.stdout, process.stdout], [child.stderr, process.stderr]]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        output += text;
        target.write(text);
      });
    }
    child.on('error', (error) => resolve({ code: 1, output: String(error) }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** A command that passes or fails as one check. */
async function check(name, command, args, options) {
  const { code } = await run(command, args, options);
  count(name, code === 0 ? 1 : 0, code === 0 ? 0 : 1);
}

/** A command that runs tests: they are counted from its output, and there must be some, unless `mayBeSkipped`. What is skipped is said at the end. */
async function suite(name, command, args, { mayBeSkipped = false, ...options } = {}) {
  const { code, output } = await run(command, args, options);
  const sum = (pattern) => [...output.matchAll(pattern)].reduce((n, match) => n + Number(match[1]), 0);
  const passed = sum(/^test result: .*?(\d+) passed/gm) + sum(/^(?:#|ℹ) pass (\d+)$/gm);
  const failed = sum(/^test result: .*?(\d+) failed/gm) + sum(/^(?:#|ℹ) fail (\d+)$/gm);
  const skipped = [...output.matchAll(/^ok \d+ - (.*) # SKIP (.*)$/gm)].map(([, test, reason]) => `${test}: ${reason}`);
  skips.push(...skipped);
  const unseen = failed === 0 && (code !== 0 || passed + (mayBeSkipped ? skipped.length : 0) === 0);
  count(name, passed, unseen ? 1 : failed);
}

const cargo = (name, ...args) => check(name, 'cargo', args);
const strict = ['--', '-D', 'warnings'];

async function lint() {
  await cargo('rustfmt', 'fmt', '--check', '--all');
  await cargo('clippy, native', 'clippy', '--locked', '--all-targets', '--features', 'safetensors', ...strict);
  await cargo('clippy, without features', 'clippy', '--locked', '--lib', ...strict);
  const wasm = ['clippy', '--locked', '--target', WASM_TARGET];
  await cargo('clippy, wasm', ...wasm, '--features', 'bindings', '--lib', '--tests', ...strict);
  await cargo('clippy, wasm, what is shipped', ...wasm, '--features', 'bindings,runtime', '--lib', ...strict);
  // One at a time: together, they would get each other's features.
  for (const name of ['no-std', 'std']) await cargo(`clippy, a ${name} program`, ...wasm, '--package', `${name}-consumer`, ...strict);
  const fuzz = ['--manifest-path', 'tests/fuzz/Cargo.toml', '--no-default-features', '--features', 'safetensors'];
  await cargo('clippy, fuzz targets', 'clippy', '--locked', ...fuzz, ...strict);
  const env = { ...environment(), RUSTDOCFLAGS: '-D warnings' };
  await check('rustdoc', 'cargo', ['doc', '--locked', '--no-deps', '--features', 'safetensors'], { env });
}

async function rust() {
  for (const name of ['no-std', 'std']) {
    const args = ['build', '--locked', '--package', `${name}-consumer`];
    await cargo(`a ${name} program links, native`, ...args);
    await cargo(`a ${name} program links, wasm32`, ...args, '--release', '--target', WASM_TARGET);
    await learns(`${name.replace('-', '_')}_consumer`);
  }
  const { args, env } = bareMetal();
  const metal = ['build', '--locked', '--lib', '--target', BARE_METAL_TARGET, ...args];
  await check('builds without std, bare metal', 'cargo', metal, { env: { ...environment(), ...env } });
  await suite('Rust, native', 'cargo', ['test', '--locked', '--no-fail-fast', '--features', 'safetensors']);
}

/** A program of tests/no_std or tests/std_wasm, run: it imports nothing, exports nothing of the library's, and learns. */
async function learns(name) {
  const file = path.join(root, 'target', WASM_TARGET, 'release', `${name}.wasm`);
  const { module, instance } = await WebAssembly.instantiate(readFileSync(file), {});
  const learned = instance.exports.learn(200);
  const functions = WebAssembly.Module.exports(module).filter(({ kind }) => kind === 'function').map((found) => found.name);
  const right = Math.abs(learned - 0.5) < 1e-3 && functions.join() === 'learn';
  console.log(`${name} learned ${learned}, and exports ${functions.join(', ')}`);
  count(`${name} learns, wasm32`, right ? 1 : 0, right ? 0 : 1);
}

/** The flags of .cargo/config.toml, whose place those of the environment take, without simd128. */
function flagsWithoutSimd() {
  const config = readFileSync(path.join(root, '.cargo/config.toml'), 'utf8');
  const [, list] = config.match(/^rustflags = \[\n([^]*?)^\]/m);
  const flags = [...list.replace(/^ *#.*/gm, '').matchAll(/"(.*?)"/g)].map(([, flag]) => flag);
  const scalar = flags.map((flag) => flag.replace(/\+simd128,|,simd128\b/, ''));
  if (flags.join() === scalar.join()) throw new Error('there is no simd128 in .cargo/config.toml');
  return scalar;
}

async function wasm() {
  // A machine may be slow or busy: a page of tests has minutes, and the driver one to start.
  const env = { ...environment(), WASM_BINDGEN_TEST_TIMEOUT: '900', WASM_BINDGEN_TEST_DRIVER_TIMEOUT: '60' };
  const test = ['test', '--mode', 'no-install'];
  const features = ['--', '--locked', '--features', 'bindings'];
  await suite('Rust in wasm, Node, simd128', 'wasm-pack', [...test, '--node', ...features], { env });
  const { driver } = chromium();
  const browser = { env: { ...env, WASM_BINDGEN_USE_BROWSER: '1' } };
  const headless = ['--headless', '--chrome', '--chromedriver', driver];
  await suite('Rust in wasm, Chromium, simd128', 'wasm-pack', [...test, ...headless, ...features], browser);
  // Last: with other flags, Cargo builds the library and its tests anew.
  const scalar = { env: { ...env, CARGO_ENCODED_RUSTFLAGS: flagsWithoutSimd().join('\x1f') } };
  await suite('Rust in wasm, Node, scalar', 'wasm-pack', [...test, '--node', ...features], scalar);
}

async function packageTests() {
  const fresh = path.join(root, 'target/package');
  rmSync(fresh, { recursive: true, force: true });
  await build(fresh);
  const { versions } = toolchain();
  const recorded = recordedVersions();
  const differing = GENERATED.filter((file) => !readFileSync(path.join(pkg, file)).equals(readFileSync(path.join(fresh, file))));
  const sameTools = JSON.stringify(versions) === JSON.stringify(recorded);
  const env = { ...toolchain().env, CHROMIUM: chromium().browser, FIREFOX: firefox() };
  if (sameTools) {
    if (differing.length > 0) console.log(`pkg/ is not what the source builds (run \`npm run build\`): ${differing.join(', ')}`);
    count('pkg/ is the build of this source, byte for byte', differing.length === 0 ? 1 : 0, differing.length === 0 ? 0 : 1);
  } else {
    console.log('pkg/ was built with other tools:', recorded, 'here:', versions);
    const size = (folder) => statSync(path.join(folder, 'ruvector_learning_wasm_bg.wasm')).size;
    const close = Math.abs(size(fresh) - size(pkg)) <= 0.05 * size(pkg);
    // The type declarations name every export; the wasm and what is bundled from it may differ in detail.
    const same = !differing.some((file) => file.endsWith('.d.ts') && !file.includes('_bg.') || /^[A-Z]/.test(file));
    count('pkg/ has the exports, texts and (within 5 %) size of this source’s build', close && same ? 1 : 0, close && same ? 0 : 1);
    await suite('a package built here', 'node', ['tests/js/run.mjs'], { env: { ...env, PACKAGE_FOLDER: fresh } });
  }
  await suite('the committed package', 'node', ['tests/js/run.mjs'], { env });
}

/** The files beside other readers and writers of them. */
async function interop() {
  await suite('files in Python', 'node', ['--test', 'tests/interop/files.test.mjs']);
}

/** On demand: PyTorch is a download of some gigabytes. */
async function peft() {
  await suite('files in PEFT', 'node', ['--test', 'tests/interop/peft.test.mjs']);
}

async function examples() {
  const env = { ...toolchain().env, CHROMIUM: chromium().browser };
  await suite('the demo', 'node', ['--test', 'tests/demo/demo.test.mjs'], { env });
  for (const name of ['personalisation', 'service']) await suite(`the example ${name}`, 'node', ['--test', `tests/examples/${name}.test.mjs`], { env });
  const federated = ['rounds', 'page'].map((name) => `tests/federated/${name}.test.mjs`);
  await suite('federated rounds', 'node', ['--test', ...federated], { env });
}

/** The hosts that take seconds; `npm run test:hosts` visits all of them. */
async function hosts() {
  await suite('the packed package in other hosts', 'node', ['tests/hosts/run.mjs', '--quick']);
}

/** The arithmetic of the benchmarks, not what they measure. */
async function benches() {
  for (const name of ['learning', 'rewards']) {
    const cwd = path.join(root, 'benches', name);
    await check(`packages of benches/${name}`, 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd });
    const files = readdirSync(cwd).filter((file) => file.endsWith('.test.mjs'));
    await suite(`benches/${name}`, 'node', ['--test', ...files], { cwd });
  }
  await suite('benches/decisions', 'node', ['--test', 'benches/decisions/decisions.test.mjs']);
}

/** The pages and the playground, built and driven in Chromium. */
async function site() {
  const env = { ...toolchain().env, CHROMIUM: chromium().browser, SITE_IS_BUILT: '1' };
  await check('the site builds', 'node', ['scripts/site.mjs', 'build', '--base=/some/folder/']);
  for (const name of ['pages', 'panels', 'playground']) await suite(`the site: ${name}`, 'node', ['--test', `tests/site/${name}.test.mjs`], { env });
}

/** On demand, for its minutes: the panels of the site in Firefox and WebKitGTK, too. */
async function browsers() {
  const env = { ...toolchain().env, CHROMIUM: chromium().browser, FIREFOX: firefox() };
  await suite('the site in all browsers', 'node', ['--test', 'tests/site/browsers.test.mjs'], { env });
}

/** Flower comes from PyPI. Where it cannot be installed, these tests are skipped by name; TAP is what names them. */
async function flower() {
  await suite('federated rounds on Flower', 'node', ['--test', '--test-reporter=tap', 'tests/federated/flower.test.mjs'], { mayBeSkipped: true });
}

/** On demand: Vowpal Wabbit has wheels for some versions of Python only. */
async function vw() {
  await suite('benches/decisions/vw', 'node', ['--test', 'benches/decisions/vw/vw.test.mjs']);
}

const groups = { lint, rust, wasm, package: packageTests, hosts, interop, examples, benches, site, flower };
const onDemand = { browsers, peft, vw };

async function main(names) {
  const known = { ...groups, ...onDemand };
  const unknown = names.filter((name) => !(name in known));
  if (unknown.length > 0) {
    console.error(`unknown group ${unknown.join(', ')}; there are ${Object.keys(known).join(', ')}`);
    process.exit(2);
  }
  console.log('toolchain:', toolchain().versions);
  for (const name of names.length > 0 ? names : Object.keys(groups)) {
    try {
      await known[name]();
    } catch (error) {
      console.error(error);
      count(`group ${name}`, 0, 1);
    }
  }
  if (skips.length > 0) console.log(`\nskipped:\n  ${skips.join('\n  ')}`);
  console.log(failures.length > 0 ? `\nfailed:\n  ${failures.join('\n  ')}` : '');
  console.log(`${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

if (isMain(import.meta.url)) await main(process.argv.slice(2));
