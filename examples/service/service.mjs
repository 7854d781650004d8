// The service: an HTTP server on this machine, the workers behind it, and the file in which what they learn outlives them.

import { readFile, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';

import { makeData } from './data.mjs';
import { Experience } from './experience.mjs';
import { makeLoad } from './load.mjs';
import { Pool, Unavailable } from './pool.mjs';
import { BadRequest, ROUTES, parseQuery, routeOf } from './routes.mjs';
import { Statistics } from './statistics.mjs';

const PAGE = await readFile(new URL('page.html', import.meta.url));
const LONGEST_HEADER = 64 * 1024; // many patterns
const EVENTS_EVERY_MS = 500;
const TIDY_EVERY_MS = 50;
const PATIENCE_MS = 3000; // for requests that are being done at the end
const MOST_PER_SECOND = 100;

export class Service {
  /** `file` is optional. Resolves when all workers are ready. Rejects if the file is of something else, or the port is taken. */
  static async start({ port = 0, workers = 4, seed = 1, file, onReplaced, onBroken = (error) => { throw error; } } = {}) {
    const service = new Service();
    service.file = file;
    service.experience = await experienceOf(file);
    service.data = makeData();
    service.pool = new Pool({
      size: workers,
      seed,
      data: service.data,
      experience: service.experience,
      onRun: (run) => service.statistics.add(run),
      onReplaced,
      onBroken,
    });
    await service.pool.ready();
    try {
      await service.listen(port);
    } catch (error) {
      await service.pool.close();
      throw error;
    }
    return service;
  }

  statistics = new Statistics();
  pages = new Set();

  async listen(port) {
    this.server = createServer({ maxHeaderSize: LONGEST_HEADER }, (request, response) => this.handle(request, response));
    await new Promise((resolve, reject) => {
      this.server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    this.url = `http://127.0.0.1:${this.server.address().port}/`;
    this.load = makeLoad(this.data, (task) => this.pool.run(task));
    this.ticking = setInterval(() => this.tellPages(), EVENTS_EVERY_MS);
  }

  async handle({ method, url }, response) {
    try {
      const { pathname, searchParams } = new URL(url, 'http://localhost');
      const allowed = pathname === '/load' ? ['POST'] : ['GET', 'HEAD'];
      const route = routeOf(pathname.slice(1));
      if (!route && !['/', '/events', '/status', '/load'].includes(pathname)) {
        json(response, 404, { error: `there is no ${pathname}: there are /, /status, ${ROUTES.map(({ name }) => `/${name}`).join(' and ')}` });
      } else if (!allowed.includes(method)) {
        response.setHeader('Allow', allowed.join(', '));
        json(response, 405, { error: `${pathname} is for ${allowed.join(' and ')}, not ${method}` });
      } else if (route) {
        json(response, 200, await this.pool.run({ name: route.name, ...parseQuery(route, searchParams) }));
      } else if (pathname === '/') {
        response.setHeader('Content-Type', 'text/html; charset=utf-8').end(PAGE);
      } else if (pathname === '/events') {
        this.addPage(response);
      } else if (pathname === '/status') {
        json(response, 200, await this.status());
      } else {
        this.load.setRate(rateOf(searchParams));
        json(response, 200, { per_second: this.load.rate });
      }
    } catch (error) {
      const code = error instanceof BadRequest ? 400 : error instanceof Unavailable ? 503 : 500;
      if (code === 500) console.error(error);
      json(response, code, { error: code === 500 ? 'something went wrong here' : error.message });
    }
  }

  /** How much the main thread and each worker know of, and what else there is to say of the workers. */
  async status() {
    const counts = await this.pool.counts();
    return {
      total_count: this.experience.count,
      workers: counts.map((count, i) => ({ total_count: count, requests: this.pool.workers[i].requests, seed: this.pool.workers[i].seed })),
      replaced: this.pool.replaced,
    };
  }

  addPage(response) {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.write(this.event());
    this.pages.add(response);
    response.on('close', () => this.pages.delete(response));
  }

  tellPages() {
    if (this.pages.size === 0) return;
    const event = this.event();
    for (const page of this.pages) page.write(event);
  }

  event() {
    const { pool, experience, load } = this;
    const workers = { count: pool.workers.length, replaced: pool.replaced, waiting: pool.waiting.length };
    return `data: ${JSON.stringify({ ...this.statistics.snapshot(), recorded: experience.count, workers, load: load.rate })}\n\n`;
  }

  /** Ends it, and saves what was learned. Requests that are being done still are; no others are taken. */
  async close() {
    this.closing ??= (async () => {
      clearInterval(this.ticking);
      this.load.setRate(0);
      for (const page of this.pages) page.end();
      await this.closeServer();
      await this.pool.close();
      if (this.file) await this.save();
    })();
    return this.closing;
  }

  /** A client that keeps its connection, or never comes to an end, must not keep what was learned from being saved. */
  async closeServer() {
    const tidying = setInterval(() => this.server.closeIdleConnections(), TIDY_EVERY_MS);
    const waited = setTimeout(() => this.server.closeAllConnections(), PATIENCE_MS);
    await new Promise((resolve) => { this.server.close(resolve); });
    clearInterval(tidying);
    clearTimeout(waited);
  }

  async save() {
    const fresh = `${this.file}.${process.pid}.new`;
    await writeFile(fresh, this.experience.bytes());
    await rename(fresh, this.file); // whatever happens, there is the old file or the new one, never half of one
  }
}

async function experienceOf(file) {
  const bytes = file && await readFile(file).catch((error) => {
    if (error.code !== 'ENOENT') throw error;
  });
  return Experience.from(bytes).catch((error) => { throw new Error(`${file}: ${error.message}`, { cause: error }); });
}

function rateOf(query) {
  const text = query.get('per_second') ?? '';
  if (!/^\d{1,3}$/.test(text) || Number(text) > MOST_PER_SECOND) throw new BadRequest(`per_second must be an integer from 0 to ${MOST_PER_SECOND}, not '${text}'`);
  return Number(text);
}

function json(response, code, value) {
  response.writeHead(code, { 'Content-Type': 'application/json' }).end(`${JSON.stringify(value)}\n`);
}
