// Where files of adapters can be kept, in a few lines each. `bytes` is what `to_safetensors()` returns; what `load…` returns
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

/** IndexedDB: in every browser, and in its workers. A transaction is done as a whole or not at all. */
export const saveToDatabase = async (name, bytes) => resultOf((await store('readwrite')).put(bytes, name));
/** undefined if there is none of this name. */
export const loadFromDatabase = async (name) => resultOf((await store('readonly')).get(name));

/** The origin's private file system. The bytes go to another file, which takes the place of the old one when it is closed. */
export async function saveToPrivateFile(name, bytes) {
  const file = await (await navigator.storage.getDirectory()).getFileHandle(name, { create: true });
  await new Blob([bytes]).stream().pipeTo(await file.createWritable());
}
/** Rejects if there is none of this name. */
export async function loadFromPrivateFile(name) {
  const file = await (await navigator.storage.getDirectory()).getFileHandle(name);
  return (await file.getFile()).arrayBuffer();
}

/** A file, in Node, Deno and Bun. Whatever interrupts it, the name stands for the old file or the new one, never for half of it. */
export async function saveToFile(path, bytes) {
  const { open, rename } = await import('node:fs/promises');
  const file = await open(`${path}.new`, 'w');
  try {
    await file.writeFile(bytes);
    await file.sync(); // on the disk before it gets the name: a power failure could leave the name without the bytes
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
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
