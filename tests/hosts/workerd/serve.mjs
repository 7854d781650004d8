// Bundles a worker as Cloudflare's wrangler does (conditions, .wasm files beside it) and asks it once, in workerd.
import path from 'node:path';

import { build } from 'esbuild';
import { Miniflare } from 'miniflare';

const [entry] = process.argv.slice(2);
const outdir = path.resolve('dist', path.parse(entry).name);
await build({
  entryPoints: { worker: entry },
  outdir,
  bundle: true,
  format: 'esm',
  conditions: ['workerd', 'worker', 'browser'],
  loader: { '.wasm': 'copy' },
  logLevel: 'warning',
});
const miniflare = new Miniflare({
  modules: true,
  rootPath: outdir,
  scriptPath: path.join(outdir, 'worker.js'),
  modulesRules: [{ type: 'CompiledWasm', include: ['**/*.wasm'] }, { type: 'ESModule', include: ['**/*.js'] }],
  host: '127.0.0.1',
  port: 0,
  cf: false,
  handleStructuredLogs: () => {},
});
const response = await miniflare.dispatchFetch('http://localhost/');
console.log(`results: ${await response.text()}`);
await miniflare.dispose();
