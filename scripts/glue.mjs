// Adds to the JavaScript that wasm-bindgen generates what it leaves to its debug mode or does not have. Every edit counts what
// it changes: where another version of wasm-bindgen writes something else, the build fails.

const CLASSES = 3;

/** `text` with `pattern` replaced, which must occur `times` times. */
function replace(text, times, pattern, replacement) {
  const found = text.match(new RegExp(pattern, `${pattern.flags}g`))?.length ?? 0;
  if (found !== times) throw new Error(`the generated JavaScript has ${found} times, not ${times} times: ${pattern}`);
  return text.replace(new RegExp(pattern, `${pattern.flags}g`), replacement);
}

/** Hardened glue, without the comments that the types have, too. What it imports lies beside it. */
export function harden(glue) {
  let text = beside(glue);
  text = replace(text, CLASSES, /^export class (\w+) \{\n[^]*?^\}\n/m, (code, name) => hardenClass(code, name));
  if (/__destroy_into_raw|__wbg_ptr|, this\)|add_to_stack_pointer/.test(text)) throw new Error('the generated JavaScript takes or registers objects, or uses the stack, in another way');
  return beforeInit(ofAnyRealm(text)).replace(/^ *\/\*\*\n(?: +\*.*\n)+/gm, '');
}

/** The snippet in the same folder, the checks, and stand-ins for what AudioWorklets and jsdom do not have. */
function beside(glue) {
  for (const [name, times] of [['TextDecoder', 2], ['TextEncoder', 1]]) replace(glue, times, new RegExp(`new ${name}\\(`), '');
  const text = glue.replace(/ from (['"])\.\/snippets\/.*?\/arrays\.js\1/g, " from './arrays.js'");
  if (/ from ['"](?!\.\/arrays\.js)/.test(text)) throw new Error('the generated JavaScript imports something else');
  return replace(text, 1, /^import \{/m, [
    "import { unwind } from './arrays.js';",
    "import { BEFORE_INIT, dispose, inspected, isModule, noBoolean, noNumber, track, unusable } from './checks.js';",
    "import { TextDecoder, TextEncoder } from './text.js';",
    'import {',
  ].join('\n'));
}

function hardenClass(code, name) {
  let text = tracked(code, name);
  // The glue reads the address of an object before wasm makes numbers of the arguments, whose valueOf() could free it.
  const method = /(?<start>(?: {4}\/\*\*\n(?<comment>(?: {5}\*.*\n)*?) {5}\*\/\n)? {4}(?<fixed>static )?(?<method>\w+)\((?<parameters>.*)\) \{\n)(?<body>[^]*?)(?<end>^ {4}\}\n)/;
  text = text.replace(new RegExp(method, 'gm'), (code, ...found) => {
    const { start, comment = '', fixed, method, parameters, body, end } = found.at(-1);
    if (['__wrap', 'free'].includes(method)) return code;
    const ofObject = fixed || method === 'constructor' ? '' : `        if (!this?.__wbg_handle?.${name}) throw unusable(this, '${name}');\n`;
    const checks = parameters.split(', ').filter(Boolean).map((parameter) => typeCheck(comment, parameter));
    return start + ofObject + checks.join('') + unwinding(body) + end;
  });
  const inspect = `    [Symbol.for('nodejs.util.inspect.custom')](depth, options, inspect) {\n        return inspected(this, '${name}', depth, options, inspect);\n    }\n`;
  text = replace(text, 1, /^\}\n$/m, () => `${inspect}}\n`);
  // No method was overlooked.
  const [calls, checks] = [/wasm\.\w+\(this\.__wbg_handle\.\w+/g, /throw unusable/g].map((pattern) => text.match(pattern).length);
  if (calls !== checks) throw new Error(`${calls} methods of ${name} use its address, ${checks} check it`);
  return text;
}

/** The body of a method that gives back the stack of wasm where JavaScript's own stack was full, and wasm was left by that. */
function unwinding(body) {
  return `        try {\n${body.replace(/^/gm, '    ').trimEnd()}\n        } catch (error) {\n            unwind();\n            throw error;\n        }\n`;
}

/** The line that checks the type of an argument which wasm gets as a number; none for others, which Rust looks at. */
function typeCheck(comment, parameter) {
  const declared = comment.match(new RegExp(`@param \\{(.*)\\} (?:${parameter}|(\\[)${parameter}\\])\\n`));
  if (!declared) throw new Error(`the generated JavaScript does not say what ${parameter} is`);
  const [, type, optional] = declared;
  const check = { 'number': 'noNumber', 'number | null': 'noNumber', 'boolean': 'noBoolean', 'boolean | null': 'noBoolean' }[type];
  if (/^(any|bigint|string|OperatorType)\b/.test(type)) throw new Error(`${parameter}: there is no check for ${type} yet`);
  if (!check) return '';
  if (Boolean(optional) !== type.endsWith('| null')) throw new Error(`${parameter}: ${type} is optional in another way`);
  const given = optional ? `${parameter} != null && ` : '';
  return `        if (${given}typeof ${parameter} !== '${type.split(' ')[0]}') ${check}('${parameter}');\n`;
}

/** The address of an object is in a handle that all its copies and proxies share, which garbage collection follows, too. */
function tracked(code, name) {
  const registry = `${name}Finalization`;
  const made = (object, address) => new RegExp(`${object}\\.__wbg_ptr = ${address};\n *${registry}\\.register\\(${object}, .*, ${object}\\);`);
  let text = replace(code, 1, made('obj', 'ptr'), `obj.__wbg_handle = track(ptr, '${name}', ${registry});`);
  if (text.includes('constructor(')) text = replace(text, 1, made('this', 'ret'), `this.__wbg_handle = track(ret, '${name}', ${registry});`);
  const free = / {4}__destroy_into_raw\(\) \{\n[^]*?\n {4}\}\n {4}free\(\) \{\n.*\n {8}(wasm\.\w+)\(ptr, 0\);\n {4}\}\n/;
  text = replace(text, 1, free, (_, release) => `    free() {\n        dispose(this, '${name}', ${registry}, ${release});\n    }\n`);
  return text.replaceAll('this.__wbg_ptr', `this.__wbg_handle.${name}`);
}

/** A module of another realm is a module, too. */
const ofAnyRealm = (text) => replace(text, 1, /!\(module instanceof WebAssembly\.Module\)/, '!isModule(module)');

/** What is called before init() says so. */
function beforeInit(glue) {
  const text = replace(glue, 1, /^let wasmModule, wasmInstance, wasm;$/m, 'let wasmModule, wasmInstance, wasm = BEFORE_INIT;');
  return replace(text, 2, /if \(wasm !== undefined\) return wasm;/, 'if (wasm !== BEFORE_INIT) return wasm;');
}
