// The worker threads: gives them requests, passes on what they record, and replaces those that die.

import { Worker } from 'node:worker_threads';

const MOST_WAITING = 1000;

/** Why a request was not done, though nothing is wrong with it. */
export class Unavailable extends Error {}

export class Pool {
  /**
   * `experience` is the main thread's, which hears of every record. `onRun` is told what was run, `onReplaced` which worker died
   * of what. `onBroken` is called if a worker dies before it is ready: the next one would, too.
   */
  constructor({ size, seed, data, experience, onRun, onReplaced = () => {}, onBroken }) {
    Object.assign(this, { nextSeed: seed, data, experience, onRun, onReplaced, onBroken });
    this.replaced = 0;
    this.waiting = [];
    this.workers = Array.from({ length: size }, () => this.start());
  }

  /** Resolves when all workers are ready. */
  ready() {
    return Promise.all(this.workers.map(({ ready }) => ready));
  }

  /** Does a request; resolves to the answer. */
  run(task) {
    if (this.waiting.length >= MOST_WAITING) return Promise.reject(new Unavailable('too many requests are waiting'));
    return new Promise((resolve, reject) => {
      this.waiting.push({ task, resolve, reject });
      this.dispatch();
    });
  }

  /** How many records each worker knows of. */
  counts() {
    return Promise.all(this.workers.map((worker) => new Promise((resolve) => {
      worker.counting.push(resolve);
      worker.thread.postMessage({ type: 'count' });
    })));
  }

  async close() {
    this.closed = true;
    await Promise.all(this.workers.map(({ thread }) => thread.terminate()));
  }

  /** A worker gets the state as it is now; what is recorded from now on waits in its queue until it listens. */
  start() {
    const seed = this.nextSeed;
    this.nextSeed = (this.nextSeed + 1) % 2 ** 32;
    const thread = new Worker(new URL('worker.mjs', import.meta.url), { workerData: { data: this.data, bytes: this.experience.bytes(), seed } });
    const worker = { thread, seed, requests: 0, job: undefined, listening: false, counting: [] };
    worker.ready = new Promise((resolve) => { worker.becomesReady = resolve; });
    thread.on('message', (message) => this.receive(worker, message));
    thread.on('error', (error) => { worker.error = error; });
    thread.on('exit', (code) => this.bury(worker, code));
    return worker;
  }

  receive(worker, { type, ...message }) {
    if (type === 'ready') {
      worker.listening = true;
      worker.becomesReady();
    } else if (type === 'count') {
      worker.counting.shift()(message.count);
    } else {
      const { resolve } = worker.job;
      worker.job = undefined;
      worker.requests += 1;
      if (message.record) this.share(message.record, worker);
      this.onRun(message.run);
      resolve(message.answer);
    }
    this.dispatch();
  }

  /** To the main thread's experience, and to all workers but the one that has made the record. */
  share(record, author) {
    this.experience.record(record);
    for (const worker of this.workers) {
      if (worker !== author) worker.thread.postMessage({ type: 'record', record });
    }
  }

  dispatch() {
    for (const worker of this.workers) {
      if (this.waiting.length === 0) return;
      if (!worker.listening || worker.job) continue;
      worker.job = this.waiting.shift();
      worker.thread.postMessage({ type: 'run', task: worker.job.task });
    }
  }

  bury(worker, code) {
    if (this.closed) return;
    const reason = worker.error?.message ?? `exit code ${code}`;
    if (!worker.listening) {
      this.onBroken(new Error(`a worker died before it was ready: ${reason}`));
      return;
    }
    worker.job?.reject(new Unavailable('the worker that did this request died; a new one has been started'));
    for (const resolve of worker.counting) resolve(0);
    this.workers[this.workers.indexOf(worker)] = this.start();
    this.replaced += 1;
    this.onReplaced(worker, reason);
  }
}
