// A session: a sequence of calls on a few objects, each of which has a twin that gets only the calls that the object accepted.
// What a refused call changes makes the two differ in the end. What the documentation says of answers, models check.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { CATEGORY } from '../../../benches/operators.mjs';
import { installedPackage } from '../installed.mjs';
import { module, wasm } from '../module.mjs';
import { uniform } from '../numbers.mjs';
import { CallersError, HOSTILE, THIS, good } from './arguments.mjs';
import { AdapterModel, TrajectoryModel } from './model.mjs';
import { surface } from './surface.mjs';

export const { classes, members } = surface(readFileSync(path.join(installedPackage, 'ruvector_learning_wasm.d.ts'), 'utf8'));

const SLOTS = 6;

/** Members by how often they are called: methods that take something most often; what makes and ends objects rarely. */
const drawn = members.flatMap((member) => {
  const ends = member.name === 'free' || member.name === '[Symbol.dispose]' || /^reset/.test(member.name);
  return Array(ends || member.kind !== 'method' ? 1 : member.parameters.length > 0 ? 5 : 2).fill(member);
});

/** How many calls there were, and of which members any was accepted, refused or compared with a model: a test of the test. */
export const counted = { calls: 0, refused: 0, modelled: 0, accepted: new Set(), refusedMembers: new Set(), modelledMembers: new Set() };

export const nameOf = ({ className, name, kind }) => `${kind === 'new' ? 'new ' : ''}${className}${kind === 'new' ? '' : `.${name}`}`;

/** Good calls that an object may refuse for what it has been through. */
const EXPLAINED = /overflow|it must be finite$|is too large|not enough memory/;

/** Where a call has done its forward and only the step is refused, the output buffer has the output. */
const isStepAlone = ({ parameters }, { message }) => /would overflow the weights/.test(message)
  || (message.startsWith('gradient ') && !parameters.some(({ name }) => name === 'gradient'));

const dimOf = (object) => {
  const { dim, embedding_dim } = object.stats();
  return dim ?? embedding_dim;
};
const categoriesOf = (object) => {
  const { operators } = object.stats();
  const distinct = [...new Set(operators.map(({ category }) => category))];
  return operators.map(({ category }) => distinct.indexOf(category));
};
const bytesOf = (array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength);
const sameBytes = (one, other, what) => assert.ok(bytesOf(one).equals(bytesOf(other)), what);

/** A model of a new object; none for those that are too large for plain loops. */
function modelOf(object) {
  const { dim, alpha, learning_rate: learningRate, capacity } = object.stats();
  if (capacity !== undefined) return new TrajectoryModel({ capacity });
  if (dim > 24) return null;
  const categories = object instanceof module.WasmScopedLoRA ? categoriesOf(object) : undefined;
  return new AdapterModel({ dim, alpha, learningRate, categories });
}

/** A command in words. */
export function describeCommand([which, at, hostile, seed]) {
  const member = drawn[which % drawn.length];
  const { place, kind, isThis } = placeOf(member, hostile);
  const odd = isThis ? THIS[kind % THIS.length][0] : HOSTILE[kind % HOSTILE.length];
  const what = place < 0 ? 'good arguments' : `${isThis ? 'this' : member.parameters[place]?.name ?? 'the number of arguments'}: ${odd}`;
  return `${nameOf(member)}, object ${at}, seed ${seed}, ${what}`;
}

/** Which argument is not as it should be, −1 for none: one of the parameters, one too few, one too many, or what the method is of. */
function placeOf({ parameters, kind }, hostile) {
  const places = parameters.length + (kind === 'method' ? 3 : 2);
  const place = hostile > 0 ? hostile % places : -1;
  return { place, kind: Math.floor(hostile / places), isThis: place === parameters.length + 2 };
}

/** Objects that no session touches: whatever happens to others, they stay as they are. */
const controls = classes.map((name) => {
  const object = new module[name](9, 9);
  const x = Float32Array.from({ length: 9 }, (_, i) => Math.sin(i + 1));
  object.train?.(...(name === 'WasmScopedLoRA' ? [2] : []), x, x.toReversed?.() ?? [...x].reverse());
  object.record?.(x, 2, 3, 4, 5);
  return { object, bytes: object.to_safetensors() };
});
const freed = classes.map((name) => {
  const object = new module[name](3, 3);
  object.free();
  return object;
});
const samples = classes.map((name) => {
  const object = new module[name](4, 4);
  return { kind: `${name} 4`, bytes: object.to_safetensors(), model: null };
});

/** One object under test. */
class Subject {
  constructor(object, twin, model) {
    Object.assign(this, { object, twin, model });
    this.name = classes.find((name) => object instanceof module[name]);
    this.dim = dimOf(object);
    // Only files of a kind can be merged.
    this.kind = `${this.name} ${this.dim} ${JSON.stringify(object.stats().operators?.map(({ name, category }) => [name, category]))}`;
    this.operators = object.operator_count?.() ?? CATEGORY.length;
    this.scale = 1;
    this.isFree = false;
  }

