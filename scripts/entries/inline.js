// What `import '…/inline'` gets: the wasm file as text, for hosts that serve or bundle no other files. Bundled into
// pkg/inline.js, but for the other modules, which it shares with index.js.
import bytes from './ruvector_learning_wasm_bg.wasm';
import { start, initSync as startSync } from './start.js';

export * from './ruvector_learning_wasm.js';

export const initSync = (source = bytes) => startSync(source);

export default function init(source) {
  return start(source, () => bytes);
}
