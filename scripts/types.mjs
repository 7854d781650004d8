// The types of the package: those that wasm-bindgen makes of the doc comments in src/wasm, and the hand-written ones of the
// entries (scripts/entries/init.d.ts) in place of the glue's own.
import { readFileSync } from 'node:fs';

const init = readFileSync(new URL('entries/init.d.ts', import.meta.url), 'utf8');

const SYMBOL_DISPOSE = `
declare global {
  // TypeScript before 5.2 and libraries before esnext do not know it. Where they do, both declarations are one.
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
}
`;

const FREE = `    /**
     * Frees the memory of the object, which cannot be used afterwards. Memory that is never freed goes when the object is
     * garbage-collected. A second call does nothing.
     */
    free(): void;
    /** \`free()\`, for \`using\`. */
    [Symbol.dispose](): void;
`;

/** What index.d.ts and index.d.cts say, given what wasm-pack has written. */
export function declarations(generated) {
  const at = generated.indexOf('export type InitInput =');
  if (at < 0) throw new Error('the generated types have no InitInput');
  const classes = generated.slice(0, at).trimEnd();
  const documented = classes.replaceAll('    free(): void;\n    [Symbol.dispose](): void;\n', FREE);
  if (documented === classes) throw new Error('the generated types have no free()');
  return `${documented}\n${SYMBOL_DISPOSE}${init}`;
}

/** What the types of another entry say, which are those of `file` but for initSync(), whose argument can be left out. */
export const inlineDeclarations = (file) => `import type { InitOutput, SyncInitInput } from '${file}';

export * from '${file}';
export { default } from '${file}';

/** Instantiates the wasm that this file contains, at once. Further calls return the same instance. */
export declare function initSync(module?: { module: SyncInitInput } | SyncInitInput): InitOutput;
`;
