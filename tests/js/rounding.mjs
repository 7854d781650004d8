// How far the package's float32 arithmetic may be from the float64 reference.
import assert from 'node:assert/strict';

import { minus, norm, uniform } from './numbers.mjs';

/**
 * The package computes in float32. How much of that a history magnifies is measured, not guessed: the preconditioners
 * divide by numbers that can be 1000 times smaller than their rounding's origin, and later steps feed on earlier ones. So
 * every history also runs on references whose factors are blurred by a float32's rounding at each step; the package may
 * stray from the exact reference some times as far as they do. A history that rounding has taken over says nothing more.
 */
export const ROUNDING = 2 ** -23;
const TWINS = 3;
const FACTOR = 300;
const BASE = 2e-5;
const HOPELESS = 0.1;

/** How many answers were compared, and how tightly: a test of the test. */
export const compared = { all: 0, tight: 0, skipped: 0 };

const blurred = (config, seed) => {
  const next = uniform(seed);
  return { ...config, noise: (value) => value * (1 + ROUNDING * (2 * next() - 1)) };
};

/** The exact reference and its blurred twins behind one face: each call goes to all of them. */
export function references(Reference, config) {
  const all = [config, ...Array.from({ length: TWINS }, (_, i) => blurred(config, i))].map((settings) => new Reference(settings));
  return { exact: all[0], all, each: (call) => all.map(call) };
}

/** `actual` is the exact reference's answer as far as rounding lets one know; false once it does not. */
export function near(actual, [expected, ...twins], scale, what) {
  const stray = Math.max(...twins.map((twin) => norm(minus(twin, expected))));
  compared.all += 1;
  if (!(FACTOR * stray <= HOPELESS * scale)) {
    compared.skipped += 1;
    return false;
  }
  const tolerance = FACTOR * stray + BASE * scale;
  compared.tight += tolerance <= 1e-3 * scale;
  const difference = norm(minus([...actual], expected));
  assert.ok(difference <= tolerance, `${what}: off by ${difference}, allowed ${tolerance}, scale ${scale}`);
  return true;
}
