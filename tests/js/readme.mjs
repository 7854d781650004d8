// Takes the JavaScript and TypeScript blocks out of a Markdown text, as scripts that check the values they claim to print.
//
// Blocks run in order, each as a script of its own. `<!-- continues -->` before a block appends it to the one before;
// `<!-- not run: reason -->` leaves it out, and so does `<!-- from: file -->`, which quotes lines of a file of the repository. A statement of one line, `console.log(…); // → value`, must print exactly that
// value.

const BLOCK = /(?:<!--\s*(continues|(?:not run|from):[^\n]*?)\s*-->\s*\n)?```(js|javascript|mjs|ts|typescript)\n([\s\S]*?)^```$/gm;
const QUOTE = /<!--\s*from:\s*(\S+)\s*-->\s*\n```\w+\n([\s\S]*?)^```$/gm;
const CLAIM = /^(\s*)(.*;)\s*\/\/ → (.*?)\s*$/;

/** { scripts: [{ line, code, typescript }], notRun: [{ line, reason }] } */
export function blocks(markdown) {
  const [scripts, notRun] = [[], []];
  for (const { 1: directive = '', 2: language, 3: code, index } of markdown.matchAll(BLOCK)) {
    const line = markdown.slice(0, index).split('\n').length;
    const typescript = language.startsWith('t');
    if (directive.startsWith('from:')) continue;
    if (directive.startsWith('not run:')) {
      notRun.push({ line, reason: directive.slice('not run:'.length).trim() });
    } else if (directive === 'continues') {
      const previous = scripts.at(-1);
      if (!previous) throw new Error(`line ${line} continues no block`);
      previous.code += code;
      previous.typescript ||= typescript;
    } else {
      scripts.push({ line, code, typescript });
    }
  }
  return { scripts, notRun };
}

/** [{ line, file, code }]: blocks that are lines of a file, in any language. */
export function quotes(markdown) {
  return [...markdown.matchAll(QUOTE)].map(({ 1: file, 2: code, index }) => ({ line: markdown.slice(0, index).split('\n').length, file, code }));
}

/** Whether these lines stand in a text one after the other, wherever they are indented to. */
export function quotedFrom(text, code) {
  const plain = (lines) => `\n${lines.replace(/^ +/gm, '')}`;
  return plain(text).includes(plain(code));
}

const PRELUDE = `import { format as __format } from 'node:util';
import { writeSync as __write } from 'node:fs';
const __open = new Map();
const __fail = (message) => {
  __write(2, message + '\\n');
  process.exitCode = 1;
};
let __printed;
const __log = console.log;
console.log = (...values) => {
  __printed?.push(__format(...values));
  __log(...values);
};
const __begin = () => { __printed = []; };
const __end = (number, claimed) => {
  __open.delete(number);
  const printed = __printed.join('\\n').trim();
  __printed = undefined;
  if (printed !== claimed) __fail('printed ' + JSON.stringify(printed) + ', the text says ' + JSON.stringify(claimed));
};
process.on('exit', () => {
  for (const [, line] of __open) __fail('never printed: ' + line);
});
`;

/** The code with every claim checked: it exits with 1 if one is wrong or is never reached. */
export function withClaimsChecked(code) {
  const claims = [];
  const lines = code.split('\n').map((line) => {
    const claim = line.match(CLAIM);
    if (claim) {
      const [, indent, statement, claimed] = claim;
      claims.push(line.trim());
      return `${indent}__begin(); ${statement} __end(${claims.length - 1}, ${JSON.stringify(claimed)});`;
    }
    if (line.includes('// →')) throw new Error(`only a statement of one line can be checked: ${line.trim()}`);
    return line;
  });
  const open = claims.map((line, number) => `__open.set(${number}, ${JSON.stringify(line)});\n`);
  return PRELUDE + open.join('') + lines.join('\n');
}
