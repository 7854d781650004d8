// A worker's functions, called from the page: `const call = remote(worker); await call('train', 100)`.

/** Resolves to what the worker's function of this name returns, or rejects with its error (name and message). */
export function remote(worker) {
  const waiting = new Map();
  let last = 0;
  let broken; // why the worker has not started
  worker.addEventListener('message', ({ data: { id, value, error } }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error) reject(Object.assign(new Error(error.message), { name: error.name }));
    else resolve(value);
  });
  worker.addEventListener('error', (event) => {
    broken = new Error(event.message ?? 'the worker has not started');
    for (const { reject } of waiting.values()) reject(broken);
    waiting.clear();
  });
  return (name, ...args) => new Promise((resolve, reject) => {
    if (broken) throw broken;
    last += 1;
    waiting.set(last, { resolve, reject });
    worker.postMessage({ id: last, name, args });
  });
}

/** In the worker: `start()` resolves to an object of functions. Calls are answered in their order, those before the start after it. */
export function answer(start) {
  let before = start();
  before.catch(() => {}); // each call is told
  addEventListener('message', ({ data: { id, name, args } }) => {
    before = before.then(async (functions) => {
      try {
        postMessage({ id, value: await functions[name](...args) });
      } catch (error) {
        postMessage({ id, error: { name: error.name, message: error.message } });
      }
      return functions;
    });
    before.catch((error) => postMessage({ id, error: { name: error.name, message: error.message } }));
  });
}
