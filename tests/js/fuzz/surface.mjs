// The exported classes and their methods, read from the package's types: what is added to them is fuzzed without being named.

const DECLARATION = /^ {4}(static )?(\w+|\[Symbol\.dispose\])\((.*)\)(?:: (.*))?;$/;

/** The parts of a list between the commas that are inside no brackets. */
function parameters(list) {
  const found = [''];
  let depth = 0;
  for (const character of list) {
    if ('<({['.includes(character)) depth += 1;
    if ('>)}]'.includes(character)) depth -= 1;
    if (character === ',' && depth === 0) found.push('');
    else found[found.length - 1] += character;
  }
  return found.filter((part) => part.trim() !== '').map((part) => {
    const [, name, optional, type] = part.match(/^\s*(\w+)(\?)?: (.*)$/);
    return { name, optional: optional !== undefined, type };
  });
}

/**
 * Every constructor, static and method as `{ className, name, kind, parameters, returns }`, from the text of a .d.ts as wasm-bindgen
 * writes it, one declaration a line. `kind` is "new", "static" or "method". Overloads are one entry each.
 */
export function surface(types) {
  const members = [];
  const classes = [...types.matchAll(/^export class (\w+) \{$/gm)].map(([, name]) => name);
  for (const [, className, body] of types.matchAll(/^export (?:class|interface) (\w+) \{\n([^]*?)^\}$/gm)) {
    if (!classes.includes(className)) continue;
    const code = body.replace(/^ *\/\*\*[^]*?\*\/\n/gm, '');
    for (const line of code.split('\n').filter((line) => line.trim() !== '')) {
      const found = line.match(DECLARATION);
      if (!found) throw new Error(`the types of ${className} have a line that is no declaration of a method: ${line}`);
      const [, fixed, name, list, returns = className] = found;
      const kind = name === 'constructor' ? 'new' : fixed ? 'static' : 'method';
      members.push({ className, name, kind, parameters: parameters(list), returns });
    }
  }
  return { classes, members };
}
