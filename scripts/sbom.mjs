// A software bill of materials of the package, as CycloneDX: the package has no npm dependencies, so what is listed are the crates that
// are compiled into the wasm file. `npm run -s sbom > sbom.cdx.json`.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { isMain, root } from './toolchain.mjs';

/** The crates in the wasm file, that of the package left out; without what runs at build time alone. */
export function crates() {
  const args = ['metadata', '--locked', '--format-version', '1', '--features', 'bindings,runtime', '--filter-platform', 'wasm32-unknown-unknown'];
  const { packages, resolve } = JSON.parse(execFileSync('cargo', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'ignore'] }));
  const [found, nodes] = [packages, resolve.nodes].map((list) => new Map(list.map((each) => [each.id, each])));
  const seen = new Set();
  const walk = (id) => {
    if (seen.has(id) || found.get(id).targets.some(({ kind }) => kind.includes('proc-macro'))) return;
    seen.add(id);
    for (const { pkg, dep_kinds } of nodes.get(id).deps) if (dep_kinds.some(({ kind }) => kind === null)) walk(pkg);
  };
  walk(resolve.root);
  seen.delete(resolve.root);
  return [...seen].map((id) => found.get(id)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

const component = (type, ecosystem, { name, version, license }) => ({
  type, name, version, 'bom-ref': `pkg:${ecosystem}/${name}@${version}`, purl: `pkg:${ecosystem}/${name}@${version}`, licenses: [{ expression: license.replaceAll('/', ' OR ') }],
});

export function sbom() {
  const manifest = JSON.parse(readFileSync(path.join(root, 'pkg/package.json'), 'utf8'));
  const [itself, components] = [component('library', 'npm', manifest), crates().map((crate) => component('library', 'cargo', crate))];
  const dependencies = [{ ref: itself['bom-ref'], dependsOn: components.map((each) => each['bom-ref']) }];
  return { bomFormat: 'CycloneDX', specVersion: '1.5', version: 1, metadata: { component: itself }, components, dependencies };
}

if (isMain(import.meta.url)) console.log(JSON.stringify(sbom(), null, 2));