  /** The twin is as the object again: for what documented exceptions and code of the caller's have changed. */
  renew() {
    this.twin.free();
    this.twin = module[this.name].from_safetensors(this.object.to_safetensors());
    this.model = null;
  }

  check() {
    if (this.isFree) return;
    sameBytes(this.object.to_safetensors(), this.twin.to_safetensors(), `a ${this.name} is not what the accepted calls made of it`);
  }

  free() {
    this.object.free();
    this.twin.free();
    this.isFree = true;
  }
}

/** What a call does: returns `{ value }` or `{ error }`. */
function outcome(work) {
  try {
    return { value: work() };
  } catch (error) {
    return { error };
  }
}

/** Only the package's own errors come out of a call. */
function checkError(error, what, isOfThis) {
  if (isOfThis && error instanceof CallersError) return;
  const own = error instanceof Error && (error.name === 'RangeError' || error.name === 'TypeError'
    || (error.name === 'Error' && /^(Wasm\w+ was used after free\(\)|recursive use of an object)/.test(error.message)));
  assert.ok(own && !(error instanceof WebAssembly.RuntimeError), `${what} threw ${error?.stack ?? String(error)}`);
  assert.ok(!/call stack/.test(error.message), `${what}: ${error.message}`);
}

const isObject = (value) => typeof value === 'object' && value !== null && classes.some((name) => value instanceof module[name]);

/** Two answers are the same, bit for bit. */
function sameAnswer(value, other, member) {
  if (/_ptr$/.test(member.name)) return assert.equal(value % 16, 0, member.name);
  if (ArrayBuffer.isView(value)) return sameBytes(value, other, nameOf(member));
  if (value?.bytes) return sameBytes(value.bytes, other.bytes, nameOf(member));
  return assert.deepStrictEqual(value, other, nameOf(member));
}

export class Session {
  constructor() {
    this.slots = [];
    this.files = [...samples];
  }

  /** Makes the calls that these commands stand for, and checks what is left. */
  run(commands) {
    try {
      for (const command of commands) this.step(...command);
      for (const slot of this.slots) slot.check();
    } finally {
      for (const slot of this.slots) slot.free();
    }
    for (const { object, bytes } of controls) sameBytes(object.to_safetensors(), bytes, 'an object that nobody touched has changed');
  }

  /**
   * One call. `which` picks the member, `at` the object; `hostile` is 0 for a call with good arguments, and else picks the one that is not
   * and what it is; `seed` is for all the rest.
   */
  step(which, at, hostile, seed) {
    const member = drawn[which % drawn.length];
    const Class = module[member.className];
    const subject = member.kind === 'method' ? this.subjectOf(member.className, at) : undefined;
    if (member.kind === 'method' && !subject) return this.make(module[member.className], seed);
    const { place, kind, isThis } = placeOf(member, hostile);
    const what = nameOf(member);
    const prepare = (target) => this.prepare({ member, target, subject, place, kind, isThis, seed });
    const isSampled = subject && place >= 0 && seed % 16 === 0 && !subject.isFree;
    const before = isSampled && subject.object.to_safetensors();

    const call = prepare(member.kind === 'method' ? subject.object : Class);
    const wasFree = subject?.isFree;
    const result = outcome(call.run);
    counted.calls += 1;
    if (call.effects.freed && subject) subject.isFree = true;
    if (result.error !== undefined) {
      checkError(result.error, what, isThis);
      counted.refused += 1;
      counted.refusedMembers.add(nameOf(member));
      if (call.effects.freed && subject) subject.twin.free();
      if (subject?.isFree) return undefined;
      if (call.isKnown) assert.match(result.error.message, EXPLAINED, `${what} was refused`);
      if (isStepAlone(member, result.error) || call.effects.changed) return subject.renew();
      if (before) sameBytes(subject.object.to_safetensors(), before, `${what} was refused and changed something`);
      return undefined;
    }
    if (call.place < 0) counted.accepted.add(nameOf(member));
    const ends = member.name === 'free' || member.name === '[Symbol.dispose]';
    assert.ok(!wasFree || ends || isThis, `${what} was accepted after free()`);
    if (wasFree) return undefined;
    return this.accepted(call, result.value, prepare, subject, what);
  }

