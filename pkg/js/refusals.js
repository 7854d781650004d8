// The words for what wasm refuses with a number (src/wasm/status.rs), and checks that come before.

/** What a call can be given, in the order of `Argument` in src/error.rs; numbers with what they must be. */
const ARGUMENTS = [
  ['input'],
  ['gradient'],
  ['embedding'],
  ['target'],
  ['dim', 'an integer from 1 to 4096'],
  ['alpha', 'above 0 and finite as a 32-bit float'],
  ['learning_rate', 'above 0 as a 32-bit float, and at most 1'],
  ['improvement', 'finite'],
  ['capacity', 'an integer from 1 to 1000000'],
  ['embedding_dim', 'an integer from 1 to 4096'],
  ['attention_type', 'an integer from 0 to 255'],
  ['execution_ms', 'above 0 and finite'],
  ['baseline_ms', 'at least 0 and finite'],
  ['baseline_ms / execution_ms', 'finite as a 32-bit float'],
  ['threshold', 'a number'],
  ['operators', '1 to 1024'],
  ['attention_types', 'integers from 0 to 255'],
];
const OVERFLOW = 100;

/** The error for a status other than 0, and for what the call was given: a vector's window, a number. */
export function refusal(status, given) {
  if (status >= OVERFLOW) {
    return new RangeError(status === OVERFLOW ? 'the step would overflow the weights' : 'there is not enough memory');
  }
  const [name, rule] = ARGUMENTS[status - 1];
  const value = given[name];
  if (rule) return new RangeError(`${name} must be ${rule}, got ${value}`);
  const index = value.view.findIndex((number) => !Number.isFinite(number));
  return new RangeError(
    index < 0
      ? `${name} is too large: its squared norm overflows f32`
      : `${name}[${index}] is ${value.view[index]}, it must be finite`,
  );
}

export function checkNumber(value, name) {
  // null would be 0, and the valueOf() of an object could free the very object whose address is being passed.
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number`);
}

export function checkBoolean(value, name) {
  if (typeof value !== 'boolean') throw new TypeError(`${name} must be a boolean`);
}
