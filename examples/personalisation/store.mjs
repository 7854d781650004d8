// One record in IndexedDB: what a user has rated, and the adapter's file.

const STORE = 'taste';
const KEY = 'me';

function request(of) {
  return new Promise((resolve, reject) => {
    of.onsuccess = () => resolve(of.result);
    of.onerror = () => reject(of.error);
  });
}

/** `{ load, save, clear }`, over the database of this name. */
export async function openStore(name) {
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await request(opening);
  const store = (mode) => database.transaction(STORE, mode).objectStore(STORE);
  return {
    load: () => request(store('readonly').get(KEY)),
    save: (record) => request(store('readwrite').put(record, KEY)),
    clear: () => request(store('readwrite').delete(KEY)),
  };
}
