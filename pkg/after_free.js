// Calling a method after free() throws an Error that says so. The check costs live objects nothing: free() swaps the
// prototype of the dead one.
import { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from './ruvector_learning_wasm.js';

const classes = { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer };

for (const [name, { prototype }] of Object.entries(classes)) {
  const refusals = {};
  for (const method of Object.getOwnPropertyNames(prototype)) {
    if (method === 'constructor') continue;
    refusals[method] = {
      value() {
        throw new Error(`${name}.${method}() was called after free()`);
      },
    };
  }
  // Freeing twice does no harm.
  refusals.free = { value() {} };
  if (Symbol.dispose) refusals[Symbol.dispose] = refusals.free;
  const freed = Object.create(prototype, refusals);

  const { free } = prototype;
  prototype.free = function freeOnce() {
    try {
      free.call(this);
    } finally {
      const own = Object.getPrototypeOf(this); // a subclass keeps its own methods
      Object.setPrototypeOf(this, own === prototype ? freed : Object.create(own, refusals));
    }
  };
  if (Symbol.dispose) prototype[Symbol.dispose] = prototype.free;
}
