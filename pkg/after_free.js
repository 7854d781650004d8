// Calling a method after free() throws an Error that says so. The check costs live objects nothing: free() swaps the
// prototype of the dead one.
import { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from './ruvector_learning_wasm.js';

const classes = { WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer };

for (const [name, { prototype }] of Object.entries(classes)) {
  const freed = Object.create(prototype);
  for (const method of Object.getOwnPropertyNames(prototype)) {
    if (method === 'constructor') continue;
    const refuse = () => {
      throw new Error(`${name}.${method}() was called after free()`);
    };
    // Freeing twice does no harm.
    Object.defineProperty(freed, method, { value: method === 'free' ? () => {} : refuse });
  }

  const { free } = prototype;
  prototype.free = function freeOnce() {
    free.call(this);
    Object.setPrototypeOf(this, freed);
  };
  if (Symbol.dispose) {
    prototype[Symbol.dispose] = prototype.free;
    Object.defineProperty(freed, Symbol.dispose, { value: freed.free });
  }
}
