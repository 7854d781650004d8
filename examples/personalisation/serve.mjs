// `node examples/personalisation/serve.mjs`: the page, from a static file server on a free port of this machine.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = '/examples/personalisation/';
const TYPES = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript', '.mjs': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm', '.f32': 'application/octet-stream' };

/** Resolves to `{ url, close }`. Serves the folders examples and pkg, nothing else. */
export async function serve() {
  const server = createServer(async ({ url }, response) => {
    const { pathname } = new URL(url, 'http://localhost'); // has no '..' left in it
    const wanted = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
    try {
      if (!/^\/(examples|pkg)\//.test(wanted)) throw new Error('not served');
      const body = await readFile(path.join(root, wanted));
      response.setHeader('Content-Type', TYPES[path.extname(wanted)] ?? 'application/octet-stream').end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${server.address().port}${PAGE}`, close };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(`${(await serve()).url} (Ctrl-C ends it)`);
