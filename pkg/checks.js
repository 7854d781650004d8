// What the classes check before they call wasm.

/** Stands for the exports of wasm until there are some. */
export const BEFORE_INIT = new Proxy({}, {
  get() {
    throw new Error('await init() before using ruvector-learning-wasm');
  },
});

/** Whether something is a WebAssembly.Module, be it one of another realm. */
export function isModule(value) {
  try {
    return Boolean(WebAssembly.Module.exports(value));
  } catch {
    return false;
  }
}

export function noNumber(name) {
  throw new TypeError(`${name} must be a number`);
}

export function noBoolean(name) {
  throw new TypeError(`${name} must be a boolean`);
}

/** The error for a method that cannot be called on `object`. */
export function unusable(object, name) {
  return object?.__wbg_handle?.[name] === 0
    ? new Error(`${name} was used after free()`)
    : new TypeError(`this is no ${name}`);
}

/**
 * The handle of a new object, which copies and proxies of the object share: it has the address under the name of the class, 0 after
 * free(). When none of them is left, the memory is freed. A function, because that is what proxies of Vue and Valtio hand out as it is.
 */
export function track(address, name, registry) {
  const handle = () => {};
  handle[name] = address;
  registry.register(handle, address, handle);
  return handle;
}

/** Frees an object, or does nothing if it was freed before. While a call of the object is under way, that one ends first. */
export function dispose(object, name, registry, free) {
  const handle = object?.__wbg_handle;
  const address = handle?.[name];
  if (address === undefined) throw unusable(object, name);
  if (address === 0) return;
  handle[name] = 0;
  registry.unregister(handle);
  free(address, 1);
}

/** What Node's console shows of an object, whose numbers are in wasm. */
export function inspected(object, name, depth, options, inspect) {
  if (object?.__wbg_handle?.[name] === 0) return `${name} (freed)`;
  if (depth < 0) return `[${name}]`;
  try {
    return `${name} ${inspect(object.stats(), options)}`;
  } catch {
    return `[${name}]`; // the prototype, or an object that is in use
  }
}
