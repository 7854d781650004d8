// How ./persist.js, which is a file of its own in the package, gets at what the classes keep private.

/** Each class has a static method of this name: of an object, what is in wasm memory. */
export const STATE = Symbol.for('ruvector');
