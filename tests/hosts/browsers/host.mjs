import { readFileSync } from 'node:fs';
import path from 'node:path';

import { openBrowser, results } from '../lib/browsers.mjs';
import { packageFolder } from '../lib/project.mjs';
import { serve } from '../lib/serve.mjs';

const SCRIPTS = "default-src 'self'; img-src data:; script-src 'self'";
const POLICIES = {
  forbidden: SCRIPTS,
  allowed: `${SCRIPTS} 'wasm-unsafe-eval'`,
  nofetch: `${SCRIPTS} 'wasm-unsafe-eval'; connect-src 'none'`,
};

/** The files of the package as unpkg serves them, which redirects to the file, and as jsDelivr, which does not. */
function cdn(folder) {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const headers = { 'Access-Control-Allow-Origin': '*' };
  return serve(folder, (pathname) => {
    const [, name, version = manifest.version, rest] = pathname.match(/^\/(unpkg|jsdelivr)\/ruvector-learning-wasm(?:@([^/]+))?(\/.*)?$/) ?? [];
    if (version !== manifest.version) return undefined;
    if (rest) return { file: rest, headers };
    if (name === 'unpkg') return { location: path.posix.join(pathname, manifest.unpkg), headers };
    if (name === 'jsdelivr') return { file: `/${manifest.jsdelivr}`, headers };
  });
}

async function visitAll(kind, folder, policies) {
  const servers = [await cdn(packageFolder(folder))];
  const pages = async (find) => {
    servers.push(await serve(folder, find));
    return servers.at(-1).url;
  };
  let browser;
  try {
    const plain = await pages();
    browser = await openBrowser(kind);
    const told = [await results(browser, `${plain}/`), await results(browser, `${plain}/cdn.html?server=${servers[0].url}`), await results(browser, `${plain}/audio.html`)];
    for (const policy of policies) {
      const url = await pages(() => ({ headers: { 'Content-Security-Policy': POLICIES[policy] } }));
      told.push(await results(browser, `${url}/policy.html?policy=${policy}`, policy === 'forbidden' ? /Content.Security.Policy/i : undefined));
    }
    return { version: browser.version, results: told };
  } finally {
    await browser?.close();
    for (const { close } of servers) close();
  }
}

const host = (name, kind, policies, lacking) => ({
  name,
  quick: true,
  lacking,
  run: ({ folder }) => visitAll(kind, folder, policies),
});

export default [
  host('Chromium', 'chromium', ['forbidden', 'allowed', 'nofetch']),
  host('Firefox', 'firefox', ['forbidden', 'allowed', 'nofetch']),
  // WebKitGTK compiles wasm whatever the policy says of it.
  host('WebKitGTK', 'webkit', ['allowed', 'nofetch'], process.platform === 'linux' ? undefined : 'WebKitGTK is for Linux'),
];