  /** The same call of the twin, and what the model says. */
  accepted(call, value, prepare, subject, what) {
    const { member } = call;
    if (member.kind !== 'method') {
      const again = prepare(module[member.className]);
      return this.keep(member, call, value, again.run());
    }
    const again = prepare(subject.twin);
    const { value: other, error } = outcome(again.run);
    assert.equal(error, undefined, `${what}: refused by the twin`);
    if (!call.isGoodThis) return undefined; // of another object, or nothing
    if (member.name === 'free' || member.name === '[Symbol.dispose]') {
      subject.isFree = true;
      return undefined;
    }
    sameAnswer(value, other, member);
    for (const [i, argument] of call.args.entries()) {
      if (argument?.constructor === Float32Array && argument.byteLength > 0) sameBytes(argument, again.args[i], `${what}: argument ${i}`);
    }
    if (call.effects.freed) return undefined;
    if (call.effects.changed) return subject.renew();
    this.model(call, value, subject);
    if (member.name === 'to_safetensors') this.addFile(subject.kind, value, call.next() < 0.2 ? subject.model?.clone() : undefined);
    if (member.name === 'input_view') {
      const values = Float32Array.from(value, () => call.next() - 0.5);
      value.set(values);
      other.set(values);
      subject.model?.written?.(values);
    }
    return undefined;
  }

  model(call, value, subject) {
    const { member } = call;
    if (!subject.model) return;
    const isOutput = (i) => /^outputs?$/.test(member.parameters[i]?.name);
    const said = call.args.map((argument, i) => (isOutput(i) ? argument : call.content[i] ?? argument));
    const isOdd = call.place >= 0 && call.place < said.length && call.content[call.place] === undefined && typeof said[call.place] === 'object';
    const last = member.parameters.findIndex(({ name }) => name === 'input');
    if (last >= 0 && call.content[last]) subject.scale = Math.hypot(...call.content[last]) / Math.sqrt(subject.dim) || 1;
    if (isOdd || !subject.model.call(member.name, said, value, subject.object)) {
      subject.model = null;
      return;
    }
    counted.modelled += 1;
    counted.modelledMembers.add(nameOf(member));
  }

  prepare({ member, target, subject, place, kind, isThis, seed }) {
    const { parameters } = member;
    const others = [...this.slots.map(({ object }) => object), ...controls.map(({ object }) => object)].filter((object) => object !== subject?.object);
    const next = uniform(seed);
    const call = {
      member, target, place, next, others, freed, args: [], content: [], effects: {}, files: this.files,
      dim: subject?.dim ?? 5, operators: subject?.operators ?? CATEGORY.length, scale: subject?.scale ?? 1, isFree: subject?.isFree, isKnown: place < 0,
    };
    if (member.kind === 'static') call.files = this.files.filter(({ kind }) => kind.startsWith(`${member.className} `));
    for (const [i, parameter] of parameters.entries()) {
      call.position = i;
      const { make, known } = good(parameter);
      call.isKnown &&= known;
      call.args.push(i === place ? HOSTILE[kind % HOSTILE.length](call) : make(call));
    }
    if (place === parameters.length) call.args.pop();
    if (place === parameters.length + 1) call.args.push('more');
    const { args } = call;
    const Class = module[member.className];
    const [makeThis, isGoodThis] = isThis ? THIS[kind % THIS.length] : [() => target, true];
    call.isGoodThis = isGoodThis;
    if (member.kind === 'new') call.run = () => new Class(...args);
    else if (member.kind === 'static') call.run = () => Class[member.name](...args);
    else {
      const self = makeThis(call);
      const method = member.name === '[Symbol.dispose]' ? Class.prototype[Symbol.dispose] ?? Class.prototype.free : Class.prototype[member.name];
      call.run = () => Reflect.apply(method, self, args);
    }
    return call;
  }

  /** What a constructor or a static has made. */
  keep(member, call, value, other) {
    if (!isObject(value)) {
      sameAnswer(value, other, member);
      const like = value?.bytes && this.files.find(({ bytes }) => bytes === call.args[0][0]);
      if (like) this.addFile(like.kind, value.bytes);
      return;
    }
    let model = null;
    if (call.place < 0 && call.next() < 0.5 && /^(constructor|with_operators)$/.test(member.name)) model = modelOf(value);
    if (member.name === 'from_safetensors') model = this.files.find(({ bytes }) => bytes === call.args[0])?.model?.clone() ?? null;
    this.put(new Subject(value, other, model), call.next);
  }

  put(subject, next) {
    if (this.slots.length < SLOTS) {
      this.slots.push(subject);
      return;
    }
    const i = Math.floor(next() * SLOTS);
    this.slots[i].check();
    this.slots[i].free();
    this.slots[i] = subject;
  }

  addFile(kind, bytes, model = null) {
    this.files.push({ kind, bytes, model });
    if (this.files.length > 12) this.files.splice(samples.length, 1);
  }

  subjectOf(className, at) {
    const those = this.slots.filter(({ name }) => name === className);
    return those[at % those.length];
  }

  /** An object, where a session has none of the class yet. */
  make(Class, seed) {
    const member = members.find(({ className, kind }) => className === Class.name && kind === 'new');
    const prepare = () => this.prepare({ member, target: Class, place: -1, kind: 0, seed });
    const call = prepare();
    this.keep(member, call, call.run(), prepare().run());
    counted.calls += 1;
    counted.accepted.add(nameOf(member));
  }
}
