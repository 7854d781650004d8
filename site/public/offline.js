// The service worker: when the site is first visited it fetches every file of it, and answers from those when there is no network.
// With a network it asks the server first, so that nobody is left with an old site.

const KEPT = `site ${registration.scope}`;

async function keepAll() {
  const files = await (await fetch('files.json', { cache: 'no-cache' })).json();
  const cache = await caches.open(KEPT);
  await cache.addAll(files);
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
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('fetch', (event) => {
  if (event.request.method === 'GET' && event.request.url.startsWith(registration.scope)) event.respondWith(answer(event.request));
});
