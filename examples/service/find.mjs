// How often each of some patterns occurs in a text, overlaps included: five ways that give the same.
// A text is ASCII and comes as a string and as its bytes.

/** String.prototype.indexOf, again and again. */
export function byIndexOf({ string }, patterns) {
  return patterns.map((pattern) => {
    let count = 0;
    for (let at = string.indexOf(pattern); at !== -1; at = string.indexOf(pattern, at + 1)) count += 1;
    return count;
  });
}

const compiled = new Map();
const MOST_COMPILED = 1000;

/** A regular expression per pattern; those compiled last are kept. */
export function byRegExp({ string }, patterns) {
  return patterns.map((pattern) => {
    const expression = compile(pattern);
    let count = 0;
    expression.lastIndex = 0;
    for (let match = expression.exec(string); match !== null; match = expression.exec(string)) {
      count += 1;
      expression.lastIndex = match.index + 1;
    }
    return count;
  });
}

function compile(pattern) {
  const known = compiled.get(pattern);
  if (known) return known;
  if (compiled.size === MOST_COMPILED) compiled.delete(compiled.keys().next().value);
  const expression = new RegExp(pattern.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'), 'g');
  compiled.set(pattern, expression);
  return expression;
}

/** Horspool: compares from the end of the pattern, and jumps as far as the last byte allows. */
export function byHorspool({ bytes }, patterns) {
  const jumps = new Int32Array(128);
  return patterns.map((pattern) => {
    const wanted = bytesOf(pattern);
    const last = wanted.length - 1;
    jumps.fill(wanted.length);
    for (let i = 0; i < last; i += 1) jumps[wanted[i]] = last - i;
    let count = 0;
    for (let end = last; end < bytes.length; end += jumps[bytes[end]]) {
      let i = last;
      while (i >= 0 && bytes[end - last + i] === wanted[i]) i -= 1;
      if (i < 0) count += 1;
    }
    return count;
  });
}

/** Aho and Corasick: builds one automaton of all patterns, and reads the text once. */
export function byAutomaton({ bytes }, patterns) {
  const most = patterns.reduce((sum, pattern) => sum + pattern.length, 1);
  const next = new Int32Array(128 * most);
  const ends = new Int32Array(patterns.length);
  let states = 1;
  patterns.forEach((pattern, p) => {
    let state = 0;
    for (const byte of bytesOf(pattern)) {
      if (next[128 * state + byte] === 0) next[128 * state + byte] = states++;
      state = next[128 * state + byte];
    }
    ends[p] = state;
  });
  const order = linkFailures(next, states);
  const visits = new Int32Array(states);
  let state = 0;
  for (let i = 0; i < bytes.length; i += 1) {
    state = next[128 * state + bytes[i]];
    visits[state] += 1;
  }
  for (let i = order.queue.length - 1; i > 0; i -= 1) visits[order.failure[order.queue[i]]] += visits[order.queue[i]];
  return Array.from(ends, (end) => visits[end]);
}

/** Makes the tree an automaton, breadth first. */
function linkFailures(next, states) {
  const failure = new Int32Array(states);
  const queue = new Int32Array(states);
  let length = 1;
  for (let head = 0; head < length; head += 1) {
    const state = queue[head];
    for (let byte = 0; byte < 128; byte += 1) {
      const child = next[128 * state + byte];
      const fallback = state === 0 ? 0 : next[128 * failure[state] + byte];
      if (child === 0) {
        next[128 * state + byte] = fallback;
      } else {
        failure[child] = fallback;
        queue[length++] = child;
      }
    }
  }
  return { failure, queue: queue.subarray(0, length) };
}

const GRAM = 3;
const GRAMS = 1 << 16;
const gramAt = (bytes, i) => (bytes[i] * 2048 + bytes[i + 1] * 47 + bytes[i + 2]) & (GRAMS - 1);

/** Builds an index of where every three bytes stand, and looks up the pattern's rarest three; short patterns use indexOf. */
export function byIndex(text, patterns) {
  const { bytes } = text;
  const grams = Math.max(0, bytes.length - GRAM + 1);
  const starts = new Int32Array(GRAMS + 1);
  for (let i = 0; i < grams; i += 1) starts[gramAt(bytes, i) + 1] += 1;
  for (let gram = 0; gram < GRAMS; gram += 1) starts[gram + 1] += starts[gram];
  const fill = starts.slice();
  const places = new Int32Array(grams);
  for (let i = 0; i < grams; i += 1) places[fill[gramAt(bytes, i)]++] = i;
  return patterns.map((pattern) => (pattern.length < GRAM ? byIndexOf(text, [pattern])[0] : lookUp(bytes, bytesOf(pattern), starts, places)));
}

function lookUp(bytes, wanted, starts, places) {
  let [rarest, fewest] = [0, Infinity];
  for (let i = 0; i + GRAM <= wanted.length; i += 1) {
    const gram = gramAt(wanted, i);
    const count = starts[gram + 1] - starts[gram];
    if (count < fewest) [rarest, fewest] = [i, count];
  }
  const gram = gramAt(wanted, rarest);
  let count = 0;
  for (let j = starts[gram]; j < starts[gram + 1]; j += 1) {
    const start = places[j] - rarest;
    let i = 0;
    while (i < wanted.length && bytes[start + i] === wanted[i]) i += 1; // outside of the text there is undefined
    if (i === wanted.length) count += 1;
  }
  return count;
}

const bytesOf = (pattern) => Uint8Array.from(pattern, (character) => character.charCodeAt(0));
