// A comparison for the self-checks.
import assert from 'node:assert/strict';

/** `tolerance` is relative to what is expected. */
export function near(found, expected, tolerance, what) {
  assert.ok(Math.abs(found - expected) <= tolerance * Math.max(1e-30, Math.abs(expected)), `${what}: ${found}, not ${expected}`);
}
