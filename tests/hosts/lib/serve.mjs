// A plain file server on a free port of this machine.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';

const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript',
  '.txt': 'text/plain',
  '.wasm': 'application/wasm',
};

/** Serves a folder; `find` may change what a path means: to `{ file, headers }` or `{ location }`. */
export async function serve(folder, find = () => undefined) {
  const server = createServer(async (request, response) => {
    const pathname = path.posix.normalize(new URL(request.url, 'http://localhost').pathname);
    const { file = pathname, headers = {}, location } = find(pathname) ?? {};
    if (location) return response.writeHead(302, { ...headers, Location: location }).end();
    const name = path.join(folder, file.endsWith('/') ? `${file}index.html` : file);
    try {
      const body = await readFile(name);
      response.writeHead(200, { 'Content-Type': TYPES[path.extname(name)] ?? 'application/octet-stream', ...headers }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}

/** A port that is free now. */
export async function freePort() {
  const { url, close } = await serve('/');
  close();
  return Number(new URL(url).port);
}
