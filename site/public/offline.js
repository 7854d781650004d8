// The service worker: when the site is first visited it fetches its files, and answers from those when there is no network. With a
// network it asks the server first, so that nobody is left with an old site.

const VERSION = 'of the build'; // which writes another one for other files, so that browsers take this for another service worker
const SCOPE = `site ${registration.scope} `;
const KEPT = SCOPE + VERSION;

/** A response that a page may be opened with, which the answer to a redirected request is not. */
const plain = async (response) => (response.redirected ? new Response(await response.blob(), { headers: response.headers }) : response);

async function keep(cache, file) {
  // Names of assets have a hash of their contents: what an older version has kept is the same.
  const old = file.startsWith('assets/') && (await caches.match(file));
  const response = old || (await fetch(file, { cache: 'no-cache' }));
  if (response.ok) await cache.put(file, await plain(response));
}

/** A file that cannot be had is left out. */
async function keepAll() {
  const files = await (await fetch('files.json', { cache: 'no-cache' })).json();
  const cache = await caches.open(KEPT);
  await Promise.allSettled(files.map((file) => keep(cache, file)));
}

async function forgetOld() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(SCOPE) && name !== KEPT).map((name) => caches.delete(name)));
}

async function answer(request) {
  const cache = await caches.open(KEPT);
  try {
    const response = await fetch(request);
    if (response.ok && request.method === 'GET') await cache.put(request, response.clone());
    return response;
  } catch (error) {
    const page = request.url.replace(/[?#].*$/, '').replace(/\/$/, '/index.html');
    const kept = (await cache.match(page)) ?? (await cache.match(`${page}.html`));
    if (!kept) throw error;
    return kept;
  }
}

addEventListener('install', (event) => event.waitUntil(keepAll().then(() => skipWaiting())));
addEventListener('activate', (event) => event.waitUntil(forgetOld().then(() => clients.claim())));
addEventListener('fetch', (event) => {
  if (event.request.method === 'GET' && event.request.url.startsWith(registration.scope)) event.respondWith(answer(event.request));
});
