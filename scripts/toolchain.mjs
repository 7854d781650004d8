// Provides what a build from source and its tests need, once per machine: the wasm32 standard library, wasm-pack,
// wasm-bindgen, wasm-opt, and Chromium with its driver. `node scripts/toolchain.mjs` only provides; other scripts import
// `toolchain()` for the environment to run cargo and wasm-pack in.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const WASM_TARGET = 'wasm32-unknown-unknown';
export const BARE_METAL_TARGET = 'thumbv7em-none-eabihf';
const WASM_PACK_VERSION = '0.15.1';
const TWIGGY_VERSION = '0.8.0';

// Compiled tools are shared by every checkout of this user.
const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'ruvector-learning-wasm');
const DEBIAN_RUST = ['rustc-web', 'cargo-web', 'rust-web-src', 'rust-web-llvm', 'lld-22', 'rust-web-clippy', 'rustfmt-web'];

/** Whether the module with this URL is the script that node was started with. */
export const isMain = (url) => process.argv[1] !== undefined && url === pathToFileURL(process.argv[1]).href;

const say = (message) => console.error(`toolchain: ${message}`);

/** Standard output of a command, or null if it failed. */
function output(command, args, env = process.env) {
  const { status, stdout } = spawnSync(command, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return status === 0 ? stdout.trim() : null;
}

/** Runs a command whose failure ends the script. What it prints goes to standard error. */
function run(command, args, options = {}) {
  const line = `${command} ${args.join(' ')}`;
  say(line.length > 200 ? `${line.slice(0, 200)} …` : line);
  execFileSync(command, args, { stdio: ['ignore', 2, 2], ...options });
}

function asRoot(...command) {
  const [first, ...rest] = process.getuid() === 0 ? command : ['sudo', ...command];
  run(first, rest);
}

function lockedVersion(crate) {
  const lock = readFileSync(path.join(root, 'Cargo.lock'), 'utf8');
  return lock.match(new RegExp(`name = "${crate}"\\nversion = "([^"]+)"`))[1];
}

const hasStd = (target, env) => {
  const libdir = output('rustc', ['--print', 'target-libdir', '--target', target], env);
  return libdir !== null && existsSync(libdir) && readdirSync(libdir).some((file) => file.startsWith('libcore-'));
};

function aptInstall(packages) {
  const missing = packages.filter((name) => !output('dpkg-query', ['-W', '-f', '${db:Status-Status}', name])?.startsWith('installed'));
  if (missing.length === 0) return;
  const apt = (...args) => asRoot('env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args);
  apt('update', '-q');
  apt('install', '-y', '-q', '--no-install-recommends', ...missing);
}

/** The environment of a Rust that has the wasm32 standard library. */
function rust() {
  const own = { ...process.env };
  const hasLinters = () => output('cargo', ['clippy', '--version'], own) !== null && output('cargo', ['fmt', '--version'], own) !== null;
  const ready = () => hasStd(WASM_TARGET, own) && hasLinters();
  if (ready()) return own;
  output('rustup', ['target', 'add', WASM_TARGET]);
  output('rustup', ['component', 'add', 'clippy', 'rustfmt']); // not in rustup's minimal profile
  if (ready()) return own;
  if (!existsSync('/usr/bin/apt-get')) {
    throw new Error(`this needs Rust with clippy, rustfmt and the target ${WASM_TARGET}: add them with rustup and try again`);
  }
  say('no rustup that can add the wasm32 target: using Debian’s Rust');
  aptInstall(DEBIAN_RUST);
  // A toolchain that the caller's shell names by variable would win over PATH.
  const debian = { ...process.env, PATH: `/usr/bin:${process.env.PATH}` };
  delete debian.RUSTUP_TOOLCHAIN;
  if (!hasStd(WASM_TARGET, debian)) buildStd(debian);
  return debian;
}

/** Debian ships no wasm32 standard library, only its sources: builds it into rustc's own folder. */
function buildStd(env) {
  const crate = mkdtempSync(path.join(tmpdir(), 'wasm-std-'));
  try {
    mkdirSync(path.join(crate, 'src'));
    writeFileSync(path.join(crate, 'Cargo.toml'), '[package]\nname = "seedling"\nversion = "0.0.0"\nedition = "2021"\n');
    writeFileSync(path.join(crate, 'src/lib.rs'), '');
    run('cargo', ['build', '--release', '--target', WASM_TARGET, '-Z', 'build-std=std,panic_abort,test'], {
      cwd: crate,
      // With bitcode, which the link-time optimisation of the release build reads.
      env: {
        ...env,
        RUSTC_BOOTSTRAP: '1',
        RUSTFLAGS: '-C embed-bitcode=yes',
        CARGO_TARGET_DIR: path.join(crate, 'target'),
      },
    });
    const built = path.join(crate, 'target', WASM_TARGET, 'release/deps');
    const libdir = output('rustc', ['--print', 'target-libdir', '--target', WASM_TARGET], env);
    const libraries = readdirSync(built).filter((file) => file.endsWith('.rlib') && !file.startsWith('libseedling'));
    asRoot('mkdir', '-p', libdir);
    asRoot('cp', ...libraries.map((file) => path.join(built, file)), libdir);
  } finally {
    rmSync(crate, { recursive: true, force: true });
  }
}

// To optimise a tool thoroughly takes minutes, and what it does then takes seconds, most of them in these crates.
const BUSY = ['walrus', 'wasmparser', 'wasm-encoder', 'wasm-bindgen-cli-support', 'hashbrown', 'indexmap', 'id-arena', 'gimli'];
const QUICK_PROFILE = {
  CARGO_PROFILE_RELEASE_OPT_LEVEL: '0',
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
  CARGO_PROFILE_RELEASE_LTO: 'off',
  CARGO_PROFILE_RELEASE_DEBUG: '0',
  CARGO_PROFILE_RELEASE_PANIC: 'abort',
  CARGO_PROFILE_RELEASE_STRIP: 'symbols',
};

/** Compiles command-line tools, `[crate, binary, version]`, unless they are there already. Returns their folders. */
function cargoTools(tools, env) {
  const build = path.join(cache, 'build'); // of all: they have some crates in common
  try {
    return tools.map((tool) => cargoTool(tool, build, env));
  } finally {
    rmSync(build, { recursive: true, force: true });
  }
}

function cargoTool([crate, binary, version], build, env) {
  const folder = path.join(cache, `${crate}-${version}`);
  const bin = path.join(folder, 'bin');
  if (existsSync(path.join(bin, binary))) return bin;
  say(`compiling ${crate} ${version}, once (some minutes)`);
  const busy = BUSY.flatMap((name) => ['--config', `profile.release.package.${name}.opt-level=1`]);
  const install = (...more) => {
    const args = ['install', crate, '--version', version, '--root', folder, '--quiet', '--force', ...busy, ...more];
    const options = { env: { ...env, ...QUICK_PROFILE, CARGO_TARGET_DIR: build }, stdio: ['ignore', 2, 2] };
    return spawnSync('cargo', args, options).status === 0;
  };
  // The crate's own lock file can name versions that the registry at hand does not have yet.
  if (!install('--locked') && !install()) throw new Error(`could not install ${crate} ${version}`);
  return bin;
}

/** Lists what the functions of a wasm file weigh. Only `npm run size` wants it. */
export const twiggy = () => path.join(...cargoTools([['twiggy', 'twiggy', TWIGGY_VERSION]], toolchain().env), 'twiggy');

/** How to build for a target without an operating system: its installed library, or one built from std's sources. */
export function bareMetal() {
  const { env } = toolchain();
  const installed = () => hasStd(BARE_METAL_TARGET, env);
  if (installed() || (output('rustup', ['target', 'add', BARE_METAL_TARGET], env) !== null && installed())) {
    return { args: [], env };
  }
  return { args: ['-Z', 'build-std=core,alloc'], env: { ...env, RUSTC_BOOTSTRAP: '1' } };
}

/** What a headless Chromium is started with, so that it runs anywhere and asks nobody for anything. */
export const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The binaries of a browser and its driver, installed where Debian's are missing. */
export function chromium() {
  const find = (...names) => names.map((name) => output('which', [name])).find(Boolean);
  const found = () => ({
    browser: process.env.CHROMIUM ?? find('chromium', 'chromium-browser', 'google-chrome'),
    driver: process.env.CHROMEDRIVER ?? find('chromedriver'),
  });
  if ((!found().browser || !found().driver) && existsSync('/usr/bin/apt-get')) aptInstall(['chromium', 'chromium-driver']);
  const { browser, driver } = found();
  if (!browser || !driver) throw new Error('the tests need Chromium and chromedriver on PATH (or in $CHROMIUM, $CHROMEDRIVER)');
  return { browser, driver };
}

/** The binary of Firefox, installed where Debian’s is missing. */
export function firefox() {
  const found = () => process.env.FIREFOX ?? output('which', ['firefox-esr']) ?? output('which', ['firefox']);
  if (!found() && existsSync('/usr/bin/apt-get')) aptInstall(['firefox-esr']);
  if (!found()) throw new Error('it needs Firefox on PATH (or in $FIREFOX)');
  return found();
}

/** The binaries of WebKitGTK's test browser and its driver, and of a display in memory for it. Only the hosts use them. */
export function webkit() {
  const libraries = '/usr/lib';
  const browsers = () =>
    readdirSync(libraries)
      .flatMap((folder) => ['4.1', '6.0', '4.0'].map((version) => path.join(libraries, folder, `webkit2gtk-${version}`, 'MiniBrowser')))
      .concat('/usr/libexec/webkit2gtk-4.1/MiniBrowser')
      .find((file) => existsSync(file));
  const found = () => ({ browser: browsers(), driver: output('which', ['WebKitWebDriver']), display: output('which', ['Xvfb']) });
  const missing = () => Object.values(found()).some((file) => !file);
  if (missing() && existsSync('/usr/bin/apt-get')) aptInstall(['webkit2gtk-driver', 'xvfb']);
  if (missing()) throw new Error('it needs WebKitGTK’s MiniBrowser, WebKitWebDriver and Xvfb');
  return found();
}

/**
 * The Python of a virtual environment that has what a requirements file names, made where it is missing: `folder` is a name
 * in target/.
 */
export function python(folder, requirements) {
  const venv = path.join(root, 'target', folder);
  const interpreter = path.join(venv, 'bin/python');
  const stamp = path.join(venv, 'requirements.txt');
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return interpreter;
  if (output('python3', ['-c', 'import ensurepip, venv']) === null && existsSync('/usr/bin/apt-get')) aptInstall(['python3-venv']);
  rmSync(venv, { recursive: true, force: true });
  run('python3', ['-m', 'venv', venv]);
  run(interpreter, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
  writeFileSync(stamp, wanted);
  return interpreter;
}

/** The npm packages of package-lock.json, wasm-opt among them. */
export function npmDependencies() {
  const wanted = readFileSync(path.join(root, 'package-lock.json'), 'utf8');
  const stamp = path.join(root, 'node_modules/.installed-lock.json');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root });
  cpSync(path.join(root, 'package-lock.json'), stamp);
}

let provided;

/** Provides everything for a build; returns the environment to build in and what it is made of. */
export function toolchain() {
  provided ??= provide();
  return provided;
}

function provide() {
  if (output('cargo', ['--version']) === null && !existsSync('/usr/bin/apt-get')) {
    throw new Error('building from source needs Rust: install it with rustup and try again');
  }
  npmDependencies();
  const env = rust();
  const bindgen = lockedVersion('wasm-bindgen');
  const tools = [['wasm-pack', 'wasm-pack', WASM_PACK_VERSION], ['wasm-bindgen-cli', 'wasm-bindgen', bindgen]];
  const bins = [...cargoTools(tools, env), path.join(root, 'node_modules/.bin')];
  env.PATH = [...(env.PATH.startsWith('/usr/bin:') ? ['/usr/bin'] : []), ...bins, env.PATH].join(':');
  const versions = {
    rustc: output('rustc', ['--version'], env),
    'wasm-bindgen': bindgen,
    'wasm-pack': WASM_PACK_VERSION,
    binaryen: JSON.parse(readFileSync(path.join(root, 'node_modules/binaryen/package.json'), 'utf8')).version,
  };
  return { env, versions };
}

if (isMain(import.meta.url)) {
  console.log(toolchain().versions);
  console.log(chromium());
}
