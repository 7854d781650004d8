// Commands that the runner starts: each in a process group of its own, which is ended with it.
import { spawn } from 'node:child_process';

const groups = new Set();

function signal(pid, name) {
  try {
    process.kill(-pid, name);
  } catch {
    groups.delete(pid); // it has ended by itself
  }
}

process.on('exit', () => groups.forEach((pid) => signal(pid, 'SIGKILL')));
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(name, () => {
    groups.forEach((pid) => signal(pid, 'SIGTERM'));
    setTimeout(() => process.exit(1), 500); // they may have something to clean up
  });
}

/** Neither the test runner's variables nor colours reach what is started. */
function environment(more) {
  const { NODE_TEST_CONTEXT, NODE_OPTIONS, FORCE_COLOR, ...env } = process.env;
  return { ...env, NO_COLOR: '1', CI: '1', ...more };
}

/** Starts a command in a group of its own: `{ said, ended, end }`. */
export function start(program, args, { cwd, env } = {}) {
  const child = spawn(program, args, { cwd, env: environment(env), detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  if (child.pid) groups.add(child.pid);
  const running = { output: '' };
  const listeners = new Set();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text) => {
      running.output += text;
      listeners.forEach((listen) => listen());
    });
  }
  running.ended = new Promise((resolve) => {
    child.on('error', (error) => {
      running.output += String(error);
      resolve(1);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
  running.end = async () => {
    if (!groups.has(child.pid)) return;
    signal(child.pid, 'SIGTERM');
    await Promise.race([running.ended, new Promise((done) => setTimeout(done, 2000).unref())]);
    signal(child.pid, 'SIGKILL'); // what is left of the group
    groups.delete(child.pid);
  };
  /** Resolves to the match once the output has one. */
  running.said = (pattern, seconds = 60) => within(seconds, `${program} said no ${pattern}`, running, new Promise((resolve, reject) => {
    const look = () => {
      const match = running.output.match(pattern);
      if (match) resolve(match);
    };
    listeners.add(look);
    look();
    running.ended.then((code) => reject(new Error(`${program} ended with ${code}:\n${running.output}`)));
  }));
  return running;
}

async function within(seconds, complaint, running, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${complaint} within ${seconds} s:\n${running.output}`)), 1000 * seconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs a command to its end: `{ code, output }`. */
export async function command(program, args, { seconds = 300, ...options } = {}) {
  const running = start(program, args, options);
  try {
    const code = await within(seconds, `${program} ${args.join(' ')} did not end`, running, running.ended);
    return { code, output: running.output };
  } finally {
    await running.end();
  }
}

/** The output of a command that must succeed. */
export async function output(program, args, options) {
  const { code, output: said } = await command(program, args, options);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${said}`);
  return said.trim();
}

/** The results that a command printed (tell() of common/check.mjs); it must print nothing else. */
export async function told(running) {
  const { code, output: said } = await running;
  const match = said.match(/^results: (.*)$/m);
  if (!match || code !== 0) throw new Error(`ended with ${code}:\n${said}`);
  const more = said.replace(match[0], '').trim();
  if (more) throw new Error(`said more than its results:\n${more}`);
  return JSON.parse(match[1]);
}
