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
export function unusable(object, Class, name) {
  return object instanceof Class && object.__wbg_ptr === 0
    ? new Error(`${name} was used after free()`)
    : new TypeError(`this is no ${name}`);
}

/**
 * Has the memory of a new object freed when neither it nor a copy or proxy of it is left: they share its token. A function,
 * because that is what proxies of Vue and Valtio hand out as it is.
 */
export function track(object, registry) {
  const token = () => {};
  object.__wbg_token = token;
  registry.register(token, object.__wbg_ptr, token);
}

/** Frees an object, or does nothing if it was freed before. While a call of the object is under way, that one ends first. */
export function dispose(object, Class, name, registry, free) {
  // An object that only inherits the address of another would free it and leave that one with it.
  if (!(object instanceof Class && Object.hasOwn(object, '__wbg_ptr'))) throw unusable(undefined, Class, name);
  const address = object.__wbg_ptr;
  if (address === 0) return;
  object.__wbg_ptr = 0;
  if (object.__wbg_ptr !== 0) throw new TypeError(`a read-only ${name} cannot be freed`);
  // A copy has the token, too: the first of them frees, and the token is known no more.
  if (registry.unregister(object.__wbg_token) !== false) free(address, 1);
}
