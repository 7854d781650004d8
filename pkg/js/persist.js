// The second entry of the package: what saves, loads and merges, as methods of the classes. It is a file of its own because
// most programs never do, and because it would not fit the first one's size.
import { initSync, WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'main';
import { peftConfig, readAdapters, restoreAdapters, stateOf, writeAdapters } from './adapters_file.js';
import { merge } from './merge.js';
import { Operators } from './operators.js';
import { STATE } from './state.js';
import { readTrajectories, restoreTrajectories, saveTrajectories } from './trajectories_file.js';

// By name, not `export *`: Parcel loses track of that.
export { default, initSync, OperatorType, WasmMicroLoRA, WasmScopedLoRA, WasmTrajectoryBuffer } from 'main';

/** The exports of the instance, which there is once there are objects. */
const instance = () => initSync();

/** The operators of a scoped set. */
function operatorsOf(scoped) {
  const ids = Array.from({ length: scoped.operator_count() }, (_, op) => op);
  return new Operators(ids.map((op) => scoped.operator_name(op)), ids.map((op) => scoped.category_name(op)));
}

/** A new object of `Class` with a state; none is left if that fails. */
function restored(Class, object, restore, state) {
  try {
    restore(instance(), Class[STATE](object), state);
    return object;
  } catch (error) {
    object.free();
    throw error;
  }
}

/** Methods as a class would have them. */
function install(target, methods) {
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(target, name, { value, writable: true, configurable: true });
  }
}

for (const Class of [WasmMicroLoRA, WasmScopedLoRA]) {
  const { name } = Class;
  const scoped = Class === WasmScopedLoRA;
  install(Class.prototype, {
    to_safetensors() {
      const adapters = Class[STATE](this);
      void adapters.address; // before anything else is asked of an object that may be freed
      return writeAdapters(name, stateOf(instance(), adapters, scoped ? operatorsOf(this) : null));
    },
    peft_config() {
      const adapters = Class[STATE](this);
      void adapters.address;
      return peftConfig(instance(), adapters, scoped ? operatorsOf(this) : null);
    },
  });
  install(Class, {
    from_safetensors(bytes) {
      const state = readAdapters(bytes, 'bytes', name, scoped);
      const { dim, alpha, initialRate, operators } = state;
      const object = scoped
        ? this.with_operators(operators.names, operators.categories, dim, alpha, initialRate)
        : new this(dim, alpha, initialRate);
      return restored(Class, object, restoreAdapters, state);
    },
    merge_safetensors(files, weights) {
      return merge(files, weights, name, scoped);
    },
  });
}

install(WasmTrajectoryBuffer.prototype, {
  to_safetensors() {
    const ring = WasmTrajectoryBuffer[STATE](this);
    void ring.address;
    return saveTrajectories(instance(), WasmTrajectoryBuffer.name, ring);
  },
});
install(WasmTrajectoryBuffer, {
  from_safetensors(bytes) {
    const state = readTrajectories(bytes, 'bytes', WasmTrajectoryBuffer.name);
    return restored(WasmTrajectoryBuffer, new this(state.capacity, state.dim), restoreTrajectories, state);
  },
});
