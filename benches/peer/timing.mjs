// Nanoseconds per operation, by mitata's sampling loop.
import { measure } from './node_modules/mitata/src/main.mjs';

const SAMPLE_NS = 400_000; // long beside the resolution of a browser's clock, 5 µs
const SAMPLES = 16;

/** Times a case: the median of some samples of `calls` calls each. */
export async function time({ prepare, call, operations, count }, calls) {
  prepare();
  const before = count?.() ?? 0;
  const { p50, ticks } = await measure(call, {
    gc: false, // it would fill a gigabyte where gc() is not exposed
    batch_samples: calls,
    batch_unroll: 1,
    batch_threshold: Infinity,
    warmup_threshold: Infinity,
    min_samples: SAMPLES,
    min_cpu_time: 0,
  });
  // What was refused, or found nothing to do, must not pass for fast.
  if (count && count() - before < ticks * operations()) throw new Error('not every call was carried out');
  return p50 / operations();
}

/** How many calls make a sample. */
export async function callsPerSample(subject) {
  const nsOf = async (calls) => await time(subject, calls) * subject.operations();
  if (await nsOf(1) > SAMPLE_NS) return 1;
  return Math.max(1, Math.ceil(SAMPLE_NS / Math.max(await nsOf(100), 0.5)));
}
