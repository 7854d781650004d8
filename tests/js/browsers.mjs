// Browsers without a window and without a driver: each is started with the address of a page, which reports back by itself.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { CHROMIUM_ARGUMENTS, chromium, firefox } from '../../scripts/toolchain.mjs';

/** Settings of a Firefox that only shows the page it is given. */
const PREFERENCES = {
  'app.update.disabledForTesting': true,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'toolkit.telemetry.reportingpolicy.firstRun': false,
};

/** Each is looked for, or installed, only when it is its turn; `profile` is an empty folder. */
export const BROWSERS = [
  {
    name: 'Chromium',
    find: () => chromium().browser,
    args: (profile) => [
      '--headless',
      ...CHROMIUM_ARGUMENTS,
      '--remote-debugging-port=0', // without it, some versions end when the page has loaded
      `--user-data-dir=${profile}`,
    ],
  },
  {
    name: 'Firefox',
    find: firefox,
    args: (profile) => {
      const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref('${name}', ${JSON.stringify(value)});\n`);
      writeFileSync(path.join(profile, 'user.js'), lines.join(''));
      return ['--headless', '--no-remote', '--profile', profile];
    },
  },
];

const TYPES = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };

/** A page that runs this module code, whose `answer(value)` ends the visit. */
const page = (code) => `<!doctype html><meta charset="utf-8"><title>page</title><link rel="icon" href="data:,">
<script>
const report = (path, value) => void fetch(path, { method: 'POST', body: JSON.stringify(value) ?? 'null' });
const answer = (value) => report('/answer', value);
addEventListener('error', ({ message, target }) => report('/failure', message ?? \`cannot load \${target.src || 'a module'}\`), true);
addEventListener('unhandledrejection', ({ reason }) => report('/failure', String(reason)));
</script>
<script type="module">${code}</script>`;

/** Serves the page and `files(pathname)` on a free port of this machine; `settle` gets what the page reports. */
async function serve(code, files, { resolve, reject }) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://127.0.0.1');
    if (request.method === 'POST') {
      const value = JSON.parse(Buffer.concat(await request.toArray()).toString());
      response.end();
      return pathname === '/answer' ? resolve(value) : reject(new Error(`in the page: ${value}`));
    }
    if (pathname === '/') return response.setHeader('Content-Type', 'text/html').end(page(code));
    try {
      const body = await readFile(files(path.posix.normalize(pathname)));
      response.setHeader('Content-Type', TYPES[path.extname(pathname)] ?? 'application/octet-stream').end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return server;
}

/** Ends a process and all that it has started, and waits until it is gone. */
async function stop(child, closed) {
  if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
  await closed;
}

/** What `answer()` was called with by the module code in a page of this browser. */
export async function answerFrom({ name, find, args }, code, files) {
  const executable = find();
  const profile = mkdtempSync(path.join(tmpdir(), 'browser-'));
  const settle = {};
  const reported = new Promise((resolve, reject) => Object.assign(settle, { resolve, reject }));
  const server = await serve(code, files, settle);
  const url = `http://127.0.0.1:${server.address().port}/`;
  // A process group of its own, so that its helpers end with it.
  const child = spawn(executable, [...args(profile), url], { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (said = (said + text).slice(-2000)));
  const closed = new Promise((done) => child.once('close', done));
  child.once('error', settle.reject);
  closed.then(() => settle.reject(new Error(`${name} ended without an answer:\n${said}`)));
  try {
    return await reported;
  } finally {
    await stop(child, closed);
    server.close();
    server.closeAllConnections();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
