// Where files of adapters can be kept, in three lines each. `bytes` is what `to_safetensors()` returns; what `load…` returns
// is for `from_safetensors()`. docs/saving.md shows the rest.

/** The database of this page's origin. */
const store = (mode) => new Promise((resolve, reject) => {
  const open = indexedDB.open('ruvector-learning', 1);
  open.onupgradeneeded = () => open.result.createObjectStore('adapters');
  open.onsuccess = () => resolve(open.result.transaction('adapters', mode).objectStore('adapters'));
  open.onerror = () => reject(open.error);
});
const resultOf = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** IndexedDB: in every browser, and in its workers. */
export const saveToDatabase = async (name, bytes) => resultOf((await store('readwrite')).put(bytes, name));
/** undefined if there is none of this name. */
export const loadFromDatabase = async (name) => resultOf((await store('readonly')).get(name));

/** The origin's private file system. */
export async function saveToPrivateFile(name, bytes) {
  const file = await (await navigator.storage.getDirectory()).getFileHandle(name, { create: true });
  await new Blob([bytes]).stream().pipeTo(await file.createWritable());
}
/** Rejects if there is none of this name. */
export async function loadFromPrivateFile(name) {
  const file = await (await navigator.storage.getDirectory()).getFileHandle(name);
  return (await file.getFile()).arrayBuffer();
}

/** A file, in Node, Deno and Bun. */
export async function saveToFile(path, bytes) {
  const { rename, writeFile } = await import('node:fs/promises');
  await writeFile(`${path}.new`, bytes);
  await rename(`${path}.new`, path); // an interrupted run leaves the old file, not half of the new one
}
export async function loadFromFile(path) {
  const { readFile } = await import('node:fs/promises');
  return readFile(path);
}

/** To a worker or back: the bytes are moved, not copied. */
export const send = (port, bytes) => port.postMessage(bytes, [bytes.buffer]);

/** To a server. */
export async function upload(url, bytes) {
  const { ok, status } = await fetch(url, { method: 'PUT', body: bytes, headers: { 'Content-Type': 'application/octet-stream' } });
  if (!ok) throw new Error(`${url}: ${status}`);
}
export async function download(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.arrayBuffer();
}
